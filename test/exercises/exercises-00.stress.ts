// 00-start-here: the solutions that people try first fail at the property that they break, with the verdict that says why and
// three hints; every sound way passes.
import { checkText } from "happens-before/check";
import { describe, expect, test } from "vitest";
import { hintComplaints, textOf } from "./gate.js";

/** A way to solve an exercise: what takes the place of the starter's body, and what fails then. */
interface Attempt {
  readonly code: string;
  /** Properties that must not pass, with their verdicts; none for a sound solution. */
  readonly fails?: Readonly<Record<string, string>>;
}

/** The starter of an exercise up to a line, everything that the package offers, and another end. */
function attempt(id: string, upTo: string, code: string): string {
  const starter = textOf("exercises", id);
  const head = starter.slice(0, starter.indexOf(upTo));
  const names = "AtomicInt32, Chan, type Go, go, gosched, Mutex, sleep, WaitGroup";
  return `${head.replace(/import .*;/, `import { ${names} } from "happens-before";`)}${code}`;
}

function judge(id: string, upTo: string, attempts: Readonly<Record<string, Attempt>>): void {
  for (const [name, { code, fails = {} }] of Object.entries(attempts)) {
    const verb = Object.keys(fails).length === 0 ? "passes" : "fails";
    test(`${id} ${verb}: ${name}`, async () => {
      const result = await checkText(id, attempt(id, upTo, code));
      const failed = result.properties.filter((p) => p.status !== "pass");
      expect(Object.fromEntries(failed.map((p) => [p.name, p.verdict]))).toEqual(fails);
      expect(failed.flatMap(hintComplaints)).toEqual([]);
    });
  }
}

const DONE = "every schedule says working and done before main returns";
const BESIDE = "the worker still lets others run between its words, and main waits all the same";
const bothFail = (verdict: string) => ({ [DONE]: verdict, [BESIDE]: verdict });
const main = (body: string): string =>
  `export function* main(say: (word: string) => void): Go {\n${body}\n}\n`;

describe("wait", () => {
  judge("00-start-here/wait", "export function* main", {
    "wait without its star": {
      code: main("  const wg = new WaitGroup();\n  wg.go(worker, say);\n  wg.wait();"),
      fails: bothFail("misuse"),
    },
    "one turn for the others, and no more": {
      code: main("  go(worker, say);\n  yield* gosched();"),
      fails: bothFail("wrong-result"),
    },
    "a sleep that seems long enough": {
      code: main("  go(worker, say);\n  yield* sleep(1000);"),
      fails: bothFail("wrong-result"),
    },
    "counted twice: add beside wg.go": {
      code: main("  const wg = new WaitGroup();\n  wg.add(1);\n  wg.go(worker, say);\n  yield* wg.wait();"),
      fails: bothFail("global-deadlock"),
    },
    "the worker once more, by hand": {
      code: main("  go(worker, say);\n  yield* worker(say);"),
      fails: bothFail("wrong-result"),
    },
    "a channel that says when it is over": {
      code: main(
        "  const over = new Chan<void>();\n  go(function* () {\n    yield* worker(say);\n    yield* over.send();\n  });\n  yield* over.recv();",
      ),
    },
    "no goroutine at all": { code: main("  yield* worker(say);") },
  });
});

const BOTH = "both servers are asked before one has to answer";
const ORDER = "the first server's answer comes first, whoever is faster";
const ONCE = "each server is asked once, and says what it says";
const ask = (body: string): string =>
  `export function* ask(first: Server, second: Server): Go<[number, number]> {\n${body}\n}\n`;

describe("ask", () => {
  judge("00-start-here/ask", "export function* ask", {
    "nobody waits for the second answer": {
      code: ask(
        "  let b = 0;\n  go(function* () {\n    b = yield* second();\n  });\n  return [yield* first(), b];",
      ),
      fails: { [BOTH]: "wrong-result", [ORDER]: "wrong-result", [ONCE]: "wrong-result" },
    },
    "one channel for both answers": {
      code: ask(`  const answers = new Chan<number>(2);
  go(function* () {
    yield* answers.send(yield* first());
  });
  go(function* () {
    yield* answers.send(yield* second());
  });
  return [(yield* answers.recv()) ?? 0, (yield* answers.recv()) ?? 0];`),
      fails: { [BOTH]: "wrong-result", [ORDER]: "wrong-result" },
    },
    "a WaitGroup that is counted by hand, and never told": {
      code: ask(`  const wg = new WaitGroup();
  wg.add(1);
  let b = 0;
  go(function* () {
    b = yield* second();
  });
  const a = yield* first();
  yield* wg.wait();
  return [a, b];`),
      fails: { [BOTH]: "global-deadlock", [ORDER]: "global-deadlock", [ONCE]: "global-deadlock" },
    },
    "wait before the first one is asked": {
      code: ask(`  const wg = new WaitGroup();
  let b = 0;
  wg.go(function* () {
    b = yield* second();
  });
  yield* wg.wait();
  return [yield* first(), b];`),
      fails: { [BOTH]: "global-deadlock" },
    },
    "a second question, to be sure": {
      code: ask(`  const wg = new WaitGroup();
  let b = 0;
  wg.go(function* () {
    b = yield* second();
    b = yield* second();
  });
  const a = yield* first();
  yield* wg.wait();
  return [a, b];`),
      fails: { [ONCE]: "wrong-result" },
    },
    "the answers of the visible check, written down": {
      code: ask(`  const wg = new WaitGroup();
  wg.go(function* () {
    yield* second();
  });
  yield* first();
  yield* wg.wait();
  return [250, 300];`),
      fails: { [ONCE]: "wrong-result" },
    },
    "a channel for each answer": {
      code: ask(`  const [a, b] = [new Chan<number>(1), new Chan<number>(1)];
  go(function* () {
    yield* a.send(yield* first());
  });
  go(function* () {
    yield* b.send(yield* second());
  });
  return [(yield* a.recv()) ?? 0, (yield* b.recv()) ?? 0];`),
    },
  });
});

