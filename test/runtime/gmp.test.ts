import fc from "fast-check";
import {
  go,
  gosched,
  now,
  type RunOptions,
  run,
  schedtrace,
  sleep,
  syscall,
  WaitGroup,
  work,
} from "happens-before";
import { expect, test } from "vitest";
import type { G } from "../../lib/runtime/g.js";
import { P } from "../../lib/runtime/proc.js";
import { Random } from "../../lib/runtime/random.js";
import { stealWork } from "../../lib/runtime/steal.js";

const gmp = (procs: number, scheduler: RunOptions["scheduler"] = {}): RunOptions => ({
  strategy: "gmp",
  clock: "jump",
  procs,
  scheduler,
});

/** Starts `count` goroutines that compute, and returns when the last one is done, in ms. */
const makespan = (count: number, workMs: number, options: RunOptions) =>
  run(function* () {
    const wg = new WaitGroup();
    for (let i = 0; i < count; i++)
      wg.go(function* () {
        yield* work(workMs);
      });
    yield* wg.wait();
    return now();
  }, options);

test("gmp: what was made ready last runs first, as with Go's runnext", async () => {
  const order = await run(function* () {
    const order: string[] = [];
    const wg = new WaitGroup();
    for (const name of ["a", "b", "c", "d"])
      wg.go(function* () {
        order.push(name);
      });
    yield* wg.wait();
    return order.join("");
  }, gmp(1));
  expect(order).toBe("dabc");
});

test("gmp: without runnext they run in order", async () => {
  const order = await run(
    function* () {
      const order: string[] = [];
      const wg = new WaitGroup();
      for (const name of ["a", "b", "c", "d"])
        wg.go(function* () {
          order.push(name);
        });
      yield* wg.wait();
      return order.join("");
    },
    gmp(1, { runnext: false }),
  );
  expect(order).toBe("abcd");
});

test("gmp: Ps compute beside each other, so the makespan is the work divided by them", async () => {
  expect(await makespan(8, 6, gmp(1))).toBe(48);
  expect(await makespan(8, 6, gmp(2))).toBe(24);
  expect(await makespan(8, 6, gmp(4))).toBe(12);
});

test("gmp: without stealing the P that started them does all the work", async () => {
  expect(await makespan(8, 6, gmp(4, { stealing: false }))).toBe(48);
});

test("gmp: a goroutine that computes for long is preempted after 10 ms; without preemption it is not", async () => {
  const served = (options: RunOptions) =>
    run(function* () {
      const wg = new WaitGroup();
      let servedMs = 0;
      wg.go(function* short() {
        servedMs = now();
      });
      wg.go(function* hog() {
        yield* work(35);
      });
      yield* wg.wait();
      return [servedMs, now()];
    }, options);
  expect(await served(gmp(1))).toEqual([10, 35]);
  expect(await served(gmp(1, { preemption: false }))).toEqual([35, 35]);
});

test("gmp: sysmon takes the P of a blocked system call and others go on; without hand-off they wait", async () => {
  const other = (options: RunOptions) =>
    run(function* () {
      const wg = new WaitGroup();
      let doneMs = 0;
      wg.go(function* compute() {
        yield* work(1);
        doneMs = now();
      });
      wg.go(function* read() {
        yield* syscall(50);
      });
      yield* wg.wait();
      return [doneMs, now()];
    }, options);
  const [doneMs, endMs] = (await other(gmp(1))) as [number, number];
  expect(doneMs).toBeGreaterThanOrEqual(1.02);
  expect(doneMs).toBeLessThan(1.1);
  expect(endMs).toBe(50);
  expect(await other(gmp(1, { handoff: false }))).toEqual([51, 51]);
});

test("gmp: the schedtrace of a run in which stealing and hand-off happen is always the same (golden)", async () => {
  const lines: string[] = [];
  await run(function* () {
    const wg = new WaitGroup();
    for (let i = 0; i < 6; i++)
      wg.go(function* () {
        yield* work(4);
      });
    wg.go(function* read() {
      yield* syscall(15);
    });
    wg.go(function* trace() {
      for (let i = 0; i < 5; i++) {
        lines.push(schedtrace());
        yield* sleep(3);
      }
    });
    yield* wg.wait();
    lines.push(schedtrace());
  }, gmp(2));
  expect(lines).toMatchInlineSnapshot(`
    [
      "SCHED 0ms: gomaxprocs=2 idleprocs=0 threads=3 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 3 3 ] schedticks=[ 1 1 ]",
      "SCHED 4ms: gomaxprocs=2 idleprocs=0 threads=3 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 2 3 ] schedticks=[ 2 1 ]",
      "SCHED 8ms: gomaxprocs=2 idleprocs=0 threads=3 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 1 2 ] schedticks=[ 3 2 ]",
      "SCHED 12ms: gomaxprocs=2 idleprocs=0 threads=3 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 0 1 ] schedticks=[ 4 3 ]",
      "SCHED 16ms: gomaxprocs=2 idleprocs=0 threads=3 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 0 0 ] schedticks=[ 4 4 ]",
      "SCHED 23ms: gomaxprocs=2 idleprocs=0 threads=3 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 0 0 ] schedticks=[ 4 5 ]",
    ]
  `);
});

