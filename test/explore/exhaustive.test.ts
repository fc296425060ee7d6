import fc from "fast-check";
import {
  AtomicInt32,
  background,
  Canceled,
  Chan,
  explore,
  go,
  gosched,
  Mutex,
  type Program,
  report,
  sleep,
  WaitGroup,
  withTimeout,
} from "happens-before";
import { expect, test } from "vitest";
import { enumerated, reduced } from "../../lib/explore/exhaustive.js";
import { type Touch, touchOperation } from "../../lib/explore/footprint.js";
import { Search } from "../../lib/explore/search.js";
import { programOf, type Script, scripts } from "./programs.js";

/** Programs with more schedules than this are left out: brute force has to be quick. */
const MOST_SCHEDULES = 150;

interface Found {
  readonly classes: ReadonlySet<string>;
  readonly schedules: number;
}

type Clock = "free" | "jump";

/** All classes that a way of searching finds, or null when there are too many schedules. */
function classesOf(
  program: Program<unknown>,
  how: "all" | "reduced",
  clock: Clock,
  touch?: Touch,
): Found | null {
  const search = new Search(program, { clock, detect: [] });
  const way = how === "all" ? enumerated(search, {}) : reduced(search, {}, touch);
  const classes = new Set<string>();
  for (let schedules = 1; schedules <= MOST_SCHEDULES; schedules++) {
    if (way.run() !== null) classes.add(way.key());
    if (!way.advance()) return { classes, schedules };
  }
  return null;
}

/** How many classes the reduction misses and invents, or null when brute force takes too long. */
function compare(script: Script, waits: boolean, clock: Clock, touch?: Touch) {
  const program = programOf(script, waits) as Program<unknown>;
  const all = classesOf(program, "all", clock);
  if (all === null) return null;
  const some = classesOf(program, "reduced", clock, touch);
  const found = some?.classes ?? new Set<string>();
  return {
    missed: [...all.classes].filter((key) => !found.has(key)).length,
    invented: [...found].filter((key) => !all.classes.has(key)).length,
    schedules: all.schedules,
    classes: all.classes.size,
    redundant: (some?.schedules ?? 0) - found.size,
  };
}

for (const clock of ["free", "jump"] as const) {
  test(`exhaustive: finds exactly the classes that brute force finds, on 20 generated programs (${clock} clock, seed 4)`, () => {
    const sum = { schedules: 0, classes: 0, redundant: 0 };
    fc.assert(
      fc.property(scripts, fc.boolean(), (script, waits) => {
        const seen = compare(script, waits, clock);
        fc.pre(seen !== null);
        sum.schedules += seen.schedules;
        sum.classes += seen.classes;
        sum.redundant += seen.redundant;
        expect({ missed: seen.missed, invented: seen.invented }).toEqual({ missed: 0, invented: 0 });
      }),
      { seed: 4, numRuns: 20, maxSkipsPerRun: 100 },
    );
    console.log(
      `${clock}: ${sum.schedules} schedules, ${sum.classes} classes, ${sum.redundant} redundant runs of the reduction`,
    );
    expect(sum.classes * 5).toBeLessThan(sum.schedules);
    expect(sum.redundant * 10).toBeLessThan(sum.classes);
  }, 90_000);
}

/** Programs with a timer that may be too late to matter, or never fire. */
const TIMED: readonly Script[] = [
  [["selectAfter"], ["send0"]],
  [["selectAfter"], ["locked0"]],
  [["selectAfter"], ["selectDefault"]],
  [["locked0", "selectAfter"], ["send0"]],
  [["selectAfter"], ["sleep"]],
];
for (const script of TIMED) {
  for (const clock of ["free", "jump"] as const) {
    test(`exhaustive: finds exactly the classes that brute force finds: ${JSON.stringify(script)}, ${clock} clock`, () => {
      expect(compare(script, false, clock)).toMatchObject({ missed: 0, invented: 0 });
    });
  }
}

