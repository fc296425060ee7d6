import parser from "@typescript-eslint/parser";
import { RuleTester } from "eslint";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import plugin from "../../lib/lint/index.js";

type AnyRule = Parameters<RuleTester["run"]>[1];
RuleTester.describe = describe;
RuleTester.it = test;
RuleTester.itOnly = test;

const rule = (name: string): AnyRule => plugin.rules[name] as unknown as AnyRule;

const byWords = new RuleTester({ languageOptions: { sourceType: "module" } });
const byTypes = new RuleTester({ languageOptions: { parser } });

const OPTIONS: ts.CompilerOptions = { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, types: [] };
const disk = ts.createCompilerHost(OPTIONS);
const parsed = new Map<string, ts.SourceFile | undefined>();

/** A program of one text that is on no disk. */
function programOf(file: string, code: string): ts.Program {
  const getSourceFile: ts.CompilerHost["getSourceFile"] = (name, version) => {
    if (name === file) return ts.createSourceFile(name, code, version, true);
    if (!parsed.has(name)) parsed.set(name, disk.getSourceFile(name, version));
    return parsed.get(name);
  };
  return ts.createProgram([file], OPTIONS, { ...disk, getSourceFile });
}

const IMPORT =
  'import { Chan, Mutex, WaitGroup, sleep, select, go, AtomicInt32 as Int } from "happens-before";\n';
const SETUP = `${IMPORT}const mu = new Mutex(); const ch = new Chan(1); const n = new Int(0);\n`;
/** Inside a goroutine. */
const inside = (body: string): string => `${SETUP}function* body() { ${body} }`;

const FINE: [what: string, code: string][] = [
  ["yielded", inside("yield* mu.lock(); const v = yield* ch.recv(); mu.unlock(); return v;")],
  ["returned", inside("return mu.lock();")],
  ["returned by an arrow", `${SETUP}export const take = () => ch.recv();`],
  ["kept, then yielded", inside("const op = mu.lock(); yield* op;")],
  ["chosen, then yielded", inside("yield* (n ? mu.lock() : ch.send(1)); yield* (n && sleep(1));")],
  ["passed on", inside("yield* twice(mu.lock()); list.push(ch.recv());")],
  ["a step as a plain call", inside("mu.unlock(); go(body); ch.close();")],
  ["tried", inside("if (mu.tryLock()) mu.unlock();")],
  ["cases of a select", inside("yield* select(ch.onRecv(), ch.onSend(1));")],
];
const BAD: [what: string, code: string, messageId: string, output: string | null][] = [
  ["a statement", inside("mu.lock();"), "dropped", inside("yield* mu.lock();")],
  ["a function's", inside("sleep(1);"), "dropped", inside("yield* sleep(1);")],
  ["void", inside("void ch.send(1);"), "dropped", inside("void (yield* ch.send(1));")],
  ["a yield without star", inside("yield mu.lock();"), "yielded", inside("yield* mu.lock();")],
  ["an await", `${SETUP}async function f() { await mu.lock(); }`, "awaited", null],
  ["a condition", inside("if (ch.recv()) { }"), "used", inside("if ((yield* ch.recv())) { }")],
  ["a comparison", inside("return n.load() === 1;"), "used", inside("return (yield* n.load()) === 1;")],
  [
    "a template",
    inside("return `$" + "{ch.recv()}`;"),
    "used",
    inside("return `$" + "{(yield* ch.recv())}`;"),
  ],
  ["a member of it", inside("return ch.recvOk().ok;"), "used", inside("return (yield* ch.recvOk()).ok;")],
  [
    "taken apart",
    inside("const { ok } = ch.recvOk(); return ok;"),
    "used",
    inside("const { ok } = yield* ch.recvOk(); return ok;"),
  ],
  [
    "a variable that nobody reads",
    inside("const v = ch.recv();"),
    "unread",
    inside("const v = yield* ch.recv();"),
  ],
  [
    "the left of a logical and",
    inside("n.load() && mu.unlock();"),
    "used",
    inside("(yield* n.load()) && mu.unlock();"),
  ],
  ["the right of one", inside("n && mu.lock();"), "dropped", inside("n && (yield* mu.lock());")],
  [
    "a loop",
    inside("for (const v of ch.recv()) { v; }"),
    "used",
    inside("for (const v of (yield* ch.recv())) { v; }"),
  ],
  ["in a plain function", `${SETUP}function f() { mu.lock(); }`, "dropped", null],
  ["in forEach", `${SETUP}[1].forEach((x) => ch.send(x));`, "dropped", null],
  ["at the top level", `${SETUP}mu.lock();`, "dropped", null],
];

