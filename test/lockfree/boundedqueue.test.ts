import {
  AtomicPointer,
  AtomicUint32,
  BoundedQueue,
  explore,
  type Go,
  gosched,
  type Program,
  run,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";
import { boundedQueue, History, judge } from "./linear.js";

interface Bounded {
  tryPush(value: string): Go<boolean>;
  tryPop(): Go<string | undefined>;
}

/** Two producers and two consumers over two cells; the result tells what came out, and whether it may. */
function exchange(make: () => Bounded): Program<Bounded, string> {
  return {
    setup: make,
    *main(q) {
      const wg = new WaitGroup();
      const accepted: string[] = [];
      const got: (string | undefined)[] = [];
      for (const name of ["a", "b"])
        wg.go(function* () {
          for (const value of [`${name}1`, `${name}2`]) if (yield* q.tryPush(value)) accepted.push(value);
        });
      for (let i = 0; i < 2; i++)
        wg.go(function* () {
          const value = yield* q.tryPop();
          if (value !== undefined) got.push(value);
        });
      yield* wg.wait();
      for (let i = 0; i < 2; i++) {
        const value = yield* q.tryPop();
        if (value !== undefined) got.push(value);
      }
      const same = [...accepted].sort().join() === [...got].sort().join();
      return same ? "conserved" : `pushed ${accepted.sort().join()}, got ${got.sort().join()}`;
    },
  };
}

/** One producer, one consumer: here even the answers "full" and "empty" are exact. */
function pair(make: () => Bounded): Program<{ q: Bounded; h: History }, string> {
  return {
    setup: () => ({ q: make(), h: new History() }),
    *main({ q, h }) {
      const wg = new WaitGroup();
      wg.go(function* () {
        for (const value of ["a", "b", "c"]) yield* h.call("push", value, q.tryPush(value));
      });
      wg.go(function* () {
        for (let i = 0; i < 3; i++) yield* h.call("pop", undefined, q.tryPop());
      });
      yield* wg.wait();
      return judge(h, boundedQueue(2));
    },
  };
}

for (const seed of ["1", "2", "42"]) {
  test(`BoundedQueue: what goes in comes out, once (seed ${seed})`, async () => {
    const seen = await explore(
      exchange(() => new BoundedQueue<string>(2)),
      { seed, schedules: 800, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual(["conserved"]);
  });

  test(`BoundedQueue: one producer and one consumer see a queue of two (seed ${seed})`, async () => {
    const seen = await explore(
      pair(() => new BoundedQueue<string>(2)),
      { seed, schedules: 800, stopAt: "never" },
    );
    expect(seen.outcomes.map((o) => o.result)).toEqual(["linear"]);
  });

  test(`a queue that stores the sequence before the value hands out nothing or old values (seed ${seed})`, async () => {
    const seen = await explore(
      exchange(() => new EarlySequence()),
      { seed, schedules: 800, stopAt: "never" },
    );
    expect(seen.outcomes.some((o) => o.result.startsWith("pushed"))).toBe(true);
  });
}

/** The planted bug: two lines of `tryPush` in the wrong order. */
class EarlySequence implements Bounded {
  readonly #sequences = [new AtomicUint32(0), new AtomicUint32(1)] as const;
  readonly #values = [
    new AtomicPointer<string | undefined>(undefined),
    new AtomicPointer<string | undefined>(undefined),
  ] as const;
  readonly #tail = new AtomicUint32();
  readonly #head = new AtomicUint32();
  *tryPush(value: string): Go<boolean> {
    for (;;) {
      const pos = yield* this.#tail.load();
      const slot = (pos & 1) as 0 | 1;
      const ahead = (yield* this.#sequences[slot].load()) - pos;
      if (ahead < 0) return false;
      if (ahead === 0 && (yield* this.#tail.compareAndSwap(pos, pos + 1))) {
        yield* this.#sequences[slot].store(pos + 1);
        yield* this.#values[slot].store(value);
        return true;
      }
    }
  }
  *tryPop(): Go<string | undefined> {
    for (;;) {
      const pos = yield* this.#head.load();
      const slot = (pos & 1) as 0 | 1;
      const ahead = (yield* this.#sequences[slot].load()) - pos - 1;
      if (ahead < 0) return undefined;
      if (ahead === 0 && (yield* this.#head.compareAndSwap(pos, pos + 1))) {
        const value = yield* this.#values[slot].swap(undefined);
        yield* this.#sequences[slot].store(pos + 2);
        return value;
      }
    }
  }
}

test("BoundedQueue: a slow producer hides what stands behind it: the documented limit is real", async () => {
  const seen = await explore(
    {
      setup: () => new BoundedQueue<string>(2),
      *main(q) {
        const wg = new WaitGroup();
        let behind = "";
        wg.go(function* slow() {
          yield* q.tryPush("slow");
        });
        wg.go(function* quick() {
          yield* q.tryPush("quick"); // is in, for certain
          behind = (yield* q.tryPop()) ?? "empty";
        });
        yield* wg.wait();
        return behind;
      },
    },
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["empty", "quick", "slow"]);
});

test("BoundedQueue: is full at its capacity and empty at none, over many rounds", async () => {
  await run(function* () {
    const q = new BoundedQueue<number>(4);
    for (let round = 0; round < 100; round++) {
      for (let i = 0; i < 4; i++) expect(yield* q.tryPush(round + i)).toBe(true);
      expect(yield* q.tryPush(-1)).toBe(false);
      for (let i = 0; i < 4; i++) expect(yield* q.tryPop()).toBe(round + i);
      expect(yield* q.tryPop()).toBe(undefined);
    }
  });
});

test("BoundedQueue: 20 producers and 5 consumers through 4 cells; every value once", async () => {
  const got = await run(
    function* () {
      const q = new BoundedQueue<number>(4);
      const wg = new WaitGroup();
      const got: number[] = [];
      for (let i = 0; i < 20; i++)
        wg.go(function* (id: number) {
          for (let n = 0; n < 10; n++) while (!(yield* q.tryPush(id * 10 + n))) yield* gosched();
        }, i);
      for (let i = 0; i < 5; i++)
        wg.go(function* () {
          while (got.length < 200) {
            const value = yield* q.tryPop();
            if (value === undefined) yield* gosched();
            else got.push(value);
          }
        });
      yield* wg.wait();
      return got;
    },
    { strategy: "random", maxSteps: 1_000_000 },
  );
  expect(got.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
});

for (const capacity of [0, 1, 3, 1.5, 2 ** 31, Number.NaN]) {
  test(`BoundedQueue: a capacity of ${capacity} is refused`, () => {
    expect(() => new BoundedQueue(capacity)).toThrow(
      `BoundedQueue: expected \`capacityItems\` to be a power of two in 2..1073741824, got ${capacity}`,
    );
  });
}
