import { readFileSync } from "node:fs";
import { parse as acornParse } from "acorn";
import fc from "fast-check";
import { expect, test } from "vitest";
import { explore, type Go, type Report, report } from "../../lib/index.js";
import { blindText, hasDirective, interleave } from "../../lib/transform/index.js";
import { interleaved, load } from "./interleaving.js";

type Thunk = () => Go<unknown>;

/** What `main` of a text returns in one deterministic run, as JSON text, and what it printed into `log`. */
async function resultOf(code: string): Promise<string> {
  const out = load(code);
  const seen = await report(out["main"] as Thunk, { strategy: "fifo", trace: true });
  return JSON.stringify({ verdict: seen.verdict, error: seen.error?.message, result: seen.result });
}

async function isSameWith(source: string): Promise<void> {
  const plain = await resultOf(source);
  expect(plain).toContain('"verdict":"ok"');
  expect(await resultOf(interleaved(source))).toBe(plain);
}

/** A goroutine that does `body` with `s` shared and `log` to write into. */
const inMain = (body: string, before = "") => `
${before}
let n = 1, m = { a: 1, b: { c: 2 }, list: [1, 2, 3], zero: 0, none: null };
function touch() { n = n + 0; m.a = m.a; m.b.c = m.b.c; m.list = m.list; m.zero = m.zero; m.none = m.none; m.new = 0; delete m.new; m.list.push(4); m.list.pop(); }
touch();
out.main = function* () { const log = []; const say = (x) => { log.push(x); return x; };
${body}
return [n, m, log]; };`;

