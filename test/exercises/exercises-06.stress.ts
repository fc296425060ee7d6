// The exercises of unit 06: the solutions that people try first fail at the property that they break, with the right
// verdict and with hints; other right solutions pass.
import { readFileSync } from "node:fs";
import { type CheckResult, checkText } from "happens-before/check";
import { describe, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 });

const read = (id: string): string =>
  readFileSync(new URL(`../../exercises/${id}.ts`, import.meta.url), "utf8");

/** What failed, by the property's name. */
type Fails = Readonly<Record<string, string>>;

const failed = (result: CheckResult): Fails =>
  Object.fromEntries(result.properties.filter((p) => p.status !== "pass").map((p) => [p.name, p.verdict]));

/** A submission that has to fail exactly so, with three hints and, where it was explored, a replay. */
function fails(id: string, name: string, text: string, wanted: Fails): void {
  test(`fails: ${name}`, async () => {
    const result = await checkText(id, text);
    expect(result.problem?.message).toBeUndefined();
    expect(failed(result)).toEqual(wanted);
    for (const property of result.properties.filter((p) => p.status !== "pass")) {
      expect([property.name, property.hints.length]).toEqual([property.name, 3]);
      if (property.visibility === "hidden") continue; // judged by its results: no schedule is at fault
      expect(property.replay).toMatch(new RegExp(`^npx hb replay ${id} \\S+$`));
    }
  });
}

function passes(id: string, name: string, text: string): void {
  test(`passes: ${name}`, async () => {
    const result = await checkText(id, text);
    expect(failed(result)).toEqual({});
    expect(result.points).toBe(result.maxPoints);
  });
}

