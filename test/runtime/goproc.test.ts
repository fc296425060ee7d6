// What Go's own tests of the scheduler check (src/runtime/proc_test.go), written anew. Where Go spins until something
// happens, so do goroutines here, on the virtual clock.
import {
  AtomicInt32,
  after,
  Chan,
  type Go,
  go,
  gosched,
  now,
  report,
  run,
  select,
  sleep,
  syscall,
  WaitGroup,
  work,
} from "happens-before";
import { expect, test } from "vitest";
import type { G } from "../../lib/runtime/g.js";
import { P, RING } from "../../lib/runtime/proc.js";

const GMP = { strategy: "gmp", clock: "jump" } as const;

for (const procs of [1, 2]) {
  test(`gosched: whoever gives way lets the other one finish (procs ${procs}) [TestYieldProgress]`, async () => {
    const r = await report(
      function* () {
        const c = new Chan<boolean>();
        const cack = new Chan<boolean>();
        go(function* () {
          for (;;) {
            if (c.tryRecv() !== undefined) {
              yield* cack.send(true);
              return;
            }
            yield* gosched();
          }
        });
        yield* sleep(10);
        yield* c.send(true);
        yield* cack.recv();
      },
      { ...GMP, procs, maxSteps: 100_000 },
    );
    expect(r.verdict).not.toBe("global-deadlock");
  });
}

/** P goroutines that spin, computing, until it is their turn: they get on only if all of them run at the same time. */
function turns(P: number, rounds: number): () => Go<number> {
  return function* () {
    const x = new AtomicInt32();
    const wg = new WaitGroup();
    for (let p = 0; p < P; p++) {
      wg.go(function* () {
        for (let i = 0; i < rounds; i++) {
          const expected = P * i + p;
          while ((yield* x.load()) !== expected) yield* work(0.01);
          yield* x.store(expected + 1);
        }
      });
    }
    yield* wg.wait();
    return yield* x.load();
  };
}

for (const [name, P] of [
  ["TestGoroutineParallelism", 4],
  ["TestGoroutineParallelism2", 3],
] as const) {
  test(`gmp: ${P} goroutines that spin run at the same time on ${P} Ps, far from any preemption [${name}]`, async () => {
    const r = await report(turns(P, 3), { ...GMP, procs: P, scheduler: { preemption: false } });
    expect(r).toMatchObject({ verdict: "ok", result: P * 3 });
    expect(r.virtualNs).toBeLessThan(10e6);
  });
}

for (const procs of [1, 2]) {
  test(`gmp: a 20 ms timer fires amid two hot senders (procs ${procs}) [TestTimerFairness]`, async () => {
    const atMs = await run(
      function* () {
        const done = new Chan<never>();
        const c = new Chan<boolean>();
        for (let i = 0; i < 2; i++) {
          go(function* () {
            for (;;) {
              yield* work(0.05);
              if ((yield* select(c.onSend(true), done.onRecv())).index === 1) return;
            }
          });
        }
        const timer = after(20);
        for (;;) {
          if ((yield* select(c.onRecv(), timer.onRecv())).index === 1) {
            done.close();
            return now();
          }
        }
      },
      { ...GMP, procs },
    );
    expect(atMs).toBeGreaterThanOrEqual(20);
    expect(atMs).toBeLessThan(31); // at most one slice late
  });

  test(`gmp: timers of two goroutines that make system calls and meet fire in time (procs ${procs}) [TestTimerFairness2]`, async () => {
    const atMs = await run(
      function* () {
        const done = new Chan<boolean>();
        const c = new Chan<boolean>();
        for (let i = 0; i < 2; i++) {
          go(function* () {
            const timer = after(20);
            for (;;) {
              yield* syscall(0.01);
              const got = yield* select(c.onSend(true), c.onRecv(), timer.onRecv());
              if (got.index === 2) {
                yield* done.send(true);
                return;
              }
            }
          });
        }
        yield* done.recv();
        yield* done.recv();
        return now();
      },
      { ...GMP, procs },
    );
    expect(atMs).toBeGreaterThanOrEqual(20);
    expect(atMs).toBeLessThan(31);
  });
}

test("gmp: two goroutines that spin for each other get on through preemption on one P [TestPreemption]", async () => {
  const r = await report(turns(2, 5), { ...GMP, procs: 1 });
  expect(r).toMatchObject({ verdict: "ok", result: 10 });
});

test("gmp: the same on one P without preemption and a spin without end does not get on, so the test above can fail", async () => {
  const r = await report(turns(2, 5), {
    ...GMP,
    procs: 1,
    scheduler: { preemption: false },
    maxSteps: 50_000,
  });
  expect(r.verdict).not.toBe("ok");
});

