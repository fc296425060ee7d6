import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  AtomicPointer,
  Chan,
  explore,
  type Go,
  go,
  gosched,
  Mutex,
  onDefault,
  type Program,
  RWMutex,
  report,
  select,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

function counter(isLocked: boolean): Program<{ n: number; mu: Mutex }, number> {
  return {
    setup: () => ({ n: 0, mu: new Mutex() }),
    *main(s) {
      const wg = new WaitGroup();
      for (let i = 0; i < 2; i++) {
        yield* wg.go(function* add() {
          if (isLocked) yield* s.mu.lock();
          const seen = s.n;
          yield* gosched();
          s.n = seen + 1;
          if (isLocked) yield* s.mu.unlock();
        });
      }
      yield* wg.wait();
      return s.n;
    },
  };
}

test("explore: finds both results of a lost update and a witness for each", async () => {
  const seen = await explore(counter(false), { schedules: 200, stopAt: "never" });
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2]);
  for (const o of seen.outcomes)
    expect((await report(counter(false), { schedule: o.witness })).result).toBe(o.result);
});

test("explore: a mutex leaves one result", async () => {
  const seen = await explore(counter(true), { schedules: 500, stopAt: "never" });
  expect(seen.outcomes.map((o) => o.result)).toEqual([2]);
  expect(seen.verdict).toBe("ok");
  expect(seen.claim).toBe("nothing wrong in 500 schedules (random, pct, pos, urw, delay, seed 1)");
});

