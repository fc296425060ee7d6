// Attacks on the verdict from inside of the process. None of these gets a point more than the starter, which gets none,
// and none is said to be the check's fault.
import { afterAll, expect, test } from "vitest";
import { checkText, loadExercise } from "../../../lib/grade/index.js";
import {
  buildCourse,
  changed,
  OPEN,
  solution,
  starter,
  TRANSFER,
  VAULT,
  WITH_OPEN,
  WITH_VAULT,
} from "../course.js";
import { LIMITS, onStarter } from "./attack.js";

const places = buildCourse("redteam-verdict", [...WITH_VAULT, ...WITH_OPEN]);
afterAll(() => places.remove());

/** An attack, its lines before the starter, and what the problem or the first property must say. */
const ATTACKS: readonly (readonly [what: string, lines: string, says?: RegExp])[] = [
  // Leaving early.
  ["exits with code 0", "process.exit(0);", /process\.exit\(0\) is refused/],
  ["exits below Node's own exit", "process.reallyExit(0);", /process\.reallyExit\(0\) is refused/],
  ["sets an exit code and a handler for the exit", "process.exitCode = 0;", /read only|not extensible/],
  ["overrides the exit code in an exit handler", 'process.on("exit", () => process.reallyExit(0));'],
  ["kills its own process", "process.kill(process.pid, 9);", /process\.kill\(\d+\) is refused/],
  ["aborts", "process.abort();", /process\.abort\(\) is refused/],
  // Ways to a module of Node.
  [
    "imports the file system",
    'import fs from "node:fs"; fs.writeSync(3, "x");',
    /import of "node:fs" is refused/,
  ],
  ["imports it by its bare name", 'import fs from "fs"; fs.writeSync(3, "x");', /Cannot find package 'fs'/],
  ["exports a module of Node", 'export * from "node:child_process";', /"node:child_process" is refused/],
  ["imports at run time", 'const fs = await import("node:" + "fs");', /inside of the code.*refused/],
  [
    "imports its check's driver",
    'import driver from "./transfer.check.js"; driver.properties.length = 0;',
    /refused/,
  ],
  [
    "imports the grader",
    'import { checkText } from "happens-before/check"; checkText;',
    /refused|Cannot find package/,
  ],
  ["imports a file by its URL", 'import x from "file:///etc/passwd"; x;', /Cannot find package|refused/],
  [
    "imports async hooks",
    'import { createHook } from "node:async_hooks"; createHook({}).enable();',
    /refused/,
  ],
  ["asks process for a module", 'process.getBuiltinModule("fs").writeSync(3, "x");', /not a function/],
  ["asks for an internal binding", 'process.binding("fs");', /process\.binding\(fs\) is refused/],
  [
    "loads a native addon",
    'process.dlopen({ exports: {} }, "/tmp/x.node");',
    /process\.dlopen\(.*\) is refused/,
  ],
  [
    "makes a function from text",
    'Function("return process")().exit(0);',
    /[Cc]ode generation from strings|refused/,
  ],
  [
    "makes a generator from text",
    '(function* () {}).constructor("return 1")();',
    /[Cc]ode generation|refused/,
  ],
  ["evaluates text", 'globalThis.eval("1");', /not a function|refused/],
  ["uses require", 'require("fs");', /require is not defined/],
  [
    "reads Node's pool of buffers, where the token may lie",
    'Buffer.from("x").buffer;',
    /Buffer is not defined/,
  ],
  [
    "runs WebAssembly, which no loop guard stops",
    "new WebAssembly.Module(new Uint8Array([0]));",
    /WebAssembly is not defined/,
  ],
  ["fetches from the network", 'await fetch("http://127.0.0.1:1/");', /fetch is not defined/],
  [
    "takes the callers' functions from a stack",
    `Error.prepareStackTrace = (_, sites) => sites;
     const sites = new Error("x").stack;
     for (const site of Array.isArray(sites) ? sites : []) site.getFunction()?.call(undefined);`,
  ],
  // Poison for the library.
  ["replaces Map", "globalThis.Map = class extends Map { get() {} };", /read only/],
  ["replaces Atomics", "globalThis.Atomics = { ...Atomics, load: () => 0 };", /read only/],
  ["replaces a function of Atomics", "Atomics.load = () => 0;", /read only/],
  ["replaces Array.prototype.map", "Array.prototype.map = () => [];", /read only|frozen/],
  [
    "replaces every array's iterator",
    "Array.prototype[Symbol.iterator] = function* () {};",
    /read only|Symbol value/,
  ],
  ["gives all objects a toJSON", "Object.prototype.toJSON = () => ({ kind: 'done' });", /not extensible/],
  [
    "gives all objects a verdict",
    "Object.defineProperty(Object.prototype, 'verdict', { get: () => 'ok' });",
    /not extensible/,
  ],
  ["makes all objects thenable", "Object.prototype.then = (done) => done({});", /not extensible/],
  ["replaces the promise's then", "Promise.prototype.then = () => {};", /read only/],
  ["replaces timers", "globalThis.setTimeout = (f) => f(); globalThis.setImmediate = () => {};"],
  ["stops the clocks", "performance.now = () => 0; Date.now = () => 0;", /read only|not extensible/],
  ["makes chance certain", "Math.random = () => 0.5;", /read only/],
  ["turns the loop guards off", "globalThis.$hb = [0]; while (true) {}", /read only/],
  [
    "takes the interrupt word away",
    'globalThis[Symbol.for("happens-before.interrupt")] = undefined;',
    /read only/,
  ],
  [
    "makes the library's lock do nothing",
    'import { Mutex } from "happens-before"; Mutex.prototype.lock = function* () {};',
    /read only/,
  ],
  [
    "opens the debugger",
    "process._debugProcess?.(1); (globalThis.inspector ?? {}).open();",
    /not a function/,
  ],
];

