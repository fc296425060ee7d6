// Go's tests of sync/atomic.Value, written from what they check (src/sync/atomic/value_test.go, go1.26).
// Without a counterpart: TestValueLarge, whose allocation of values beyond a word does not exist here.
import {
  AtomicInt64,
  AtomicValue,
  explore,
  type Go,
  gosched,
  type Op,
  PanicError,
  run,
  WaitGroup,
} from "happens-before";
import { describe, expect, test } from "vitest";

const WAYS = [{ strategy: "gmp" }, { strategy: "random" }] as const;

for (const way of WAYS) {
  describe(`AtomicValue under ${way.strategy}`, () => {
    test("is empty, then holds what was stored last [TestValue]", async () => {
      await run(function* () {
        const v = new AtomicValue<number>();
        expect(yield* v.load()).toBe(undefined);
        yield* v.store(42);
        expect(yield* v.load()).toBe(42);
        yield* v.store(84);
        expect(yield* v.load()).toBe(84);
      }, way);
    });

    const texts = { nil: "sync/atomic: store of nil value into Value" };
    const inconsistent = "sync/atomic: store of inconsistently typed value into Value";
    for (const nil of [null, undefined]) {
      test(`panics on ${nil} and on another type, and keeps its value [TestValuePanic]`, async () => {
        await run(function* () {
          const v = new AtomicValue<unknown>();
          expect(yield* panicOf(v.store.bind(v), nil)).toBe(texts.nil);
          yield* v.store(42);
          expect(yield* panicOf(v.store.bind(v), "foo")).toBe(inconsistent);
          expect(yield* panicOf(v.store.bind(v), nil)).toBe(texts.nil);
          expect(yield* v.load()).toBe(42);
        }, way);
      });
    }

    const swaps: [init: unknown, value: unknown, want: unknown, panic?: string][] = [
      [undefined, null, undefined, "sync/atomic: swap of nil value into Value"],
      [undefined, true, undefined],
      [true, "", undefined, "sync/atomic: swap of inconsistently typed value into Value"],
      [true, false, true],
    ];
    for (const [init, value, want, panic] of swaps) {
      test(`swap of ${String(init)} for ${show(value)} ${panic ?? `gives ${String(want)}`} [TestValue_Swap]`, async () => {
        await run(function* () {
          const v = new AtomicValue<unknown>();
          if (init !== undefined) yield* v.store(init);
          if (panic !== undefined) {
            expect(yield* panicOf(v.swap.bind(v), value)).toBe(panic);
            return;
          }
          expect(yield* v.swap(value)).toBe(want);
          expect(yield* v.load()).toBe(value);
        }, way);
      });
    }

    const heap = { n: 0 };
    const cas: [init: unknown, old: unknown, value: unknown, want: boolean | string][] = [
      [undefined, undefined, null, "sync/atomic: compare and swap of nil value into Value"],
      [undefined, "", true, "sync/atomic: compare and swap of inconsistently typed values"],
      [undefined, true, true, false],
      [undefined, undefined, true, true],
      [true, undefined, "", "sync/atomic: compare and swap of inconsistently typed value into Value"],
      [true, false, true, false],
      [true, true, true, true],
      [heap, heap, { n: 1 }, true],
      [heap, { n: 0 }, { n: 1 }, false], // differs from Go, which compares the fields of structs
      [heap, heap, [1], "sync/atomic: compare and swap of inconsistently typed values"],
    ];
    for (const [init, old, value, want] of cas) {
      test(`compareAndSwap of ${show(init)}, old ${show(old)}, new ${show(value)}: ${want} [TestValue_CompareAndSwap]`, async () => {
        await run(function* () {
          const v = new AtomicValue<unknown>();
          if (init !== undefined) yield* v.store(init);
          const swap = (x: unknown) => v.compareAndSwap(old, x);
          if (typeof want === "string") expect(yield* panicOf(swap, value)).toBe(want);
          else expect(yield* swap(value)).toBe(want);
        }, way);
      });
    }
  });
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

/** The text of the panic of one operation; fails when there was none. */
function* panicOf<T>(operation: (value: unknown) => Op<T>, value: unknown): Go<string> {
  try {
    yield* operation(value);
  } catch (error) {
    if (error instanceof PanicError) return error.message;
    throw error;
  }
  return "no panic";
}

test("loads see one stored value and never a mixture [TestValueConcurrent]", async () => {
  const seen = await explore(
    {
      setup: () => new AtomicValue<readonly number[]>(),
      *main(v) {
        yield* v.store([0, 0]);
        const wg = new WaitGroup();
        let sum = 0;
        for (const n of [1, 2])
          wg.go(function* () {
            yield* v.store([n, n]);
            const [a, b] = (yield* v.load()) as readonly [number, number];
            sum += a === b ? a : 100;
          });
        yield* wg.wait();
        return sum;
      },
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([2, 3, 4]);
});

test("every swapped value comes out exactly once [TestValueSwapConcurrent]", async () => {
  const m = 20;
  const n = 50;
  const sum = await run(
    function* () {
      const v = new AtomicValue<number>();
      const count = new AtomicInt64();
      const wg = new WaitGroup();
      for (let i = 0; i < m * n; i += n)
        wg.go(function* (from: number) {
          let c = 0;
          for (let next = from; next < from + n; next++) c += (yield* v.swap(next)) ?? 0;
          yield* count.add(BigInt(c));
        }, i);
      yield* wg.wait();
      return (yield* count.load()) + BigInt((yield* v.load()) ?? 0);
    },
    { strategy: "random", maxSteps: 1_000_000 },
  );
  expect(sum).toBe(BigInt(((m * n - 1) * m * n) / 2));
});

test("goroutines that take turns by compareAndSwap all get theirs [TestValueCompareAndSwapConcurrent]", async () => {
  const [m, n] = [10, 10];
  const stop = await run(
    function* () {
      const v = new AtomicValue<number>();
      yield* v.store(0);
      const wg = new WaitGroup();
      for (let i = 0; i < m; i++)
        wg.go(function* (mine: number) {
          for (let j = mine; j < m * n; yield* gosched()) if (yield* v.compareAndSwap(j, j + 1)) j += m;
        }, i);
      yield* wg.wait();
      return yield* v.load();
    },
    { strategy: "random", maxSteps: 1_000_000 },
  );
  expect(stop).toBe(m * n);
});
