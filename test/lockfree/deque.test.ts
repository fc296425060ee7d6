import {
  AtomicInt32,
  AtomicPointer,
  explore,
  type Go,
  gosched,
  type Program,
  run,
  WaitGroup,
  WorkDeque,
} from "happens-before";
import { expect, test } from "vitest";
import { deque, History, judge } from "./linear.js";

interface Deque {
  push(value: string): Go;
  pop(): Go<string | undefined>;
  steal(): Go<string | undefined>;
}

/** The owner pushes `values` and pops as often; two thieves steal. */
function heist(make: () => Deque, values: readonly string[]): Program<{ d: Deque; h: History }, string> {
  return {
    setup: () => ({ d: make(), h: new History() }),
    *main({ d, h }) {
      const wg = new WaitGroup();
      wg.go(function* owner() {
        for (const value of values) yield* h.call("push", value, d.push(value));
        for (const _ of values) yield* h.call("pop", undefined, d.pop());
      });
      for (let i = 0; i < 2; i++)
        wg.go(function* thief() {
          yield* h.call("steal", undefined, d.steal());
        });
      yield* wg.wait();
      yield* h.call("steal", undefined, d.steal());
      return judge(h, deque);
    },
  };
}

for (const seed of ["1", "2", "42"]) {
  for (const values of [["a"], ["a", "b"], ["a", "b", "c"]]) {
    test(`WorkDeque: every history over ${values} is that of a deque, growing from 1 (seed ${seed})`, async () => {
      const seen = await explore(
        heist(() => new WorkDeque<string>(1), values),
        { seed, schedules: 700, stopAt: "never" },
      );
      expect(seen.verdict).toBe("ok");
      expect(seen.outcomes.map((o) => o.result)).toEqual(["linear"]);
    });
  }

  test(`a deque whose owner pops the last value without comparing gives it twice (seed ${seed})`, async () => {
    const seen = await explore(
      heist(() => new Planted("last"), ["a"]),
      { seed, schedules: 700, stopAt: "never" },
    );
    expect(seen.outcomes.length).toBeGreaterThan(1);
  });

  test(`a deque whose owner looks at the top before announcing its pop gives values twice (seed ${seed})`, async () => {
    const seen = await explore(
      heist(() => new Planted("order"), ["a", "b"]),
      { seed, schedules: 4000, stopAt: "never" },
    );
    expect(seen.outcomes.length).toBeGreaterThan(1);
  });
}

test("the planted deque without its bugs is right, so the bugs are what was found", async () => {
  const seen = await explore(
    heist(() => new Planted("none"), ["a", "b"]),
    { schedules: 2000, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual(["linear"]);
});

/** The planted bugs, in `pop`: no compare-and-swap for the last value; #top read before #bottom is lowered. */
class Planted implements Deque {
  readonly #top = new AtomicInt32();
  readonly #bottom = new AtomicInt32();
  readonly #slots = Array.from({ length: 4 }, () => new AtomicPointer(""));
  readonly #bug: "none" | "last" | "order";
  constructor(bug: "none" | "last" | "order") {
    this.#bug = bug;
  }
  #at(position: number): AtomicPointer<string> {
    return this.#slots[position & 3] as AtomicPointer<string>;
  }
  *push(value: string): Go {
    const bottom = yield* this.#bottom.load();
    yield* this.#at(bottom).store(value);
    yield* this.#bottom.store(bottom + 1);
  }
  *pop(): Go<string | undefined> {
    const bottom = (yield* this.#bottom.load()) - 1;
    const early = yield* this.#top.load();
    yield* this.#bottom.store(bottom);
    const top = this.#bug === "order" ? early : yield* this.#top.load();
    if (bottom < top) {
      yield* this.#bottom.store(bottom + 1);
      return undefined;
    }
    const value = yield* this.#at(bottom).load();
    if (bottom > top) return value;
    const isOurs = yield* this.#top.compareAndSwap(top, top + 1);
    yield* this.#bottom.store(bottom + 1);
    return isOurs || this.#bug === "last" ? value : undefined;
  }
  *steal(): Go<string | undefined> {
    for (;;) {
      const top = yield* this.#top.load();
      if ((yield* this.#bottom.load()) <= top) return undefined;
      const value = yield* this.#at(top).load();
      if (yield* this.#top.compareAndSwap(top, top + 1)) return value;
    }
  }
}

test("WorkDeque: the owner sees a stack, a thief a queue", async () => {
  await run(function* () {
    const d = new WorkDeque<number>(2);
    for (let i = 0; i < 100; i++) yield* d.push(i);
    for (let i = 0; i < 50; i++) {
      expect(yield* d.steal()).toBe(i);
      expect(yield* d.pop()).toBe(99 - i);
    }
    expect(yield* d.pop()).toBe(undefined);
    expect(yield* d.steal()).toBe(undefined);
    yield* d.push(7);
    expect(yield* d.pop()).toBe(7);
  });
});

test("WorkDeque: an owner and 8 thieves share 500 jobs; every job once", async () => {
  const done = await run(
    function* () {
      const d = new WorkDeque<number>(1);
      const wg = new WaitGroup();
      const done: number[] = [];
      wg.go(function* owner() {
        for (let i = 0; i < 500; i++) {
          yield* d.push(i);
          const job = i % 3 === 2 ? yield* d.pop() : undefined;
          if (job !== undefined) done.push(job);
        }
      });
      for (let i = 0; i < 8; i++)
        wg.go(function* thief() {
          while (done.length < 500) {
            const job = yield* d.steal();
            if (job === undefined) yield* gosched();
            else done.push(job);
          }
        });
      yield* wg.wait();
      return done;
    },
    { strategy: "random", maxSteps: 1_000_000 },
  );
  expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
});

for (const capacity of [0, 3, -4, 1.5]) {
  test(`WorkDeque: a capacity of ${capacity} is refused`, () => {
    expect(() => new WorkDeque(capacity)).toThrow(
      `WorkDeque: expected \`capacityItems\` to be a power of two in 1..1073741824, got ${capacity}`,
    );
  });
}
