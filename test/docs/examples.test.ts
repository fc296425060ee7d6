// Every `@example` in lib/ runs, and prints what its `// prints:` comments say, in that order.
import { readdirSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import ts from "typescript";
import { describe, expect, test, vi } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const ENTRIES = {
  main: "happens-before",
  threads: "happens-before/threads",
  bench: "happens-before/bench",
  mn: "happens-before/mn",
  plot: "happens-before/plot",
  check: "happens-before/check",
};

interface Example {
  readonly title: string;
  readonly file: string;
  readonly room: string;
  readonly code: string;
}

/** The examples of one file: the lines after `@example` up to the next tag or the end of the comment. */
function examplesOf(file: string): Example[] {
  const text = readFileSync(new URL(file, ROOT), "utf8");
  const found: Example[] = [];
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const rows = comment[0]
      .split("\n")
      .map((row) => row.replace(/^\s*(?:\/\*\*|\*\/|\*) ?/, "").replace(/\s*\*\/$/, ""));
    for (let at = rows.findIndex((r) => r.startsWith("@example")); at >= 0; ) {
      const rest = rows.slice(at + 1);
      const end = rest.findIndex((r) => /^@\w/.test(r));
      const code = (end < 0 ? rest : rest.slice(0, end)).filter((r) => !r.startsWith("```")).join("\n");
      const line = text.slice(0, comment.index).split("\n").length + at;
      found.push({ title: `${file}:${line}`, file, room: file.split("/")[1] as string, code });
      const next = rows.slice(at + 1).findIndex((r) => r.startsWith("@example"));
      at = next < 0 ? -1 : at + 1 + next;
    }
  }
  return found;
}

const files = (readdirSync(new URL("lib/", ROOT), { recursive: true }) as string[])
  .map((f) => `lib/${f.replaceAll("\\", "/")}`)
  .filter((f) => f.endsWith(".ts") && !f.endsWith(".d.ts"))
  .sort();
const examples = files.flatMap(examplesOf);

/** Rooms of the racetrack: where a name means two things (Mutex), theirs is the one over shared memory. */
const RACETRACK = ["threads", "bench"];

/** Imports whatever an example names; its own module's exports win, then its side of the house. */
async function scope({ file, room }: Example): Promise<Record<string, unknown>> {
  const { main, threads, ...rest } = ENTRIES;
  const sides = RACETRACK.includes(room) ? [main, threads] : [threads, main];
  const names: Record<string, unknown> = {};
  for (const entry of [...Object.values(rest), ...sides]) Object.assign(names, await import(entry));
  return Object.assign(names, await import(new URL(file, ROOT).href));
}

async function printed(example: Example): Promise<string> {
  const out: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...args: unknown[]) => {
    out.push(args.map((a) => (typeof a === "string" ? a : inspect(a))).join(" "));
  });
  try {
    const names = await scope(example);
    for (const [, list = "", from = ""] of example.code.matchAll(
      /^import \{ (.*) \} from "(node:\w+)";$/gm,
    )) {
      const module = (await import(from)) as Record<string, unknown>;
      for (const name of list.split(", ")) names[name] = module[name];
    }
    const body = example.code.replace(/^import .*$/gm, "");
    const js = ts.transpile(`(async function () {\n${body}\n})`, { target: ts.ScriptTarget.ES2022 });
    const make = new Function(
      ...Object.keys(names),
      `return ${js
        .replace(/^"use strict";/, "")
        .trim()
        .replace(/;$/, "")}`,
    );
    await make(...Object.values(names))();
  } finally {
    log.mockRestore();
  }
  return out.join(" ");
}

describe("examples in docstrings", () => {
  test("there are some", () => expect(examples.length).toBeGreaterThan(10));
  for (const example of examples) {
    test(`${example.title} runs and prints what it says`, async () => {
      const wanted = [...example.code.matchAll(/\/\/ prints: (.*)$/gm)]
        .map((m) => (m[1] as string).trim())
        .join(" ");
      expect(await printed(example)).toBe(wanted);
    });
  }
});