const SAME: [what: string, body: string, before?: string][] = [
  ["reads and writes", "n = n + 1; m.a = n; log.push(n, m.a);"],
  [
    "compound assignment",
    "n += 2; m.a -= 3; m['a'] **= 2; m.list[1] <<= 2; log.push((n *= 4), (m.b.c %= 2));",
  ],
  [
    "compound assignment to a call's result",
    "let calls = 0; const f = () => { calls++; return m; }; f().a += 1; f().b.c++; log.push(calls);",
  ],
  ["a key with an effect", "m.list[(say('k'), 0)] += say(5); log.push(m.list[say(1)]++);"],
  [
    "a key that converts itself",
    "const k = { toString() { return 'a'; } }; m[k] += 1; m[k]++; m[k] ??= 3; log.push(delete m[k], m[k]);",
  ],
  ["increments, before and after", "log.push(n++, ++n, n--, --n, m.a++, ++m.a, m.list[0]--, --m.list[0]);"],
  [
    "increments of a big integer and of a text",
    "let big = 5n; let t = '7'; const f = () => { big++; t++; return [String(big), t]; }; log.push(f(), String(big++), t++, f());",
  ],
  [
    "logical assignment",
    "n &&= 5; m.zero ||= 6; m.none ??= 7; m.a ??= say(8); m.a &&= m.a + 1; log.push((n ||= say(9)));",
  ],
  [
    "the order of evaluation",
    "const o = () => (say('o'), m); const v = () => (say('v'), n); o()[(say('k'), 'a')] = v(); o()[(say('k2'), 'a')] += v();",
  ],
  [
    "an assignment that uses its target",
    "let o = { x: 1 }; const old = o; const f = () => { o = o; }; f(); o.next = o = { x: 2 }; log.push(old.next === o, o.next);",
  ],
  [
    "destructuring a source",
    "const { a, b: { c }, gone = say('d') } = m; const [x, , y = 5, ...rest] = m.list; log.push(a, c, gone, x, y, rest);",
  ],
  [
    "destructuring into what is shared",
    "[n, m.a] = [m.a, n]; ({ a: n, b: { c: m.a } } = m); [m.list[0], m.list[1]] = [m.list[1], m.list[0]];",
  ],
  [
    "a target that depends on the one before",
    "[n, m.list[n]] = [2, 9]; ({ a: n, [n === 1 ? 'b' : 'a']: m.zero } = { a: 1, b: 5 });",
  ],
  [
    "defaults in a pattern, evaluated when their turn comes",
    "[n, m.a = n + 1] = [5]; ({ x: n = say(3), ...m.b } = { y: 1, z: 2 }); [n, , m.a] = [1, 2, 3]; [...m.list] = 'ab';",
  ],
  ["the value of a destructuring assignment", "const src = [4, 5]; log.push(([n, m.a] = src) === src);"],
  ["nested patterns with defaults", "({ p: { q: n = 3 } = {}, r: [m.a] = [8] } = {});"],
  [
    "swapping in a loop",
    "for (let i = 0; i < 2; i++) [m.list[i], m.list[i + 1]] = [m.list[i + 1], m.list[i]];",
  ],
  [
    "variables of a loop, new in every round",
    "const fs = []; for (let i = 0; i < 3; i++) { fs.push(() => i++); } for (let j = 0, k = j; j < 2; j++, k += 2) fs.push(() => (k += j)); log.push(fs.map((f) => [f(), f()]));",
  ],
  [
    "a loop whose parts are closures",
    "const fs = []; for (let i = 0, get = () => i; fs.push(() => i), i < 2; i++) fs.push(get, () => (i += 10)); log.push(fs.map((f) => f()));",
  ],
  [
    "a loop without test and update",
    "const fs = []; for (let i = 0; ; ) { fs.push(() => i); if (i++ > 1) break; } log.push(fs.map((f) => f()));",
  ],
  [
    "continue in a loop with shared variables",
    "const fs = []; outer: for (let i = 0; i < 4; i++) { if (i === 1) continue outer; fs.push(() => i++); } log.push(fs.map((f) => f()));",
  ],
  [
    "for of and for in with shared variables",
    "const fs = []; for (let x of m.list) fs.push(() => x++); for (let k in m) { fs.push(() => (k += '!')); } log.push(fs.map((f) => f()));",
  ],
  [
    "for of into what is shared",
    "for (n of [1, 2]) m.a += n; for (m.zero of m.list); for ([n, m.b.c] of [[1, 2], [3, 4]]) log.push(n); for (m.none in { q: 1 });",
  ],
  [
    "a switch with shared variables",
    "const fs = []; const f = (x) => { a: switch (x) { case 1: let y = x; fs.push(() => y++); break a; default: let z = 2; fs.push(() => z++); } }; f(1); f(2); log.push(fs.map((g) => [g(), g()]));",
  ],
  [
    "an error that is caught and changed",
    "try { throw 1; } catch (e) { const f = () => (e += 1); f(); log.push(e); } try { m.none.x = say(1); } catch (e) { log.push(e.constructor.name); }",
  ],
  [
    "closures of plain functions",
    "const inc = () => n++; const get = () => n; const add = (d) => (m.a += d); log.push(inc(), get(), add(2)); ",
  ],
  [
    "parameters that are written",
    "const f = (p, q = n + 1, { r = m.a } = {}) => { const g = () => (p += q); g(); return [p, r]; }; log.push(f(1), f(2, 3, { r: 0 }), f.length);",
  ],
  ["an arrow with an object, in parentheses", "const f = (x) => ({ x: m.a = x, n }); log.push(f(3));"],
  [
    "functions that get their names",
    "let f; let g; const s = () => { f = () => 1; g = class {}; f ||= 1; }; s(); ({ h: f = function () {} } = {}); log.push(f.name, g.name);",
  ],
  [
    "parentheses",
    "const f = (p = (say(1), n), q = ((n))) => p + q; log.push(f(), (() => n)(), (m.list.at)(0), (m.list).at((0)), ((m)).a, ((m)?.b).c, (m.none ?? m)?.a, (m.none ?? m).b?.c, (m.none || touch)()?.x, (yield* (function* () { return m; })())?.a); (n) = 3; ((m.a)) += (1, 2); (n)++; const t = (s) => s[0]; log.push((t)`x`, ({ t }.t)`y`);",
  ],
  ["deleting", "m.x = 1; log.push(delete m.x, 'x' in m, delete m['list'][0], m?.q, delete m?.zero);"],
  [
    "optional chains",
    "log.push(m?.b?.c, m.none?.b.c.d, m.none?.[say('no')], m.b?.['c'], m.list?.at(-1), m.gone?.(say('no')), m.list.map?.((x) => x + n), (m?.b).c, m.none?.x(say('no')).y);",
  ],
  [
    "an optional chain that fails after its question",
    "try { m?.gone.c; } catch (e) { log.push(e.message); } try { m.list?.gone(); } catch (e) { log.push(e.constructor.name); }",
  ],
  [
    "this in calls of chains",
    "const o = { v: 3, get() { return this.v; }, o: null }; o.o = o; o.v = 4; log.push(o.get(), o?.get(), o.get?.(), o.o?.o.get(), o?.o.get?.());",
  ],
  [
    "spreads",
    "log.push([...m.list], { ...m, n }, Math.max(...m.list), ...m.list); m = { ...m, b: { ...m.b } };",
  ],
  [
    "private fields, methods, static members",
    "const a = new A(); a.inc(); a.inc(); a.add(3); log.push(a.value, a.has(a), A.count, a.late, A.late, yield* a.slow());",
    "class A { #n = 0; static #all = 0; static count = 0; later = () => n++; late = (m.a ||= 4); static { this.late = 1; let t = 2; const f = () => t++; f(); A.late += t; } inc() { this.#n++; A.#all += 1; A.count = A.#all; } add(d) { this.#n += d; [this.#n] = [this.#n * 2]; } has(o) { return #n in o; } get value() { return this.#n; } *slow() { this.#n ??= 1; this.#n -= 1; return this.#n; } }",
  ],
  [
    "inheritance and super",
    "const b = new B(); log.push(b.go(), b.x, B.make().x);",
    "class A0 { x = 1; get y() { return this.x; } go() { this.x++; return this.x; } static make() { return new this(); } } class B extends A0 { constructor() { super(); const f = () => super.go(); f(); this.x += super.y; } go() { super.x = 7; return super.go() + super.y; } static make() { const o = super.make?.(); o.x++; return o; } }",
  ],
  [
    "getters and setters",
    "const o = { v: 1, get d() { return say(this.v * 2); }, set d(x) { say(x); this.v = x; } }; o.d = 4; o.d += 1; o.d++; log.push(o.d);",
  ],
  [
    "templates and tags",
    "const t = (s, ...v) => s.join('|') + v.join(); const o = { t, p: 1 }; o.p = 2; log.push(`@{n}@{m.a++}`, t`a@{n}b`, o.t`x@{m.a}`);".replaceAll(
      "@",
      "$",
    ),
  ],
  [
    "generators that make values",
    "function* count(k) { for (let i = 0; i < k; i++) { n++; yield i; } } function* both() { yield* count(2); yield* [n, 7]; } log.push([...both()], Array.from(count(1))); for (const x of count(2)) log.push(x); const it = count(1); log.push(it.next());",
  ],
  [
    "goroutines that call others",
    "function* add(k) { n += k; return n; } const o = { *twice(k) { return (yield* add(k)) + (yield* add(k)); } }; log.push(yield* o.twice(3));",
  ],
  [
    "a constructor of values called with new",
    "function P(x) { this.x = x; this.y = n; } const p = new P(m.a); p.x++; log.push(p, new m.list.constructor(n).length);",
  ],
  [
    "sequences, conditions, typeof, void, in",
    "log.push((n++, m.a), n > 1 ? m.a : say('no'), typeof n, typeof m.a, typeof nowhere, void n, 'a' in m, -n, !m.a);",
  ],
  [
    "labels and blocks",
    "a: { let t = 1; const f = () => t++; f(); if (t > 1) break a; say('no'); } { let t = 5; const f = () => (t = 6); f(); log.push(t); }",
  ],
  [
    "arguments and shadowing",
    "function f() { let n = 10; const g = () => n++; g(); return [arguments.length, arguments[0], n]; } log.push(f(1, 2)); { const m = { a: 9 }; m.a = 8; log.push(m.a); }",
  ],
  [
    "maps and sets",
    "const map = new Map([[1, 2]]); const set = new Set(); const f = () => { map.set(n, m.a); set.add(n).add(2); return map.get(1); }; log.push(f(), [...map], map.size, [...set], set.has(2), map.delete(1)); for (const [k, v] of map) log.push(k, v);",
  ],
  [
    "names of variables that look like ours",
    "let __hb = 1; const __hb1 = () => __hb++; log.push(__hb1(), __hb);",
  ],
];

