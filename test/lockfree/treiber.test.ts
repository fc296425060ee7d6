import {
  AtomicPointer,
  explore,
  FreeList,
  type Go,
  go,
  gosched,
  type Program,
  run,
  TreiberStack,
  WaitGroup,
} from "happens-before";
import { describe, expect, test } from "vitest";
import { History, judge, stack } from "./linear.js";

interface Stack {
  push(value: string): Go;
  pop(): Go<string | undefined>;
}

/** Three goroutines push and pop; the result says whether what they saw is what a stack does. */
function threesome(make: () => Stack): Program<{ s: Stack; h: History }, string> {
  return {
    setup: () => ({ s: make(), h: new History() }),
    *main({ s, h }) {
      const wg = new WaitGroup();
      for (const name of ["a", "b", "c"])
        wg.go(function* () {
          yield* h.call("push", name, s.push(name));
          yield* h.call("pop", undefined, s.pop());
        });
      yield* wg.wait();
      yield* h.call("pop", undefined, s.pop());
      return judge(h, stack);
    },
  };
}

for (const seed of ["1", "2", "42"]) {
  test(`TreiberStack: every history is that of a stack (seed ${seed})`, async () => {
    const seen = await explore(
      threesome(() => new TreiberStack<string>()),
      { seed, schedules: 600, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual(["linear"]);
  });

  test(`a stack that stores its top without comparing is found out (seed ${seed})`, async () => {
    const seen = await explore(
      threesome(() => new StoringStack()),
      { seed, schedules: 600, stopAt: "never" },
    );
    expect(seen.outcomes.length).toBeGreaterThan(1);
  });
}

/** The planted bug: load, then store. */
class StoringStack implements Stack {
  readonly #top = new AtomicPointer<{ value: string; next: unknown } | null>(null);
  *push(value: string): Go {
    yield* this.#top.store({ value, next: yield* this.#top.load() });
  }
  *pop(): Go<string | undefined> {
    const top = yield* this.#top.load();
    if (top === null) return undefined;
    yield* this.#top.store(top.next as { value: string; next: unknown } | null);
    return top.value;
  }
}

test("TreiberStack: 100 goroutines put and take 1,000 values, none lost and none twice", async () => {
  const got = await run(
    function* () {
      const s = new TreiberStack<number>();
      const wg = new WaitGroup();
      const got: number[] = [];
      for (let i = 0; i < 100; i++)
        wg.go(function* (id: number) {
          for (let k = 0; k < 10; k++) {
            yield* s.push(id * 10 + k);
            if (k % 2 === 1) {
              const value = yield* s.pop();
              if (value !== undefined) got.push(value);
            }
          }
        }, i);
      yield* wg.wait();
      for (let v = yield* s.pop(); v !== undefined; v = yield* s.pop()) got.push(v);
      return got;
    },
    { strategy: "random", maxSteps: 1_000_000 },
  );
  expect(got.sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

test("TreiberStack: undefined is refused, null is a value", async () => {
  await run(function* () {
    const s = new TreiberStack<string | null | undefined>();
    yield* s.push(null);
    expect(yield* s.pop()).toBe(null);
    let text = "";
    try {
      yield* s.push(undefined);
    } catch (error) {
      text = (error as Error).message;
    }
    expect(text).toBe(
      "TreiberStack.push: expected a value, got undefined, which pop returns for an empty stack",
    );
  });
});

/** Two goroutines take slots from a pool of three and give them back; the result says whether two owned the same. */
function pool(isTagged: boolean): Program<{ free: FreeList; owned: Set<number>; left: number[] }, string> {
  return {
    setup: () => ({ free: new FreeList(3, { isTagged }), owned: new Set(), left: [] }),
    *main({ free, owned, left }) {
      const wg = new WaitGroup();
      let verdict = "one owner each";
      const own = function* (): Go<number | undefined> {
        const slot = yield* free.acquire();
        if (slot === undefined) return undefined;
        if (owned.has(slot)) verdict = "two owners";
        owned.add(slot);
        return slot;
      };
      const disown = function* (slot: number | undefined): Go {
        if (slot === undefined) return;
        owned.delete(slot);
        yield* free.release(slot);
      };
      wg.go(function* slow() {
        yield* own();
        yield* own();
      });
      wg.go(function* quick() {
        const first = yield* own();
        yield* own();
        yield* disown(first);
      });
      yield* wg.wait();
      for (let s = yield* own(); s !== undefined && left.length < 4; s = yield* own()) left.push(s);
      return owned.size === 3 || verdict !== "one owner each" ? verdict : "a slot is lost";
    },
  };
}

describe("FreeList", () => {
  for (const seed of ["1", "2", "42"]) {
    test(`with tags, a slot has one owner and none is lost (seed ${seed})`, async () => {
      const seen = await explore(pool(true), { seed, schedules: 2000, stopAt: "never" });
      expect(seen.verdict).toBe("ok");
      expect(seen.outcomes.map((o) => o.result)).toEqual(["one owner each"]);
    });

    test(`without tags, ABA gives one slot to two owners (seed ${seed})`, async () => {
      const seen = await explore(pool(false), { seed, schedules: 2000, stopAt: "never" });
      expect(seen.outcomes.map((o) => o.result)).toContain("two owners");
    });
  }

  test("gives out every slot once, then none; the last one released comes first", async () => {
    await run(function* () {
      const free = new FreeList(3);
      const slots = [yield* free.acquire(), yield* free.acquire(), yield* free.acquire()];
      expect(slots).toEqual([0, 1, 2]);
      expect(yield* free.acquire()).toBe(undefined);
      yield* free.release(1);
      yield* free.release(2);
      expect([yield* free.acquire(), yield* free.acquire()]).toEqual([2, 1]);
    });
  });

  test("survives its tag's wrapping around", async () => {
    await run(function* () {
      const free = new FreeList(65_535);
      for (let i = 0; i < 40_000; i++) {
        const slot = (yield* free.acquire()) as number;
        expect(slot).toBe(0);
        yield* free.release(slot);
      }
    });
  });

  for (const capacity of [0, 1.5, 65_536, Number.NaN]) {
    test(`a capacity of ${capacity} is refused`, () => {
      expect(() => new FreeList(capacity)).toThrow(
        `FreeList: expected \`capacityItems\` to be an integer in 1..65535, got ${capacity}`,
      );
    });
  }

  test("a slot that is not one of its own is refused", async () => {
    const failure = run(function* () {
      go(function* () {
        yield* gosched();
      });
      yield* new FreeList(3).release(3);
    });
    await expect(failure).rejects.toThrow(
      "FreeList.release: expected `slot` to be an integer in 0..2, got 3",
    );
  });
});