test("exhaustive: a step keeps sleeping beside steps that touch other objects, also when nobody touched its own before", () => {
  const script: Script = [["add0", "close1", "selectDefault", "load0"], ["store0"]];
  expect(compare(script, false, "free")).toMatchObject({ missed: 0, classes: 6, redundant: 0 });
});

test("exhaustive: a timer that is stopped in one schedule fires before in another", async () => {
  const seen = await explore(
    function* () {
      const ends: string[] = [];
      for (let i = 0; i < 2; i++) {
        const [ctx, cancel] = withTimeout(background(), 10);
        yield* cancel();
        ends.push(ctx.err() === Canceled ? "canceled" : "late");
      }
      return ends.join(" ");
    },
    { exhaustive: true, stopAt: "never" },
  );
  const results = seen.outcomes.map((o) => o.result);
  expect(results.sort()).toEqual(["canceled canceled", "canceled late", "late canceled", "late late"]);
  expect(seen.redundant).toBe(0);
});

/** The relation without the conflicts of one kind of operation. */
function without(names: string): Touch {
  return (into, kind, object, arg) => {
    if (!names.split(" ").includes(kind.name)) touchOperation(into, kind, object, arg);
  };
}

/** Programs in which the operation matters. */
const NEEDS: readonly [name: string, script: Script][] = [
  ["lock unlock", [["locked0"], ["locked0"]]],
  ["rLock", [["rLocked0"], ["wLocked0"]]],
  ["send", [["send1"], ["send1"]]],
  ["recv", [["recv1"], ["recv1"]]],
  ["select", [["select"], ["send1", "send0"]]],
  ["store", [["store0"], ["load0"]]],
  ["add", [["add0"], ["add0"]]],
  ["gosched", [["gosched"], ["gosched"]]],
  ["go", [["spawn"], ["spawn"]]],
];
for (const [name, script] of NEEDS) {
  test(`exhaustive: misses classes when the conflicts of ${name} are left out (planted bug)`, () => {
    expect(compare(script, false, "free")).toMatchObject({ missed: 0, invented: 0 });
    const broken = compare(script, false, "free", without(name));
    expect((broken?.missed ?? 0) + (broken?.invented ?? 0)).toBeGreaterThan(0);
  });
}

/** Writers of one variable: one class per order of the writes, beside the orders of starting. */
function writers(count: number): Program<AtomicInt32> {
  return {
    setup: () => new AtomicInt32(),
    *main(n) {
      const done = new Chan<number>(count);
      for (let i = 1; i <= count; i++) {
        go(function* () {
          yield* n.store(i);
          yield* done.send(0);
        });
      }
      for (let i = 0; i < count; i++) yield* done.recv();
      return yield* n.load();
    },
  };
}

test("exhaustive: gives the complete table of outcomes, each with a witness that replays", async () => {
  const seen = await explore(writers(3), { exhaustive: true, stopAt: "never" });
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2, 3]);
  for (const { result, witness } of seen.outcomes) {
    expect((await report(writers(3), { schedule: witness })).result).toBe(result);
  }
});

test("exhaustive: counts classes and redundant runs, and says all only when it saw all", async () => {
  const two = function* () {
    const n = new AtomicInt32();
    yield* go(function* () {
      yield* n.store(1);
    });
    return yield* n.load();
  };
  const all = await explore(two, { exhaustive: true, stopAt: "never" });
  expect(all.claim).toBe("nothing wrong: all 2 classes of schedules (2 schedules, 0 redundant)");
  expect([all.classes, all.redundant, all.schedules]).toEqual([2, 0, 2]);
  const some = await explore(two, { exhaustive: true, stopAt: "never", schedules: 1 });
  expect(some.claim).toBe(
    "nothing wrong in 1 class of schedules, not all (1 schedule, 0 redundant; the search ended there)",
  );
});

