// Data races: what is reported, where, and in which words.
import { expect, test } from "vitest";
import {
  AtomicInt32,
  type Cell,
  Chan,
  explore,
  type Finding,
  type Go,
  GoMap,
  go,
  Mutex,
  onDefault,
  RaceError,
  type Report,
  RWMutex,
  render,
  report,
  run,
  select,
  sleep,
  TracedArray,
  TracedObject,
  WaitGroup,
} from "../../lib/index.js";
import { type Variable, variable } from "./corpus/case.js";

interface State {
  readonly counter: Variable;
  readonly mu: Mutex;
  readonly wg: WaitGroup;
}

const setup = (): State => ({ counter: variable("counter"), mu: new Mutex(), wg: new WaitGroup() });

function* increment(counter: Variable): Go {
  yield* counter.write((yield* counter.read()) + 1);
}

const unguarded = {
  setup,
  *main({ counter, wg }: State) {
    for (let i = 0; i < 2; i++) yield* wg.go(increment, counter);
    yield* wg.wait();
    return counter.peek();
  },
};

const guarded = {
  setup,
  *main({ counter, mu, wg }: State) {
    function* worker(): Go {
      yield* mu.lock();
      yield* increment(counter);
      yield* mu.unlock();
    }
    for (let i = 0; i < 2; i++) yield* wg.go(worker);
    yield* wg.wait();
    return counter.peek();
  },
};

function races(of: Report<unknown> | undefined): Finding[] {
  return (of?.findings ?? []).filter((finding) => finding.verdict === "race");
}

/** The text of the first race, with lines of this file as `race.test.ts:LINE` counted from `first`. */
function textOf(finding: Finding | undefined): string {
  return (finding?.message ?? "").replace(/\/[^\n]*\/race\.test\.ts:\d+:\d+/g, "race.test.ts");
}

test("a counter that two goroutines change without a lock is a race in every schedule, also where the result is right", async () => {
  const seen = await explore(unguarded, { schedules: 50, strategies: ["random"] });
  expect(seen.verdict).toBe("race");
  expect(seen.claim).toMatch(/^race found within 1 schedule /);
});

test("the same counter under a mutex is silent", async () => {
  const seen = await explore(guarded, { schedules: 200, stopAt: "never" });
  expect(seen.verdict).toBe("ok");
  expect(seen.outcomes.map(({ result }) => result)).toEqual([2]);
});

test("`detect: []` looks for nothing: the lost update shows as one of two outcomes", async () => {
  const seen = await explore(unguarded, { schedules: 200, stopAt: "never", detect: [] });
  expect(seen.verdict).toBe("ok");
  expect(seen.outcomes.map(({ result }) => result).sort()).toEqual([1, 2]);
});

test("the failure of an exploration names both sides, their locks and lines, and who started them", async () => {
  const { failure } = await explore(
    {
      setup,
      *main({ counter, mu, wg }: State) {
        yield* wg.go(function* careful() {
          yield* mu.lock();
          yield* increment(counter);
          yield* mu.unlock();
        });
        yield* wg.go(function* careless() {
          yield* increment(counter);
        });
        yield* wg.wait();
      },
    },
    { schedules: 10, strategies: ["random"] },
  );
  const [race] = races(failure);
  expect(textOf(race)).toMatchInlineSnapshot(`
    "data race on counter#1: a read by goroutine 3 "careless" and an earlier write by goroutine 2 "careful" are not ordered
    WARNING: DATA RACE
    Read of counter#1 by goroutine 3 "careless", holding no lock:
      increment()
          race.test.ts
      careless()
          race.test.ts
    Previous write of counter#1 by goroutine 2 "careful", holding mutex#1:
      increment()
          race.test.ts
      careful()
          race.test.ts
    Goroutine 3 "careless" (running) created at:
      main()
          race.test.ts
    Goroutine 2 "careful" (finished) created at:
      main()
          race.test.ts
    Only one of them holds mutex#1: goroutine 3 "careless" must hold it too."
  `);
  expect(race?.race?.accesses.map(({ name, locks }) => [name, locks])).toEqual(
    expect.arrayContaining([
      ["careful", ["mutex#1"]],
      ["careless", []],
    ]),
  );
  const text = render(failure as Report);
  expect(text.split("\n").length).toBeLessThan(40);
  expect(text).toMatch(/\nreplay: /);
});

