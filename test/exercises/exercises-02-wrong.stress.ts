// Unit 02: the solutions that people try first fail at the property that they break, each with the verdict and the hints
// that help; other right solutions than ours pass.
import { checkText } from "happens-before/check";
import { describe, expect, test, vi } from "vitest";
import { textOf } from "./gate.js";
import { failures, firstMessage } from "./wrong.js";

// A check of threads takes seconds, and on a busy machine many.
vi.setConfig({ testTimeout: 120_000 });

const UNIT = "02-memory-model-and-data-races";
describe("finals", () => {
  const MISSING = "every value that the counter can end with is named";
  const IMPOSSIBLE = "no value is named that it cannot end with";
  const starter = textOf("exercises", `${UNIT}/finals`);
  const naming = (list: string) => starter.replace(/\[\n[\s\S]*\]/, list);

  const WRONG: Readonly<Record<string, Record<string, string>>> = {
    "[4]": { [MISSING]: "wrong-result" },
    "[3, 4]": { [MISSING]: "wrong-result" },
    "[2, 4]": { [MISSING]: "wrong-result" },
    "[1, 2, 3, 4]": { [IMPOSSIBLE]: "wrong-result" },
    "[0, 1, 2, 3, 4]": { [IMPOSSIBLE]: "wrong-result" },
    "[1, 4]": { [MISSING]: "wrong-result", [IMPOSSIBLE]: "wrong-result" },
    "[2, 3, 4, 5]": { [IMPOSSIBLE]: "wrong-result" },
    "[]": { [MISSING]: "not-implemented", [IMPOSSIBLE]: "not-implemented" },
  };
  for (const [list, fails] of Object.entries(WRONG)) {
    test(`fails: ${list}`, async () => expect(await failures(`${UNIT}/finals`, naming(list))).toEqual(fails));
  }

  test("passes: any order, and twice the same", async () => {
    expect(await failures(`${UNIT}/finals`, naming("[4, 2, 3, 2]"))).toEqual({});
  });

  test("a value that is missing is shown with a schedule that ends with it", async () => {
    const { properties } = await checkText(`${UNIT}/finals`, naming("[3, 4]"));
    expect(properties[0]?.message).toContain("the counter can end with 2, and finals does not name it");
    expect(properties[0]?.replay).toMatch(/^npx hb replay 02-memory-model-and-data-races\/finals \S+$/);
  });

  test("a value that cannot be is named in the message", async () => {
    expect(await firstMessage(`${UNIT}/finals`, naming("[0, 1, 2, 3, 4]"))).toContain(
      "finals names 0, 1, and no interleaving ends with them",
    );
  });
});

