// The checklist against our tests: every counterpart is there, every name of a Go test in our tests is in the checklist,
// and every test of Go's files has a counterpart or a reason.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CHECKLIST, type GoFile } from "./checklist.js";

const TESTS = fileURLToPath(new URL("..", import.meta.url));
const MADE_FROM = "go1.26.8";

/**
 * Go tests' names in a title: in brackets, several with a comma or a plus between; or in a list from which titles are
 * made. A `${…}` in one stands for anything.
 */
const NAMED =
  /\[((?:Test[\w${}.]+|[a-z]\w+\.go)(?:(?:, | \+ )Test[\w${}.]+)*)\]|"(Test[A-Z]\w*|[a-z]\w+\.go)"/g;

function namesIn(text: string): string[] {
  return [...text.matchAll(NAMED)].flatMap((m) => (m[1] ?? m[2] ?? "").split(/, | \+ /));
}

/** True when `written`, which may hold `${…}`, stands for `name`. */
function standsFor(written: string, name: string): boolean {
  if (!written.includes("$")) return written === name;
  return new RegExp(`^${written.replaceAll(/\$\{[^}]*\}/g, "\\w+")}$`).test(name);
}

/** Go's race corpus (src/runtime/race/testdata) has a list and a count of its own. */
const COUNTS_ITSELF = "detect/corpus.test.ts";

/** Our test file → the Go names in it. */
function named(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of readdirSync(TESTS, { recursive: true, encoding: "utf8" })) {
    if (!/\.(test|stress)\.ts$/.test(file) || file === "fidelity/checklist.test.ts" || file === COUNTS_ITSELF)
      continue;
    const names = namesIn(readFileSync(join(TESTS, file), "utf8"));
    if (names.length > 0) found.set(file, new Set(names));
  }
  return found;
}

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

/** [our file, Go's name] of every counterpart. */
function counterparts(files: readonly GoFile[]): [ours: string, name: string][] {
  return files.flatMap(({ mirrored }) =>
    Object.entries(mirrored).flatMap(([ours, names]) =>
      words(names).map((name): [string, string] => [ours, name]),
    ),
  );
}

function missing(files: readonly GoFile[], found: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return counterparts(files)
    .filter(([ours, name]) => ![...(found.get(ours) ?? [])].some((written) => standsFor(written, name)))
    .map(([ours, name]) => `${ours} has no [${name}]`);
}

function unknown(files: readonly GoFile[], found: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...found].flatMap(([ours, names]) => {
    const known = counterparts(files).filter((pair) => pair[0] === ours);
    return [...names]
      .filter((written) => !known.some(([, name]) => standsFor(written, name)))
      .map((written) => `${ours}: [${written}] is not in the checklist`);
  });
}

const found = named();
const mirrored = CHECKLIST.flatMap((f) => [...new Set(Object.values(f.mirrored).flatMap(words))]).length;
const reasoned = CHECKLIST.flatMap((f) => Object.values(f.absent ?? {}).flatMap(words)).length;

test(`checklist: ${mirrored} of ${mirrored + reasoned} Go tests mirrored, ${reasoned} with a reason`, () => {
  console.log(`Go's own tests: ${mirrored} of ${mirrored + reasoned} mirrored, ${reasoned} with a reason`);
  expect(missing(CHECKLIST, found)).toEqual([]);
});

test("checklist: every name of a Go test in our tests is known", () => {
  expect(unknown(CHECKLIST, found)).toEqual([]);
});

test("checklist: no test is both mirrored and absent, and every reason says something", () => {
  for (const { file, mirrored, absent } of CHECKLIST) {
    const here = Object.values(mirrored).flatMap(words);
    const away = Object.values(absent ?? {}).flatMap(words);
    expect(
      here.filter((name) => away.includes(name)),
      file,
    ).toEqual([]);
    expect(new Set(away).size, file).toBe(away.length);
    for (const reason of Object.keys(absent ?? {})) expect(reason.length).toBeGreaterThan(20);
  }
});

test("checklist: a counterpart that is not there and a name that nobody knows are found", () => {
  const file: GoFile = { file: "planted", mirrored: { "sync/none.test.ts": "TestNone" } };
  expect(missing([file], found)).toEqual(["sync/none.test.ts has no [TestNone]"]);
  expect(unknown([], new Map([["a.test.ts", new Set(["TestNew"])]]))).toEqual([
    "a.test.ts: [TestNew] is not in the checklist",
  ]);
});

/** The tests in a Go file or folder, as the file itself has them. */
function inGo(root: string, file: string): string[] | undefined {
  const path = join(root, file);
  if (!existsSync(path)) return undefined;
  if (!file.endsWith(".go")) return readdirSync(path).filter((name) => name.endsWith(".go"));
  return [...readFileSync(path, "utf8").matchAll(/^func (Test\w+)/gm)].map((m) => m[1] as string);
}

const go = spawnSync("go", ["env", "GOVERSION", "GOROOT"], { encoding: "utf8" });
const [version, root] = go.status === 0 ? go.stdout.trim().split("\n") : [];
if (version === MADE_FROM && root !== undefined) {
  test(`checklist: it has every test of ${version}, and no other`, () => {
    for (const { file, isPart, mirrored, absent } of CHECKLIST) {
      const theirs = inGo(root, file);
      if (theirs === undefined) continue; // golang.org/x is not part of the distribution
      const listed = [...Object.values(mirrored), ...Object.values(absent ?? {})].flatMap(words);
      if (isPart !== true) expect([...new Set(listed)].sort(), file).toEqual([...theirs].sort());
    }
  });
}
