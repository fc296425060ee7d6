import { describe, expect, test } from "vitest";
import { compileModule, explainMistakes, type Problem } from "../../lib/transform/index.js";

/** Name, source with the place marked by ‸, and the whole sentence. */
type Row = readonly [name: string, source: string, sentence: string];

function marked(text: string): { source: string; line: number; column: number } {
  const at = text.indexOf("‸");
  const before = text.slice(0, at).split("\n");
  return { source: text.replace("‸", ""), line: before.length, column: before.at(-1)!.length + 1 };
}

const rows: readonly Row[] = [
  // yield for yield*
  [
    "yield for yield* in a body that is run",
    "await run(function* () {\n  const mu = new Mutex();\n  ‸yield mu.lock();\n});",
    "`yield` only hands `mu.lock()` out of the generator and performs nothing, because the star is missing: write `yield* mu.lock();`.",
  ],
  [
    "yield for yield* in a function that returns Go",
    "function* worker(ch: Chan<number>): Go<number> {\n  const v = ‸yield ch.recv();\n  return v;\n}",
    "`yield` only hands `ch.recv()` out of the generator and performs nothing, because the star is missing: write `const v = yield* ch.recv();`.",
  ],
  [
    "yield of a step",
    "go(function* () {\n  ‸yield mu.unlock();\n});",
    "`yield` only hands `mu.unlock()` out of the generator and performs nothing, because the star is missing: write `yield* mu.unlock();`.",
  ],
  [
    "yield on a mutex of the same cell, in a generator that nobody starts yet",
    "const mu = new Mutex();\nfunction* worker() {\n  ‸yield mu.lock();\n}",
    "`yield` only hands `mu.lock()` out of the generator and performs nothing, because the star is missing: write `yield* mu.lock();`.",
  ],
  [
    "a bare yield",
    "run(function* main() {\n  ‸yield;\n});",
    "a bare `yield` is not a scheduling point, because the scheduler reads operations only: write `yield* gosched();`.",
  ],
  // a forgotten *
  [
    "a forgotten star on a function expression",
    "await run(function () {\n  ‸yield* mu.lock();\n});",
    "`yield*` works only inside a generator, and this function is not a generator function, because its star is missing: write `await run(function* () {`.",
  ],
  [
    "a forgotten star on a declaration",
    "function worker(ch: Chan<number>) {\n  ‸yield* ch.send(1);\n}\ngo(worker, ch);",
    "`yield*` works only inside a generator, and `worker` is not a generator function, because its star is missing: write `function* worker(ch: Chan<number>) {`.",
  ],
  [
    "a forgotten star on a method",
    "explore({\n  setup: () => ({ mu: new Mutex() }),\n  main(s) {\n    ‸yield* s.mu.lock();\n  },\n});",
    "`yield*` works only inside a generator, and `main` is not a generator function, because its star is missing: write `*main(s) {`.",
  ],
  [
    "an arrow function with yield*",
    "await run(() => {\n  ‸yield* mu.lock();\n});",
    "`yield*` works only inside a generator, and this function is an arrow function, and arrow functions cannot be generators: write `await run(function* () {`.",
  ],
  [
    "an arrow function with one bare parameter",
    "const worker = ch => {\n  ‸yield* ch.recv();\n};",
    "`yield*` works only inside a generator, and `worker` is an arrow function, and arrow functions cannot be generators: write `const worker = function* (ch) {`.",
  ],
  [
    "yield* at the top level of a cell",
    "const mu = new Mutex();\n‸yield* mu.lock();",
    "`yield*` works only inside a generator function, and this line stands outside of any: put it into `await run(function* () { … });`.",
  ],
  // a forgotten yield*
  [
    "a forgotten yield* before a lock",
    "await run(function* () {\n  const mu = new Mutex();\n  ‸mu.lock();\n});",
    "`mu.lock()` only describes an operation, and nothing performs it without `yield*`: write `yield* mu.lock();`.",
  ],
  [
    "a forgotten yield* in a declaration",
    "function* main(ch: Chan<number>): Go {\n  const v = ‸ch.recv();\n  console.log(v);\n}",
    "`ch.recv()` only describes an operation, and nothing performs it without `yield*`: write `const v = yield* ch.recv();`.",
  ],
  [
    "a forgotten yield* before a property",
    "go(function* () {\n  while (‸ch.recvOk().ok) count++;\n});",
    "`ch.recvOk()` only describes an operation, and nothing performs it without `yield*`: write `while ((yield* ch.recvOk()).ok) count++;`.",
  ],
  [
    "a forgotten yield* in a sum",
    "function* main(a: Chan<number>): Go<number> {\n  return 1 + ‸a.recv();\n}",
    "`a.recv()` only describes an operation, and nothing performs it without `yield*`: write `return 1 + (yield* a.recv());`.",
  ],
  [
    "a forgotten yield* before sleep",
    'import { go, sleep } from "happens-before";\ngo(function* () {\n  ‸sleep(10);\n});',
    "`sleep(10)` only describes an operation, and nothing performs it without `yield*`: write `yield* sleep(10);`.",
  ],
  [
    "a forgotten yield* before select",
    "run(function* () {\n  ‸select(a.onRecv(), onDefault());\n});",
    "`select(a.onRecv(), onDefault())` only describes an operation, and nothing performs it without `yield*`: write `yield* select(a.onRecv(), onDefault());`.",
  ],
  [
    "a forgotten yield* before a wait, in a body known by its other operations",
    "function* worker() {\n  yield* ch.send(1);\n  ‸wg.wait();\n}",
    "`wg.wait()` only describes an operation, and nothing performs it without `yield*`: write `yield* wg.wait();`.",
  ],
  [
    "a forgotten yield* in a printed value",
    "run(function* () {\n  console.log(‸ch.recv());\n});",
    "`ch.recv()` only describes an operation, and nothing performs it without `yield*`: write `console.log(yield* ch.recv());`.",
  ],
  [
    "a lock at the top level",
    "const mu = new Mutex();\n‸mu.lock();",
    "`mu.lock()` may park a goroutine, and at the top level there is none: write `yield* mu.lock()` inside `await run(function* () { … });`.",
  ],
  [
    "a lock in a plain function",
    "const mu = new Mutex();\nfunction add() {\n  ‸mu.lock();\n}",
    "`mu.lock()` only describes an operation, and `add` cannot perform it, because it is not a generator: write `function* add() {` and `yield* mu.lock()`.",
  ],
  // await in a goroutine body
  [
    "await of an operation in a body",
    "run(function* () {\n  const v = ‸await ch.recv();\n});",
    "`await` cannot stand in a goroutine body, because a goroutine waits by `yield*` and `await` would leave the scheduler: write `const v = yield* ch.recv();`.",
  ],
  [
    "await of a promise in a body",
    "run(function* () {\n  const r = ‸await fetch(url);\n});",
    "`await` cannot stand in a goroutine body, because it would stop every goroutine's scheduler: for a promise write `const r = yield* fromPromise(fetch(url));`, which parks this goroutine only.",
  ],
  [
    "await ( in a body",
    "run(function* () {\n  ‸await (sleep(5));\n});",
    "`await` reads as a call of a function named `await` in a goroutine body, because a goroutine waits by `yield*` and `await` would leave the scheduler: write `yield* (sleep(5));`.",
  ],
  [
    "an async function as a body",
    "await run(‸async () => {\n  await sleep(5);\n});",
    "`run` needs a generator function and got an async function, which cannot stop and go on as a goroutine does: write `await run(function* () {`, and `yield*` instead of `await` inside.",
  ],
  [
    "an async generator as a body",
    "await run(async function* () {\n  ‸await x;\n});",
    "this function is an async generator, and a goroutine body is a plain one: write `function*` without `async`, and `yield*` instead of `await`.",
  ],
  [
    "await of an operation at the top level",
    'import { sleep } from "happens-before";\n‸await sleep(5);',
    "`sleep(5)` is an operation and not a promise, so `await` does not perform it: write `yield* sleep(5)` inside `await run(function* () { … });`.",
  ],
  // yield* in a callback
  [
    "yield* in forEach",
    "run(function* () {\n  jobs.forEach((job) => {\n    ‸yield* ch.send(job);\n  });\n});",
    "`yield*` belongs to the function that it stands in directly, and the callback of `forEach` is a function of its own: write the loop as `for (const job of jobs) { … }`, which stays in the goroutine.",
  ],
  [
    "yield* in map",
    "run(function* () {\n  const all = jobs.map(function (job) { return ‸yield* ch.recv(); });\n});",
    "`yield*` belongs to the function that it stands in directly, and the callback of `map` is a function of its own: use a `for` loop, which stays in the goroutine.",
  ],
  [
    "an operation in a callback",
    "run(function* () {\n  const ch = new Chan(1);\n  [1].forEach((x) => {\n    ‸ch.send(x);\n  });\n});",
    "`ch.send(x)` belongs to the function that it stands in directly, and the callback of `forEach` is a function of its own: write the loop as `for (const x of [1]) { … }`, which stays in the goroutine.",
  ],
  [
    "await in a callback inside a body",
    "run(function* () {\n  jobs.forEach((job) => { ‸await job; });\n});",
    "`await` belongs to the function that it stands in directly, and the callback of `forEach` is a function of its own: write the loop as `for (const job of jobs) { … }`, which stays in the goroutine.",
  ],
  // await ( at the start of a line, and lines that run together
  [
    "await ( in a plain function",
    "function load() {\n  ‸await (read());\n}",
    "`await` is read as a call of a function named `await`, because `load` is not async: write `async` before it, e.g. `async function load() {`.",
  ],
  [
    "await in a plain arrow function",
    "const load = () => ‸await read();",
    "`await` is not allowed here, because `load` is not async: write `async` before it, e.g. `const load = async () => await read();`.",
  ],
  [
    "a line that begins with ( after a line without a semicolon",
    "const a = ‸5\n(await run(main))\n",
    "the next line begins with `(`, so the two lines are read as one call, because this one has no semicolon: write `const a = 5;`.",
  ],
  // common others
  [
    "for…of over a channel",
    "run(function* () {\n  const ch = new Chan(1);\n  ‸for (const v of ch) console.log(v);\n});",
    "`for…of` cannot park a goroutine, so a channel has no iterator: write `yield* ch.forEach(function* (v) { … });`.",
  ],
  [
    "for…of over a receive",
    "run(function* () {\n  ‸for (const job of jobs.recv()) console.log(job);\n});",
    "`for…of` cannot park a goroutine, so a channel has no iterator: write `yield* jobs.forEach(function* (job) { … });`.",
  ],
  [
    "a promise made in a body",
    "run(function* () {\n  const p = ‸new Promise((r) => setTimeout(r, 5));\n});",
    "a promise cannot park a goroutine, and in controlled runs nobody settles it: use a `Chan` to wait for another goroutine, `yield* sleep(ms)` to wait for time, or `yield* fromPromise(promise)` for the host.",
  ],
  [
    "an operation without parentheses",
    "run(function* () {\n  yield* ‸mu.lock;\n});",
    "`mu.lock` names the operation without calling it, because the parentheses are missing: write `yield* mu.lock();`.",
  ],
  [
    "a step without parentheses",
    "run(function* () {\n  const mu = new Mutex();\n  ‸mu.unlock;\n});",
    "`mu.unlock` names the operation without calling it, because the parentheses are missing: write `mu.unlock();`.",
  ],
  [
    "a body that is called",
    "function* worker(n: number): Go {}\ngo(‸worker(1));",
    "`go` calls the body itself, so it needs the function and its arguments, not `worker(1)`: write `go(worker, 1)`.",
  ],
  [
    "a body that is called, in a wait group",
    "const wg = new WaitGroup();\nfunction* worker(): Go {}\nwg.go(‸worker());",
    "`wg.go` calls the body itself, so it needs the function and its arguments, not `worker()`: write `wg.go(worker)`.",
  ],
  [
    "a plain function as a body",
    "go(‸function () {\n  mu.lock();\n});",
    "`go` needs a generator function and got a plain function, which cannot stop and go on as a goroutine does: write `go(function* () {`.",
  ],
];

describe("explainMistakes", () => {
  for (const [name, text, sentence] of rows) {
    test(`explains ${name}`, () => {
      const { source, line, column } = marked(text);
      const { problems } = compileModule(source, "cell.ts");
      expect(explainMistakes(source, problems)[0]).toEqual({ line, column, sentence });
    });
  }
});