const invalid = BAD.map(([name, code, messageId, output]) => ({
  name,
  code,
  errors: [{ messageId, ...(output === null ? {} : { suggestions: [{ messageId: "perform", output }] }) }],
}));
byWords.run("no-unyielded-op, by words", rule("no-unyielded-op"), {
  valid: [
    ...FINE.map(([name, code]) => ({ name, code })),
    {
      name: "another library's words",
      code: 'import { Mutex } from "async-mutex"; const mu = new Mutex(); mu.lock();',
    },
    { name: "a socket", code: `${IMPORT}import { socket } from "ws"; socket.send("x");` },
    {
      name: "a class of one's own",
      code: `${IMPORT}class Lock { lock() {} } function* f() { const l = new Lock(); l.lock(); yield* sleep(1); }`,
    },
  ],
  invalid: [
    ...invalid,
    {
      name: "a receiver that the text does not tell, in a goroutine",
      code: inside("state.mu.lock();"),
      errors: [{ messageId: "dropped", suggestions: 1 }],
    },
    {
      name: "with its sentence",
      code: `${SETUP}function plain() { mu.lock(); }`,
      errors: [
        {
          message:
            "`mu.lock()` only describes an operation, and nothing performs it. Write `yield* mu.lock()` inside a `function*`.",
        },
      ],
    },
  ],
});

/** Types as happens-before declares them; the real ones are linted with the exercises (course.test.ts). */
const TYPES = `interface Op<T> { readonly must: true; [Symbol.iterator](): Iterator<unknown, T> }
declare class Lock { lock(): Op<void>; unlock(): void }
declare function take(): Op<number>;
declare const s: { mu: Lock; maybe?: Lock; either: Op<void> | undefined; pick(): Op<void> | undefined };
`;
let count = 0;
function typed<T extends { code: string }>(one: T) {
  const filename = `/planted-${++count}.ts`;
  const code = TYPES + one.code;
  return {
    ...one,
    code,
    filename,
    languageOptions: { parserOptions: { programs: [programOf(filename, code)] } },
  };
}
byTypes.run("no-unyielded-op, by types", rule("no-unyielded-op"), {
  valid: [
    typed({ code: "declare const f: (op: Op<void>) => void; f(s.mu.lock()); s.mu.unlock();" }),
    typed({ code: "declare const m: { lock(): { must: boolean } }; m.lock();" }),
    typed({ code: "declare const any: any; any.lock(); any.recv();" }),
    typed({ code: "export function* body() { yield* s.maybe?.lock() ?? []; return take(); }" }),
  ],
  invalid: (
    [
      ["a function of one's own", "take();", "dropped", "yield* take();"],
      ["a field's method", "s.mu.lock();", "dropped", "yield* s.mu.lock();"],
      ["an optional chain", "s.maybe?.lock();", "dropped", "yield* s.maybe?.lock();"],
      ["a union", "s.pick();", "dropped", "yield* s.pick();"],
      ["arithmetic", "const half = take() / 2; half;", "used", "const half = (yield* take()) / 2; half;"],
    ] as const
  ).map(([name, body, messageId, output]) =>
    typed({
      name,
      code: `export function* body() { ${body} }`,
      errors: [
        {
          messageId,
          suggestions: [{ messageId: "perform", output: `${TYPES}export function* body() { ${output} }` }],
        },
      ],
    }),
  ),
});

byWords.run("no-host-in-goroutine", rule("no-host-in-goroutine"), {
  valid: [
    inside("yield* sleep(1); return new Date(0);"),
    `${SETUP}const t = Date.now(); function f() { setTimeout(f, 1); }`,
    `${SETUP}function* ids() { for (;;) yield Math.random(); }`,
    `${SETUP}import { fromPromise } from "happens-before"; function* f() { yield* fromPromise(fetch("x")); }`,
    inside("const Math = { random: () => 1 }; yield* sleep(Math.random());"),
    "function* f() { yield* g(); Date.now(); }",
  ],
  invalid: [
    {
      code: inside("yield* sleep(Math.random()); const t = Date.now(); setTimeout(body, 1); new Date();"),
      errors: Array.from({ length: 4 }, () => ({ messageId: "host" })),
    },
    {
      code: inside("yield* sleep(Math.random());"),
      errors: [
        {
          message:
            "`Math.random` is the host's, so this goroutine cannot be repeated: take chance from an argument, so that a run can be repeated.",
        },
      ],
    },
  ],
});

test("the recommended configuration holds every rule", () => {
  const names = Object.keys(plugin.rules).map((name) => `happens-before/${name}`);
  expect(Object.keys(plugin.configs.recommended.rules)).toEqual(names);
  expect(plugin.configs.recommended.plugins["happens-before"]).toBe(plugin);
});
