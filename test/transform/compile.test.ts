import { expect, test } from "vitest";
import { compileModule, showProblem, sourcePosition } from "../../lib/transform/index.js";

test("compileModule: types go, the program stays, an import used as a type only disappears", async () => {
  const source = [
    'import { Go, type Mutex } from "happens-before";',
    'import { basename } from "node:path";',
    "interface Account { readonly id: number }",
    "export function* f(a: Account): Go<string> { return basename(String(a.id)); }",
  ].join("\n");
  const out = compileModule(source, "f.ts");
  expect(out.problems).toEqual([]);
  expect(out.code).not.toContain("happens-before");
  const module = await import(`data:text/javascript,${encodeURIComponent(out.code)}`);
  expect(module.f({ id: 7 }).next()).toEqual({ value: "7", done: true });
});

test("compileModule: the map leads from the emitted line back to the written one", () => {
  const source = "interface A {\n  x: number;\n}\n\nexport const here = (a: A) => a.x;\n";
  const out = compileModule(source, "here.ts");
  const line = out.code.split("\n").findIndex((text) => text.includes("export const here")) + 1;
  expect(line).toBe(1);
  expect(sourcePosition(out, { line, column: 1 })).toEqual({ line: 5, column: 1 });
  expect(JSON.parse(out.map).sources).toEqual(["here.ts"]);
});

test("compileModule: a syntax error is a problem with line, column and caret, not a throw", () => {
  const source = "export const a = 1;\nexport const b = ;\n";
  const [problem] = compileModule(source, "b.ts").problems;
  expect(problem).toMatchObject({ message: "Expression expected.", line: 2, column: 18, code: 1109 });
  expect(showProblem(source, problem!, "b.ts")).toBe(
    "b.ts:2:18 - Expression expected.\n  export const b = ;\n                   ^",
  );
});

test("compileModule: a type error is not its business", () => {
  expect(compileModule("export const n: number = 'x';", "n.ts").problems).toEqual([]);
});

for (const source of ["", "\0", "}}}}", "`", "/*", "\u2028", "export const = = =", "a".repeat(100_000)]) {
  test(`compileModule: survives ${JSON.stringify(source.slice(0, 20))}`, () => {
    const out = compileModule(source, "odd.ts");
    for (const problem of out.problems) expect(showProblem(source, problem, "odd.ts")).toContain("odd.ts:");
  });
}

for (const [name, source] of [
  ["brackets", "[".repeat(100_000)],
  ["parentheses around a value", `${"(".repeat(50_000)}1${")".repeat(50_000)}`],
  ["functions", `${"()=>{".repeat(20_000)}${"}".repeat(20_000)}`],
  ["calls", `f${"()".repeat(50_000)}`],
] as const) {
  test(`compileModule: ${name} nested without end are a problem or code, not a throw`, () => {
    const { code, problems } = compileModule(source, "deep.ts");
    expect(problems.length > 0 || code.length > 0).toBe(true);
  });
}
