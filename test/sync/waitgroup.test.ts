import {
  explore,
  type Go,
  go,
  gosched,
  type Op,
  type PanicError,
  run,
  type Step,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

test("WaitGroup: wait returns when the last one is done, in every schedule", async () => {
  const seen = await explore(
    function* () {
      const wg = new WaitGroup();
      let done = 0;
      for (let i = 0; i < 3; i++)
        wg.go(function* () {
          yield* gosched();
          done++;
        });
      yield* wg.wait();
      return done;
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([3]);
});

test("WaitGroup: adding inside the goroutine lets wait return too early, and the explorer shows it", async () => {
  const seen = await explore(
    {
      setup: () => ({ wg: new WaitGroup(), done: 0 }),
      *main(s) {
        const both = new WaitGroup();
        both.go(function* () {
          yield* s.wg.add(1);
          yield* gosched();
          s.done++;
          yield* s.wg.done();
        });
        yield* s.wg.wait();
        return s.done;
      },
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([0, 1]);
});

test("WaitGroup: can be used again, eight times over", async () => {
  await run(function* () {
    const wg = new WaitGroup();
    for (let round = 0; round < 8; round++) {
      let done = 0;
      wg.add(4);
      for (let i = 0; i < 4; i++)
        wg.go(function* () {
          yield* gosched();
          done++;
          wg.done();
        });
      yield* wg.wait();
      expect(done).toBe(4);
    }
  });
});

test("WaitGroup: a negative counter panics with Go's text", async () => {
  await expect(
    run(function* () {
      new WaitGroup().done();
    }),
  ).rejects.toThrow(/^panic: sync: negative WaitGroup counter/);
});

test("WaitGroup: a panic in a body ends the run; wait does not return first", async () => {
  let returned = false;
  await expect(
    run(function* () {
      const wg = new WaitGroup();
      wg.go(function* () {
        throw new Error("boom");
      });
      yield* wg.wait();
      returned = true;
    }),
  ).rejects.toThrow(/^panic: boom/);
  expect(returned).toBe(false);
});

test("WaitGroup: a bad delta names expectation and value", async () => {
  await run(function* () {
    expect(() => new WaitGroup().add(0.5)).toThrow(
      "WaitGroup.add: expected `delta` to be an integer, got 0.5",
    );
  });
});

test("WaitGroup: eight rounds of sixteen, two groups as a barrier: nobody is released too soon [TestWaitGroup]", async () => {
  await run(function* () {
    const [wg1, wg2] = [new WaitGroup(), new WaitGroup()];
    const n = 16;
    for (let round = 0; round < 8; round++) {
      let exited = 0;
      wg1.add(n);
      wg2.add(n);
      for (let i = 0; i < n; i++)
        go(function* () {
          wg1.done();
          yield* wg2.wait();
          exited++;
        });
      yield* wg1.wait();
      for (let i = 0; i < n; i++) {
        yield* gosched();
        expect(exited).toBe(0);
        wg2.done();
      }
      while (exited < n) yield* gosched();
    }
  });
});

test("WaitGroup: a thousand rounds of two, each waited for in full [TestWaitGroupRace] [TestWaitGroupAlign]", async () => {
  await run(function* () {
    for (let round = 0; round < 1000; round++) {
      const wg = new WaitGroup();
      let n = 0;
      for (let i = 0; i < 2; i++) {
        wg.add(1);
        go(function* () {
          n++;
          wg.done();
        });
      }
      yield* wg.wait();
      expect(n).toBe(2);
    }
  });
});

test("WaitGroup: go runs the body and waits for it [TestWaitGroupGo]", async () => {
  await run(function* () {
    const wg = new WaitGroup();
    let i = 0;
    wg.go(function* () {
      i++;
    });
    yield* wg.wait();
    expect(i).toBe(1);
  });
});

const CONCURRENT = "sync: WaitGroup misuse: Add called concurrently with Wait";
const REUSED = "sync: WaitGroup is reused before previous Wait has returned";

test("WaitGroup: one done too many panics, and it can be recovered [TestWaitGroupMisuse]", async () => {
  await run(function* () {
    const wg = new WaitGroup();
    wg.add(1);
    wg.done();
    expect(() => wg.done()).toThrow("sync: negative WaitGroup counter");
  });
});

test("WaitGroup: used again before the waiter went on panics in the waiter, also in a direct run", async () => {
  const reuse = (early: boolean) =>
    run(function* () {
      const wg = new WaitGroup();
      wg.add(1);
      go(function* () {
        wg.done();
        if (!early) yield* gosched();
        wg.add(1);
      });
      yield* wg.wait();
    });
  await expect(reuse(true)).rejects.toThrow(`panic: ${REUSED}`);
  await reuse(false); // the control: the waiter was first
});

test("WaitGroup: waitFor, too, finds that the group was used again", async () => {
  await expect(
    run(function* () {
      const wg = new WaitGroup();
      wg.add(1);
      go(function* () {
        wg.done();
        wg.add(1);
      });
      yield* wg.waitFor(1000);
    }),
  ).rejects.toThrow(REUSED);
});

/** Runs all schedules and says what they ended with: a number, or a panic's text. */
async function endings(main: (wg: WaitGroup, ended: string[]) => Go): Promise<string[]> {
  const seen = await explore(
    {
      setup: () => ({ wg: new WaitGroup(), ended: [] as string[] }),
      *main(s) {
        yield* main(s.wg, s.ended);
        return s.ended.sort().join("; ");
      },
    },
    { schedules: 3000, stopAt: "never" },
  );
  return [...new Set(seen.outcomes.map((o) => o.result as string))].sort();
}

test("explore: an add that comes while done releases the waiters is found, with Go's text, on both sides", async () => {
  const seen = await endings(function* (wg, ended) {
    const all = new WaitGroup();
    const guard = (name: string, body: () => Op<void> | Step) =>
      all.go(function* () {
        try {
          yield* body();
        } catch (error) {
          ended.push(`${name}: ${(error as PanicError).message}`);
        }
      });
    yield* wg.add(1);
    guard("wait", () => wg.wait());
    guard("done", () => wg.done());
    guard("add", () => wg.add(1));
    for (let i = 0; i < 12; i++) yield* gosched();
  });
  expect(seen).toContain(`add: ${CONCURRENT}; done: ${CONCURRENT}`);
  expect(seen).toContain(`wait: ${REUSED}`);
  expect(seen).toContain(""); // and most schedules hide it
});

test("explore: adding before the goroutine is started, nothing is ever found", async () => {
  const seen = await endings(function* (wg) {
    for (let round = 0; round < 2; round++) {
      yield* wg.add(2);
      for (let i = 0; i < 2; i++)
        go(function* () {
          yield* wg.done();
        });
      yield* wg.wait();
    }
  });
  expect(seen).toEqual([""]);
});
