import {
  AtomicPointer,
  explore,
  type Go,
  gosched,
  MSQueue,
  type Program,
  run,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";
import { History, judge, queue } from "./linear.js";

interface Queue {
  push(value: string): Go;
  pop(): Go<string | undefined>;
}

/** Two goroutines push two values each, a third takes; the rest comes out at the end. */
function pushers(make: () => Queue): Program<{ q: Queue; h: History }, string> {
  return {
    setup: () => ({ q: make(), h: new History() }),
    *main({ q, h }) {
      const wg = new WaitGroup();
      for (const name of ["a", "b"])
        wg.go(function* () {
          yield* h.call("push", `${name}1`, q.push(`${name}1`));
          yield* h.call("push", `${name}2`, q.push(`${name}2`));
        });
      wg.go(function* () {
        for (let i = 0; i < 2; i++) yield* h.call("pop", undefined, q.pop());
      });
      yield* wg.wait();
      for (let i = 0; i < 5; i++) yield* h.call("pop", undefined, q.pop());
      return judge(h, queue);
    },
  };
}

/** One value, two takers. */
function takers(make: () => Queue): Program<{ q: Queue; h: History }, string> {
  return {
    setup: () => ({ q: make(), h: new History() }),
    *main({ q, h }) {
      const wg = new WaitGroup();
      wg.go(function* () {
        yield* h.call("push", "a", q.push("a"));
        yield* h.call("push", "b", q.push("b"));
      });
      for (let i = 0; i < 2; i++)
        wg.go(function* () {
          yield* h.call("pop", undefined, q.pop());
          yield* h.call("pop", undefined, q.pop());
        });
      yield* wg.wait();
      return judge(h, queue);
    },
  };
}

for (const seed of ["1", "2", "42"]) {
  for (const [what, program] of [
    ["two who push", pushers],
    ["two who take", takers],
  ] as const) {
    test(`MSQueue: every history of ${what} is that of a queue (seed ${seed})`, async () => {
      const seen = await explore(
        program(() => new MSQueue<string>()),
        { seed, schedules: 500, stopAt: "never" },
      );
      expect(seen.verdict).toBe("ok");
      expect(seen.outcomes.map((o) => o.result)).toEqual(["linear"]);
    });
  }

  test(`a queue whose link is stored, not compared and swapped, loses values (seed ${seed})`, async () => {
    const seen = await explore(
      pushers(() => new Planted(false, true)),
      { seed, schedules: 500, stopAt: "never" },
    );
    expect(seen.outcomes.length).toBeGreaterThan(1);
  });

  test(`a queue that takes its head without comparing gives values twice (seed ${seed})`, async () => {
    const seen = await explore(
      takers(() => new Planted(true, false)),
      { seed, schedules: 500, stopAt: "never" },
    );
    expect(seen.outcomes.length).toBeGreaterThan(1);
  });
}

interface Node {
  readonly next: AtomicPointer<Node | null>;
  readonly value: string;
}
const node = (value: string): Node => ({ next: new AtomicPointer<Node | null>(null), value });

/** The planted bugs: one of the two compare-and-swaps is a store. Without bugs it is the queue of the paper. */
class Planted implements Queue {
  readonly #head: AtomicPointer<Node>;
  readonly #tail: AtomicPointer<Node>;
  readonly #linksRight: boolean;
  readonly #takesRight: boolean;
  constructor(linksRight: boolean, takesRight: boolean) {
    const first = node("");
    this.#head = new AtomicPointer(first);
    this.#tail = new AtomicPointer(first);
    this.#linksRight = linksRight;
    this.#takesRight = takesRight;
  }
  *push(value: string): Go {
    const added = node(value);
    for (;;) {
      const tail = yield* this.#tail.load();
      const next = yield* tail.next.load();
      if (next !== null) {
        yield* this.#tail.compareAndSwap(tail, next);
      } else if (yield* set(tail.next, null, added, this.#linksRight)) {
        yield* this.#tail.compareAndSwap(tail, added);
        return;
      }
    }
  }
  *pop(): Go<string | undefined> {
    for (;;) {
      const head = yield* this.#head.load();
      const tail = yield* this.#tail.load();
      const next = yield* head.next.load();
      if (next === null) return undefined;
      if (head === tail) yield* this.#tail.compareAndSwap(tail, next);
      else if (yield* set(this.#head, head, next, this.#takesRight)) return next.value;
    }
  }
}
function* set<T>(cell: AtomicPointer<T>, old: T, value: T, isRight: boolean): Go<boolean> {
  if (isRight) return yield* cell.compareAndSwap(old, value);
  yield* cell.store(value);
  return true;
}

test("the planted queue without its bugs is right, so the bugs are what was found", async () => {
  const seen = await explore(
    pushers(() => new Planted(true, true)),
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual(["linear"]);
});

test("MSQueue: 50 producers and 10 consumers; every value once, each producer's in order", async () => {
  const got = await run(
    function* () {
      const q = new MSQueue<{ from: number; n: number }>();
      const wg = new WaitGroup();
      const got: { from: number; n: number }[][] = [];
      for (let i = 0; i < 50; i++)
        wg.go(function* (from: number) {
          for (let n = 0; n < 10; n++) yield* q.push({ from, n });
        }, i);
      let left = 500;
      for (let i = 0; i < 10; i++)
        wg.go(
          function* (mine: { from: number; n: number }[]) {
            while (left > 0) {
              const value = yield* q.pop();
              if (value === undefined) yield* gosched();
              else {
                mine.push(value);
                left--;
              }
            }
          },
          got[got.push([]) - 1] as { from: number; n: number }[],
        );
      yield* wg.wait();
      return got;
    },
    { strategy: "random", maxSteps: 1_000_000 },
  );
  expect(new Set(got.flat().map(({ from, n }) => from * 10 + n)).size).toBe(500);
  expect(got.flat().length).toBe(500);
  for (const mine of got)
    for (let from = 0; from < 50; from++) {
      const order = mine.filter((v) => v.from === from).map((v) => v.n);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
});
