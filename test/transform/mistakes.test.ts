import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { compileModule, explainMistakes } from "../../lib/transform/index.js";

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
    "a forgotten yield* in a generator that nobody starts yet",
    'import { Chan, Mutex } from "happens-before";\nconst main = function* () {\n  ‸new Chan(1).send(1);\n};',
    "`new Chan(1).send(1)` only describes an operation, and nothing performs it without `yield*`: write `yield* new Chan(1).send(1);`.",
  ],
  [
    "a lock at the top level",
    'import { Chan, Mutex } from "happens-before";\nconst mu = new Mutex();\n‸mu.lock();',
    "`mu.lock()` may park a goroutine, and at the top level there is none: write `yield* mu.lock()` inside `await run(function* () { … });`.",
  ],
  [
    "a lock in a plain function",
    'import { Chan, Mutex } from "happens-before";\nconst mu = new Mutex();\nfunction add() {\n  ‸mu.lock();\n}',
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
    'import { Chan, Mutex } from "happens-before";\nrun(function* () {\n  const ch = new Chan(1);\n  [1].forEach((x) => {\n    ‸ch.send(x);\n  });\n});',
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
    "`go` needs a generator function and got a plain function, which cannot stop and go on as a goroutine does: write `go(function* () {`, and `yield*` before its operations.",
  ],
];

/** What only types tell: name, source, the compiler's message and number at ‸, and the sentence. */
const typed: readonly (readonly [...Row, message: string, code: number])[] = [
  [
    "yield* before a call that never blocks",
    "function* main(wg: WaitGroup): Go {\n  yield* ‸wg.add(1);\n}",
    "`wg.add(1)` never blocks and is no operation, so there is nothing to `yield*`: write `wg.add(1);`.",
    "Type 'void' must have a '[Symbol.iterator]()' method that returns an iterator.",
    2488,
  ],
  [
    "yield* before a promise",
    "function* main(): Go {\n  yield* ‸load(1);\n}",
    "`load(1)` is a promise, and a goroutine cannot `yield*` one: write `yield* fromPromise(load(1))`.",
    "Type 'Promise<number>' must have a '[Symbol.iterator]()' method that returns an iterator.",
    2488,
  ],
  [
    "for…of over a channel that came from elsewhere",
    "function* main(s: State): Go {\n  for (const v of ‸s.jobs) console.log(v);\n}",
    "`for…of` cannot park a goroutine, so a channel has no iterator: write `yield* s.jobs.forEach(function* (v) { … });`.",
    "Type 'Chan<number>' must have a '[Symbol.iterator]()' method that returns an iterator.",
    2488,
  ],
  [
    "yield in a body of an earlier cell",
    "go(‸worker);",
    "this body hands operations out with `yield`, and the scheduler performs only what it gets by `yield*`: write `yield*` in the body.",
    "Argument of type '() => Generator<Op<void>, void, unknown>' is not assignable to parameter of type 'Body<[]>'.",
    2345,
  ],
  [
    "a called body of an earlier cell",
    "go(‸worker(1));",
    "the body has been called already, and the scheduler calls it itself: pass the function, then its arguments, e.g. `go(worker, 1)`.",
    "Argument of type 'Generator<Wait, void, unknown>' is not assignable to parameter of type 'Body<[]>'.",
    2345,
  ],
  [
    "an async function of an earlier cell",
    "go(‸worker);",
    "an async function cannot be a goroutine body: write `function*` without `async`, and `yield*` instead of `await`.",
    "Argument of type '() => Promise<void>' is not assignable to parameter of type 'Body<[]>'.",
    2345,
  ],
  [
    "a variable that holds a body that is running already",
    "go(‸w);",
    "the body has been called already, and the scheduler calls it itself: pass the function, then its arguments, e.g. `go(worker, 1)`.",
    "Argument of type 'Go' is not assignable to parameter of type 'Body<[]>'.",
    2345,
  ],
  [
    "an operation that a function returned, used as its value",
    "function* main(s: State): Go {\n  const v = s.next();\n  total = ‸v + 1;\n}",
    "`v` holds an operation and not yet its value, because `yield*` is missing where it was made: write `yield*` before the operation.",
    "Operator '+' cannot be applied to types 'Op<number | undefined>' and 'number'.",
    2365,
  ],
];