test("a race is replayed by its schedule string, without naming the detector again", async () => {
  const { failure } = await explore(unguarded, { schedules: 10 });
  const again = await report(unguarded, { schedule: failure?.schedule ?? "" });
  expect(again.verdict).toBe("race");
  expect(races(again).map(textOf)).toEqual(races(failure).map(textOf));
});

test("report looks for races when asked, on direct runs too", async () => {
  expect((await report(unguarded)).verdict).toBe("ok");
  const seen = await report(unguarded, { detect: ["race"] });
  expect(seen.verdict).toBe("race");
  expect(races(seen)).toHaveLength(1);
  expect(races(seen)[0]?.race?.accesses.every(({ stack }) => stack[0]?.name === "increment")).toBe(true);
  expect((await report(guarded, { detect: "all" })).verdict).toBe("ok");
});

test("run rejects with a RaceError whose text begins as Go's does", async () => {
  const failing = run(
    function* () {
      const x = variable("x");
      const done = new Chan<null>(1);
      yield* go(function* () {
        yield* x.write(1);
        yield* done.send(null);
      });
      yield* x.write(2);
      yield* done.recv();
    },
    { detect: ["race"], clock: "jump" },
  );
  await expect(failing).rejects.toThrow(RaceError);
  await expect(failing).rejects.toThrow("WARNING: DATA RACE\nWrite of x#1 by");
});

test("an unknown detector is refused with the names there are", async () => {
  const detect = ["races"] as unknown as ["race"];
  await expect(report(unguarded, { detect })).rejects.toThrow(
    /^detect: expected "all" or names among .*race.*, got "races"$/,
  );
});

test("one race is reported for each variable, the eleventh and later ones are counted", async () => {
  const seen = await report(
    function* () {
      const cells = Array.from({ length: 13 }, (_, i) => variable(`v${i}`));
      function* writeAll(): Go {
        for (const cell of cells) yield* cell.write(1);
        for (const cell of cells) yield* cell.write(2);
      }
      yield* go(writeAll);
      yield* writeAll();
    },
    { detect: ["race"] },
  );
  expect(races(seen)).toHaveLength(11);
  expect(races(seen).at(-1)?.message).toBe("and 3 more variables with a data race");
});

/** The advice for two goroutines that do this to one variable; the second begins when the first is done. */
async function adviceFor(
  first: (x: Variable, rw: RWMutex) => Go<unknown>,
  second: (x: Variable, rw: RWMutex) => Go<unknown>,
): Promise<string | undefined> {
  const seen = await report(
    function* () {
      const x = variable("x");
      const rw = new RWMutex();
      yield* go(first, x, rw);
      yield* sleep(1); // time orders nobody
      yield* go(second, x, rw);
      yield* sleep(1);
    },
    { detect: ["race"] },
  );
  return races(seen)[0]?.race?.advice;
}

function* write(x: Variable): Go {
  yield* x.write(1);
}

function* writeReading(x: Variable, rw: RWMutex): Go {
  yield* rw.rLock();
  yield* x.write(1);
  yield* rw.rUnlock();
}

test("advice: two readers of a lock do not keep each other out", async () => {
  expect(await adviceFor(writeReading, writeReading)).toBe(
    "Both hold rwmutex#1, but one of them for reading only, and readers do not keep each other out: write while holding it for writing.",
  );
});

test("advice: a lock on one side only", async () => {
  expect(await adviceFor(writeReading, write)).toBe(
    'Only one of them holds rwmutex#1: goroutine 3 "write" must hold it too.',
  );
});

test("advice: the end of a goroutine orders nobody", async () => {
  expect(await adviceFor(write, write)).toBe(
    'Goroutine 2 "write" has ended, but its end orders nobody after it: wait for it with a WaitGroup or a channel, or hold one Mutex in both places.',
  );
});

test("advice: the go statement orders only what comes before it", async () => {
  const seen = await report(
    function* () {
      const x = variable("x");
      yield* x.write(0);
      yield* go(function* child() {
        yield* x.write(1);
        yield* sleep(10);
      });
      yield* sleep(1);
      yield* x.write(2);
    },
    { detect: ["race"] },
  );
  expect(races(seen)[0]?.race?.advice).toBe(
    "The go statement orders only what comes before it: hold one Mutex in both places, or hand the value over through a channel.",
  );
});

