// Go's own tests of golang.org/x/time/rate, by what they check, on the virtual clock. One tick is 100 ms.
//
// Without a counterpart: TestLimit (there is no type Limit), TestLimiterJumpBackwards, TestReserveJumpBack and
// TestReserveJumpBackCancel (the run's clock never goes back), TestReserveMax (Go's internal reserveN; what it is for is
// the context's deadline, see TestWaitTimeout), TestSometimes* (not part of this library).
import fc from "fast-check";
import {
  background,
  type Context,
  explore,
  type Go,
  go,
  Limiter,
  now,
  type Reservation,
  report,
  run,
  sleep,
  WaitGroup,
  withCancel,
  withTimeout,
} from "happens-before";
import { expect, test } from "vitest";

const TICK_MS = 100;
const jump = { clock: "jump" } as const;

function* until(tick: number): Go {
  yield* sleep(tick * TICK_MS - now());
}

type Allow = [tick: number, tokens: number, n: number, ok: boolean];

async function allows(limiter: Limiter, rows: Allow[]): Promise<void> {
  await run(function* () {
    for (const [tick, tokens, n, ok] of rows) {
      yield* until(tick);
      expect([tick, limiter.tokens(), n, limiter.allow(n)]).toEqual([tick, tokens, n, ok]);
    }
  }, jump);
}

/** Reserves `n` at `tick` and expects to be allowed to act at tick `act`, or never (null). */
function* reserves(limiter: Limiter, tick: number, n: number, act: number | null): Go<Reservation> {
  yield* until(tick);
  const r = limiter.reserve(n);
  expect(r.ok).toBe(act !== null);
  expect(r.delayMs()).toBe(act === null ? Number.POSITIVE_INFINITY : (act - tick) * TICK_MS);
  return r;
}

function* waits(limiter: Limiter, n: number, ctx: Context | undefined): Go<string> {
  const startMs = now();
  const err = yield* limiter.wait(n, ctx);
  return `${err === null ? "allowed" : err.message} after ${(now() - startMs) / TICK_MS}`;
}

test("Limiter: every gives events per second [TestEvery]", () => {
  const cases: [intervalMs: number, limit: number][] = [
    [0, Number.POSITIVE_INFINITY],
    [-1, Number.POSITIVE_INFINITY],
    [1e-6, 1e9],
    [1, 1000],
    [100, 10],
    [2500, 0.4],
    [10_000, 0.1],
  ];
  for (const [intervalMs, limit] of cases) {
    if (limit === Number.POSITIVE_INFINITY) expect(Limiter.every(intervalMs)).toBe(limit);
    else expect(Limiter.every(intervalMs) / limit).toBeCloseTo(1, 9);
  }
  expect(() => Limiter.every(Number.NaN)).toThrow(
    "Limiter.every: expected `intervalMs` to be a number, got NaN",
  );
});

test("Limiter: a burst of one [TestLimiterBurst1]", async () => {
  await allows(new Limiter(10, 1), [
    [0, 1, 1, true],
    [0, 0, 1, false],
    [0, 0, 1, false],
    [1, 1, 1, true],
    [1, 0, 1, false],
    [1, 0, 1, false],
    [2, 1, 2, false],
    [2, 1, 1, true],
    [2, 0, 1, false],
  ]);
});

test("Limiter: a burst of three [TestLimiterBurst3]", async () => {
  await allows(new Limiter(10, 3), [
    [0, 3, 2, true],
    [0, 1, 2, false],
    [0, 1, 1, true],
    [0, 0, 1, false],
    [1, 1, 4, false],
    [2, 2, 1, true],
    [3, 2, 1, true],
    [4, 2, 1, true],
    [4, 1, 1, true],
    [4, 0, 1, false],
    [4, 0, 1, false],
    [9, 3, 3, true],
    [9, 0, 0, true],
  ]);
});

test("Limiter: an odd rate loses nothing to rounding [TestLimiter_noTruncationErrors]", async () => {
  await allows(new Limiter(0.7692307692307693, 1), [[0, 1, 1, true]]);
});

test("Limiter: many at the same time get no more than the burst [TestSimultaneousRequests]", async () => {
  await run(function* () {
    const limiter = new Limiter(1, 5);
    const wg = new WaitGroup();
    let allowed = 0;
    for (let i = 0; i < 15; i++) {
      wg.go(function* () {
        if (limiter.allow()) allowed++;
      });
    }
    yield* wg.wait();
    expect(allowed).toBe(5);
  }, jump);
});

