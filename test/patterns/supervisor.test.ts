import { Chan, explore, go, now, run, Supervisor, sleep } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

function* untilStopped(stop: Chan<never>) {
  yield* stop.recv();
}

/** Runs to the end and returns the error's text, or "". */
function* outcome(supervisor: Supervisor) {
  try {
    yield* supervisor.run();
    return "";
  } catch (e) {
    return (e as Error).message;
  }
}

test("Supervisor: one for one starts only the child that failed, after the delay", async () => {
  await run(function* () {
    const starts: string[] = [];
    const supervisor = new Supervisor(
      {
        *crashes() {
          starts.push(`crashes at ${now()}`);
          yield* sleep(10);
          if (starts.length < 4) throw new Error("crash");
        },
        *steady() {
          starts.push(`steady at ${now()}`);
          yield* sleep(100);
        },
      },
      { delayMs: 5 },
    );
    expect(yield* outcome(supervisor)).toBe("");
    expect(starts).toEqual(["crashes at 0", "steady at 0", "crashes at 15", "crashes at 30"]);
    expect(now()).toBe(100);
  }, JUMP);
});

test("Supervisor: one for all stops the others and starts all", async () => {
  await run(function* () {
    const log: string[] = [];
    let crashes = 0;
    const supervisor = new Supervisor(
      {
        *a() {
          log.push("a starts");
          yield* sleep(10);
          if (++crashes === 1) throw new Error("crash");
        },
        *b(stop) {
          log.push("b starts");
          if (crashes > 0) return;
          yield* stop.recv();
          log.push("b stops");
        },
      },
      { restart: "all" },
    );
    expect(yield* outcome(supervisor)).toBe("");
    expect(log).toEqual(["a starts", "b starts", "b stops", "a starts", "b starts"]);
  }, JUMP);
});

test("Supervisor: gives up after too many restarts in too short a time, with nobody left; not when they are spread", async () => {
  const after = (gapMs: number) =>
    run(function* () {
      let left = 6;
      const supervisor = new Supervisor(
        {
          *crashes() {
            yield* sleep(gapMs);
            if (left-- > 0) throw new Error("crash");
          },
          untilStopped: function* (stop) {
            if (gapMs < 100) yield* untilStopped(stop);
          },
        },
        { maxRestarts: 3, withinMs: 100 },
      );
      return { text: yield* outcome(supervisor), running: supervisor.running, restarts: supervisor.restarts };
    }, JUMP);
  expect(await after(10)).toEqual({
    text: "supervisor: more than 3 restarts within 100 ms; the last one to fail was crashes: crash",
    running: 0,
    restarts: 3,
  });
  expect(await after(100)).toEqual({ text: "", running: 0, restarts: 6 });
});

test("Supervisor: a child that returns has done its work, or, if asked, is started again", async () => {
  await run(function* () {
    let starts = 0;
    const child = function* () {
      starts++;
      yield* sleep(10);
    };
    yield* new Supervisor({ child }).run();
    expect(starts).toBe(1);
    const text = yield* outcome(new Supervisor({ child }, { when: "always", maxRestarts: 2 }));
    expect(text).toBe(
      "supervisor: more than 2 restarts within 5000 ms; the last one to fail was child: it returned",
    );
    expect(starts).toBe(4);
  }, JUMP);
});

for (const seed of ["1", "2", "3"]) {
  test(`Supervisor: stop ends every child whatever happens at the same time (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => {
          const s = { crashed: 0 };
          const crashes = function* (stop: Chan<never>) {
            if (s.crashed++ < 2) throw new Error("crash");
            yield* untilStopped(stop);
          };
          return new Supervisor({ crashes, untilStopped });
        },
        *main(supervisor) {
          go(function* stopper() {
            yield* supervisor.stop();
            yield* supervisor.stop();
          });
          yield* supervisor.run();
          return supervisor.running;
        },
      },
      { seed, schedules: 300, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([0]);
  });
}

test("Supervisor: a child that does not listen to stop is a deadlock that is found, so the test above can fail", async () => {
  const seen = await explore(
    {
      setup: () =>
        new Supervisor({
          *deaf() {
            yield* new Chan<never>().recv();
          },
        }),
      *main(supervisor) {
        yield* supervisor.stop();
        yield* supervisor.run();
      },
    },
    { schedules: 20, clock: "jump" },
  );
  expect(seen.verdict).toBe("global-deadlock");
});

test("Supervisor: failures are told; bad options are refused", async () => {
  const told: string[] = [];
  await run(function* () {
    let starts = 0;
    yield* new Supervisor(
      {
        *child() {
          if (++starts === 1) throw new Error("crash");
        },
      },
      { onFailure: (name, error) => told.push(`${name}: ${(error as Error).message}`) },
    ).run();
  });
  expect(told).toEqual(["child: crash"]);
  expect(() => new Supervisor({}, { maxRestarts: -1 })).toThrow(
    new RangeError("Supervisor: expected `maxRestarts` to be an integer >= 0, got -1"),
  );
});
