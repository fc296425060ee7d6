import { describe, expect, test } from "vitest";
import { freeNames, functionExpression, parseFunction } from "../../lib/threads/freenames.js";

const names = (text: string) => freeNames(parseFunction(text, "team: `body`"));

describe("free names of a function's text", () => {
  for (const [what, text, free] of [
    [
      "parameters, locals and globals of JavaScript",
      "(t, a) => { const b = Math.max(a, t.id); return [b, Atomics, console]; }",
      [],
    ],
    ["names from outside", "(t) => price * t.id + fee()", ["fee", "price"]],
    ["a name in a default value or a pattern", "({ a = outer }, [b] = other) => a + b", ["other", "outer"]],
    [
      "its own name and inner functions",
      "function f(n) { function g() { return h; } var h; return n ? f(n - 1) : g(); }",
      [],
    ],
    ["properties and labels", "(t) => { a: for (;;) { t.price = { fee: 1 }; break a; } }", []],
    [
      "a class inside",
      "() => { class A extends Base { #p = 1; m() { return this.#p; } } return new A(); }",
      ["Base"],
    ],
    [
      "catch, loops, typeof",
      "() => { try {} catch (e) { e; } for (const k of list) k; return typeof maybe; }",
      ["list", "maybe"],
    ],
    ["a variable of an earlier cell", "(t) => exports.rate * 2", ["rate"]],
    ["an import of an earlier cell", "(t) => new exports.Mutex()", ["Mutex"]],
    ["an import of the same cell", "(t) => (0, happens_before_1.hello)(threads_2.Mutex)", ["Mutex", "hello"]],
    ["a default import", "(t) => lodash_1.default(t)", ["lodash"]],
    [
      "an import under the test runner",
      "(t) => new __vite_ssr_import_1__.Mutex(__vi_import_0__.vi)",
      ["Mutex", "vi"],
    ],
    ["a name written as a string", '(t) => happens_before_1["odd name"]', ["odd name"]],
    [
      "a dynamic import under the test runner or in a cell",
      '() => [__vite_ssr_dynamic_import__("x"), $hbImport("y")]',
      ["import()"],
    ],
    ["the library's Event, which is not the DOM's", "() => new Event()", ["Event"]],
    ["this in an arrow function", "() => this.price", ["this"]],
    ["this in a function of its own", "() => { function f() { return this; } return f; }", []],
    ["a method", "op(t, mu) { mu.lock(); outer(); }", ["outer"]],
    ["an async method and a generator method", "async op(t) { await t; }", []],
  ] as const) {
    test(`free names: ${what}`, () => expect(names(text)).toEqual([...free]));
  }

  for (const [what, text] of [
    ["a built-in function", "function max() { [native code] }"],
    ["a class", "class A {}"],
    ["a getter", "get x() { return 1; }"],
  ] as const) {
    test(`free names: ${what} cannot travel`, () => {
      expect(() => names(text)).toThrow("team: `body` cannot travel to a thread: it is built in");
    });
  }

  for (const [text, name] of [
    ["(a) => a + 1", ""],
    ["function f(a) { return a + 1; }", "f"],
    ["op(a) { return a + 1; }", "op"],
    ["'odd name'(a) { return a + 1; }", "odd name"],
    ["(a) => a + 1 // a comment at the end", ""],
  ] as const) {
    test(`a function's text becomes an expression: ${text}`, () => {
      const made = new Function(
        `return ${functionExpression(text, name, parseFunction(text, name).lead)}`,
      )() as (a: number) => number;
      expect(made(1)).toBe(2);
    });
  }
});