test("exhaustive: reading does not conflict with reading", async () => {
  const readers = function* () {
    const n = new AtomicInt32();
    const mu = new Mutex();
    yield* mu.lock();
    for (let i = 0; i < 2; i++) {
      yield* go(function* () {
        yield* n.load();
      });
    }
  };
  const seen = await explore(readers, { exhaustive: true, stopAt: "never" });
  // Two goroutines that start: their first code may touch plain variables, so it has two orders.
  expect(seen.classes).toBe(2);
});

/** A lost update that needs one preemption. */
const lost: Program<AtomicInt32, number> = {
  setup: () => new AtomicInt32(),
  *main(n) {
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      wg.go(function* add() {
        const seen = yield* n.load();
        yield* n.store(seen + 1);
      });
    }
    yield* wg.wait();
    return yield* n.load();
  },
  after(_n, sum) {
    if (sum !== 2) throw new Error(`lost update: ${sum}`);
  },
};

test("exhaustive: a bound of preemptions is kept, and said", async () => {
  const none = await explore(lost, { exhaustive: { preemptions: 0 } });
  expect(none.verdict).toBe("ok");
  expect(none.claim).toMatch(
    /^nothing wrong: exhaustive up to 0 preemptions, \d+ classes of schedules \(\d+ schedules, /,
  );
  const one = await explore(lost, { exhaustive: { preemptions: 1 } });
  expect(one.verdict).toBe("wrong-result");
  expect(one.failure?.error?.message).toBe("lost update: 1");
  const any = await explore(lost, { exhaustive: true });
  expect(any.verdict).toBe("wrong-result");
});

test("exhaustive: a program that stops early does not hide what others would have done", async () => {
  const program = function* () {
    yield* go(function* first() {
      throw new Error("first");
    });
    yield* go(function* second() {
      throw new Error("second");
    });
    yield* gosched();
  };
  const search = new Search(program, {});
  const way = reduced(search, {});
  const messages = new Set<string>();
  do {
    const seen = way.run();
    if (seen !== null) messages.add(seen.report().error?.message ?? seen.verdict);
  } while (way.advance());
  expect([...messages].sort()).toEqual(["first", "second"]);
});

test("exhaustive: on the free clock a timeout can beat the work; on the jump clock it cannot", async () => {
  const race = function* () {
    const ch = new Chan<string>(2);
    yield* go(function* work() {
      yield* ch.send("work");
    });
    yield* go(function* timeout() {
      yield* sleep(1000);
      yield* ch.send("timeout");
    });
    return yield* ch.recv();
  };
  const results = async (clock: Clock) =>
    (await explore(race, { exhaustive: true, stopAt: "never", clock })).outcomes.map((o) => o.result).sort();
  expect(await results("free")).toEqual(["timeout", "work"]);
  expect(await results("jump")).toEqual(["work"]);
});

test("exhaustive: with `plain`, every order of code between operations on different objects is run", async () => {
  const logs: Program<{ log: string[]; a: Chan<number>; b: Chan<number> }, string> = {
    setup: () => ({ log: [], a: new Chan(1), b: new Chan(1) }),
    *main(s) {
      const wg = new WaitGroup();
      wg.go(function* () {
        yield* s.a.send(1);
        s.log.push("a");
      });
      wg.go(function* () {
        yield* s.b.send(1);
        s.log.push("b");
      });
      yield* wg.wait();
      return s.log.join("");
    },
  };
  const search = async (plain: boolean) => explore(logs, { exhaustive: { plain }, stopAt: "never" });
  const [seen, fewer] = [await search(true), await search(false)];
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["ab", "ba"]);
  expect(seen.classes).toBeGreaterThan(fewer.classes as number);
});

test("exhaustive: bad options name expectation and value", async () => {
  await expect(explore(lost, { exhaustive: { preemptions: -1 } })).rejects.toThrow(
    "exhaustive: expected `preemptions` to be an integer >= 0, got -1",
  );
  await expect(explore(lost, { exhaustive: true, resume: "1.5.abcd" })).rejects.toThrow(
    "resume: expected no `exhaustive` beside it: an exhaustive search cannot be resumed",
  );
});