for (const [what, body, before] of SAME) {
  test(`the directive keeps what a program does: ${what}`, () => isSameWith(inMain(body, before)));
}

test("the directive keeps programs that leave out their semicolons", () =>
  isSameWith(`
let n = 1
let o = { a: n }
out.main = function* () {
  const log = []
  n++
  o.a = n
  const f = () => { n = 4; return n }
  f()
  const g = f
  ;[n, o.a] = [o.a, n]
  log.push(g, n)
  do n++
  while (n < 3)
  o.a++
  return [n, o, log.length]
}
class A { x = 1
  y = n
  static z = o }`));

/** Expressions; those of goroutines may also delegate, which an arrow function cannot. */
const expressions = (delegates: boolean): fc.Arbitrary<string> =>
  fc.letrec<{ value: string }>((tie) => {
    const value = tie("value");
    const arrow = (delegates ? expressions(false) : fc.constant("a++")).map((x) => `(() => ${x})()`);
    const later = delegates ? value.map((x) => `(yield* later(function* () { return ${x}; }))`) : arrow;
    const pair = (signs: readonly string[], left: fc.Arbitrary<string>) =>
      fc.tuple(left, fc.constantFrom(...signs), value);
    return {
      value: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.integer({ min: 0, max: 9 }).map(String),
        fc.constantFrom(
          "a",
          "b",
          "s.x",
          "s.y",
          "s.list[0]",
          "s.list[a & 1]",
          "s?.x",
          "inc()",
          "s.list.length",
        ),
        pair(["+", "-", "*", "&", "<", "??", ","], value).map(([l, o, r]) => `((${l}) ${o} (${r}))`),
        pair(["=", "+=", "-=", "||=", "??=", "&&="], fc.constantFrom("a", "s.x", "s.list[b & 1]")).map(
          ([l, o, r]) => `(${l} ${o} ${r})`,
        ),
        fc.constantFrom("a++", "--b", "s.x--", "++s.list[1]", "(s.y++, s.y)"),
        fc.tuple(value, value, value).map(([c, x, y]) => `((${c}) ? ${x} : ${y})`),
        fc.tuple(value, value).map(([x, y]) => `([a, s.x] = [${x}, ${y}])[0]`),
        arrow,
        later,
      ),
    };
  }).value;
