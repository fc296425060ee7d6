// What else must hold of the tree: the start files run before anything is installed, every test folder is run by
// somebody, no file is a drawer for everything.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "acorn";
import { expect, test } from "vitest";
import { ROOT } from "./imports.js";

const ENTRIES = ["start", "build", "test", "stress", "hb"].map((name) =>
  join(ROOT, "lib", "cli", `${name}.mjs`),
);

for (const entry of ENTRIES) {
  const name = entry.slice(ROOT.length);
  test(`${name} stands on Node's own modules and its neighbours only`, () => {
    expect([...reachable(entry)].flatMap((file) => outsiders(readFileSync(file, "utf8")))).toEqual([]);
  });

  test(`${name} parses on Node 16, so an old Node gets its message`, () => {
    for (const file of reachable(entry)) {
      const text = readFileSync(file, "utf8").replace(/^#!.*/, "");
      expect(() => parse(text, { ecmaVersion: 2022, sourceType: "module" }), file).not.toThrow();
    }
  });
}

test("a planted package in a start file is found", () => {
  expect(outsiders('import pc from "picocolors";\nimport { join } from "node:path";')).toEqual([
    "picocolors",
  ]);
});

test("every folder of test/ belongs to exactly one slice of npm test", async () => {
  const { SLICES } = await slices();
  const owned = Object.values(SLICES).flatMap((slice) => slice.folders ?? []);
  const withTests = readdirSync(join(ROOT, "test"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && hasTests(join(ROOT, "test", entry.name)))
    .map((entry) => entry.name);
  expect(withTests.filter((name) => !owned.includes(name))).toEqual([]);
  expect(owned.filter((name, i) => owned.indexOf(name) !== i)).toEqual([]);
});

test("every folder with long runs belongs to a shard of npm run stress", async () => {
  const { SHARDS } = await slices();
  const long = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".stress.ts"))
    .map((name) => name.slice(0, name.indexOf("/")));
  expect(
    long.filter(
      (name) => !SHARDS.some((shard) => shard.onOtherNodes !== true && shard.folders.includes(name)),
    ),
  ).toEqual([]);
});

test("no file of lib is called utils, helpers or common", () => {
  const names = readdirSync(join(ROOT, "lib"), { recursive: true, encoding: "utf8" });
  expect(names.filter((name) => /(^|\/)(utils?|helpers?|common|misc)\.m?ts$/i.test(name))).toEqual([]);
});

/** The table of lib/cli/slices.mjs. */
function slices(): Promise<{
  SLICES: Record<string, { folders?: string[] }>;
  SHARDS: { folders: string[]; onOtherNodes?: true }[];
}> {
  return import(pathToFileURL(join(ROOT, "lib", "cli", "slices.mjs")).href);
}

/** A start file and everything it imports statically. */
function reachable(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const name of staticImports(readFileSync(entry, "utf8"))) {
    if (name.startsWith(".")) reachable(join(dirname(entry), name), seen);
  }
  return seen;
}

function staticImports(text: string): string[] {
  return [...text.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)";|^import "([^"]+)";/gm)].map(
    (match) => match[1] ?? match[2]!,
  );
}

function outsiders(text: string): string[] {
  return staticImports(text).filter((name) => !/^(node:|\.\/[a-z0-9-]+\.mjs$)/.test(name));
}

function hasTests(folder: string): boolean {
  return (
    existsSync(folder) &&
    readdirSync(folder, { recursive: true, encoding: "utf8" }).some((name) => name.endsWith(".test.ts"))
  );
}
