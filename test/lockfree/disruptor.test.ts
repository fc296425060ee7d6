import {
  AtomicInt32,
  AtomicPointer,
  Disruptor,
  explore,
  type Go,
  go,
  gosched,
  MisuseError,
  type Program,
  run,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

interface Ring {
  publish(value: string): Go;
  /** Two consumers, the second behind the first. */
  take(consumer: 0 | 1): Go<string[]>;
}

class Real implements Ring {
  readonly #ring = new Disruptor<string>(2);
  readonly #first = this.#ring.consumer();
  readonly #consumers = [this.#first, this.#ring.consumer(this.#first)] as const;
  publish(value: string): Go {
    return this.#ring.publish(value);
  }
  take(consumer: 0 | 1): Go<string[]> {
    return this.#consumers[consumer].take();
  }
}

/** Two producers, two values each, through a ring of two; both consumers must see one order, the second one later. */
function relay(make: () => Ring): Program<Ring, string> {
  return {
    setup: make,
    *main(ring) {
      const wg = new WaitGroup();
      const saw: [string[], string[]] = [[], []];
      let verdict = "";
      for (const name of ["a", "b"])
        wg.go(function* producer() {
          for (const n of [1, 2]) yield* ring.publish(`${name}${n}`);
        });
      for (const c of [0, 1] as const)
        wg.go(function* consumer() {
          while (saw[c].length < 4) {
            for (const value of yield* ring.take(c)) saw[c].push(value);
            if (saw[1].length > saw[0].length) verdict = "overtaken";
          }
        });
      yield* wg.wait();
      if (saw[0].join() !== saw[1].join()) return `two orders: ${saw[0]} and ${saw[1]}`;
      const isWhole = [...saw[0]].sort().join() === "a1,a2,b1,b2";
      const isInOrder = ["a", "b"].every((p) => saw[0].indexOf(`${p}1`) < saw[0].indexOf(`${p}2`));
      return verdict || (isWhole && isInOrder ? "right" : `wrong: ${saw[0]}`);
    },
  };
}

async function explored(make: () => Ring, seed: string) {
  return explore(relay(make), { seed, schedules: 400, stopAt: "never", maxSteps: 2000 });
}

for (const seed of ["1", "2", "42"]) {
  test(`Disruptor: every consumer sees every value, in one order, successors later (seed ${seed})`, async () => {
    const seen = await explored(() => new Real(), seed);
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual(["right"]);
  });

  for (const bug of ["overwrites", "publishes early", "ignores predecessors"] as const) {
    test(`a ring that ${bug} is found out (seed ${seed})`, async () => {
      const seen = await explored(() => new Planted(bug), seed);
      expect(seen.verdict !== "ok" || seen.outcomes.some((o) => o.result !== "right")).toBe(true);
    });
  }
}

test("the planted ring without its bugs is right, so the bugs are what was found", async () => {
  const seen = await explored(() => new Planted("none"), "1");
  expect(seen.verdict).toBe("ok");
  expect(seen.outcomes.map((o) => o.result)).toEqual(["right"]);
});

/** A smaller ring of two slots, value by value. */
class Planted implements Ring {
  readonly #claimed = new AtomicInt32();
  readonly #passed = [new AtomicInt32(), new AtomicInt32()] as const;
  readonly #published = [new AtomicInt32(), new AtomicInt32()] as const;
  readonly #values = [new AtomicPointer(""), new AtomicPointer("")] as const;
  readonly #bug: "none" | "overwrites" | "publishes early" | "ignores predecessors";
  constructor(bug: "none" | "overwrites" | "publishes early" | "ignores predecessors") {
    this.#bug = bug;
  }
  *publish(value: string): Go {
    for (;;) {
      const at = yield* this.#claimed.load();
      const slowest = Math.min(yield* this.#passed[0].load(), yield* this.#passed[1].load());
      if (at + 1 - slowest > 2 && this.#bug !== "overwrites") yield* gosched();
      else if (yield* this.#claimed.compareAndSwap(at, at + 1)) {
        const slot = (at & 1) as 0 | 1;
        if (this.#bug === "publishes early") yield* this.#published[slot].store(at + 1);
        yield* this.#values[slot].store(value);
        yield* this.#published[slot].store(at + 1);
        return;
      }
    }
  }
  *take(consumer: 0 | 1): Go<string[]> {
    for (;;) {
      const at = yield* this.#passed[consumer].load();
      const slot = (at & 1) as 0 | 1;
      const isFree =
        consumer === 0 || this.#bug === "ignores predecessors" || (yield* this.#passed[0].load()) > at;
      if (isFree && (yield* this.#published[slot].load()) === at + 1) {
        const value = yield* this.#values[slot].load();
        yield* this.#passed[consumer].store(at + 1);
        return [value];
      }
      yield* gosched();
    }
  }
}

test("Disruptor: a batch stands together, and tryPublish says when there is no room for all of it", async () => {
  await run(function* () {
    const ring = new Disruptor<number>(4);
    const [a, b] = [ring.consumer(), ring.consumer()];
    expect(yield* ring.tryPublish(1, 2, 3)).toBe(true);
    expect(yield* ring.tryPublish(4, 5)).toBe(false);
    expect(yield* a.take()).toEqual([1, 2, 3]);
    expect(yield* ring.tryPublish(4, 5)).toBe(false); // b has not passed
    expect(yield* b.lag(3)).toBe(3);
    expect(yield* b.tryTake()).toEqual([1, 2, 3]);
    expect(yield* ring.tryPublish(4, 5)).toBe(true);
    expect(yield* a.take()).toEqual([4, 5]);
    expect(yield* a.tryTake()).toEqual([]);
  });
});

test("Disruptor: undefined is a value, over many rounds of a ring of one", async () => {
  await run(function* () {
    const ring = new Disruptor<number | undefined>(1);
    const reader = ring.consumer();
    for (let i = 0; i < 100; i++) {
      yield* ring.publish(i % 2 === 0 ? i : undefined);
      expect(yield* ring.tryPublish(0)).toBe(false);
      expect(yield* reader.take()).toEqual([i % 2 === 0 ? i : undefined]);
    }
  });
});

for (const strategy of ["gmp", "fifo", "random"] as const) {
  test(`Disruptor: waiting lets a sleeping consumer wake up, on the jump clock under ${strategy}`, async () => {
    const got = await run(
      function* () {
        const ring = new Disruptor<number>(2);
        const reader = ring.consumer();
        const wg = new WaitGroup();
        const got: number[] = [];
        wg.go(function* () {
          while (got.length < 20) {
            yield* sleep(5);
            got.push(...(yield* reader.take()));
          }
        });
        for (let i = 0; i < 20; i++) yield* ring.publish(i);
        yield* wg.wait();
        return got;
      },
      { clock: "jump", strategy },
    );
    expect(got).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
}

test("Disruptor: misuse is refused with what to do", async () => {
  expect(() => new Disruptor(3)).toThrow(
    "Disruptor: expected `capacityItems` to be a power of two in 1..1073741824, got 3",
  );
  const ring = new Disruptor<number>(4);
  const texts: string[] = [];
  await run(function* () {
    go(function* () {
      yield* gosched();
    });
    const failing: [body: () => Go<unknown>, type: ErrorConstructor | typeof MisuseError][] = [
      [() => ring.publish(1), MisuseError],
      [() => ring.publish(1, 2, 3, 4, 5), RangeError],
      [() => ring.tryPublish(), RangeError],
    ];
    for (const [body, type] of failing) {
      try {
        yield* body();
      } catch (error) {
        expect(error).toBeInstanceOf(type);
        texts.push((error as Error).message);
      }
    }
    ring.consumer();
    yield* ring.publish(1);
  });
  expect(texts).toEqual([
    "Disruptor.publish: has no consumers; call consumer() first",
    "Disruptor.publish: expected 1 to 4 values, got 5",
    "Disruptor.tryPublish: expected 1 to 4 values, got 0",
  ]);
  expect(() => ring.consumer()).toThrow(
    "Disruptor.consumer: values were published already; add consumers before",
  );
  const other = new Disruptor<number>(4);
  expect(() => new Disruptor<number>(4).consumer(other.consumer())).toThrow(
    "Disruptor.consumer: expected consumers of the same ring, got one of another",
  );
});