const number = expressions(true);
const statement = fc.oneof(
  number.map((x) => `log.push(${x});`),
  number.map((x) => `${x};`),
  fc.tuple(number, number).map(([x, y]) => `if (${x}) { log.push(${y}); } else s.y = ${y};`),
  fc
    .tuple(number, number)
    .map(([x, y]) => `for (let i = 0; i < 2; i++) { fs.push(() => i++ + b); a += ${x}; [b] = [${y}]; }`),
  number.map((x) => `{ const { x: p, list: [q = ${x}] } = s; log.push(p, q); }`),
);

test("the directive keeps what 150 generated programs do (seed 7)", async () => {
  const programs = fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 5 }), async (body) => {
    const source = `
let a = 1, b = 2; const s = { x: 3, y: 0, list: [4, 5] };
function inc() { a += 1; b = a; s.y ||= 2; return b; }
function* later(f) { a = a; return yield* f(); }
out.main = function* () { const log = [], fs = [];
try { ${body.join("\n")} } catch (error) { log.push(error.message); }
return [a, b, s, log.map(String), fs.map((f) => String(f() + f()))]; };`;
    expect(await resultOf(interleaved(source)), source).toBe(await resultOf(source));
  });
  await fc.assert(programs, { numRuns: 150, seed: 7 });
});

const outcomesOf = async (source: string, transform = interleaved) => {
  const out = load(transform(source));
  const seen = await explore(out["program"] as Thunk, { schedules: 100, stopAt: "never" });
  return { seen, results: seen.outcomes.map((o) => o.result).sort() };
};

