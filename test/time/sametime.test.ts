// Timers that are due at the same time: Go promises no order among them, so exploring shows every one.
import { background, explore, newTimer, run, select, withTimeout } from "happens-before";
import { expect, test } from "vitest";

for (const clock of ["jump", "free"] as const) {
  test(`timers: of three channel timers with one deadline any may fire first, when explored (clock ${clock})`, async () => {
    const seen = await explore(
      function* () {
        const timers = [5, 5, 5].map((ms) => newTimer(ms));
        return (yield* select(...timers.map((t) => t.c.onRecv()))).index;
      },
      { clock, schedules: 100, stopAt: "never" },
    );
    expect(seen.outcomes.map((o) => o.result).sort()).toEqual([0, 1, 2]);
  });
}

test("timers: of two contexts with one deadline either may end first", async () => {
  const seen = await explore(
    function* () {
      const [a] = withTimeout(background(), 5);
      const [b] = withTimeout(background(), 5);
      return (yield* select(a.done().onRecv(), b.done().onRecv())).index;
    },
    { schedules: 100, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([0, 1]);
});

test("timers: different deadlines keep their order", async () => {
  const seen = await explore(
    function* () {
      const timers = [3, 1, 2].map((ms) => newTimer(ms));
      return (yield* select(...timers.map((t) => t.c.onRecv()))).index;
    },
    { clock: "jump", schedules: 100, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([1]);
});

test("timers: in a direct run they fire in the order in which they were made", async () => {
  const index = await run(
    function* () {
      const timers = [5, 5, 5].map((ms) => newTimer(ms));
      return (yield* select(...timers.map((t) => t.c.onRecv()))).index;
    },
    { clock: "jump" },
  );
  expect(index).toBe(0);
});

test("timers: a failure that needs one of them to be first is replayed from its schedule", async () => {
  const seen = await explore(
    function* () {
      const timers = [5, 5].map((ms) => newTimer(ms));
      const { index } = yield* select(...timers.map((t) => t.c.onRecv()));
      if (index === 1) throw new Error("the second was first");
    },
    { schedules: 100 },
  );
  expect(seen.failure?.error?.message).toBe("the second was first");
});
