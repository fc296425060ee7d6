// Emit: what becomes of a cell's text. The cells run here without a session: variables, guard and imports are given.
import vm from "node:vm";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { describe, expect, test } from "vitest";
import { type CELL_PARAMETERS, emitCell } from "../../lib/notebook/emit.js";
import { withoutExports } from "../../lib/notebook/erase.js";
import { loadTypes } from "../../lib/notebook/typescript.js";
import { Variables } from "../../lib/notebook/variables.js";
import { LOOP_GUARD } from "../../lib/op/index.js";

const typescript = loadTypes().ts;

/** A notebook of its own, without types. */
class Cells {
  readonly #variables = new Variables();
  readonly #known = new Set<string>();
  readonly word = new Int32Array(new SharedArrayBuffer(4));
  readonly modules: Record<string, Record<string, unknown>> = {};
  #count = 0;

  async run(source: string, typeOnly: string[] = []): Promise<unknown> {
    const cell = emitCell(withoutExports(typescript, source), {
      typescript,
      file: `cell-${++this.#count}.ts`,
      known: this.#known,
      typeOnly: new Set(typeOnly),
    });
    const given: Record<(typeof CELL_PARAMETERS)[number], unknown> = {
      exports: this.#variables.exports,
      require: undefined,
      $hbImport: async (name: string) => this.modules[name],
      $hbDeclare: this.#variables.declare,
      $hbMeta: { url: "file:///cell" },
      $hb: this.word,
      $hbStop: () => {
        throw new Error("stopped");
      },
    };
    for (const name of cell.declares) this.#known.add(name);
    const run = vm.runInThisContext(cell.code) as (...args: unknown[]) => unknown;
    let hasFailed = true;
    try {
      const result = (await run.apply(undefined, Object.values(given))) as [unknown] | undefined;
      hasFailed = false;
      return result?.[0];
    } finally {
      this.#variables.commit(hasFailed, `cell-${this.#count}.ts`);
    }
  }
}

const emitted = (source: string) =>
  emitCell(source, { typescript, file: "cell-1.ts", known: new Set(["a", "f"]), typeOnly: new Set() }).code;

describe("Variables of cells", () => {
  test("are one copy each: a later cell writes what a function of the first reads", async () => {
    const cells = new Cells();
    await cells.run("let counter = 0; function inc() { counter++; }");
    expect(await cells.run("counter = 100; inc(); counter")).toBe(101);
  });

  test("are declared anew by a later cell, and the later one holds", async () => {
    const cells = new Cells();
    await cells.run("const x: number = 1; function first() { return x; }");
    await cells.run("const x: string = 'two';");
    expect(await cells.run("[x, first()]")).toEqual(["two", 1]);
  });

  test("go through every form of use", async () => {
    const cells = new Cells();
    await cells.run(
      "let a = 1; let b = 2; const o = { n: 3 }; class C { v = 4; } function tag(s: any) { return s[0]; }",
    );
    expect(
      await cells.run(`
        [a, b] = [b, a];
        ({ a } = { a: a + 10 });
        ({ n: b = 9 } = {} as any);
        a++; b += 1;
        for (a of [20, 21]) {}
        const shorthand = { a, b, o };
        [shorthand.a, shorthand.b, o.n, new C().v, tag\`t\`, typeof a, ((a: number) => a)(7)]`),
    ).toEqual([21, 10, 3, 4, "t", "number", 7]);
  });

  test("are called without `this`", async () => {
    const cells = new Cells();
    await cells.run("function who(this: unknown) { return this; }");
    expect(await cells.run("who()")).toBe(undefined);
    expect(await cells.run("who?.()")).toBe(undefined);
  });

  test("cannot be assigned when they are constant", async () => {
    const cells = new Cells();
    await cells.run("const fixed = 1;");
    await expect(cells.run("fixed = 2")).rejects.toThrow(TypeError);
  });

  test("of a cell that fails keep what they had, and say why the others have nothing", async () => {
    const cells = new Cells();
    await cells.run("let old = 'old';");
    await expect(
      cells.run("const early = 1; throw new Error('x'); const late = 2; let old = 'new';"),
    ).rejects.toThrow("x");
    expect(await cells.run("[early, old]")).toEqual([1, "old"]);
    await expect(cells.run("late")).rejects.toThrow(
      "late has no value: cell-2.ts, which declares it, stopped before",
    );
  });

  test("of enums, namespaces, parameter properties and decorators are there, the compiler's helpers are not", async () => {
    const cells = new Cells();
    await cells.run(`enum E { A = 5 } namespace N { export const q = 6; } class P { constructor(readonly p: number) {} }
      function mark(target: any) { target.isMarked = true; } @mark class D {}`);
    expect(await cells.run("[E.A, N.q, new P(7).p, (D as any).isMarked]")).toEqual([5, 6, 7, true]);
    await expect(cells.run("__decorate")).rejects.toThrow("__decorate is not defined");
  });
});

