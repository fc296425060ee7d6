import {
  Barrier,
  BrokenBarrierError,
  explore,
  go,
  gosched,
  Latch,
  now,
  run,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

test("Latch: opens after the last arrival, in every schedule, and stays open", async () => {
  const seen = await explore(
    {
      setup: () => ({ latch: new Latch(2), came: 0 }),
      *main(s) {
        for (let i = 0; i < 2; i++)
          go(function* () {
            s.came++;
            yield* s.latch.countDown();
          });
        yield* s.latch.wait();
        const came = s.came;
        yield* s.latch.countDown(); // once too often is harmless
        yield* s.latch.wait();
        return came;
      },
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(seen.verdict).toBe("ok");
  expect(seen.outcomes.map((o) => o.result)).toEqual([2]);
});

test("planted: a latch that counts one too few opens too early, and is found", async () => {
  const seen = await explore(
    {
      setup: () => ({ latch: new Latch(1), came: 0 }),
      *main(s) {
        for (let i = 0; i < 2; i++)
          go(function* () {
            s.came++;
            yield* s.latch.countDown();
          });
        yield* s.latch.wait();
        return s.came;
      },
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2]);
});

test("Latch: waiting has a limit, and nobody is left in the queue", async () => {
  await run(function* () {
    const latch = new Latch(1);
    expect(yield* latch.waitFor(0)).toBe(false);
    expect(yield* latch.waitFor(5)).toBe(false);
    expect(now()).toBe(5);
    latch.countDown();
    expect([yield* latch.waitFor(0), latch.left]).toEqual([true, 0]);
  }, JUMP);
});

test("Latch: a count of zero is open; a bad one names expectation and value", async () => {
  await run(function* () {
    yield* new Latch(0).wait();
  });
  expect(() => new Latch(-1)).toThrow(
    new RangeError("Latch: expected `count` to be an integer >= 0, got -1"),
  );
});

test("Barrier: nobody is a round ahead, and each round has one last, in every schedule", async () => {
  const seen = await explore(
    {
      setup: () => ({ barrier: new Barrier(3), round: [0, 0, 0], lasts: 0 }),
      *main(s) {
        const wg = new WaitGroup();
        for (let i = 0; i < 3; i++)
          wg.go(function* () {
            for (let n = 1; n <= 2; n++) {
              s.round[i] = n;
              if (yield* s.barrier.wait()) s.lasts++;
              if (Math.min(...s.round) < n) throw new Error("passed before everybody had come");
            }
          });
        yield* wg.wait();
        return s.lasts;
      },
    },
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.failure?.error).toBeUndefined();
  expect(seen.outcomes.map((o) => o.result)).toEqual([2]);
});

test("planted: a barrier for one party too few lets somebody ahead, and is found", async () => {
  const seen = await explore(
    {
      setup: () => ({ barrier: new Barrier(2), came: 0 }),
      *main(s) {
        const wg = new WaitGroup();
        for (let i = 0; i < 4; i++)
          wg.go(function* () {
            s.came++;
            yield* s.barrier.wait();
            if (s.came < 4) throw new Error("passed before everybody had come");
          });
        yield* wg.wait();
      },
    },
    { schedules: 300 },
  );
  expect(seen.verdict).toBe("panic");
});

test("Barrier: who gives up breaks it for those who wait and for those who come", async () => {
  await run(function* () {
    const barrier = new Barrier(3);
    const wg = new WaitGroup();
    const seen: string[] = [];
    wg.go(function* waiting() {
      try {
        yield* barrier.wait();
      } catch (error) {
        seen.push(`waiting: ${(error as Error).message}`);
      }
    });
    wg.go(function* hasty() {
      seen.push(`hasty: ${yield* barrier.waitFor(5)}`);
    });
    yield* wg.wait();
    expect(seen.sort()).toEqual([
      "hasty: false",
      "waiting: Barrier: broken, one of its 3 parties has given up",
    ]);
    expect(barrier.isBroken).toBe(true);
    expect(() => barrier.wait()).toThrow(BrokenBarrierError);
  }, JUMP);
});

test("Barrier: everybody waiting with a limit passes when the last one comes in time", async () => {
  await run(function* () {
    const barrier = new Barrier(2);
    const wg = new WaitGroup();
    wg.go(function* () {
      expect(yield* barrier.waitFor(10)).toBe(true);
    });
    yield* sleep(3);
    expect(yield* barrier.waitFor(0)).toBe(true); // the last one has nobody to wait for
    yield* wg.wait();
    expect(now()).toBe(3);
    expect(yield* barrier.waitFor(0)).toBe(false);
    expect(barrier.isBroken).toBe(true);
  }, JUMP);
});

test("Barrier: break ends all waits; a bad number of parties names expectation and value", async () => {
  await run(function* () {
    const barrier = new Barrier(2);
    go(function* () {
      yield* gosched();
      barrier.break();
    });
    let message = "";
    try {
      yield* barrier.wait();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toBe("Barrier: broken, one of its 2 parties has given up");
  }, JUMP);
  expect(() => new Barrier(0)).toThrow(
    new RangeError("Barrier: expected `parties` to be an integer >= 1, got 0"),
  );
});
