import {
  AtomicInt32,
  Chan,
  explore,
  go,
  gosched,
  Mutex,
  type Program,
  type RunOptions,
  report,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";
import { Pct } from "../../lib/explore/pct.js";
import { Search } from "../../lib/explore/search.js";

type Name = NonNullable<RunOptions["strategy"]>;
const SEARCHING: readonly Name[] = ["random", "pct", "pos", "urw", "delay"];

/** Somebody does `steps` steps and then needs what another one does first: a bug of depth 1 (PCT paper, figure 5). */
function late(steps: number): Program<{ isReady: AtomicInt32; noise: AtomicInt32 }> {
  return {
    setup: () => ({ isReady: new AtomicInt32(), noise: new AtomicInt32() }),
    *main(s) {
      const wg = new WaitGroup();
      yield* wg.go(function* setter() {
        yield* s.isReady.store(1);
      });
      yield* wg.go(function* user() {
        for (let i = 0; i < steps; i++) yield* s.noise.add(1);
        if ((yield* s.isReady.load()) === 0) throw new Error("used before it was ready");
      });
      yield* wg.wait();
    },
  };
}

/** How many schedules it took to find the failure, or null. */
async function schedulesTo<S>(
  program: Program<S>,
  how: Parameters<typeof explore>[1],
): Promise<number | null> {
  const seen = await explore(program, how);
  return seen.verdict === "ok" ? null : seen.schedules;
}

for (const seed of ["1", "2", "3"]) {
  test(`pct: finds in 20 schedules what a random walk does not find in 2,000: 20 steps before one (seed ${seed})`, async () => {
    expect(await schedulesTo(late(20), { seed, strategies: ["pct"] })).toBeLessThanOrEqual(20);
    expect(await schedulesTo(late(20), { seed, strategies: ["random"], schedules: 2000 })).toBe(null);
  });
  test(`urw: finds the same within 100 schedules (seed ${seed})`, async () => {
    expect(await schedulesTo(late(20), { seed, strategies: ["urw"], schedules: 100 })).not.toBe(null);
  });
}

/** A bug that needs three orderings: two locks taken crosswise, and one more step between. */
const deep: Program<{ a: Mutex; b: Mutex; n: AtomicInt32 }> = {
  setup: () => ({ a: new Mutex(), b: new Mutex(), n: new AtomicInt32() }),
  *main({ a, b, n }) {
    const wg = new WaitGroup();
    wg.go(function* left() {
      for (let i = 0; i < 5; i++) yield* n.add(1);
      yield* a.lock();
      yield* b.lock();
      b.unlock();
      a.unlock();
    });
    wg.go(function* right() {
      yield* b.lock();
      yield* a.lock();
      a.unlock();
      b.unlock();
    });
    yield* wg.wait();
  },
};

for (const strategy of SEARCHING) {
  test(`${strategy}: finds a deadlock of two locks within 300 schedules, under each of three seeds`, async () => {
    for (const seed of ["1", "2", "3"]) {
      const seen = await explore(deep, { seed, strategies: [strategy], schedules: 300 });
      expect(seen.verdict).toBe("global-deadlock");
    }
  });

  test(`${strategy}: the same seed and index give the same schedule; report takes it by name`, async () => {
    const [a, b] = [await report(deep, { strategy, seed: "7" }), await report(deep, { strategy, seed: "7" })];
    expect(a.schedule).toMatch(/^j1\./);
    expect(a.schedule).toBe(b.schedule);
    expect(a.steps).toBe(b.steps);
  });

  test(`${strategy}: a loop that waits for somebody else ends`, async () => {
    const spin: Program<{ flag: AtomicInt32 }> = {
      setup: () => ({ flag: new AtomicInt32() }),
      *main({ flag }) {
        const wg = new WaitGroup();
        wg.go(function* waiter() {
          while ((yield* flag.load()) === 0) {
            // nothing: it does not even give way
          }
        });
        wg.go(function* other() {
          while ((yield* flag.load()) === 0) yield* gosched();
        });
        wg.go(function* setter() {
          yield* gosched();
          yield* flag.store(1);
        });
        yield* wg.wait();
      },
    };
    const seen = await explore(spin, { strategies: [strategy], schedules: 60, stopAt: "never" });
    expect(seen.claim).toMatch(/^nothing wrong in 60 schedules/);
  });

  test(`${strategy}: a timer can fire before code that could run, and after it`, async () => {
    const race = function* () {
      const ch = new Chan<string>(2);
      go(function* work() {
        for (let i = 0; i < 3; i++) yield* gosched();
        yield* ch.send("work");
      });
      go(function* timeout() {
        yield* sleep(1000);
        yield* ch.send("timeout");
      });
      return yield* ch.recv();
    };
    const seen = await explore(race, { strategies: [strategy], stopAt: "never", schedules: 200 });
    expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["timeout", "work"]);
  });
}