/** Right code, or wrong code that is none of our business. */
const right: readonly (readonly [name: string, source: string])[] = [
  [
    "operations with yield*, steps without",
    "run(function* () {\n  yield* mu.lock();\n  mu.unlock();\n  go(worker, 1);\n  ch.close();\n  wg.done();\n});",
  ],
  [
    "an operation kept and performed later",
    "run(function* () {\n  const op = ch.recv();\n  const v = yield* op;\n  return v;\n});",
  ],
  ["an operation handed to a function", "run(function* () {\n  yield* withTimeout(ch.recv(), 50);\n});"],
  [
    "a plain function that returns an operation",
    "const mu = new Mutex();\nconst enter = () => mu.lock();\nfunction leave() { return mu.lock(); }",
  ],
  ["select cases", "run(function* () {\n  yield* select(a.onRecv(), b.onSend(1), onDefault());\n});"],
  [
    "await ( at the start of a line of a cell",
    'import { run } from "happens-before";\nconst a = 1;\nawait (run(main));\n',
  ],
  ["a function that starts a goroutine's generator", "await run(() => main(3));"],
  ["parentheses around yield*", "run(function* () {\n  const v = (yield* ch.recv()) ?? 0;\n  return v;\n});"],
  [
    "a body in forEach of a channel",
    "run(function* () {\n  yield* ch.forEach(function* (v) { yield* out.send(v); });\n});",
  ],
  ["forEach of an array", "run(function* () {\n  yield* gosched();\n  list.forEach((x) => total += x);\n});"],
  [
    "a promise handed over",
    "run(function* () {\n  yield* fromPromise(new Promise((r) => setTimeout(r, 5)));\n});",
  ],
  ["an ordinary generator", "function* ids() {\n  let id = 0;\n  while (true) yield id++;\n}"],
  [
    "an ordinary generator that delegates",
    "function* walk(node: Tree): Iterable<Tree> {\n  yield node;\n  for (const c of node.children) yield* walk(c);\n}",
  ],
  [
    "an ordinary generator that talks to a socket",
    "function* saga(socket: WebSocket) {\n  const x = yield call(api);\n  socket.send(x);\n  lock.wait();\n}",
  ],
  [
    "an ordinary async generator",
    "async function* lines(s: Stream) {\n  for await (const l of s) yield await parse(l);\n}",
  ],
  [
    "an ordinary async function",
    "async function f() {\n  await (g());\n  await lock.lock();\n  socket.send(1);\n}",
  ],
  ["Promise.all over a map", "const all = await Promise.all(urls.map(async (u) => { await fetch(u); }));"],
  ["a run of somebody else", 'import { run } from "node:test";\nrun(async () => { await 1; });'],
  [
    "a go that the text declares itself",
    "function go(f: () => Promise<void>) { return f(); }\ngo(async () => { await 1; });",
  ],
  [
    "a mutex of the threads library",
    'import { Mutex, team } from "happens-before/threads";\nconst mu = new Mutex();\nmu.lock();\nawait team(2, (t, m) => { m.lock(); m.unlock(); }, { args: [mu] });',
  ],
  [
    "a web socket in a goroutine",
    "run(function* () {\n  const ws = new WebSocket(url);\n  ws.send(1);\n  yield* gosched();\n});",
  ],
  ["a mutex of another library", 'import { Mutex } from "async-mutex";\nconst mu = new Mutex();\nmu.lock();'],
  ["an argument list on the next line", "const total = veryLongFunctionName\n  (1, 2);"],
  ["a multiplication", "const y = 2;\nconst area = y * y;"],
  ["yields in texts and comments", "// yield mu.lock()\nconst text = 'yield* x; await (y)';"],
  ["a method named main without setup", "const o = { *main() { yield 1; } };"],
  ["a generator passed to Array.from", "const xs = Array.from((function* () { yield 1; })());"],
];

