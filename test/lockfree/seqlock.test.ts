import {
  AtomicInt32,
  explore,
  type Go,
  go,
  gosched,
  type Program,
  run,
  SeqLock,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

interface Pair {
  read(): Go<readonly [number, number]>;
  write(a: number, b: number): Go;
}

/** Two writers and a reader that reads twice; the result tells whether it saw halves, or went back in time. */
function program(make: () => Pair): Program<Pair, string> {
  return {
    setup: make,
    *main(pair) {
      const wg = new WaitGroup();
      let verdict = "whole";
      for (const n of [1, 2])
        wg.go(function* writer() {
          yield* pair.write(n, n);
        });
      wg.go(function* reader() {
        const seen = [yield* pair.read(), yield* pair.read()] as const;
        for (const [a, b] of seen) if (a !== b) verdict = "torn";
        if (seen[0][0] !== 0 && seen[1][0] === 0) verdict = "back in time";
      });
      yield* wg.wait();
      const [a, b] = yield* pair.read();
      return a === b && a !== 0 ? verdict : "torn for good";
    },
  };
}

const outcomes = async (make: () => Pair, seed: string) => {
  const seen = await explore(program(make), { seed, schedules: 600, stopAt: "never" });
  expect(seen.verdict).toBe("ok");
  return seen.outcomes.map((o) => o.result);
};

for (const seed of ["1", "2", "42"]) {
  test(`SeqLock: a reader sees what one writer wrote (seed ${seed})`, async () => {
    expect(await outcomes(() => new SeqLock<[number, number]>(0, 0), seed)).toEqual(["whole"]);
  });
  test(`a reader that does not look again sees halves (seed ${seed})`, async () => {
    expect(await outcomes(() => new Planted("read once"), seed)).toContain("torn");
  });
  test(`a writer that announces itself too late lets readers see halves (seed ${seed})`, async () => {
    expect(await outcomes(() => new Planted("odd late"), seed)).toContain("torn");
  });
  test(`writers that do not exclude each other leave halves behind (seed ${seed})`, async () => {
    expect(await outcomes(() => new Planted("no exclusion"), seed)).toContain("torn for good");
  });
}

test("the planted lock without its bugs is right, so the bugs are what was found", async () => {
  expect(await outcomes(() => new Planted("none"), "1")).toEqual(["whole"]);
});

class Planted implements Pair {
  readonly #sequence = new AtomicInt32();
  readonly #a = new AtomicInt32();
  readonly #b = new AtomicInt32();
  readonly #bug: "none" | "read once" | "odd late" | "no exclusion";
  constructor(bug: "none" | "read once" | "odd late" | "no exclusion") {
    this.#bug = bug;
  }
  *read(): Go<readonly [number, number]> {
    for (;;) {
      const before = yield* this.#sequence.load();
      if (before % 2 === 0) {
        const copy = [yield* this.#a.load(), yield* this.#b.load()] as const;
        if (this.#bug === "read once" || (yield* this.#sequence.load()) === before) return copy;
      }
      yield* gosched();
    }
  }
  *write(a: number, b: number): Go {
    for (;;) {
      const before = yield* this.#sequence.load();
      if (this.#bug === "odd late") yield* this.#a.store(a);
      if (this.#bug === "no exclusion") yield* this.#sequence.store(before | 1);
      else if (before % 2 !== 0 || !(yield* this.#sequence.compareAndSwap(before, before + 1))) {
        yield* gosched();
        continue;
      }
      if (this.#bug !== "odd late") yield* this.#a.store(a);
      yield* this.#b.store(b);
      yield* this.#sequence.store((before | 1) + 1);
      return;
    }
  }
}

test("SeqLock: reads what was written last, of any types", async () => {
  await run(function* () {
    const lock = new SeqLock<[string, number, null]>("a", 1, null);
    expect(yield* lock.read()).toEqual(["a", 1, null]);
    yield* lock.write("b", 2, null);
    expect(yield* lock.read()).toEqual(["b", 2, null]);
  });
});

test("SeqLock: 20 readers and 3 writers that sleep in between never see halves", async () => {
  const reads = await run(
    function* () {
      const lock = new SeqLock<number[]>(0, 0, 0, 0);
      const wg = new WaitGroup();
      let reads = 0;
      for (let w = 0; w < 3; w++)
        wg.go(function* () {
          for (let n = 1; n <= 10; n++) {
            const v = w * 100 + n;
            yield* lock.write(v, v, v, v);
            yield* sleep(0.01);
          }
        });
      for (let r = 0; r < 20; r++)
        wg.go(function* () {
          for (let k = 0; k < 20; k++) {
            expect(new Set(yield* lock.read()).size).toBe(1);
            reads++;
          }
        });
      yield* wg.wait();
      return reads;
    },
    { strategy: "random", clock: "jump", maxSteps: 1_000_000 },
  );
  expect(reads).toBe(400);
});

test("SeqLock: no values, and another number of values, are refused", async () => {
  expect(() => new SeqLock()).toThrow("SeqLock: expected at least one value, got none");
  const failure = run(function* () {
    go(function* () {
      yield* gosched();
    });
    yield* new SeqLock<number[]>(1, 2).write(1);
  });
  await expect(failure).rejects.toThrow("SeqLock.write: expected 2 values, got 1");
});