const abba: Program<{ a: Mutex; b: Mutex }> = {
  setup: () => ({ a: new Mutex(), b: new Mutex() }),
  *main({ a, b }) {
    const wg = new WaitGroup();
    wg.go(function* left() {
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

for (const seed of ["1", "2", "42"]) {
  test(`explore: finds an AB-BA deadlock with everybody's wait (seed ${seed})`, async () => {
    const seen = await explore(abba, { seed, schedules: 200 });
    expect(seen.verdict).toBe("global-deadlock");
    expect(seen.failure?.goroutines.map((g) => [g.name, g.waitReason])).toEqual([
      ["main", "sync.WaitGroup.Wait"],
      ["left", "sync.Mutex.Lock"],
      ["right", "sync.Mutex.Lock"],
    ]);
    expect(seen.failure?.goroutines[1]?.stack[0]?.file).toMatch(/explore\.test\.ts$/);
    expect(seen.failure?.goroutines[1]?.createdAt?.file).toMatch(/explore\.test\.ts$/);
  });
}

test("explore: the same seed gives the same failing schedule, another seed may give another", async () => {
  const [a, b] = [await explore(abba, { seed: "7" }), await explore(abba, { seed: "7" })];
  expect(a.failure?.schedule).toBe(b.failure?.schedule);
  expect(a.schedules).toBe(b.schedules);
});

test("explore: a failing schedule replays step for step", async () => {
  const { failure } = await explore(abba);
  const again = await report(abba, { schedule: failure?.schedule as string, trace: true });
  expect(again.verdict).toBe("global-deadlock");
  expect(again.events).toEqual(failure?.events);
});

test("explore: a schedule that does not fit is diverged and says what was wanted", async () => {
  const r = await report(abba, {
    schedule: (await explore(abba)).failure?.schedule.replace(/^1\.[^.]+/, "1.z") as string,
    clock: "free",
  });
  expect(r.verdict).toBe("diverged");
  expect(r.findings[0]?.message).toMatch(
    /^choice 1 of the schedule wants goroutine 35, but here goroutine 1, goroutine 2, goroutine 3 could go on/,
  );
});

test("explore: on the free clock a timeout can beat code that could run", async () => {
  const race = function* () {
    const ch = new Chan<string>(2);
    go(function* work() {
      yield* gosched();
      yield* ch.send("work");
    });
    go(function* timeout() {
      yield* sleep(1000);
      yield* ch.send("timeout");
    });
    return yield* ch.recv();
  };
  expect(
    (await explore(race, { stopAt: "never", schedules: 200 })).outcomes.map((o) => o.result).sort(),
  ).toEqual(["timeout", "work"]);
  expect(
    (await explore(race, { stopAt: "never", schedules: 200, clock: "jump" })).outcomes.map((o) => o.result),
  ).toEqual(["work"]);
});

test("explore: a program whose state outlives a schedule is refused by name", async () => {
  let calls = 0;
  const seen = await explore(function* () {
    calls++;
    for (let i = 0; i < calls; i++) yield* gosched();
  });
  expect(seen.verdict).toBe("diverged");
  expect(seen.claim).toMatch(
    /^refused: the same seed gave two different runs .*state that setup\(\) does not make afresh/,
  );
});

test("explore: a close that is yield*-ed can be interleaved; a plain one cannot", async () => {
  const program = (isStep: boolean): Program<{ a: Chan<never>; b: Chan<never> }, string> => ({
    setup: () => ({ a: new Chan(), b: new Chan() }),
    *main({ a, b }) {
      const seen = new Chan<string>(1);
      go(function* watcher() {
        const first = yield* select(a.onRecv(), onDefault());
        const second = yield* select(b.onRecv(), onDefault());
        yield* seen.send(`${first.index === 0 ? "a" : "-"}${second.index === 0 ? "b" : "-"}`);
      });
      yield* gosched();
      if (isStep) {
        yield* b.close();
        yield* a.close();
      } else {
        b.close();
        a.close();
      }
      return (yield* seen.recv()) as string;
    },
  });
  const results = async (isStep: boolean) =>
    (await explore(program(isStep), { stopAt: "never", schedules: 500 })).outcomes
      .map((o) => o.result)
      .sort();
  expect(await results(true)).toEqual(["--", "-b", "ab"]);
  expect(await results(false)).toEqual(["--", "-b", "ab"]);
});

test("explore: a plain step happens before anybody else runs", async () => {
  const halves = (isStep: boolean): Program<{ p: Chan<never>; q: Chan<never>; odd: boolean }, boolean> => ({
    setup: () => ({ p: new Chan(), q: new Chan(), odd: false }),
    *main(s) {
      const wg = new WaitGroup();
      yield* wg.go(function* watcher() {
        yield* gosched();
        s.odd = s.p.canRecv !== s.q.canRecv;
      });
      if (isStep) {
        yield* s.p.close();
        yield* s.q.close();
      } else {
        s.p.close();
        s.q.close();
      }
      yield* wg.wait();
      return s.odd;
    },
  });
  const results = async (isStep: boolean) =>
    (await explore(halves(isStep), { stopAt: "never", schedules: 300 })).outcomes.map((o) => o.result).sort();
  expect(await results(false)).toEqual([false]);
  expect(await results(true)).toEqual([false, true]);
});

test("explore: a leak, a panic and a wrong result each have their verdict", async () => {
  const leak = await explore(function* () {
    const ch = new Chan();
    go(function* () {
      yield* ch.send(1);
    });
    yield* select(ch.onRecv(), onDefault());
  });
  const panic = await explore(function* () {
    go(function* () {
      throw new Error("bad");
    });
    yield* gosched();
    yield* gosched();
  });
  const wrong = await explore({
    ...counter(false),
    after(_s, n) {
      if (n !== 2) throw new Error(`lost update: ${n}`);
    },
  });
  expect([leak.verdict, panic.verdict, wrong.verdict]).toEqual(["leak", "panic", "wrong-result"]);
  expect(wrong.failure?.error?.message).toBe("lost update: 1");
});

test("explore: host promises are refused", async () => {
  const { fromPromise } = await import("happens-before");
  const seen = await explore(function* () {
    yield* fromPromise(Promise.resolve(1));
  });
  expect(seen.verdict).toBe("misuse");
  expect(seen.failure?.findings[0]?.message).toMatch(/^fromPromise: a host promise cannot be replayed/);
});

test("explore: a writer waiting between two read locks of one goroutine deadlocks, as in Go", async () => {
  const seen = await explore({
    setup: () => new RWMutex(),
    *main(rw) {
      const wg = new WaitGroup();
      wg.go(function* reader() {
        yield* rw.rLock();
        yield* rw.rLock();
        rw.rUnlock();
        rw.rUnlock();
      });
      wg.go(function* writer() {
        yield* rw.lock();
        rw.unlock();
      });
      yield* wg.wait();
    },
  });
  expect(seen.verdict).toBe("global-deadlock");
});

test("explore: a version swapped by one pointer is never seen half changed", async () => {
  const seen = await explore(
    {
      setup: () => new AtomicPointer({ price: 1, rule: 1 }),
      *main(config) {
        const out = new Chan<boolean>(2);
        for (let i = 0; i < 2; i++)
          yield* go(function* reader() {
            const c = yield* config.load();
            yield* gosched();
            yield* out.send(c.price === c.rule);
          });
        yield* config.store({ price: 2, rule: 2 });
        return (yield* out.recv()) && (yield* out.recv());
      },
    },
    { stopAt: "never", schedules: 300 },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([true]);
});

test("explore: bad budgets name expectation and value", async () => {
  await expect(explore(function* () {}, { schedules: 0 })).rejects.toThrow(
    "schedules: expected an integer >= 1, got 0",
  );
  await expect(explore(function* () {}, { strategies: [] })).rejects.toThrow(
    "strategies: expected at least one, got []",
  );
});

test("an operation that was never yielded is reported with its own line", async () => {
  const program = function* (): Go {
    const mu = new Mutex();
    mu.lock(); // the culprit
    yield* gosched();
  };
  const source = readFileSync(fileURLToPath(import.meta.url), "utf8").split("\n");
  const culprit = source.findIndex((line) => line.includes("// the " + "culprit")) + 1;
  const found = await explore(program);
  expect(found.verdict).toBe("misuse");
  expect(found.failure?.findings[0]?.at[0]?.line).toBe(culprit);
  expect((await report(program, { trace: true })).findings[0]?.at[0]?.line).toBe(culprit);
  const untraced = await report(program);
  expect(untraced.findings[0]?.message).toContain("with the option `trace: true` that is its own");
});
