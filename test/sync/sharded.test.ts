import fc from "fast-check";
import {
  explore,
  type Go,
  go,
  gosched,
  run,
  ShardedMap,
  type ShardKey,
  StripedMutex,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

test("StripedMutex: the same key has the same mutex, and keys spread over the stripes", () => {
  const locks = new StripedMutex(16);
  const keys = Array.from({ length: 1000 }, (_, i) => `user-${i}`);
  const first = keys.map((key) => locks.of(key));
  expect(keys.every((key, i) => locks.of(key) === first[i])).toBe(true);
  const perStripe = new Map<unknown, number>();
  for (const key of keys) perStripe.set(locks.of(key), (perStripe.get(locks.of(key)) ?? 0) + 1);
  expect(perStripe.size).toBe(16);
  expect(Math.max(...perStripe.values())).toBeLessThan(125); // 62.5 each, if it were even
});

/** Two goroutines that lock the same two keys in opposite order, by `lock`. */
const crossing = (lock: (locks: StripedMutex, keys: string[]) => Go) => ({
  setup: () => ({ locks: new StripedMutex(8), moved: 0 }),
  *main(s: { locks: StripedMutex; moved: number }) {
    const wg = new WaitGroup();
    for (const keys of [
      ["a", "b"],
      ["b", "a"],
    ])
      wg.go(function* () {
        yield* lock(s.locks, keys);
        const before = s.moved;
        yield* gosched();
        s.moved = before + 1;
        s.locks.unlockAll(...keys);
      });
    yield* wg.wait();
    return s.moved;
  },
});

test("StripedMutex: lockAll never deadlocks, whatever the order of its keys", async () => {
  const seen = await explore(
    crossing((locks, keys) => locks.lockAll(...keys)),
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.verdict).toBe("ok");
  expect(seen.outcomes.map((o) => o.result)).toEqual([2]);
});

test("planted: locking key by key in the order given deadlocks, and is found", async () => {
  const seen = await explore(
    crossing(function* (locks, keys) {
      for (const key of keys) yield* locks.of(key).lock();
    }),
    { schedules: 500 },
  );
  expect(seen.verdict).toBe("global-deadlock");
});

test("StripedMutex: lockAll takes a stripe once, also when all keys share it", async () => {
  await run(function* () {
    const locks = new StripedMutex(1);
    yield* locks.lockAll("a", "b", "a");
    expect(locks.of("c").tryLock()).toBe(false);
    locks.unlockAll("a", "b", "a");
    expect(locks.of("c").tryLock()).toBe(true);
  });
});

test("ShardedMap: does what a Map does, for any sequence of operations and any number of shards", async () => {
  const key = fc.oneof(fc.string({ maxLength: 2 }), fc.integer({ min: 0, max: 5 }), fc.boolean());
  const action = fc.record({
    what: fc.constantFrom("set", "delete", "get", "update"),
    key,
    value: fc.nat(9),
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(action, { maxLength: 30 }), (shards, actions) =>
      run(function* () {
        const map = new ShardedMap<ShardKey, number>(shards);
        const model = new Map<ShardKey, number>();
        for (const { what, key, value } of actions) {
          if (what === "set") {
            yield* map.set(key, value);
            model.set(key, value);
          } else if (what === "delete") {
            expect(yield* map.delete(key)).toBe(model.delete(key));
          } else if (what === "get") {
            expect(yield* map.get(key)).toBe(model.get(key));
          } else {
            model.set(key, (model.get(key) ?? 0) + value);
            expect(yield* map.update(key, (n) => (n ?? 0) + value)).toBe(model.get(key));
          }
        }
        expect(yield* map.size()).toBe(model.size);
        expect(yield* map.snapshot()).toEqual(model);
      }),
    ),
    { numRuns: 60, seed: 7 },
  );
});

/** One goroutine moves a coin between two keys, another one counts the coins. */
const coins = (count: (map: ShardedMap<string, number>) => Go<string>) => ({
  setup: () => ({ map: new ShardedMap<string, number>(4), total: 0 }),
  *main(s: { map: ShardedMap<string, number>; total: number }) {
    yield* s.map.set("a", 1);
    yield* s.map.set("b", 0);
    go(function* mover() {
      yield* s.map.update("b", (n) => (n ?? 0) + 1); // b first: a count may see one coin too many, never none
      yield* s.map.update("a", (n) => (n ?? 0) - 1);
    });
    return yield* count(s.map);
  },
});

test("ShardedMap: a snapshot is one moment: it never has both halves of what was never together", async () => {
  const seen = await explore(
    coins(function* (map: ShardedMap<string, number>) {
      const all = yield* map.snapshot();
      return `${all.get("a")}${all.get("b")}`;
    }),
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["01", "10", "11"]);
});

test("planted: reading key by key sees what never was, and the explorer finds it", async () => {
  const seen = await explore(
    coins(function* (map: ShardedMap<string, number>) {
      const b = yield* map.get("b");
      return `${yield* map.get("a")}${b}`;
    }),
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toContain("00");
});

test("ShardedMap: an update that throws changes nothing and lets go of the lock", async () => {
  await run(function* () {
    const map = new ShardedMap<string, number>(1);
    yield* map.set("a", 1);
    let message = "";
    try {
      yield* map.update("a", () => {
        throw new Error("no");
      });
    } catch (error) {
      message = (error as Error).message;
    }
    expect([message, yield* map.get("a"), yield* map.delete("b")]).toEqual(["no", 1, false]);
  });
});

test("Shards: bad numbers and keys name expectation and value", () => {
  expect(() => new ShardedMap(0)).toThrow(
    new RangeError("ShardedMap: expected `shards` to be an integer from 1 to 65536, got 0"),
  );
  expect(() => new StripedMutex(1.5)).toThrow(
    new RangeError("StripedMutex: expected `shards` to be an integer from 1 to 65536, got 1.5"),
  );
  expect(() => new StripedMutex(2).of({} as unknown as string)).toThrow(
    new TypeError(
      "StripedMutex: expected `key` to be a string, number, bigint or boolean, got [object Object]",
    ),
  );
});