const COUNTED = "every payment that the bank accepts is counted";
const REFUSED = "a payment that the bank refuses is told to its caller, and stops nobody";
const OWN = "nobody waits for another customer's bank";
const SHOPS = "two shops count five customers, one of them refused, each its own";
const shop = (fields: string, pay: string, counted = "return yield* this.#count.load();"): string =>
  `export class Shop {
  ${fields}
  *pay(bank: Bank): Go {
${pay}
  }
  *counted(): Go<number> {
    ${counted}
  }
}
`;
const BOTH_FIELDS = "readonly #count = new AtomicInt32(0);\n  readonly #mu = new Mutex();";
const MORE = "yield* this.#count.store((yield* this.#count.load()) + 1);";

describe("payments", () => {
  judge("00-start-here/payments", "/** A shop with its counter", {
    "the bank under the lock": {
      code: shop(
        BOTH_FIELDS,
        `    yield* this.#mu.lock();\n    yield* bank();\n    ${MORE}\n    yield* this.#mu.unlock();`,
      ),
      fails: { [REFUSED]: "global-deadlock", [OWN]: "global-deadlock", [SHOPS]: "global-deadlock" },
    },
    "the bank under the lock, with finally": {
      code: shop(
        BOTH_FIELDS,
        `    yield* this.#mu.lock();\n    try {\n      yield* bank();\n      ${MORE}\n    } finally {\n      yield* this.#mu.unlock();\n    }`,
      ),
      fails: { [OWN]: "global-deadlock" },
    },
    "the lock around the write alone": {
      code: shop(
        BOTH_FIELDS,
        "    yield* bank();\n    const seen = yield* this.#count.load();\n    yield* this.#mu.lock();\n    yield* this.#count.store(seen + 1);\n    yield* this.#mu.unlock();",
      ),
      fails: { [COUNTED]: "wrong-result", [OWN]: "wrong-result", [SHOPS]: "wrong-result" },
    },
    "the lock twice, once for each line": {
      code: shop(
        BOTH_FIELDS,
        "    yield* bank();\n    yield* this.#mu.lock();\n    const seen = yield* this.#count.load();\n    yield* this.#mu.unlock();\n    yield* this.#mu.lock();\n    yield* this.#count.store(seen + 1);\n    yield* this.#mu.unlock();",
      ),
      fails: { [COUNTED]: "wrong-result", [OWN]: "wrong-result", [SHOPS]: "wrong-result" },
    },
    "a lock for each payment": {
      code: shop(
        "readonly #count = new AtomicInt32(0);",
        `    const mu = new Mutex();\n    yield* bank();\n    yield* mu.lock();\n    ${MORE}\n    yield* mu.unlock();`,
      ),
      fails: { [COUNTED]: "wrong-result", [OWN]: "wrong-result", [SHOPS]: "wrong-result" },
    },
    "counted first, asked later": {
      code: shop(
        BOTH_FIELDS,
        `    yield* this.#mu.lock();\n    ${MORE}\n    yield* this.#mu.unlock();\n    yield* bank();`,
      ),
      fails: { [REFUSED]: "wrong-result", [SHOPS]: "wrong-result" },
    },
    "a lock that is never let go": {
      code: shop(BOTH_FIELDS, `    yield* bank();\n    yield* this.#mu.lock();\n    ${MORE}`),
      fails: { [COUNTED]: "global-deadlock", [OWN]: "global-deadlock", [SHOPS]: "global-deadlock" },
    },
    "who does not get the lock at once gives up": {
      code: shop(
        BOTH_FIELDS,
        `    yield* bank();\n    if (!this.#mu.tryLock()) return;\n    ${MORE}\n    yield* this.#mu.unlock();`,
      ),
      fails: { [COUNTED]: "wrong-result", [OWN]: "wrong-result", [SHOPS]: "wrong-result" },
    },
    "the refusal is swallowed": {
      code: shop(
        BOTH_FIELDS,
        `    try {\n      yield* bank();\n    } catch {\n      return;\n    }\n    yield* this.#mu.lock();\n    ${MORE}\n    yield* this.#mu.unlock();`,
      ),
      fails: { [REFUSED]: "wrong-result" },
    },
    "one atomic step": {
      code: shop(
        "readonly #count = new AtomicInt32(0);",
        "    yield* bank();\n    yield* this.#count.add(1);",
      ),
    },
    "the lock with finally, the bank outside": {
      code: shop(
        BOTH_FIELDS,
        `    yield* bank();\n    yield* this.#mu.lock();\n    try {\n      ${MORE}\n    } finally {\n      yield* this.#mu.unlock();\n    }`,
      ),
    },
  });
});
