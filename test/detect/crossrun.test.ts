import { expect, test } from "vitest";
import {
  Chan,
  type Exploration,
  explore,
  type Go,
  gosched,
  Mutex,
  type Program,
  programFile,
  report,
  WaitGroup,
} from "../../lib/index.js";

const OPTIONS = { detect: ["lock-order"], schedules: 20, clock: "jump" } as const;

const stateOf = () => ({
  locks: [new Mutex(), new Mutex(), new Mutex()],
  gate: new Mutex(),
  turn: new Chan<number>(1),
  jobs: 2,
});
type State = ReturnType<typeof stateOf>;

const same = (s: State): State => s;

/** How a worker gets at its two locks, and what it does before and after. */
type Both = (s: State, own: Mutex, next: Mutex) => Go;

const plainly: Both = function* (_s, own, next) {
  yield* own.lock();
  yield* next.lock();
  yield* next.unlock();
  yield* own.unlock();
};

/**
 * Three workers, each of which does a job under its own lock and its neighbour's. There are two jobs; a third one comes
 * late, mostly when all workers have gone home. So a schedule shows two links of the circle.
 */
function circle(
  both: Both,
  make: (s: State) => State = same,
  lateSteps = 60,
  most = 3,
): Program<State, void> {
  return {
    setup: stateOf,
    *main(state) {
      const s = make(state);
      const wg = new WaitGroup();
      for (let i = 0; i < 3; i++) {
        wg.go(function* worker() {
          yield* gosched();
          if (s.jobs === 0) return;
          s.jobs--;
          yield* both(s, s.locks[i] as Mutex, s.locks[(i + 1) % 3] as Mutex);
        });
      }
      for (let i = 0; i < lateSteps; i++) yield* gosched();
      if (most > 2) s.jobs++;
      yield* wg.wait();
    },
  };
}

function textOf({ failure }: Exploration): string {
  const text = failure?.findings[0]?.message ?? "silent";
  return text
    .replaceAll(/ at \/[^\n]*?:\d+:\d+/g, " at HERE")
    .replaceAll(/ j1\.[0-9A-Za-z.-]+/g, " SCHEDULE");
}

test("a circle of three locks that no schedule shows whole is found over twenty of them", async () => {
  const seen = await explore(circle(plainly), OPTIONS);
  expect([seen.verdict, seen.schedules]).toEqual(["lock-order", 20]);
  expect(textOf(seen)).toBe(
    [
      "lock order: 3 locks are taken in a circle (state.locks[0] → state.locks[1] → state.locks[2] → state.locks[0]), over several schedules; one that brings them together can deadlock",
      '  goroutine 2 "worker" takes state.locks[1] at HERE',
      "    while it holds state.locks[0], taken at HERE",
      "    seen in schedule SCHEDULE",
      '  goroutine 3 "worker" takes state.locks[2] at HERE',
      "    while it holds state.locks[1], taken at HERE",
      "    seen in schedule SCHEDULE",
      '  goroutine 4 "worker" takes state.locks[0] at HERE',
      "    while it holds state.locks[2], taken at HERE",
      "    seen in schedule SCHEDULE",
      "No schedule showed all of them. Each two stand in one schedule, where they hold no lock in common and nothing but",
      "locks orders them, so it is foretold that all can be there at once. Numbers are those of the schedule named.",
      "next: take these locks in one order everywhere, e.g. state.locks[0] before state.locks[1] before state.locks[2]; or hold one more lock around them all.",
    ].join("\n"),
  );
});