describe("The value of a cell", () => {
  const values: Record<string, unknown> = {
    "6 * 7": 42,
    "6 * 7;": 42,
    "6 * 7 // the answer": 42,
    "(1, 2)": 2,
    "({ a: 1 })": { a: 1 },
    "'text'": "text",
    "`a${1}`": "a1",
    "await (Promise.resolve(3))": 3,
    "const x = 1": undefined,
    "if (true) { 1 }": undefined,
    "1; function f() {}": undefined,
    "": undefined,
    "// nothing": undefined,
    "'use strict'": undefined,
    "import.meta.url": "file:///cell",
  };
  for (const [source, value] of Object.entries(values)) {
    test(`of ${JSON.stringify(source)} is ${JSON.stringify(value)}`, async () => {
      expect(await new Cells().run(source)).toEqual(value);
    });
  }
});

describe("Imports", () => {
  test("are live, and known to later cells, used or not", async () => {
    const cells = new Cells();
    const module = { n: 1, default: "d", unused: "later" };
    cells.modules["some/mod"] = module;
    await cells.run(
      `import d, { n, unused, type T } from "some/mod"; import * as all from "some/mod"; const read = () => n;`,
    );
    module.n = 2;
    expect(await cells.run("[d, n, read(), unused, all.n]")).toEqual(["d", 2, 2, "later", 2]);
  });

  test("of types only load nothing", async () => {
    expect(await new Cells().run(`import { OnlyType } from "not/there"; 1`, ["OnlyType"])).toBe(1);
  });

  test("below their use are there above it", async () => {
    const cells = new Cells();
    cells.modules["m"] = { v: 8 };
    expect(await cells.run(`const w = v; import { v } from "m"; w`)).toBe(8);
  });
});

describe("export", () => {
  test("is dropped where an exercise has it, and every character keeps its place", () => {
    const source = [
      "export const a = 1;",
      "export function* f(): Generator<number> { yield 1; }",
      "export interface I { x: string }",
      "export { a as b };",
      "export default class K {}",
      "const text = 'export const no = 1';",
    ].join("\n");
    const text = withoutExports(typescript, source);
    expect(text).toHaveLength(source.length);
    expect(text.split("\n").map((line) => line.trim())).toEqual([
      "const a = 1;",
      "function* f(): Generator<number> { yield 1; }",
      "interface I { x: string }",
      "",
      "class K {}",
      "const text = 'export const no = 1';",
    ]);
  });
});

describe("The loop guard", () => {
  const loops = [
    "while (f()) a++;",
    "do a++; while (f());",
    "for (let i = 0; i < 3; i++) { a++ }",
    "for (const k in a) f(k)",
    "for (const k of a) for (;;) break",
    "label: while (true) { continue label }",
    "async () => { for await (const x of a) f(x) }",
  ];
  for (const source of loops) {
    test(`stands in every body of ${JSON.stringify(source)}`, () => {
      const count = (source.match(/\b(for|while)\b/g) ?? []).length;
      expect(emitted(source).split(LOOP_GUARD).length - 1).toBe(count);
    });
  }

  test("ends a loop when the word is set, and does nothing before", async () => {
    const cells = new Cells();
    expect(await cells.run("let n = 0; while (n < 10) n++; n")).toBe(10);
    cells.word[0] = 1;
    await expect(cells.run("for (;;);")).rejects.toThrow("stopped");
  });
});

describe("Positions", () => {
  const source = `interface Removed {\n  a: number;\n}\nlet count: number = 0;\nenum Kept { A }\nexport function deep<T>(x: T): T {\n  for (const y of [x]) if (f(y)) throw a.of(y as unknown as string);\n  return { count, x }.x!;\n}`;

  for (const needle of ["throw", "a.of", "f(y)", "return", "count, x", "Kept {", "let count"]) {
    test(`of ${JSON.stringify(needle)} lead back to the cell`, () => {
      const cell = emitCell(withoutExports(typescript, source), {
        typescript,
        file: "cell-1.ts",
        known: new Set(["a", "f"]),
        typeOnly: new Set(),
      });
      const word = needle.match(/[A-Za-z]+/)?.[0] ?? "";
      const places = [...cell.code.matchAll(new RegExp(`\\b${word}\\b`, "g"))].map((match) => {
        const before = cell.code.slice(0, match.index).split("\n");
        let at = { line: before.length, column: before.at(-1)?.length ?? 0 };
        for (const map of cell.maps) {
          const { line, column } = originalPositionFor(new TraceMap(map), at);
          if (line === null) return "none";
          at = { line, column };
        }
        return `${at.line}:${at.column}`;
      });
      const before = source.slice(0, source.indexOf(needle)).split("\n");
      expect(places).toContain(`${before.length}:${before.at(-1)?.length ?? 0}`);
    });
  }
});