/** Two goroutines that do the same to what `setup` made; the result is `result`. */
const twice = (setup: string, work: string, result: string, count = 2, before = "") => `${before}
out.program = { setup() { return { wg: new WaitGroup(), mu: new Mutex(), ${setup} }; }, *main(s) {
  for (let i = 0; i < ${count}; i++) s.wg.go(function* () { ${work} });
  yield* s.wg.wait();
  return ${result}; } };`;

const LOST: [what: string, source: string, results: unknown[], alone?: number][] = [
  ["a property", twice("n: 0", "s.n++;", "s.n"), [1, 2]],
  ["a compound assignment", twice("n: 0", "s.n += 1;", "s.n"), [1, 2]],
  ["an element", twice("list: [0]", "s.list[0]++;", "s.list[0]"), [1, 2]],
  ["a module's variable", twice("x: (n = 0)", "n++;", "n", 2, "let n = 0;"), [1, 2]],
  [
    "a private field",
    twice(
      "a: new A()",
      "yield* s.a.inc();",
      "s.a.n",
      2,
      "class A { #n = 0; *inc() { this.#n++; } get n() { return this.#n; } }",
    ),
    [1, 2],
  ],
  ["destructuring", twice("n: 0", "const { n } = s; s.n = n + 1;", "s.n"), [1, 2]],
  ["destructuring into it", twice("n: 0", "[s.n] = [s.n + 1];", "s.n"), [1, 2]],
  [
    "a variable that a closure keeps",
    "out.program = function* () { let n = 0; const wg = new WaitGroup(); for (let i = 0; i < 2; i++) wg.go(function* () { n = n + 1; }); yield* wg.wait(); return n; };",
    [1, 2],
  ],
  ["logical assignment: made twice", twice("one: null, made: 0", "s.one ??= ++s.made;", "s.made"), [1, 2], 1],
  ["an optional chain", twice("o: { n: 0 }", "s.o.n = s?.o?.n + 1;", "s.o.n"), [1, 2]],
];

for (const [what, source, results, alone = 2] of LOST) {
  test(`the directive makes a lost update visible: ${what}`, async () => {
    expect((await outcomesOf(source)).results).toEqual(results);
  });
  test(`without the directive nobody can lose it: ${what}`, async () => {
    expect((await outcomesOf(source, (text) => text)).results).toEqual([alone]);
  });
}

test("with a lock, or with one goroutine only, no update is lost", async () => {
  const locked = twice("n: 0", "yield* s.mu.lock(); s.n++; s.mu.unlock();", "s.n");
  expect((await outcomesOf(locked)).results).toEqual([2]);
  expect((await outcomesOf(twice("n: 0", "s.n++; s.n++;", "s.n", 1))).results).toEqual([2]);
});

test("variables of a loop belong to their round: two goroutines that count their own lose nothing", async () => {
  const source = `out.program = function* () { const wg = new WaitGroup(); const ends = [];
    for (let i = 0; i < 3; i++) { wg.go(function* () { i += 10; i -= 10; ends[i] = i; }); }
    yield* wg.wait(); return ends.join(); };`;
  expect((await outcomesOf(source)).results).toEqual(["0,1,2"]);
});

test("a plain function tells its accesses and cannot switch", async () => {
  const source = twice("n: 0", "bump(s);", "s.n", 2, "function bump(s) { s.n++; }");
  expect((await outcomesOf(source)).results).toEqual([2]);
  const out = load(interleaved(source));
  const { events } = await report(out["program"] as Thunk, { trace: true });
  expect(accesses({ events } as Report)).toContain("write n#1 = 2");
});

test("the explorer says what it could not interleave: accesses in plain functions", async () => {
  const bump = "function bump(s) { s.n++; }";
  const { seen } = await outcomesOf(
    twice("n: 0", "yield* s.mu.lock(); bump(s); s.mu.unlock();", "s.n", 2, bump),
  );
  expect(seen.verdict).toBe("ok");
  expect(seen.claim).toMatch(
    /; n is accessed in plain functions too, where no goroutine can switch: `function\*` makes them visible$/,
  );
  const { seen: without } = await outcomesOf(twice("n: 0", "yield* s.mu.lock(); s.n++; s.mu.unlock();", "0"));
  expect(without.claim).not.toContain("plain");
});