for (const [what, lines, says] of ATTACKS) {
  test(`a submission that ${what} gets no better verdict`, async () => {
    const result = await onStarter(lines, places);
    const first = result.properties[0];
    const told = `${result.problem?.message} ${first?.message}`;
    expect(result, told).toMatchObject({ status: "fail", points: 0 });
    expect(told).not.toMatch(/not about your code/);
    if (says !== undefined) expect(told).toMatch(says);
  });
}

test("the attacks are more than 25, and different", () => {
  expect(new Set(ATTACKS.map(([, lines]) => lines)).size).toBeGreaterThan(25);
});

test("planted control: the same harness gives the points to a right solution", async () => {
  expect(await checkText(TRANSFER, solution(TRANSFER), { places, limits: LIMITS })).toMatchObject({
    points: 4,
  });
});

/** Wrong solutions that try to look right to who counts calls. */
const SPECIAL: readonly (readonly [what: string, text: string])[] = [
  [
    "is wrong from its second schedule on",
    `let calls = 0;\n${changed("  a.balanceCents -= cents;", "  if (++calls < 30) a.balanceCents -= cents;")}`,
  ],
  [
    "replaces the locks of the accounts by ones that do nothing",
    changed(
      "  yield* first.mu.lock();",
      `  for (const { mu } of [a, b]) {
    Object.defineProperty(mu, "lock", { value: function* () {} });
    Object.defineProperty(mu, "unlock", { value: function* () {} });
  }
  const before = a.balanceCents;
  yield* first.mu.lock();
  yield* gosched();
  a.balanceCents = before;`,
    ).replace("import type { Go,", "import { gosched, type Go, type"),
  ],
];
for (const [what, text] of SPECIAL) {
  test(`a submission that ${what} does not pass`, async () => {
    const result = await checkText(TRANSFER, text, { places, limits: LIMITS });
    expect(result.status).toBe("fail");
    expect(result.points).toBeLessThan(4);
  });
}

/** What `balance` returns instead of a number; the check wants 5. */
const RESULTS: readonly (readonly [what: string, expression: string])[] = [
  ["a thenable", "{ then(done) { done(5); } }"],
  ["an object that converts to the number", "{ valueOf: () => 5, [Symbol.toPrimitive]: () => 5 }"],
  ["a proxy", "new Proxy({}, { get: () => 5, getPrototypeOf: () => Number.prototype })"],
  [
    "a proxy whose traps throw",
    "new Proxy({}, { ownKeys() { throw null; }, getPrototypeOf() { throw null; } })",
  ],
  ["an object whose getter throws", "{ get n() { throw new Error('no'); } }"],
  ["a text of 500 million letters", "'x'.repeat(500_000_000)"],
  [
    "an array that says it is endless",
    "new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 31 : 5) })",
  ],
  [
    "a chain of a hundred thousand objects",
    "Array.from({ length: 100_000 }).reduce((inner) => ({ inner }), 5)",
  ],
  ["a symbol", "Symbol('5')"],
  [
    "an object that prints as the number",
    "{ [Symbol.for('nodejs.util.inspect.custom')]: () => '5', toJSON: () => 5 }",
  ],
];
for (const [what, expression] of RESULTS) {
  test(`a result that is ${what} does not pass, and is not the check's fault`, async () => {
    const text = starter(VAULT).replace("return this.#cents;", `return (${expression}) as never;`);
    const result = await checkText(VAULT, text, { places, limits: LIMITS });
    expect(result, JSON.stringify(result.properties)).toMatchObject({ status: "fail", points: 0 });
    expect(result.properties.map(({ verdict }) => verdict)).not.toContain("check-failed");
  });
}

/** What is thrown instead of an error. */
const THROWN: readonly (readonly [what: string, expression: string])[] = [
  ["nothing", "undefined"],
  ["a proxy whose traps throw", "new Proxy({}, { getPrototypeOf() { throw null; }, get() { throw null; } })"],
  [
    "an error whose message throws",
    "Object.defineProperty(new Error(), 'message', { get() { throw null; } })",
  ],
  ["an error whose name is a symbol", "Object.assign(new Error('x'), { name: Symbol('ok') })"],
  [
    "an error with the stack of somebody else",
    "Object.assign(new Error('x'), { stack: 'at /etc/passwd:1:1' })",
  ],
  [
    "an error that claims to be the stop button's",
    "Object.assign(new Error('interrupted'), { name: 'InterruptError' })",
  ],
];
for (const [what, expression] of THROWN) {
  test(`throwing ${what} does not pass, and is not the check's fault`, async () => {
    const text = changed("  // The lower id first.", `  throw ${expression};`);
    const result = await checkText(TRANSFER, text, { places, limits: LIMITS });
    expect(result, JSON.stringify(result.properties)).toMatchObject({ status: "fail", points: 0 });
    expect(result.properties.map(({ verdict }) => verdict)).not.toContain("check-failed");
  });
}

test("a result that is mended after it was returned is judged as it was returned", async () => {
  const text = `let last: { n: number } | undefined;
    export function answer() {
      if (last !== undefined) last.n = 5;
      last = { n: 4 };
      return last;
    }`;
  const result = await checkText(OPEN, text, { places, limits: LIMITS });
  expect(result).toMatchObject({ status: "fail", points: 0 });
});

test("the child is given no name, hint or expectation of a hidden check to look for", async () => {
  const { drivers } = await loadExercise(VAULT, places);
  expect(drivers.map(({ name }) => name)).toEqual(["vault.check.js", "vault.hidden.js"]);
  expect(drivers.map(({ text }) => text).join("\n")).not.toContain("SECRET");
});