describe("06-deadlocks/transfer", () => {
  const ID = "06-deadlocks/transfer";
  const OPPOSITE = "transfers in opposite directions do not wait for each other";
  const CIRCLE = "nor do three in a circle, or other accounts of the same shards";
  const SAME = "a transfer within one shard, and from an account to itself, ends";
  const WHOLE = "who holds both locks sees all of the money";
  const REFUSED = "a transfer that is refused changes nothing and keeps no lock";
  const ELSEWHERE = "transfers between other shards need not wait";
  const HIDDEN = "six transfers at once between other accounts all end, with the right money";

  const starter = read(ID);
  const HEAD = starter.slice(0, starter.indexOf("export function* transfer"));
  /** The starter with another transfer, and lines before it. */
  const bank = (body: string, before = ""): string =>
    `${HEAD.replace("import type { Cell, Go, Mutex }", "import { type Cell, type Go, go, gosched, Mutex }")}${before}
export function* transfer(from: Account, to: Account, cents: number): Go<boolean> {${body}}\n`;
  const MOVE = `
  const left = (yield* from.cents.read()) - cents;
  if (left >= 0) {
    yield* from.cents.write(left);
    yield* to.cents.write((yield* to.cents.read()) + cents);
  }`;
  const inOrderOf = (key: string): string => `
  const [first, second] = from.${key} < to.${key} ? [from, to] : [to, from];
  yield* first.shard.mu.lock();
  if (first.shard !== second.shard) yield* second.shard.mu.lock();${MOVE}
  if (first.shard !== second.shard) yield* second.shard.mu.unlock();
  yield* first.shard.mu.unlock();
  return left >= 0;
`;
  const DEADLOCK = "global-deadlock";

  fails(ID, "the starter", starter, {
    [OPPOSITE]: DEADLOCK,
    [CIRCLE]: DEADLOCK,
    [SAME]: DEADLOCK,
    [HIDDEN]: DEADLOCK,
  });
  fails(ID, "ordered by the account's id", bank(inOrderOf("id")), { [CIRCLE]: DEADLOCK, [HIDDEN]: DEADLOCK });
  fails(
    ID,
    "ordered by shard, and both locked when they are one",
    bank(`
  const shards = [from.shard, to.shard].sort((a, b) => a.number - b.number);
  for (const { mu } of shards) yield* mu.lock();${MOVE}
  for (const { mu } of shards) yield* mu.unlock();
  return left >= 0;
`),
    { [SAME]: DEADLOCK, [HIDDEN]: DEADLOCK },
  );
  fails(
    ID,
    "one lock around every transfer, and the shards inside",
    bank(
      `
  yield* all.lock();
  yield* from.shard.mu.lock();
  if (to.shard !== from.shard) yield* to.shard.mu.lock();${MOVE}
  if (to.shard !== from.shard) yield* to.shard.mu.unlock();
  yield* from.shard.mu.unlock();
  yield* all.unlock();
  return left >= 0;
`,
      "const all = new Mutex();",
    ),
    { [ELSEWHERE]: DEADLOCK },
  );
  fails(
    ID,
    "first out of the one account, then into the other",
    bank(`
  yield* from.shard.mu.lock();
  const left = (yield* from.cents.read()) - cents;
  if (left >= 0) yield* from.cents.write(left);
  yield* from.shard.mu.unlock();
  if (left < 0) return false;
  yield* to.shard.mu.lock();
  yield* to.cents.write((yield* to.cents.read()) + cents);
  yield* to.shard.mu.unlock();
  return true;
`),
    { [WHOLE]: "wrong-result" },
  );
  fails(ID, "no lock at all", bank(`${MOVE}\n  return left >= 0;\n`), {
    [OPPOSITE]: "race",
    [CIRCLE]: "race",
    [SAME]: "race",
    [WHOLE]: "race",
    [REFUSED]: "race",
    [HIDDEN]: "race",
  });
  fails(
    ID,
    "a return between lock and unlock",
    bank(`
  const shards = [...new Set([from.shard, to.shard])].sort((a, b) => a.number - b.number);
  for (const { mu } of shards) yield* mu.lock();
  const left = (yield* from.cents.read()) - cents;
  if (left < 0) return false;
  yield* from.cents.write(left);
  yield* to.cents.write((yield* to.cents.read()) + cents);
  for (const { mu } of shards) yield* mu.unlock();
  return true;
`),
    { [REFUSED]: DEADLOCK },
  );
  fails(
    ID,
    "gives up when the second lock is taken",
    bank(`
  yield* from.shard.mu.lock();
  if (to.shard !== from.shard && !to.shard.mu.tryLock()) {
    yield* from.shard.mu.unlock();
    return false;
  }${MOVE}
  if (to.shard !== from.shard) yield* to.shard.mu.unlock();
  yield* from.shard.mu.unlock();
  return left >= 0;
`),
    { [OPPOSITE]: "wrong-result", [CIRCLE]: "wrong-result", [HIDDEN]: "wrong-result" },
  );
  fails(
    ID,
    "both balances read before either is written: money for who pays himself",
    bank(`
  const shards = [...new Set([from.shard, to.shard])].sort((a, b) => a.number - b.number);
  for (const { mu } of shards) yield* mu.lock();
  const left = (yield* from.cents.read()) - cents;
  const grown = (yield* to.cents.read()) + cents;
  if (left >= 0) {
    yield* from.cents.write(left);
    yield* to.cents.write(grown);
  }
  for (const { mu } of shards) yield* mu.unlock();
  return left >= 0;
`),
    { [SAME]: "wrong-result", [HIDDEN]: "wrong-result" },
  );

  passes(
    ID,
    "in descending order",
    bank(`
  const shards = [...new Set([from.shard, to.shard])].sort((a, b) => b.number - a.number);
  for (const { mu } of shards) yield* mu.lock();
  try {
    const left = (yield* from.cents.read()) - cents;
    if (left < 0) return false;
    yield* from.cents.write(left);
    yield* to.cents.write((yield* to.cents.read()) + cents);
    return true;
  } finally {
    for (const { mu } of shards) yield* mu.unlock();
  }
`),
  );
});