test("urw: every interleaving of independent goroutines is about equally likely; of a random walk it is not", async () => {
  /** One step beside four: five places for it. */
  const program: Program<string[], string> = {
    setup: () => [],
    *main(log) {
      const n = [new AtomicInt32(), new AtomicInt32()] as const;
      const wg = new WaitGroup();
      wg.go(function* () {
        for (let i = 0; i < 4; i++) {
          yield* n[0].add(1);
          log.push("-");
        }
      });
      wg.go(function* () {
        yield* n[1].add(1);
        log.push("x");
      });
      yield* wg.wait();
      return log.join("");
    },
  };
  const spread = async (strategy: Name): Promise<number> => {
    const seen = await explore(program, { strategies: [strategy], schedules: 2000, stopAt: "never" });
    const counts = seen.outcomes.map((o) => o.count);
    expect(counts).toHaveLength(5);
    return counts.reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0);
  };
  const uniform = await spread("urw");
  const plain = await spread("random");
  expect(uniform).toBeLessThan(plain / 5);
});

test("pct: the depth decides how many priorities change", () => {
  const program = late(5);
  const schedules = (depth: number) => {
    const search = new Search(program, {});
    const pct = new Pct(depth);
    const orders = new Set<string>();
    for (let index = 0; index < 100; index++) {
      pct.begin("1", index, { choices: 12, steps: [], createdBy: [] });
      orders.add(search.run(pct).rt.choices.join());
    }
    return orders.size;
  };
  expect(schedules(1)).toBeLessThan(schedules(2));
  expect(schedules(2)).toBeLessThan(schedules(3));
});

test("strategies: unknown names are refused with what there is; some say how to get what they name", async () => {
  await expect(report(deep, { strategy: "fastest" as Name })).rejects.toThrow(
    'strategy: expected one of gmp, fifo, random, pct, pos, urw, delay, got "fastest"',
  );
  await expect(report(deep, { strategy: "dpor" })).rejects.toThrow(
    'got "dpor" (to run every schedule, call explore with `exhaustive: true`)',
  );
});

test("portfolio: a search that goes on where another ended sees the same schedules", async () => {
  const whole = await explore(deep, { schedules: 60, stopAt: "never" });
  const half = await explore(deep, { schedules: 25, stopAt: "never" });
  const rest = await explore(deep, { schedules: 35, stopAt: "never", resume: half.resume as string });
  expect(rest.resume).toBe(whole.resume);
  const count = (seen: typeof whole) => seen.outcomes.reduce((sum, o) => sum + o.count, 0);
  expect(count(half) + count(rest)).toBe(count(whole));
});

test("portfolio: a search is not resumed with another program, seed or set of strategies", async () => {
  const { resume } = await explore(deep, { schedules: 5, stopAt: "never" });
  await expect(explore(deep, { resume: resume as string, seed: "2" })).rejects.toThrow(
    /^resume: belongs to another search \([0-9a-f]{4}, this one is [0-9a-f]{4}\): program, seed, strategies and clock must be the same$/,
  );
  await expect(explore(deep, { resume: "nonsense" })).rejects.toThrow(
    'resume: expected the text that explore() returned, got "nonsense"',
  );
});
