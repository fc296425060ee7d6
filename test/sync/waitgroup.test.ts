import { explore, gosched, run, WaitGroup } from "happens-before";
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