test("a data race on plain variables is found, in plain functions too; a lock silences it", async () => {
  const race = async (work: string) => {
    const source = twice("n: 0", work, "s.n", 2, "function bump(s) { s.n++; }");
    return (await explore(load(interleaved(source))["program"] as Thunk, { schedules: 50 })).verdict;
  };
  expect(await race("s.n++;")).toBe("race");
  expect(await race("bump(s);")).toBe("race");
  expect(await race("yield* s.mu.lock(); s.n++; bump(s); s.mu.unlock();")).toBe("ok");
});

test("a step whose value nobody uses becomes a scheduling point: two closes are seen half done", async () => {
  const source = `out.program = { setup: () => ({ a: new Chan(), b: new Chan() }), *main(s) {
    go(function* () { s.a.close(); s.b.close(); });
    yield* s.a.recv();
    const got = yield* select(s.b.onRecv(), onDefault());
    return got.index; } };`;
  expect((await outcomesOf(source)).results).toEqual([0, 1]);
  expect((await outcomesOf(source, (text) => text)).results.length).toBe(1);
});

function accesses(seen: Pick<Report, "events">): string[] {
  return (seen.events ?? [])
    .filter((event) => event.op === "read" || event.op === "write")
    .map((event) => `${event.op} ${event.object} = ${event.value}`);
}

test("the trace names variables and shows what was read and written", async () => {
  const source = `let counter = 1; const o = { total: 5 };
out.main = function* () { counter++; o.total += counter; };`;
  const seen = await report(load(interleaved(source))["main"] as Thunk, { strategy: "random", trace: true });
  expect(accesses(seen)).toEqual([
    "read counter#1 = 1",
    "write counter#1 = 2",
    "read total#1 = 5",
    "read counter#1 = 2",
    "write total#1 = 7",
  ]);
});

test("a text without the directive is not touched", () => {
  for (const text of [
    "let n = 0;",
    'foo("use interleaving");',
    '"use strict";\nlet n;',
    '"use interleavings";',
    "",
  ]) {
    expect(hasDirective(text)).toBe(false);
    expect(interleave(text, { file: "x.js" })).toBe(undefined);
  }
  for (const text of [
    '"use interleaving"',
    "// a\n/* b */ 'use interleaving';",
    '#!/usr/bin/env node\n"use interleaving";',
    '"use strict"; "use interleaving";',
  ]) {
    expect(hasDirective(text)).toBe(true);
  }
});

test("what cannot be seen is said with its place", () => {
  const made = interleave(
    '"use interleaving";\nexport function* f(o) {\n  eval("o.p = 1");\n  return delete o?.p;\n}\nasync function* g() {}\n',
    { file: "x.js" },
  );
  expect(blindText(made?.blind ?? [], "x.js")).toBe(
    [
      "x.js:6:1 - an async generator cannot be a goroutine: accesses in it cannot be interleaved",
      "x.js:3:3 - accesses in the text of an `eval` are not seen",
      "x.js:4:10 - a `delete` with `?.` is not seen: test for null first",
      "",
    ].join("\n"),
  );
});

test("a program of 6,000 lines, acorn, does the same under the directive, in a goroutine that detectors watch", async () => {
  const file = new URL("../../node_modules/acorn/dist/acorn.mjs", import.meta.url);
  const source = readFileSync(file, "utf8").replace(/^export \{.*$/m, "out.parse = parse;");
  const parse = load(interleaved(source))["parse"] as typeof acornParse;
  const tree = (how: typeof acornParse) =>
    JSON.stringify(
      how("class A { #p = 1; *m({ x = 1 }, ...r) { for (const y of r) yield* y?.z; } }", {
        ecmaVersion: 2022,
        locations: true,
      }),
    );
  const seen = await report(
    function* () {
      return tree(parse);
    },
    { detect: ["race"] },
  );
  expect(seen.error?.message).toBe(undefined);
  expect(seen.result).toBe(tree(acornParse));
  expect(seen.verdict).toBe("ok");
}, 60_000);
