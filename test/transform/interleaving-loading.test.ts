// The directive where it is loaded: by Vite, by Node's loader, by the check of an exercise.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Body, explore, type Report, report } from "../../lib/index.js";
import { compileModule, sourcePosition } from "../../lib/transform/index.js";
import { interleaving, transformFile } from "../../lib/transform/interleaving-vite.js";
import { load } from "./interleaving.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** TypeScript, so that two maps have to be joined: the types push lines and columns around. */
const SOURCE = `"use interleaving";
interface Account {
  readonly name: string;
  cents: number;
}
import { type Go, WaitGroup } from "happens-before";

const account: Account = { name: "joint", cents: 0 };
let count: number = 0;

export function* deposit(cents: number): Go<void> {
  count++;    account.cents += cents as number;
}

export function* main(): Go<string> {
  const wg: WaitGroup = new WaitGroup();
  account.cents = 0;
  for (let i: number = 0; i < 2; i++) wg.go(deposit, 5);
  yield* wg.wait();
  return \`\${account.cents} \${count > 0}\`;
}
`;

test("compileModule applies the directive, and its map leads through both steps to what was written", () => {
  const made = compileModule(SOURCE, "bank.ts");
  expect(made.problems).toEqual([]);
  const lines = made.code.split("\n");
  const at = (word: string) => {
    const line = lines.findIndex((text) => text.includes(word));
    return sourcePosition(made, { line: line + 1, column: (lines[line] as string).indexOf(word) + 1 });
  };
  expect(at("__hb.write(__hb_count")).toEqual({ line: 12, column: 3 });
  expect(at('__hb.set(account, "cents", ((')).toEqual({ line: 12, column: 23 });
  expect(JSON.parse(made.map)).toMatchObject({ sources: ["bank.ts"], sourcesContent: [SOURCE] });
});

test("compileModule leaves a module without the directive as the compiler makes it", () => {
  const made = compileModule(SOURCE.slice(SOURCE.indexOf("interface")), "bank.ts");
  expect(made.code).not.toContain("__hb");
});

test("a syntax error in a file with the directive names the place", () => {
  expect(() => transformFile('"use interleaving";\nlet x = ;\n', "/a/b.js")).toThrow(
    new SyntaxError("/a/b.js:2:9 - Unexpected token (2:8)"),
  );
  expect(() => transformFile('"use interleaving";\nlet x: = 1;\n', "/a/b.ts")).toThrow(
    new SyntaxError("/a/b.ts:2:8 - Type expected."),
  );
});

test("a text is transformed once, however often it is loaded through something", () => {
  const { code } = transformFile(SOURCE, "/src/bank.ts");
  expect(interleaving().transform(code, "/src/bank.ts")).toBe(undefined);
});

test("the plugin for Vite transforms files with the directive only, whatever follows their names", () => {
  const { transform } = interleaving();
  expect(transform(SOURCE, "/src/bank.ts?v=1")?.code).toContain("__hb.write");
  expect(transform(SOURCE.slice(20), "/src/bank.ts")).toBe(undefined);
  expect(transform(SOURCE, "/src/bank.css")).toBe(undefined);
});

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(ROOT, ".cache", "interleaving-"));
  writeFileSync(join(folder, "bank.ts"), SOURCE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The module as Vite builds it with the plugin, its imports left alone. */
async function built(): Promise<string> {
  const done = await build({
    configFile: false,
    root: folder,
    logLevel: "silent",
    plugins: [interleaving()],
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: { entry: "bank.ts", formats: ["es"] },
      rollupOptions: { external: /^happens-before/ },
    },
  });
  const [first] = [done].flat() as { output: { code: string }[] }[];
  return (first as { output: { code: string }[] }).output[0]?.code as string;
}

test("through Vite: the lost update on a plain property is found by explore", async () => {
  const text = await built();
  const code = text
    .replace('import { hb } from "happens-before/access";', "")
    .replace(/import \{[^}]*\} from "happens-before";/, "")
    .replace(/export \{[^}]*\};?/, "out.main = main;");
  const main = load(code)["main"] as Body<[], string>;
  const seen = await explore(main, { schedules: 200, stopAt: "never" });
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["10 true", "5 true"]);
});

/** What the loader of Node makes of the file: accesses of a traced run, with their places. */
const DRIVER = `
import { report, explore } from "happens-before";
import { main } from "./bank.ts";
const { events } = await report(main, { trace: true, strategy: "random" });
const seen = await explore(main, { schedules: 200, stopAt: "never" });
console.log(JSON.stringify({ events, results: seen.outcomes.map((o) => o.result).sort() }));
`;

test("through Node's loader: accesses are found, and stand where they were written", () => {
  writeFileSync(join(folder, "driver.mjs"), DRIVER);
  const done = spawnSync(process.execPath, ["--import", "happens-before/interleaving", "driver.mjs"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(done.stderr).toBe("");
  const { events, results } = JSON.parse(done.stdout) as { events: Report["events"]; results: string[] };
  expect(results).toEqual(["10 true", "5 true"]);
  const places = (events ?? [])
    .filter(({ op }) => op === "read" || op === "write")
    .map(
      ({ op, object, at }) =>
        `${op} ${object} ${at?.file.slice(folder.length + 1)}:${at?.line}:${at?.column}`,
    );
  expect(places).toContain("write cents#1 bank.ts:17:11");
  expect(places).toContain("read count#1 bank.ts:12:3");
  expect(places).toContain("read cents#1 bank.ts:12:23");
});

test("a run outside any transformation is what it was: the same program without the directive loses nothing", async () => {
  const plain = compileModule(SOURCE.slice(20), "bank.ts").code;
  const code = plain.replace(/import [^;]*;/, "").replace(/export function/g, "function");
  const main = load(`${code}\nout.main = main;`)["main"] as Body<[], string>;
  const seen = await explore(main, { schedules: 100, stopAt: "never" });
  expect(seen.outcomes.map((o) => o.result)).toEqual(["10 true"]);
  expect((await report(main)).verdict).toBe("ok");
});
