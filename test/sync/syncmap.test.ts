// SyncMap, HashTrieMap and ReadDirtyMap answer alike, so each test runs on all of them; HashTrieMap also with a bad hash
// and a truncated one. Go's tests without a counterpart here: TestMapRangeNoAllocations and TestMapClearOneAllocation
// count allocations of Go's compiler.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import {
  explore,
  gosched,
  HashTrieMap,
  Mutex,
  PanicError,
  ReadDirtyMap,
  run,
  SyncMap,
  WaitGroup,
} from "happens-before";
import { describe, expect, test } from "vitest";

const makers = {
  SyncMap: <K, V>() => new SyncMap<K, V>(),
  "HashTrieMap [TestHashTrieMap]": <K, V>() => new HashTrieMap<K, V>(),
  "HashTrieMap with one hash for all [TestHashTrieMapBadHash]": <K, V>() =>
    new HashTrieMap<K, V>({ hash: () => 0 }),
  "HashTrieMap with two bits of hash [TestHashTrieMapTruncHash]": <K, V>() =>
    new HashTrieMap<K, V>({ hash: (key) => (typeof key === "number" ? key & 3 : 0) }),
  ReadDirtyMap: <K, V>() => new ReadDirtyMap<K, V>(),
};

/** One call on a map of small keys and values. */
const call = fc.record({
  name: fc.constantFrom(
    "load",
    "loadOk",
    "store",
    "loadOrStore",
    "loadAndDelete",
    "delete",
    "swap",
    "compareAndSwap",
    "compareAndDelete",
    "clear",
    "range",
  ),
  key: fc.integer({ min: 0, max: 4 }),
  value: fc.constantFrom(undefined, 1, 2),
  old: fc.constantFrom(undefined, 1, 2),
});
type Call = typeof call extends fc.Arbitrary<infer C> ? C : never;
type Value = number | undefined;

/** What a plain Map answers to a call: the model. */
function model(m: Map<number, Value>, { name, key, value, old }: Call): unknown {
  const was = m.get(key);
  const loaded = m.has(key);
  const isOld = loaded && was === old;
  switch (name) {
    case "load":
      return was;
    case "loadOk":
      return { value: was, ok: loaded };
    case "loadOrStore":
      if (!loaded) m.set(key, value);
      return { value: loaded ? was : value, loaded };
    case "loadAndDelete":
      m.delete(key);
      return { value: was, loaded };
    case "swap":
      m.set(key, value);
      return { value: was, loaded };
    case "compareAndSwap":
      if (isOld) m.set(key, value);
      return isOld;
    case "compareAndDelete":
      if (isOld) m.delete(key);
      return isOld;
    case "range":
      return [...m].sort(([a], [b]) => a - b);
    case "store":
      m.set(key, value);
      return undefined;
    case "delete":
      m.delete(key);
      return undefined;
    default:
      m.clear();
      return undefined;
  }
}

type AnyMap = SyncMap<number, Value> | HashTrieMap<number, Value> | ReadDirtyMap<number, Value>;

function* apply(m: AnyMap, { name, key, value, old }: Call) {
  if (name === "range") {
    const entries: [number, Value][] = [];
    yield* m.range(function* (k, v) {
      entries.push([k, v]);
    });
    return entries.sort(([a], [b]) => a - b);
  }
  if (name === "load" || name === "loadOk" || name === "loadAndDelete") return yield* m[name](key);
  if (name === "loadOrStore" || name === "swap") return yield* m[name](key, value);
  if (name === "compareAndSwap") return yield* m.compareAndSwap(key, old, value);
  if (name === "compareAndDelete") return yield* m.compareAndDelete(key, old);
  if (name === "store") return yield* m.store(key, value);
  return yield* name === "delete" ? m.delete(key) : m.clear();
}