test("Limiter: over a long time the rate is the limit [TestLongRunningQPS]", async () => {
  await run(function* () {
    const limiter = new Limiter(100, 100);
    let allowed = 0;
    while (now() < 5000) {
      if (limiter.allow()) allowed++;
      yield* sleep(2);
    }
    expect(Math.abs(allowed - (100 + 5 * 100))).toBeLessThanOrEqual(1);
  }, jump);
});

test("Limiter: reservations queue up in time [TestSimpleReserve]", async () => {
  await run(function* () {
    const limiter = new Limiter(10, 2);
    yield* reserves(limiter, 0, 2, 0);
    yield* reserves(limiter, 0, 2, 2);
    yield* reserves(limiter, 3, 2, 4);
  }, jump);
});

test("Limiter: allow and reserve on one bucket [TestMix]", async () => {
  await run(function* () {
    const limiter = new Limiter(10, 2);
    yield* reserves(limiter, 0, 3, null);
    yield* reserves(limiter, 0, 2, 0);
    yield* until(1);
    expect([limiter.tokens(), limiter.allow(2)]).toEqual([1, false]);
    yield* reserves(limiter, 1, 2, 2);
    expect([limiter.tokens(), limiter.allow(1)]).toEqual([-1, false]);
    yield* until(3);
    expect([limiter.tokens(), limiter.allow(1)]).toEqual([1, true]);
  }, jump);
});

type Step = { at: number; n: number; act: number | null; as?: string } | { at: number; cancel: string };
const cancelling: [goName: string, burst: number, steps: Step[]][] = [
  [
    "TestCancelInvalid",
    2,
    [
      { at: 0, n: 2, act: 0 },
      { at: 0, n: 3, act: null, as: "r" },
      { at: 0, cancel: "r" },
      { at: 0, n: 2, act: 2 },
    ],
  ],
  [
    "TestCancelLast",
    2,
    [
      { at: 0, n: 2, act: 0 },
      { at: 0, n: 2, act: 2, as: "r" },
      { at: 1, cancel: "r" },
      { at: 1, n: 2, act: 2 },
    ],
  ],
  [
    "TestCancelTooLate",
    2,
    [
      { at: 0, n: 2, act: 0 },
      { at: 0, n: 2, act: 2, as: "r" },
      { at: 3, cancel: "r" },
      { at: 3, n: 2, act: 4 },
    ],
  ],
  [
    "TestCancel0Tokens",
    2,
    [
      { at: 0, n: 2, act: 0 },
      { at: 0, n: 1, act: 1, as: "r" },
      { at: 0, n: 1, act: 2 },
      { at: 0, cancel: "r" },
      { at: 0, n: 1, act: 3 },
    ],
  ],
  [
    "TestCancel1Token",
    2,
    [
      { at: 0, n: 2, act: 0 },
      { at: 0, n: 2, act: 2, as: "r" },
      { at: 0, n: 1, act: 3 },
      { at: 2, cancel: "r" },
      { at: 2, n: 2, act: 4 },
    ],
  ],
  [
    "TestCancelMulti",
    4,
    [
      { at: 0, n: 4, act: 0 },
      { at: 0, n: 3, act: 3, as: "a" },
      { at: 0, n: 1, act: 4 },
      { at: 0, n: 1, act: 5, as: "c" },
      { at: 1, cancel: "c" },
      { at: 1, cancel: "a" },
      { at: 1, n: 3, act: 5 },
    ],
  ],
];

for (const [goName, burst, steps] of cancelling) {
  test(`Limiter: a cancelled reservation gives back what nobody was promised since [${goName}]`, async () => {
    await run(function* () {
      const limiter = new Limiter(10, burst);
      const made = new Map<string, Reservation>();
      for (const step of steps) {
        yield* until(step.at);
        if ("cancel" in step) made.get(step.cancel)?.cancel();
        else made.set(step.as ?? "", yield* reserves(limiter, step.at, step.n, step.act));
      }
    }, jump);
  });
}