describe("06-deadlocks/exits", () => {
  const ID = "06-deadlocks/exits";
  const SKIPPED = "after an order that is skipped the lock is free";
  const LARGE = "after an order that is too large the lock is free";
  const EMPTY = "after the order that empties the shelf the lock is free";
  const THROWS = "after an inspection that throws the lock is free, and the caller has the error";
  const BESIDE = "two who ship at once never ship more than there is";
  const ASKED = "who asks what is left waits for the order under way";
  const HIDDEN = "six days in one warehouse, each with another way out";

  const starter = read(ID);
  const HEAD = starter.slice(0, starter.indexOf("    let shipped = 0;"));
  const ship = (body: string): string =>
    `${HEAD.replace("import { type Go, Mutex }", "import { type Go, Mutex, withDefer }")}    let shipped = 0;${body}  }\n}\n`;
  const LINES = `
        if (order.pieces === 0) continue;
        if (order.pieces > this.#pieces) break;
        yield* inspect(order);
        this.#pieces -= order.pieces;
        shipped++;
        if (this.#pieces === 0) return shipped;`;
  const DEADLOCK = "global-deadlock";

  fails(ID, "the starter", starter, {
    [SKIPPED]: DEADLOCK,
    [LARGE]: DEADLOCK,
    [EMPTY]: DEADLOCK,
    [THROWS]: DEADLOCK,
    [BESIDE]: DEADLOCK,
    [ASKED]: DEADLOCK,
    [HIDDEN]: DEADLOCK,
  });
  fails(
    ID,
    "an unlock before each exit, and the throw forgotten",
    ship(`
    for (const order of orders) {
      yield* this.#mu.lock();
      if (order.pieces === 0) { yield* this.#mu.unlock(); continue; }
      if (order.pieces > this.#pieces) { yield* this.#mu.unlock(); break; }
      yield* inspect(order);
      this.#pieces -= order.pieces;
      shipped++;
      const isEmpty = this.#pieces === 0;
      yield* this.#mu.unlock();
      if (isEmpty) return shipped;
    }
    return shipped;
`),
    { [THROWS]: DEADLOCK, [HIDDEN]: DEADLOCK },
  );
  fails(
    ID,
    "a finally, and the old unlock left where it was",
    ship(`
    for (const order of orders) {
      yield* this.#mu.lock();
      try {${LINES}
        yield* this.#mu.unlock();
      } finally {
        yield* this.#mu.unlock();
      }
    }
    return shipped;
`),
    {
      [SKIPPED]: "fatal",
      [LARGE]: "fatal",
      [EMPTY]: "fatal",
      [THROWS]: "fatal",
      [BESIDE]: "fatal",
      [ASKED]: "fatal",
      [HIDDEN]: "fatal",
    },
  );
  fails(
    ID,
    "the finally around the loop, the lock inside of it",
    ship(`
    try {
      for (const order of orders) {
        yield* this.#mu.lock();${LINES}
        yield* this.#mu.unlock();
      }
    } finally {
      yield* this.#mu.unlock();
    }
    return shipped;
`),
    { [SKIPPED]: DEADLOCK, [BESIDE]: "fatal", [ASKED]: DEADLOCK, [HIDDEN]: "fatal" },
  );
  fails(
    ID,
    "a defer in the loop: it runs when the function ends, not the turn",
    ship(`
    const mu = this.#mu;
    const self = this;
    return (yield* withDefer<number>(function* (defer) {
      for (const order of orders) {
        yield* mu.lock();
        defer(() => mu.unlock());
        if (order.pieces === 0) continue;
        if (order.pieces > self.#pieces) break;
        yield* inspect(order);
        self.#pieces -= order.pieces;
        shipped++;
        if (self.#pieces === 0) return shipped;
      }
      return shipped;
    })) ?? 0;
`),
    {
      [SKIPPED]: DEADLOCK,
      [LARGE]: DEADLOCK,
      [EMPTY]: DEADLOCK,
      [THROWS]: DEADLOCK,
      [ASKED]: DEADLOCK,
      [HIDDEN]: DEADLOCK,
    },
  );
  fails(
    ID,
    "a catch that unlocks and tells nobody",
    ship(`
    for (const order of orders) {
      yield* this.#mu.lock();
      try {${LINES}
      } catch {
        break;
      } finally {
        yield* this.#mu.unlock();
      }
    }
    return shipped;
`),
    { [THROWS]: "wrong-result", [HIDDEN]: "wrong-result" },
  );
  fails(
    ID,
    "the lock let go during the inspection",
    ship(`
    for (const order of orders) {
      yield* this.#mu.lock();
      const isTooLarge = order.pieces > this.#pieces;
      yield* this.#mu.unlock();
      if (order.pieces === 0) continue;
      if (isTooLarge) break;
      yield* inspect(order);
      yield* this.#mu.lock();
      this.#pieces -= order.pieces;
      shipped++;
      const isEmpty = this.#pieces === 0;
      yield* this.#mu.unlock();
      if (isEmpty) return shipped;
    }
    return shipped;
`),
    { [BESIDE]: "wrong-result", [ASKED]: "wrong-result" },
  );
  fails(
    ID,
    "no lock at all",
    ship(`\n    for (const order of orders) {${LINES}\n    }\n    return shipped;\n`),
    {
      [BESIDE]: "wrong-result",
      [ASKED]: "wrong-result",
    },
  );

  passes(
    ID,
    "one lock around the whole list",
    ship(`
    yield* this.#mu.lock();
    try {
      for (const order of orders) {${LINES}
      }
      return shipped;
    } finally {
      yield* this.#mu.unlock();
    }
`),
  );
});

