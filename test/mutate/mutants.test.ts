// Each operator makes the mistake it is named after, where there is something to break.
import { describe, expect, test } from "vitest";
import { type Mutant, mutantsOf, OPERATORS } from "../../lib/mutate/index.js";

/** What an operator makes of a body. */
function made(operator: string, text: string): string[] {
  return mutantsOf(text)
    .filter((mutant) => mutant.operator === operator)
    .map((mutant) => mutant.text.replace(/\s+/g, " ").trim());
}

const CASES: readonly [operator: string, from: string, to: readonly string[]][] = [
  ["drop-lock", "function* f() { yield* mu.lock(); n++; yield* mu.unlock(); }", ["function* f() { n++; }"]],
  ["drop-lock", "function f() { mu.withLock(() => { n++; }); }", ["function f() { (() => { n++; })(); }"]],
  [
    "swap-locks",
    "function* f() { yield* a.lock(); yield* b.lock(); }",
    ["function* f() { yield* b.lock(); yield* a.lock(); }"],
  ],
  [
    "read-lock",
    "const rw = new RWMutex(); function* f() { yield* rw.lock(); n++; yield* rw.unlock(); }",
    ["const rw = new RWMutex(); function* f() { yield* rw.rLock(); n++; yield* rw.rUnlock(); }"],
  ],
  [
    "read-lock",
    "const rw = new RWMutex(); function f() { rw.withWrite(() => n++); }",
    ["const rw = new RWMutex(); function f() { rw.withRead(() => n++); }"],
  ],
  [
    "hold-longer",
    "function* f() { yield* mu.unlock(); yield* save(); }",
    ["function* f() { yield* save(); yield* mu.unlock(); }"],
  ],
  [
    "hold-across",
    "function* f() { const next = yield* fetch(); yield* mu.lock(); }",
    ["function* f() { yield* mu.lock(); const next = yield* fetch(); }"],
  ],
  [
    "hold-across",
    "function f() { const next = fetch(); mu.withLock(() => set(next)); }",
    ["function f() { mu.withLock(() => { const next = fetch(); return set(next); }); }"],
  ],
  ["no-finally", "function* f() { try { n++; } finally { m++; } }", ["function* f() { { n++; m++; } }"]],
  ["forget-call", "function* f() { n++; ch.close(); }", ["function* f() { n++; }"]],
  ["wake-one", "function* f() { cond.broadcast(); }", ["function* f() { cond.signal(); }"]],
  [
    "plain-for-atomic",
    "const n = new AtomicInt32(0); function* f() { yield* n.add(1); return yield* n.compareAndSwap(1, 2); }",
    [
      "const n = new AtomicInt32(0); function* f() { yield* n.store((yield* n.load()) + (1)); return yield* n.compareAndSwap(1, 2); }",
      "const n = new AtomicInt32(0); function* f() { yield* n.add(1); return (yield* n.store(2), true); }",
    ],
  ],
  [
    "plain-for-atomics",
    "function f(w) { Atomics.add(w, 0, 2); }",
    ["function f(w) { ((w[0] = w[0] + (2)), w[0]); }"],
  ],
  ["other-capacity", "const ch = new Chan(8);", ["const ch = new Chan(0);"]],
  ["other-capacity", "const ch = new Chan();", ["const ch = new Chan(1);"]],
  [
    "one-after-the-other",
    "function* f() { wg.go(function* () { n++; }); }",
    ["function* f() { yield* (function* () { n++; })(); }"],
  ],
  [
    "if-for-while",
    "function* f() { while (n > 0) yield* cond.wait(); }",
    ["function* f() { if (n > 0) yield* cond.wait(); }"],
  ],
  [
    "once-for-ever",
    "function* f() { for (;;) { if (yield* n.compareAndSwap(1, 2)) return; } }",
    ["function* f() { for (let once = 0; once < 1; once++) { if (yield* n.compareAndSwap(1, 2)) return; } }"],
  ],
  [
    "first-only",
    "function f() { for (const a of all) g(a); }",
    ["function f() { for (const a of all) { g(a); break; } }"],
  ],
  [
    "other-exit",
    "function f() { for (const a of all) { if (a) continue; break; } }",
    [
      "function f() { for (const a of all) { if (a) break; break; } }",
      "function f() { for (const a of all) { if (a) continue; continue; } }",
    ],
  ],
  ["other-operator", "const x = a < b;", ["const x = a <= b;"]],
  ["other-operator", "n -= 2;", ["n += 2;"]],
  ["other-direction", "n++;", ["n--;"]],
  ["other-direction", "--n;", ["++n;"]],
  ["other-truth", "const is = !true;", ["const is = !false;"]],
  [
    "branch",
    "function f() { if (a) b(); }",
    ["function f() { if (true) b(); }", "function f() { if (false) b(); }"],
  ],
  ["branch", "const x = a ? b : c;", ["const x = true ? b : c;", "const x = false ? b : c;"]],
  [
    "early-return",
    "function* f() { let b = 0; for (;;) g(); return b; }",
    ["function* f() { let b = 0; if (1) return b; for (;;) g(); return b; }"],
  ],
  ["early-return", "function* f() { a(); b(); }", ["function* f() { a(); if (1) return; b(); }"]],
  ["swap-statements", "function f() { a(); b(); }", ["function f() { b(); a(); }"]],
  [
    "swap-statements",
    "function* f() { yield* ch.recv(); const x = yield* n.read(); }",
    ["function* f() { const x = yield* n.read(); yield* ch.recv(); }"],
  ],
  ["drop-statement", "function f() { for (const a of all) if (a) return; }", ["function f() { }"]],
  ["drop-statement", "function f() { a(); }", ["function f() { }"]],
  ["other-places", "const x = f(a, b);", ["const x = f(b, a);"]],
  ["drop-element", "const x = [a, b];", ["const x = [b];", "const x = [a];"]],
  ["off-by-one", "const ch = new Chan(8, 1);", ["const ch = new Chan(9, 1);", "const ch = new Chan(8, 2);"]],
  ["off-by-one", "function f() { return g(3); }", ["function f() { return g(4); }"]],
];