test("Limiter: a new limit holds from now on [TestReserveSetLimit]", async () => {
  await run(function* () {
    const limiter = new Limiter(5, 2);
    yield* reserves(limiter, 0, 2, 0);
    yield* reserves(limiter, 0, 2, 4);
    yield* until(2);
    limiter.setLimit(10);
    yield* reserves(limiter, 2, 1, 4);
    expect(limiter.limit).toBe(10);
  }, jump);
});

test("Limiter: a new burst holds from now on [TestReserveSetBurst]", async () => {
  await run(function* () {
    const limiter = new Limiter(5, 2);
    yield* reserves(limiter, 0, 2, 0);
    yield* reserves(limiter, 0, 2, 4);
    yield* until(3);
    limiter.setBurst(4);
    yield* reserves(limiter, 3, 4, 12); // Go asks at t0, before the change: 9; the clock here does not go back
    expect(limiter.burst).toBe(4);
  }, jump);
});

test("Limiter: cancelling after a new limit counts at the old one [TestReserveSetLimitCancel]", async () => {
  await run(function* () {
    const limiter = new Limiter(5, 2);
    yield* reserves(limiter, 0, 2, 0);
    const r = yield* reserves(limiter, 0, 2, 4);
    yield* until(2);
    limiter.setLimit(10);
    r.cancel();
    yield* reserves(limiter, 2, 2, 3);
  }, jump);
});

for (const options of [jump, { ...jump, strategy: "random" }] as const) {
  const how = "strategy" in options ? "controlled" : "direct";

  test(`Limiter: wait acts now, acts later, or refuses [TestWaitSimple] [${how}]`, async () => {
    await run(function* () {
      const limiter = new Limiter(10, 3);
      const [ctx, cancel] = withCancel(background());
      cancel();
      expect(yield* waits(limiter, 1, ctx)).toBe("context canceled after 0");
      expect(yield* waits(limiter, 4, background())).toBe(
        "rate: Wait(n=4) exceeds limiter's burst 3 after 0",
      );
      expect(yield* waits(limiter, 2, background())).toBe("allowed after 0");
      expect(yield* waits(limiter, 3, undefined)).toBe("allowed after 2");
    }, options);
  });

  test(`Limiter: a wait that is cancelled gives its tokens back [TestWaitCancel] [${how}]`, async () => {
    await run(function* () {
      const limiter = new Limiter(10, 3);
      const [ctx, cancel] = withCancel(background());
      expect(yield* waits(limiter, 2, ctx)).toBe("allowed after 0");
      go(function* () {
        yield* sleep(TICK_MS);
        yield* cancel();
      });
      expect(yield* waits(limiter, 3, ctx)).toBe("context canceled after 1");
      expect(limiter.tokens()).toBe(2);
      expect(yield* waits(limiter, 2, background())).toBe("allowed after 0");
    }, options);
  });

  test(`Limiter: a wait over the deadline fails at once [TestWaitTimeout] [${how}]`, async () => {
    await run(function* () {
      const limiter = new Limiter(10, 3);
      const [ctx, cancel] = withTimeout(background(), TICK_MS);
      expect(yield* waits(limiter, 2, ctx)).toBe("allowed after 0");
      expect(yield* waits(limiter, 3, ctx)).toBe("rate: Wait(n=3) would exceed context deadline after 0");
      yield* cancel();
    }, options);
  });
}

test("Limiter: without a limit everything passes [TestWaitInf]", async () => {
  await run(function* () {
    expect(yield* waits(new Limiter(Number.POSITIVE_INFINITY, 0), 3, background())).toBe("allowed after 0");
  }, jump);
});

test("Limiter: a limit of zero allows the first burst only [TestZeroLimit]", async () => {
  await allows(new Limiter(0, 1), [
    [0, 1, 1, true],
    [9, 0, 1, false],
  ]);
});

test("Limiter: a limit after zero fills the bucket [TestSetAfterZeroLimit]", async () => {
  await run(function* () {
    const limiter = new Limiter(0, 1);
    expect([limiter.allow(), limiter.allow()]).toEqual([true, false]);
    limiter.setLimit(10);
    expect(yield* waits(limiter, 1, background())).toBe("allowed after 1");
  }, jump);
});

