import {
  DeadlockError,
  explore,
  type Go,
  go,
  gosched,
  Once,
  type Op,
  run,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

test("Once: of many goroutines one runs the action, and everybody returns after it [TestOnce]", async () => {
  await run(function* () {
    const once = new Once();
    const wg = new WaitGroup();
    let runs = 0;
    for (let i = 0; i < 10; i++)
      wg.go(function* () {
        yield* once.do(function* () {
          yield* sleep(1);
          runs++;
        });
        expect(runs).toBe(1);
      });
    yield* wg.wait();
    expect(runs).toBe(1);
  });
});

test("Once: an action that panics counts as done, and the panic is its caller's alone [TestOncePanic]", async () => {
  await run(function* () {
    const once = new Once();
    let caught: unknown;
    try {
      yield* once.do(function* () {
        throw new Error("failed");
      });
    } catch (error) {
      caught = error;
    }
    expect(caught).toEqual(new Error("failed"));
    yield* once.do(function* () {
      throw new Error("called twice");
    });
  });
});

test("Once: those who wait go on when the action panics", async () => {
  const returned = await run(function* () {
    const once = new Once();
    const wg = new WaitGroup();
    let returned = 0;
    wg.go(function* () {
      try {
        yield* once.do(function* () {
          yield* sleep(1);
          throw new Error("failed");
        });
      } catch {
        returned += 10;
      }
    });
    yield* gosched();
    for (let i = 0; i < 3; i++)
      wg.go(function* () {
        yield* once.do(function* () {
          yield* gosched();
        });
        returned++;
      });
    yield* wg.wait();
    return returned;
  });
  expect(returned).toBe(13);
});

test("Once: an action that calls its own Once waits for itself for ever", async () => {
  const failure = run(function* () {
    const once = new Once();
    yield* once.do(function* () {
      yield* once.do(function* () {});
    });
  });
  await expect(failure).rejects.toThrow(DeadlockError);
  await expect(failure).rejects.toThrow(/goroutine 1 \[sync\.Mutex\.Lock\]/);
});

test("Once: a plain function is refused with the way out", async () => {
  await expect(
    run(function* () {
      yield* new Once().do((() => 1) as never);
    }),
  ).rejects.toThrow(
    "Once.do: expected `action` to be a generator function, got a plain one. Write `function*`.",
  );
});

test("Once: a do that was never yielded is found, before the action and after it", async () => {
  for (const isDone of [false, true]) {
    await expect(
      run(function* () {
        const once = new Once();
        if (isDone) yield* once.do(function* () {});
        once.do(function* () {});
        yield* gosched();
      }),
    ).rejects.toThrow("do: the operation was created and never yielded");
  }
});

interface Doer {
  do(action: () => Go<unknown>): Op<void> | Go;
}

/** Three goroutines initialise a value through a Doer; the result tells how often, and how many saw it unfinished. */
function initialisation(make: () => Doer) {
  return {
    setup: () => ({ once: make(), runs: 0, value: 0, early: 0 }),
    *main(s: { once: Doer; runs: number; value: number; early: number }): Go<string> {
      const wg = new WaitGroup();
      for (let i = 0; i < 3; i++)
        wg.go(function* () {
          yield* s.once.do(function* () {
            s.runs++;
            yield* gosched();
            s.value = 42;
          });
          if (s.value !== 42) s.early++;
        });
      yield* wg.wait();
      return `${s.runs} run, ${s.early} early`;
    },
  };
}

for (const seed of ["1", "2", "42"]) {
  test(`Once: under every schedule the action runs once and nobody returns before its end (seed ${seed})`, async () => {
    const seen = await explore(
      initialisation(() => new Once()),
      { seed, schedules: 500, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual(["1 run, 0 early"]);
  });
}

test("Once: a flag that is set first is found by the same program, so the test above can fail", async () => {
  const flag = () => {
    let isDone = false;
    return {
      *do(action: () => Go<unknown>): Go {
        if (isDone) return;
        isDone = true; // too early: others return before the action has ended
        yield* action();
      },
    };
  };
  const seen = await explore(initialisation(flag), { schedules: 500, stopAt: "never" });
  expect(seen.outcomes.map((o) => o.result).sort()).toContain("1 run, 2 early");
});

test("Once: its waiters are no leak when main ends later", async () => {
  await run(function* () {
    const once = new Once();
    go(function* () {
      yield* once.do(function* () {
        yield* sleep(2);
      });
    });
    yield* gosched();
    yield* once.do(function* () {});
  });
});