test("gmp: after a system call a goroutine that spins is still preempted [TestPreemptionAfterSyscall]", async () => {
  for (const ms of [0.01, 0.1, 1]) {
    const r = await report(
      function* () {
        const x = new AtomicInt32();
        const wg = new WaitGroup();
        for (let g = 0; g < 2; g++) {
          wg.go(function* () {
            for (let i = 0; i < 3; i++) {
              while ((yield* x.load()) !== g) {
                yield* syscall(ms);
                yield* work(0.5);
              }
              yield* x.store(1 - g);
            }
          });
        }
        yield* wg.wait();
        return "done";
      },
      { ...GMP, procs: 2 },
    );
    expect(r.result).toBe("done");
  }
});

test("gmp: a light pair of goroutines gets its share beside a hog pair on one P [TestPingPongHog]", async () => {
  const counts = await run(
    function* () {
      const done = new Chan<never>();
      const counts = { hog: 0, light: 0 };
      const pair = function* (limit: number, who: "hog" | "light", wake: Chan<boolean>): Go {
        for (;;) {
          if ((yield* select(done.onRecv(), wake.onRecv())).index === 0) return;
          for (let i = 0; i < limit; i += 1000) {
            yield* work(0.001); // a thousand increments
            counts[who] += 1000;
          }
          if ((yield* select(done.onRecv(), wake.onSend(true))).index === 0) return;
        }
      };
      const hog = new Chan<boolean>();
      const light = new Chan<boolean>();
      for (let i = 0; i < 2; i++) go(pair, 1_000_000, "hog", hog);
      for (let i = 0; i < 2; i++) go(pair, 1000, "light", light);
      yield* hog.send(true);
      yield* light.send(true);
      yield* sleep(100);
      done.close();
      return counts;
    },
    { ...GMP, procs: 1 },
  );
  expect(counts.hog / counts.light).toBeLessThan(20);
  expect(counts.light / counts.hog).toBeLessThan(20);
});

test("report: counts goroutines that were started, and knows who is left [TestNumGoroutine]", async () => {
  const r = await report(function* () {
    const stop = new Chan<never>();
    for (let i = 0; i < 10; i++) {
      go(function* () {
        yield* stop.recv();
      });
    }
    yield* gosched();
  });
  expect(r.metrics["/sched/goroutines-created:goroutines"]).toBe(11);
  expect(r.goroutines.filter((g) => g.status === "waiting").length).toBe(10);
});

test("gmp: 1,000 Ps are too many, 256 are fine, and work gets done on all of them [TestBigGOMAXPROCS]", async () => {
  const r = await report(
    function* () {
      const wg = new WaitGroup();
      for (let i = 0; i < 512; i++) {
        wg.go(function* () {
          yield* work(1);
        });
      }
      yield* wg.wait();
      return now();
    },
    { ...GMP, procs: 256 },
  );
  expect(r.result).toBeLessThan(512);
  await expect(report(function* () {}, { ...GMP, procs: 1000 })).rejects.toThrow(
    /procs: expected an integer from 1 to 256/,
  );
});

/** Stands for a goroutine: a queue looks at none of them. */
function named(id: number): G {
  return { id } as G;
}

test("P: whatever is put into the ring comes out once, in order, at every fill [TestSchedLocalQueue]", () => {
  const p = new P(0);
  for (let n = 0; n <= RING; n++) {
    for (let i = 0; i < n; i++) expect(p.push(named(i))).toBe(true);
    expect(p.length).toBe(n);
    if (n === RING) expect(p.push(named(n))).toBe(false);
    for (let i = 0; i < n; i++) expect(p.shift()?.id).toBe(i);
    expect(p.shift()).toBe(null);
  }
});

test("P: stealing takes half, the rest stays, and each goroutine is in one place [TestSchedLocalQueueSteal]", () => {
  for (let n = 0; n <= RING; n++) {
    const victim = new P(0);
    const thief = new P(1);
    for (let i = 0; i < n; i++) victim.push(named(i));
    expect(victim.stolenBy(thief, false)).toBe(n - Math.floor(n / 2));
    const seen = [victim, thief].flatMap((p) => {
      const ids: number[] = [];
      for (let g = p.shift(); g !== null; g = p.shift()) ids.push(g.id);
      return ids;
    });
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  }
});

test("P: it has work exactly while something is in the ring or runs next [TestSchedLocalQueueEmpty]", () => {
  const p = new P(0);
  for (const steps of [1, 2, RING]) {
    expect(p.hasWork).toBe(false);
    for (let i = 0; i < steps; i++) p.push(named(i));
    expect(p.hasWork).toBe(true);
    for (let i = 0; i < steps; i++) p.shift();
  }
  p.runnext = named(1);
  expect(p.hasWork).toBe(true);
});