test("by default a panic that a channel raises itself stands alone; asked for, the race between send and close is told", async () => {
  function* sendAndClose(): Go {
    const ch = new Chan<number>(1);
    yield* go(function* closer() {
      yield* ch.close();
    });
    yield* select(ch.onSend(1), onDefault());
  }
  const seen = await explore(sendAndClose, { schedules: 100, strategies: ["random"] });
  expect(seen.verdict).toBe("panic");
  const asked = await explore(sendAndClose, { schedules: 100, strategies: ["random"], detect: ["race"] });
  expect(asked.verdict).toBe("race");
  expect(races(asked.failure)[0]?.message).toContain("data race on chan#1");
});

test("a map's own fatal error comes before a race on it, unless races are asked for", async () => {
  function* twoWriters(): Go {
    const m = new GoMap<string, number>();
    yield* go(function* () {
      yield* m.set("a", 1);
    });
    yield* m.set("b", 2);
  }
  expect((await explore(twoWriters, { schedules: 100, strategies: ["random"] })).verdict).toBe("fatal");
  expect(["race", "fatal"]).toContain(
    (await explore(twoWriters, { schedules: 100, strategies: ["random"], detect: ["race"] })).verdict,
  );
});

test("elements of an array and properties of an object are variables of their own; two pushes race", async () => {
  function* both(first: () => Go<unknown>, second: () => Go<unknown>): Go {
    yield* go(first);
    yield* second();
  }
  const variableOf = async (main: () => Go<unknown>): Promise<string | undefined> =>
    races(await report(main, { detect: ["race"] }))[0]?.race?.variable;
  const array = new TracedArray([1, 2], "sums");
  const object = new TracedObject({ a: 1, b: 2 }, "pair");
  const at = (index: number) => () => array.set(index, 0) as unknown as Go;
  const of = (key: "a" | "b") => () => object.set(key, 0) as unknown as Go;
  const push = () => array.push(3) as unknown as Go;
  function lazily(make: () => Go<unknown>) {
    return function* (): Go {
      yield* make();
    };
  }
  expect(await variableOf(() => both(lazily(at(0)), at(1)))).toBeUndefined();
  expect(await variableOf(() => both(lazily(at(1)), at(1)))).toBe("sums#1[1]");
  expect(await variableOf(() => both(lazily(of("a")), of("b")))).toBeUndefined();
  expect(await variableOf(() => both(lazily(of("b")), of("b")))).toBe("pair#1.b");
  expect(await variableOf(() => both(lazily(push), push))).toBe("sums#1.length");
});

test("an atomic flag hands over what was written before it", async () => {
  const seen = await explore(
    function* () {
      const x = variable("x");
      const isReady = new AtomicInt32();
      yield* go(function* () {
        yield* x.write(42);
        yield* isReady.store(1);
      });
      return (yield* isReady.load()) === 1 ? yield* x.read() : -1;
    },
    { schedules: 100, stopAt: "never" },
  );
  expect(seen.verdict).toBe("ok");
  expect(seen.outcomes.map(({ result }) => result).sort()).toEqual([-1, 42]);
});

test("planted: a detector that takes every pair for ordered would miss the race", async () => {
  // The same program, with the two goroutines one after the other by a channel: then there is nothing to report.
  const seen = await explore(
    {
      setup,
      *main({ counter }: State) {
        const done = new Chan<null>();
        yield* go(function* () {
          yield* increment(counter);
          yield* done.send(null);
        });
        yield* done.recv();
        yield* increment(counter);
      },
    },
    { schedules: 100, stopAt: "never" },
  );
  expect(seen.verdict).toBe("ok");
});

test("more goroutines than slots, at once and one after the other, are told apart or taken for ordered, never invented", async () => {
  function* each(cells: readonly Cell<number>[], wg: WaitGroup): Go {
    for (const cell of cells) {
      yield* wg.go(function* () {
        yield* cell.write((yield* cell.read()) + 1);
      });
    }
    yield* wg.wait();
  }
  const seen = await report(
    function* () {
      const wg = new WaitGroup();
      const cells = Array.from({ length: 300 }, (_, i) => variable(`v${i}`));
      yield* each(cells, wg); // all at once: more than there are slots
      const [first] = cells as [Variable];
      for (let i = 0; i < 300; i++) yield* each([first], wg); // one after the other
      return first.peek();
    },
    { detect: ["race"], maxSteps: 1_000_000 },
  );
  expect(seen.verdict).toBe("ok");
  expect(seen.result).toBe(301);
});