describe("06-deadlocks/lock-with-context", () => {
  const ID = "06-deadlocks/lock-with-context";
  const GOES = "who is cancelled stops waiting while the lock is still held";
  const FREE = "after a wait that was cancelled the lock is free for the next";
  const NOBODY = "a wait that was cancelled leaves nobody behind";
  const NEXT = "a cancelled wait does not cost the next in line its turn";
  const TWO = "never two inside";
  const ENDED = "a context that has ended gets no lock, even a free one";
  const HIDDEN = "three that give up at their deadlines leave lock and line in order";

  const starter = read(ID);
  const HEAD = starter.slice(0, starter.indexOf("import {"));
  const lock = (fields: string, lockWithContext: string, more = ""): string => `${HEAD}
import { Chan, type Context, type Go, go, gosched, Mutex, select, sleep } from "happens-before";
void [Chan, go, gosched, Mutex, select, sleep];
export class ContextMutex {${fields}
  *lockWithContext(ctx: Context): Go<Error | null> {${lockWithContext}}
${more}}\n`;
  const MUTEX = `
  readonly #mu = new Mutex();
  *lock(): Go { yield* this.#mu.lock(); }
  *unlock(): Go { yield* this.#mu.unlock(); }`;
  const PLACE = `
  readonly #place = new Chan<null>(1);
  *lock(): Go { yield* this.#place.send(null); }
  *unlock(): Go { yield* this.#place.recv(); }`;
  const DEADLOCK = "global-deadlock";

  fails(ID, "the starter", starter, {
    [FREE]: DEADLOCK,
    [NOBODY]: "leak",
    [NEXT]: DEADLOCK,
    [ENDED]: DEADLOCK,
    [HIDDEN]: DEADLOCK,
  });
  fails(
    ID,
    "the goroutine in our place unlocks when nobody comes: it waits all the same",
    lock(
      MUTEX,
      `
    if (ctx.err() !== null) return ctx.err();
    const mu = this.#mu;
    const locked = new Chan<null>();
    yield* go(function* () {
      yield* mu.lock();
      const { index } = yield* select(locked.onSend(null), ctx.done().onRecv());
      if (index === 1) yield* mu.unlock();
    });
    const { index } = yield* select(locked.onRecv(), ctx.done().onRecv());
    return index === 0 ? null : ctx.err();
`,
    ),
    { [NOBODY]: "leak" },
  );
  fails(
    ID,
    "the context is asked before and after the wait, not during it",
    lock(
      MUTEX,
      `
    if (ctx.err() !== null) return ctx.err();
    yield* this.#mu.lock();
    if (ctx.err() === null) return null;
    yield* this.#mu.unlock();
    return ctx.err();
`,
    ),
    { [GOES]: DEADLOCK, [NOBODY]: DEADLOCK },
  );
  fails(
    ID,
    "a select that takes a free lock for a context that has ended",
    lock(
      PLACE,
      `
    const { index } = yield* select(this.#place.onSend(null), ctx.done().onRecv());
    return index === 0 ? null : ctx.err();
`,
    ),
    { [ENDED]: "wrong-result" },
  );
  fails(
    ID,
    "null on both ways out",
    lock(
      PLACE,
      `
    if (ctx.err() !== null) return ctx.err();
    yield* select(this.#place.onSend(null), ctx.done().onRecv());
    return null;
`,
    ),
    {
      [GOES]: "wrong-result",
      [FREE]: DEADLOCK,
      [NEXT]: DEADLOCK,
      [TWO]: DEADLOCK,
      [HIDDEN]: DEADLOCK,
    },
  );
  passes(
    ID,
    "the library's own limit",
    lock(
      MUTEX,
      `
    return (yield* this.#mu.tryLockFor({ ctx })) ? null : ctx.err();
`,
    ),
  );
  passes(
    ID,
    "a token that lies in the channel while the lock is free",
    lock(
      `
  readonly #token = new Chan<null>(1);
  #isReady = false;
  *#ready(): Go {
    if (this.#isReady) return;
    this.#isReady = true;
    yield* this.#token.send(null);
  }
  *lock(): Go { yield* this.#ready(); yield* this.#token.recv(); }
  *unlock(): Go { yield* this.#token.send(null); }`,
      `
    yield* this.#ready();
    if (ctx.err() !== null) return ctx.err();
    const { index } = yield* select(this.#token.onRecv(), ctx.done().onRecv());
    return index === 0 ? null : ctx.err();
`,
    ),
  );
});