describe("chain", () => {
  const MORNING = "every shop reads after the warehouse has written, and an edge says so";
  const EVENING = "the evening writes after every shop has read, and an edge says so";
  const WHOLE = "the whole day runs through, whatever comes first, and ends with 0";
  const OTHERS = "a day with one shop and a day with three run through as well";
  const starter = textOf("exercises", `${UNIT}/chain`);

  /** The starter with another class body. */
  const day = (body: string) => {
    const [head] = starter.split("export class Day {");
    const imports = "import { type Cell, Chan, type Go, Mutex, sleep, WaitGroup }";
    return `${head}export class Day {\n  readonly shops: number;\n${body}\n}\n`.replace(
      /import \{.*\}/,
      imports,
    );
  };
  const FIELDS = `
    readonly #counted = new Chan<never>();
    readonly #read: Chan<true>;
    constructor(shops: number) { this.shops = shops; this.#read = new Chan(shops); }`;
  const GOOD_MORNING = `
    *morning(stock: Cell<number>): Go { yield* stock.write(99); yield* this.#counted.close(); }`;
  const GOOD_SHOP = `
    *shop(stock: Cell<number>): Go<number> {
      yield* this.#counted.recv();
      const pieces = yield* stock.read();
      yield* this.#read.send(true);
      return pieces;
    }`;
  const GOOD_EVENING = `
    *evening(stock: Cell<number>): Go {
      for (let i = 0; i < this.shops; i++) yield* this.#read.recv();
      yield* stock.write(0);
    }`;

  const all = (verdict: string) => ({
    [MORNING]: verdict,
    [EVENING]: verdict,
    [WHOLE]: verdict,
    [OTHERS]: verdict,
  });
  const WRONG: Readonly<Record<string, { body: string; fails: Record<string, string> }>> = {
    "the receive is left out": {
      body: `${FIELDS}${GOOD_MORNING}
        *shop(stock: Cell<number>): Go<number> {
          const pieces = yield* stock.read();
          yield* this.#read.send(true);
          return pieces;
        }${GOOD_EVENING}`,
      fails: { [MORNING]: "race", [WHOLE]: "race", [OTHERS]: "race" },
    },
    "the close stands before the write": {
      body: `${FIELDS}
        *morning(stock: Cell<number>): Go { yield* this.#counted.close(); yield* stock.write(99); }
        ${GOOD_SHOP}${GOOD_EVENING}`,
      fails: { [MORNING]: "race", [WHOLE]: "race", [OTHERS]: "race" },
    },
    "the evening waits for nobody": {
      body: `${FIELDS}${GOOD_MORNING}${GOOD_SHOP}
        *evening(stock: Cell<number>): Go { yield* stock.write(0); }`,
      fails: { [EVENING]: "race", [WHOLE]: "race", [OTHERS]: "race" },
    },
    "the evening waits for the morning only": {
      body: `${FIELDS}${GOOD_MORNING}${GOOD_SHOP}
        *evening(stock: Cell<number>): Go { yield* this.#counted.recv(); yield* stock.write(0); }`,
      fails: { [EVENING]: "race", [WHOLE]: "race", [OTHERS]: "race" },
    },
    "the evening waits for the first shop only": {
      body: `${FIELDS}${GOOD_MORNING}${GOOD_SHOP}
        *evening(stock: Cell<number>): Go { yield* this.#read.recv(); yield* stock.write(0); }`,
      fails: { [EVENING]: "race", [WHOLE]: "race", [OTHERS]: "race" },
    },
    "a shop says that it has read before it has": {
      body: `${FIELDS}${GOOD_MORNING}
        *shop(stock: Cell<number>): Go<number> {
          yield* this.#counted.recv();
          yield* this.#read.send(true);
          return yield* stock.read();
        }${GOOD_EVENING}`,
      fails: { [EVENING]: "race", [WHOLE]: "race", [OTHERS]: "race" },
    },
    "sleeps in place of edges": {
      body: `${FIELDS}
        *morning(stock: Cell<number>): Go { yield* stock.write(99); }
        *shop(stock: Cell<number>): Go<number> { yield* sleep(10); return yield* stock.read(); }
        *evening(stock: Cell<number>): Go { yield* sleep(20); yield* stock.write(0); }`,
      fails: all("race"),
    },
    "one value sent, where two shops wait": {
      body: `
        readonly #counted = new Chan<true>();
        readonly #read: Chan<true>;
        constructor(shops: number) { this.shops = shops; this.#read = new Chan(shops); }
        *morning(stock: Cell<number>): Go { yield* stock.write(99); yield* this.#counted.send(true); }
        ${GOOD_SHOP}${GOOD_EVENING}`,
      fails: all("global-deadlock"),
    },
    "a mutex, which says nothing of who goes first": {
      body: `
        readonly #mu = new Mutex();
        constructor(shops: number) { this.shops = shops; }
        *#locked<T>(body: () => Go<T>): Go<T> {
          yield* this.#mu.lock();
          const result = yield* body();
          yield* this.#mu.unlock();
          return result;
        }
        *morning(stock: Cell<number>): Go { yield* this.#locked(function* () { yield* stock.write(99); }); }
        *shop(stock: Cell<number>): Go<number> { return yield* this.#locked(function* () { return yield* stock.read(); }); }
        *evening(stock: Cell<number>): Go { yield* this.#locked(function* () { yield* stock.write(0); }); }`,
      fails: {
        [MORNING]: "wrong-result",
        [EVENING]: "wrong-result",
        [WHOLE]: "wrong-result",
        [OTHERS]: "wrong-result",
      },
    },
    "every shop closes the channel": {
      body: `
        readonly #counted = new Chan<never>();
        readonly #read = new Chan<never>();
        constructor(shops: number) { this.shops = shops; }${GOOD_MORNING}
        *shop(stock: Cell<number>): Go<number> {
          yield* this.#counted.recv();
          const pieces = yield* stock.read();
          yield* this.#read.close();
          return pieces;
        }
        *evening(stock: Cell<number>): Go { yield* this.#read.recv(); yield* stock.write(0); }`,
      fails: all("panic"),
    },
    "an atomic write beside plain reads": {
      body: `${FIELDS}
        *morning(stock: Cell<number>): Go { yield* stock.atomicStore(99); }
        *shop(stock: Cell<number>): Go<number> {
          const pieces = yield* stock.read();
          yield* this.#read.send(true);
          return pieces;
        }${GOOD_EVENING}`,
      fails: { [MORNING]: "race", [WHOLE]: "race", [OTHERS]: "race" },
    },
    "two shops, written into the evening": {
      body: `${FIELDS}${GOOD_MORNING}${GOOD_SHOP}
        *evening(stock: Cell<number>): Go {
          yield* this.#read.recv();
          yield* this.#read.recv();
          yield* stock.write(0);
        }`,
      fails: { [OTHERS]: "global-deadlock" },
    },
  };
  for (const [name, { body, fails }] of Object.entries(WRONG)) {
    test(`fails: ${name}`, async () => expect(await failures(`${UNIT}/chain`, day(body))).toEqual(fails));
  }

  const RIGHT: Readonly<Record<string, string>> = {
    "a WaitGroup for the way back": `
      readonly #counted = new Chan<never>();
      readonly #reading = new WaitGroup();
      constructor(shops: number) { this.shops = shops; this.#reading.add(shops); }${GOOD_MORNING}
      *shop(stock: Cell<number>): Go<number> {
        yield* this.#counted.recv();
        const pieces = yield* stock.read();
        yield* this.#reading.done();
        return pieces;
      }
      *evening(stock: Cell<number>): Go { yield* this.#reading.wait(); yield* stock.write(0); }`,
    "unbuffered channels, one value for each shop": `
      readonly #counted = new Chan<true>();
      readonly #read = new Chan<true>();
      constructor(shops: number) { this.shops = shops; }
      *morning(stock: Cell<number>): Go {
        yield* stock.write(99);
        for (let i = 0; i < this.shops; i++) yield* this.#counted.send(true);
      }${GOOD_SHOP}${GOOD_EVENING}`,
  };
  for (const [name, body] of Object.entries(RIGHT)) {
    test(`passes: ${name}`, async () => expect(await failures(`${UNIT}/chain`, day(body))).toEqual({}));
  }

  test("the report of the starter names both accesses and what would order them", async () => {
    const { properties } = await checkText(`${UNIT}/chain`, starter);
    const message = properties[0]?.message ?? "";
    expect(message).toContain("a shop reads the stock, and nothing orders it after the write of the morning");
    expect(message).toMatch(
      /data race on stock#1: .*"shop".*"morning"|data race on stock#1: .*"morning".*"shop"/,
    );
  });
});