describe("operators", () => {
  for (const [operator, from, to] of CASES) {
    test(`${operator}: ${from}`, () => expect(made(operator, from)).toEqual(to));
  }

  test("every operator has an example", () => {
    expect(new Set(CASES.map(([operator]) => operator))).toEqual(new Set(Object.keys(OPERATORS)));
  });
});

describe("innocent programs", () => {
  test.each([
    ["a lock in another function's unlock", "drop-lock", "function* f() { const x = mu.lock; }"],
    ["a value that is not there yet", "early-return", "function* f() { const b = a(); return b; }"],
    [
      "two statements of which the second needs the first",
      "swap-statements",
      "function f() { const b = a(); c(b); }",
    ],
    ["a lock after what calls nobody", "hold-across", "function* f() { let n = 0; yield* mu.lock(); }"],
    ["a body that is handed on", "hold-across", "function* f() { const g = () => h(); yield* mu.lock(); }"],
    [
      "a WaitGroup's add",
      "plain-for-atomic",
      "const n = new AtomicInt32(0); function* f() { yield* wg.add(1); }",
    ],
    ["a Mutex is no RWMutex", "read-lock", "function* f() { yield* mu.lock(); }"],
    ["types and imports", "off-by-one", "type Three = 3; import x from 'y'; let a: 3;"],
    ["a type that says true", "other-truth", "function f(a: Chan<true>): a is true { return a; }"],
  ])("%s", (_name, operator, text) => expect(made(operator, text)).toEqual([]));
});

test("no two mutants are the same, none is the program, each can be parsed", () => {
  const text = "function* f() { yield* mu.lock(); try { ch.close(); n++; } finally { yield* mu.unlock(); } }";
  const mutants = mutantsOf(text);
  expect(mutants.length).toBeGreaterThan(4);
  const texts = mutants.map((mutant) => mutant.text);
  expect(new Set([text, ...texts]).size).toBe(mutants.length + 1);
  for (const mutant of texts) expect(() => mutantsOf(mutant)).not.toThrow();
});

test("keys are unique, and stay when the file changes elsewhere", () => {
  const text = "function* f() { a();\nb();\na(); }";
  const keys = (mutants: readonly Mutant[]): string[] => mutants.map(({ key }) => key);
  expect(new Set(keys(mutantsOf(text))).size).toBe(mutantsOf(text).length);
  expect(keys(mutantsOf(`// a comment\n\n${text}`))).toEqual(keys(mutantsOf(text)));
});

test("what cannot be parsed is refused", () => {
  expect(() => mutantsOf("function {")).toThrow(/^mutantsOf: expected a program that can be parsed: /);
});