test("its witnesses end well when they run again, each with its link; what is foretold comes true", async () => {
  const program = circle(plainly);
  const seen = await explore(program, OPTIONS);
  const steps = seen.failure?.findings[0]?.lockOrder?.steps ?? [];
  const schedules = new Set(steps.map((step) => step.schedule ?? expect.fail("no witness")));
  expect(schedules.size).toBeGreaterThan(1);
  for (const schedule of schedules) {
    expect((await report(program, { ...OPTIONS, schedule })).verdict).toBe("ok");
  }
  expect(seen.failure?.schedule).toBe(steps[0]?.schedule);
  expect(seen.failure?.events?.length).toBeGreaterThan(0);
  const early = await explore(circle(plainly, same, 0), { schedules: 1000 });
  expect(early.verdict).toBe("global-deadlock");
});

test("locks that main makes are known again by who uses them", async () => {
  const seen = await explore(circle(plainly, stateOf), OPTIONS);
  expect(textOf(seen).split("\n")[0]).toBe(
    "lock order: 3 locks are taken in a circle (mutex#1 → mutex#2 → mutex#3 → mutex#1), over several schedules; one that brings them together can deadlock",
  );
});

test("an exhaustive search puts its schedules together, too", async () => {
  const how = { ...OPTIONS, exhaustive: { preemptions: 0 }, schedules: 300 };
  const seen = await explore(circle(plainly, same, 0, 2), how);
  expect(textOf(seen)).toContain(", over several schedules;");
});

/** Puts `before` and `after` around what a worker does. */
function within(before: (s: State) => Go<unknown>, after: (s: State) => Go<unknown>): Both {
  return function* (s, own, next) {
    yield* before(s);
    yield* plainly(s, own, next);
    yield* after(s);
  };
}

const innocent: [what: string, both: Both][] = [
  [
    "a gate lock around both",
    within(
      function* ({ gate }) {
        yield* gate.lock();
      },
      function* ({ gate }) {
        yield* gate.unlock();
      },
    ),
  ],
  [
    "workers that hand their turn on through a channel",
    within(
      function* ({ turn }) {
        yield* turn.send(1);
      },
      function* ({ turn }) {
        yield* turn.recv();
      },
    ),
  ],
  [
    "one order everywhere",
    function* (s, own, next) {
      const [first, second] = [own, next].sort((a, b) => s.locks.indexOf(a) - s.locks.indexOf(b));
      yield* plainly(s, first as Mutex, second as Mutex);
    },
  ],
];

for (const [what, both] of innocent) {
  for (const make of [same, stateOf]) {
    test(`silent: ${what}, with locks ${make === same ? "of the state" : "that main makes"}`, async () => {
      for (const detect of [["lock-order"], "all"] as const) {
        const seen = await explore(circle(both, make), {
          ...OPTIONS,
          detect: detect as "all",
          schedules: 300,
        });
        expect(textOf(seen)).toBe("silent");
        expect(seen.verdict).toBe("ok");
      }
    });
  }
}

test("silent: two orders of which a schedule takes one, since the first who comes decides", async () => {
  const program: Program<State, void> = {
    setup: stateOf,
    *main(s) {
      const wg = new WaitGroup();
      const [a, b] = s.locks as [Mutex, Mutex];
      for (const [own, next] of [
        [a, b],
        [b, a],
      ] as const) {
        wg.go(function* () {
          if (s.jobs-- === 2) yield* plainly(s, own, next);
        });
      }
      yield* wg.wait();
    },
  };
  expect(textOf(await explore(program, { ...OPTIONS, schedules: 300 }))).toBe("silent");
});

test("who does not ask for it is not told", async () => {
  expect((await explore(circle(plainly), { schedules: 20, clock: "jump" })).verdict).toBe("ok");
});

const CIRCLE = new URL("./files/circle.mjs", import.meta.url);

test("one, two and four threads tell the same", async () => {
  const seen = [];
  for (const threads of [1, 2, 4]) seen.push(await explore(programFile(CIRCLE), { ...OPTIONS, threads }));
  expect(textOf(seen[0] as Exploration)).toContain(", over several schedules;");
  expect(seen[1]).toEqual(seen[0]);
  expect(seen[2]).toEqual(seen[0]);
});