test("Limiter: a tiny limit does not overflow [TestTinyLimit]", async () => {
  await allows(new Limiter(1e-10, 1), [[0, 1, 1, true]]);
  await run(function* () {
    const limiter = new Limiter(1e-10, 1);
    expect([limiter.allow(), limiter.allow()]).toEqual([true, false]);
  }, jump);
});

test("Limiter: a wait that can never end is a deadlock, and a context ends it", async () => {
  const r = await report(function* () {
    const limiter = new Limiter(0, 1);
    yield* limiter.wait();
    yield* limiter.wait();
  });
  expect(r.verdict).toBe("global-deadlock");
  expect(r.goroutines[0]).toMatchObject({ waitReason: "select", waitingOn: "limiter" });
  await run(function* () {
    const limiter = new Limiter(0, 1);
    const [ctx, cancel] = withCancel(background());
    limiter.allow();
    go(function* () {
      yield* sleep(3 * TICK_MS);
      yield* cancel();
    });
    expect(yield* waits(limiter, 1, ctx)).toBe("context canceled after 3");
  }, jump);
});

test("Limiter: bad arguments name expectation and value", async () => {
  expect(() => new Limiter(-1, 1)).toThrow("Limiter: expected `limit` to be a number >= 0, got -1");
  expect(() => new Limiter(1, 0.5)).toThrow("Limiter: expected `burst` to be an integer >= 0, got 0.5");
  expect(() => new Limiter(1, 1).allow()).toThrow(/^allow: called outside a goroutine/);
  await run(function* () {
    const limiter = new Limiter(1, 1);
    expect(() => limiter.wait(-1)).toThrow("Limiter.wait: expected `n` to be an integer >= 0, got -1");
    expect(() => limiter.wait(1, null as unknown as Context)).toThrow(
      new TypeError("Limiter.wait: expected `ctx` to be a Context, got null"),
    );
    expect(() => limiter.setLimit(Number.NaN)).toThrow(
      "Limiter.setLimit: expected `limit` to be a number >= 0, got NaN",
    );
  });
});

test("Limiter: in no window are there more events than burst and rate allow; a limiter of double the rate is found out", async () => {
  const most = (events: number[], limit: number, burst: number): boolean =>
    events.every((from, i) =>
      events.slice(i).every((to, j) => j + 1 <= burst + ((to - from) / 1000) * limit + 1e-6),
    );
  const asking = fc.record({
    limit: fc.constantFrom(5, 10, 100),
    burst: fc.integer({ min: 1, max: 4 }),
    gapsMs: fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 1, maxLength: 30 }),
  });
  const eventsOf = async (limiter: Limiter, gapsMs: number[]): Promise<number[]> => {
    const events: number[] = [];
    await run(function* () {
      const wg = new WaitGroup();
      for (const gapMs of gapsMs) {
        yield* sleep(gapMs);
        wg.go(function* () {
          yield* limiter.wait();
          events.push(now());
        });
      }
      yield* wg.wait();
    }, jump);
    return events.sort((a, b) => a - b);
  };
  await fc.assert(
    fc.asyncProperty(asking, async ({ limit, burst, gapsMs }) => {
      expect(most(await eventsOf(new Limiter(limit, burst), gapsMs), limit, burst)).toBe(true);
    }),
    { seed: 3, numRuns: 150 },
  );
  expect(most(await eventsOf(new Limiter(20, 1), Array(10).fill(0)), 10, 1)).toBe(false);
});

test("Limiter: cancel and time-out against each other, in every schedule explored, keep the books", async () => {
  for (const seed of ["a", "b"]) {
    const seen = await explore(
      function* () {
        const limiter = new Limiter(10, 1);
        const [ctx, cancel] = withCancel(background());
        limiter.allow();
        const wg = new WaitGroup();
        let outcome = "";
        yield* wg.go(function* () {
          outcome = (yield* limiter.wait(1, ctx))?.message ?? "allowed";
        });
        yield* wg.go(function* () {
          yield* sleep(TICK_MS);
          yield* cancel();
        });
        yield* wg.wait();
        const want = Math.min(1, now() / TICK_MS - (outcome === "allowed" ? 1 : 0));
        const have = limiter.tokens();
        if (Math.abs(have - want) > 1e-9) throw new Error(`${have} tokens, expected ${want}`);
        return outcome;
      },
      { schedules: 200, seed, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toContain("allowed");
  }
});