test("gmp: a hand-off starts another thread, and the schedtrace shows it (golden)", async () => {
  const trace = (options: RunOptions) =>
    run(function* () {
      const wg = new WaitGroup();
      const lines: string[] = [schedtrace()];
      for (let i = 0; i < 3; i++)
        wg.go(function* () {
          yield* work(2);
        });
      wg.go(function* read() {
        yield* syscall(20);
      });
      yield* sleep(3);
      lines.push(schedtrace());
      yield* wg.wait();
      return [...lines, schedtrace()];
    }, options);
  expect(await trace(gmp(1))).toMatchInlineSnapshot(`
    [
      "SCHED 0ms: gomaxprocs=1 idleprocs=0 threads=2 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 0 ] schedticks=[ 1 ]",
      "SCHED 4ms: gomaxprocs=1 idleprocs=0 threads=3 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 1 ] schedticks=[ 3 ]",
      "SCHED 20ms: gomaxprocs=1 idleprocs=0 threads=3 spinningthreads=0 needspinning=0 idlethreads=1 runqueue=0 [ 0 ] schedticks=[ 5 ]",
    ]
  `);
  expect(await trace(gmp(1, { handoff: false }))).toMatchInlineSnapshot(`
    [
      "SCHED 0ms: gomaxprocs=1 idleprocs=0 threads=2 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 0 ] schedticks=[ 1 ]",
      "SCHED 26ms: gomaxprocs=1 idleprocs=0 threads=2 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 0 ] schedticks=[ 5 ]",
      "SCHED 26ms: gomaxprocs=1 idleprocs=0 threads=2 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 [ 0 ] schedticks=[ 5 ]",
    ]
  `);
});

test("gmp: a ping-pong pair does not starve others, although each runs next", async () => {
  const steps = await run(function* () {
    let isDone = false;
    let steps = 0;
    const wg = new WaitGroup();
    go(function* ping() {
      while (!isDone) {
        const one = new WaitGroup();
        one.go(function* () {
          steps++;
        });
        yield* one.wait();
      }
    });
    wg.go(function* other() {
      isDone = true;
    });
    yield* gosched();
    yield* wg.wait();
    return steps;
  }, gmp(1));
  expect(steps).toBeLessThan(5000);
});

test("gmp: more than 256 ready goroutines overflow to the global queue, and none is lost", async () => {
  const line = await run(function* () {
    const wg = new WaitGroup();
    let ran = 0;
    for (let i = 0; i < 300; i++)
      wg.go(function* () {
        ran++;
      });
    const line = schedtrace();
    yield* wg.wait();
    expect(ran).toBe(300);
    return line;
  }, gmp(1));
  expect(line).toMatch(/runqueue=129 \[ 171 \]/);
});

test("gmp: whatever runs on however many Ps, everything runs once and time adds up (property)", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 }),
      fc.string(),
      async (procs, works, seed) => {
        const ran = new Map<number, number>();
        const endMs = await run(
          function* () {
            const wg = new WaitGroup();
            works.forEach((ms, i) => {
              wg.go(function* () {
                yield* work(ms);
                ran.set(i, (ran.get(i) ?? 0) + 1);
              });
            });
            yield* wg.wait();
            return now();
          },
          { ...gmp(procs), seed },
        );
        const total = works.reduce((a, b) => a + b, 0);
        expect([...ran.values()]).toEqual(works.map(() => 1));
        expect(endMs).toBeGreaterThanOrEqual(total / procs - 1e-6);
        expect(endMs).toBeLessThanOrEqual(total + 1e-6);
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});

test("gmp: bad options name expectation and value", async () => {
  await expect(run(function* () {}, { procs: 0 })).rejects.toThrow(
    "procs: expected an integer from 1 to 256, got 0",
  );
  await run(function* () {
    expect(() => work(-1)).toThrow("work: expected `durationMs` to be a number >= 0, got -1");
    expect(() => syscall(Number.NaN)).toThrow("syscall: expected `durationMs` to be a number >= 0, got NaN");
  });
  await expect(
    run(
      function* () {
        schedtrace();
      },
      { strategy: "fifo" },
    ),
  ).rejects.toThrow(/schedtrace: this run has no Ps; ask for the strategy gmp/);
});

test("gmp: stealing asks every other P, whatever the random order [TestStealOrder]", () => {
  for (let n = 2; n <= 12; n++) {
    for (let victim = 0; victim < n; victim++) {
      const ps = Array.from({ length: n }, (_, id) => new P(id));
      const g = {} as G;
      (ps[victim] as P).push(g);
      const thief = ps[(victim + 1) % n] as P;
      expect(stealWork(ps, thief, new Random(`${n}/${victim}`))).toBe(true);
      expect([thief.shift(), ps[victim]?.length]).toEqual([g, 0]);
    }
  }
});

test("gmp: half of a ring is stolen, rounded up, in order; runnext only when nothing else is there", () => {
  const [victim, thief] = [new P(0), new P(1)];
  const gs = Array.from({ length: 5 }, (_, id) => ({ id }) as G);
  for (const g of gs) victim.push(g);
  victim.runnext = { id: 9 } as G;
  expect(victim.stolenBy(thief, false)).toBe(3);
  expect([thief.shift()?.id, thief.shift()?.id, thief.shift()?.id, victim.length]).toEqual([0, 1, 2, 2]);
  expect(victim.stolenBy(thief, true)).toBe(1);
  expect(victim.stolenBy(thief, true)).toBe(1);
  expect(victim.stolenBy(thief, false)).toBe(0);
  expect(victim.stolenBy(thief, true)).toBe(1);
  expect(victim.hasWork).toBe(false);
});