describe("explainMistakes", () => {
  for (const [name, text, sentence, message, code] of typed) {
    test(`explains ${name}, told by the type checker`, () => {
      const { source, line, column } = marked(text);
      const [mistake] = explainMistakes(source, [{ message, line, column, code }]);
      expect(mistake?.sentence).toBe(sentence);
      expect(mistake?.line).toBe(line);
    });
  }

  for (const [name, source] of right) {
    test(`says nothing about ${name}`, () => {
      expect(explainMistakes(source, compileModule(source, "cell.ts").problems)).toEqual([]);
    });
  }

  test("says at most five sentences, in the order of the text, one a line", () => {
    const source = `run(function* () {\n${"  mu.lock(); mu.lock();\n".repeat(9)}});`;
    expect(explainMistakes(source).map((mistake) => mistake.line)).toEqual([2, 3, 4, 5, 6]);
  });

  for (const nested of [
    "(".repeat(40_000),
    "function* f() { yield* ".repeat(2_000),
    `yield${" + a()".repeat(12_000)}`,
  ]) {
    test(`survives ${JSON.stringify(nested.slice(0, 12))} nested without end`, () => {
      expect(explainMistakes(`go(f); yield* x; ${nested}`).length).toBeLessThan(6);
    });
  }

  test("has no sentences for a text longer than any exercise", () => {
    const mistake = "run(function* () { mu.lock(); });";
    expect(explainMistakes(mistake)).toHaveLength(1);
    expect(explainMistakes(`${mistake}\n${"// long\n".repeat(20_000)}`)).toEqual([]);
  });

  test("survives every half-typed text", () => {
    const whole = rows.map(([, text]) => marked(text).source).join("\n");
    for (let end = 0; end < whole.length; end += 29) {
      for (const { line, sentence } of explainMistakes(whole.slice(Math.max(0, end - 400), end))) {
        expect(line).toBeGreaterThan(0);
        expect(sentence).toMatch(/\.$/);
      }
    }
  });

  test("shows a part of a very long line only", () => {
    const source = `run(function* () {\n  mu.lock(); // ${"long ".repeat(60)}\n});`;
    expect(explainMistakes(source)[0]!.sentence.length).toBeLessThan(260);
  });

  for (const source of [
    "yield*",
    "yield* (",
    "function* () {",
    "go(",
    "await (",
    "}}} yield* x",
    "yield".repeat(999),
    "\0 yield \0",
  ]) {
    test(`survives ${JSON.stringify(source.slice(0, 20))}`, () => {
      const problems = [
        ...compileModule(source, "cell.ts").problems,
        { message: "?", line: 999, column: 999, code: 2488 },
      ];
      expect(Array.isArray(explainMistakes(source, problems))).toBe(true);
    });
  }

  for (const [name, text, sentence] of rows) {
    test(`explains ${name}`, () => {
      const { source, line, column } = marked(text);
      const { problems } = compileModule(source, "cell.ts");
      expect(explainMistakes(source, problems)[0]).toEqual({ line, column, sentence });
    });
  }
});

describe("explainMistakes on right code that we have", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const filesBelow = (folder: string, name: RegExp): string[] => {
    if (!existsSync(join(root, folder))) return [];
    const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
    return entries.filter((e) => e.isFile() && name.test(e.name)).map((e) => join(e.parentPath, e.name));
  };

  test.each([
    ["lib", /\.ts$/],
    ["exercises", /\.ts$/],
    ["solutions", /\.ts$/],
    ["node_modules/yaml/dist", /\.js$/],
    ["node_modules/tinybench/dist", /\.js$/],
    ["node_modules/commander/lib", /\.js$/],
    ["node_modules/magic-string/dist", /\.mjs$/],
    ["node_modules/@vitest/runner/dist", /\.js$/],
    ["node_modules/undici-types", /\.ts$/],
  ])("says nothing about the files of %s", (folder, name) => {
    const alarms = filesBelow(folder, name).flatMap((file) =>
      explainMistakes(readFileSync(file, "utf8")).map(
        (mistake) => `${file}:${mistake.line} ${mistake.sentence}`,
      ),
    );
    expect(alarms).toEqual([]);
  });

  test("says nothing about the cells of the lessons", () => {
    const alarms = filesBelow("notebooks", /\.md$/).flatMap((file) => {
      const cells = readFileSync(file, "utf8").matchAll(/^```typescript[^\n]*\n(.*?)^```$/gms);
      return [...cells].flatMap(([, code = ""]) =>
        explainMistakes(code).map((m) => `${file}: ${m.sentence}\n${code}`),
      );
    });
    expect(alarms).toEqual([]);
  });
});