for (const [name, make] of Object.entries(makers)) {
  describe(name, () => {
    test("answers every sequence of calls as a plain map does [TestMapMatchesRWMutex, TestMapMatchesDeepCopy]", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 40 }), async (calls) => {
          await run(function* () {
            const m: AnyMap = make<number, Value>();
            const plain = new Map<number, Value>();
            for (const c of calls) expect(yield* apply(m, c)).toEqual(model(plain, c));
          });
        }),
        { numRuns: 150, seed: 42 },
      );
    });

    test("a range beside writers sees each key once at most and all that stay [TestConcurrentRange]", async () => {
      await run(function* () {
        const m = make<number, number>();
        const stable = 64;
        for (let n = 1; n <= stable; n++) m.store(n, n);
        let isDone = false;
        const wg = new WaitGroup();
        for (let g = 1; g <= 3; g++)
          wg.go(function* writer() {
            for (let i = 0; !isDone; i++) {
              for (let n = 1; n < stable; n++) {
                if ((n * g) % 3 === 0) yield* m.load(n);
                else m.store(n, n * i * g + n);
              }
              m.store(1000 + i * g, 1);
              m.delete(1000 + (i - 1) * g);
              yield* gosched();
            }
          });
        for (let i = 0; i < 16; i++) {
          const seen = new Set<number>();
          yield* m.range(function* (k, v) {
            if (k <= stable) expect(v % k).toBe(0);
            expect(seen.has(k)).toBe(false);
            seen.add(k);
            yield* gosched();
          });
          for (let n = 1; n <= stable; n++) expect(seen.has(n)).toBe(true);
        }
        isDone = true;
        yield* wg.wait();
      });
    });

    test("a key that is removed can be collected [TestIssue40999]", async () => {
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      const m = make<object, number | null>();
      const removed = await run(function* () {
        m.store({}, null); // one that stays, so that others are misses
        const removed: WeakRef<object>[] = [];
        for (let i = 0; i < 100; i++) {
          const key = {};
          m.store(key, i);
          m.delete(key);
          removed.push(new WeakRef(key));
        }
        return removed;
      });
      await new Promise(setImmediate);
      collect();
      expect(removed.filter((key) => key.deref() !== undefined).length).toBeLessThan(3);
      let left = 0;
      await run(function* () {
        yield* m.range(function* () {
          left++;
        });
      });
      expect(left).toBe(1);
    });

    test("the body of a range may call everything [TestMapRangeNestedCall]", async () => {
      await run(function* () {
        const m = make<number, string>();
        for (const [i, v] of ["hello", "world", "Go"].entries()) m.store(i, v);
        yield* m.range(function* (key, value) {
          yield* m.range(function* (k, v) {
            expect(yield* m.load(k)).toBe(v);
            m.store(42, "dummy");
            expect((yield* m.loadOrStore(42, "dummy")).loaded).toBe(true);
            expect(yield* m.loadAndDelete(42)).toEqual({ value: "dummy", loaded: true });
            expect(yield* m.loadOrStore(42, "dummy")).toEqual({ value: "dummy", loaded: false });
            m.delete(42);
          });
          m.delete(key);
          expect(yield* m.loadOk(key)).toEqual({ value: undefined, ok: false });
          expect(value).not.toBe("dummy");
        });
        let left = 0;
        yield* m.range(function* () {
          left++;
        });
        expect(left).toBe(0);
      });
    });

    test("nothing is swapped into a key that does not exist [TestCompareAndSwap_NonExistingKey]", async () => {
      await run(function* () {
        const m = make<object, number | undefined>();
        expect(yield* m.compareAndSwap(m, undefined, 42)).toBe(false);
        expect(yield* m.compareAndDelete(m, undefined)).toBe(false);
      });
    });

    test("a clear beside writers leaves nothing of before [TestConcurrentClear]", async () => {
      await run(function* () {
        const m = make<number, number>();
        const wg = new WaitGroup();
        for (let i = 0; i < 10; i++) {
          wg.go(function* () {
            m.store(i, i);
            yield* gosched();
          });
          wg.go(function* () {
            yield* m.range(function* (k, v) {
              expect(v).toBe(k);
              yield* gosched();
            });
          });
          wg.go(function* () {
            m.clear();
          });
        }
        yield* wg.wait();
        m.clear();
        yield* m.range(function* () {
          throw new Error("not empty");
        });
      });
    });

    test("loadOrStore stores once for all who come", async () => {
      const seen = await explore(
        {
          setup: () => ({ m: make<string, number>(), got: [] as number[] }),
          *main(s) {
            const wg = new WaitGroup();
            for (let i = 1; i <= 3; i++)
              wg.go(function* () {
                s.got.push((yield* s.m.loadOrStore("k", i)).value as number);
              });
            yield* wg.wait();
            return new Set(s.got).size;
          },
        },
        { schedules: 300, stopAt: "never" },
      );
      expect(seen.outcomes.map((o) => o.result)).toEqual([1]);
    });

    test("load and then store is not atomic, and exploring shows it; compareAndSwap is", async () => {
      const count = (isAtomic: boolean) => ({
        setup: () => make<string, number>(),
        *main(m: ReturnType<typeof make<string, number>>) {
          yield* m.store("n", 0);
          const wg = new WaitGroup();
          for (let i = 0; i < 2; i++)
            wg.go(function* () {
              for (;;) {
                const n = (yield* m.load("n")) as number;
                if (!isAtomic) return yield* m.store("n", n + 1);
                if (yield* m.compareAndSwap("n", n, n + 1)) return;
              }
            });
          yield* wg.wait();
          return yield* m.load("n");
        },
      });
      const lost = await explore(count(false), { schedules: 300, stopAt: "never" });
      expect(lost.outcomes.map((o) => o.result).sort()).toEqual([1, 2]);
      const right = await explore(count(true), { schedules: 300, stopAt: "never" });
      expect(right.outcomes.map((o) => o.result)).toEqual([2]);
    });

    for (const old of [[], new Map(), () => 1]) {
      test(`comparing with ${Object.prototype.toString.call(old)} panics with Go's text`, async () => {
        await run(function* () {
          const m = make<string, unknown>();
          const caught: unknown[] = [];
          for (const use of [() => m.compareAndSwap("k", old, 1), () => m.compareAndDelete("k", old)]) {
            try {
              yield* use();
            } catch (error) {
              expect(error).toBeInstanceOf(PanicError);
              caught.push((error as Error).message);
            }
          }
          expect(caught).toEqual([
            "called CompareAndSwap when value is not of comparable type",
            "called CompareAndDelete when value is not of comparable type",
          ]);
        });
      });
    }

    // With one place for all keys, the order is that of a chain.
    const testSpread = name.endsWith("BadHash]") ? () => {} : test;

    testSpread("a range ends when its body returns false, and begins anywhere", async () => {
      const firsts = new Set<number>();
      for (let seed = 0; seed < 30; seed++) {
        await run(
          function* () {
            const m = make<number, number>();
            for (let n = 0; n < 4; n++) m.store(n, n);
            let visited = 0;
            yield* m.range(function* (k) {
              firsts.add(k);
              visited++;
              return false;
            });
            expect(visited).toBe(1);
          },
          { seed: String(seed) },
        );
      }
      expect([...firsts].sort()).toEqual([0, 1, 2, 3]);
    });

    testSpread("a key that is added during a range is visited in some schedules only", async () => {
      const seen = await explore(
        {
          setup: () => make<number, number>(),
          *main(m) {
            m.store(0, 0);
            let visited = 0;
            yield* m.range(function* () {
              visited++;
              m.store(1, 1);
            });
            return visited;
          },
        },
        { schedules: 100, stopAt: "never" },
      );
      expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2]);
    });

    test("tryLoad answers as load, as a plain call, and sees a store that was not yielded", async () => {
      const main = function* () {
        const m = make<string, number>();
        m.store("k", 1);
        return [m.tryLoad("k"), m.tryLoad("none"), yield* m.load("k")];
      };
      expect(await run(main)).toEqual([1, undefined, 1]);
      const seen = await explore(main, { schedules: 20, stopAt: "never" });
      expect(seen.outcomes.map((o) => o.result)).toEqual([[1, undefined, 1]]);
      expect(() => make<string, number>().tryLoad("k")).toThrow("tryLoad: called outside a goroutine");
    });

    test("a load or a range that was never yielded is found", async () => {
      for (const forget of ["load", "range"] as const) {
        const failure = run(function* () {
          const m = make<number, number>();
          if (forget === "load") m.load(1);
          else m.range(function* () {});
          yield* gosched();
        });
        await expect(failure).rejects.toThrow(`${forget}: the operation was created and never yielded`);
      }
    });
  });
}

test("SyncMap and a Map under a Mutex count the same [TestMapMatchesHashTrieMap]", async () => {
  await run(function* () {
    const m = new SyncMap<number, number>();
    const old = new ReadDirtyMap<number, number>();
    const plain = new Map<number, number>();
    const mu = new Mutex();
    const wg = new WaitGroup();
    for (let g = 0; g < 4; g++)
      wg.go(function* () {
        for (let i = 0; i < 200; i++) {
          const key = (i * 7 + g) % 31;
          yield* mu.lock();
          if (i % 5 === 0) {
            m.delete(key);
            old.delete(key);
            plain.delete(key);
          } else {
            m.store(key, i);
            old.store(key, i);
            plain.set(key, i);
          }
          expect(yield* m.load(key)).toBe(plain.get(key));
          expect(yield* old.load(key)).toBe(plain.get(key));
          yield* gosched();
          mu.unlock();
        }
      });
    yield* wg.wait();
  });
});
