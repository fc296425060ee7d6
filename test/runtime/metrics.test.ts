import { expect, test } from "vitest";
import {
  Chan,
  fromPromise,
  go,
  type Metrics,
  Mutex,
  RWMutex,
  readMetrics,
  report,
  run,
  sleep,
  syscall,
  work,
} from "../../lib/index.js";

test("goroutines are counted by Go's states", async () => {
  const seen = await run(
    function* () {
      const ch = new Chan<number>();
      for (let i = 0; i < 3; i++) {
        go(function* () {
          yield* ch.recv();
        });
      }
      go(function* () {
        yield* syscall(1000);
      });
      go(function* () {});
      yield* sleep(1);
      go(function* () {});
      return readMetrics();
    },
    { clock: "jump", procs: 2 },
  );
  const { "/sched/threads/total:threads": threads, ...rest } = seen;
  expect(rest).toEqual({
    "/sched/gomaxprocs:threads": 2,
    "/sched/goroutines-created:goroutines": 7,
    "/sched/goroutines/not-in-go:goroutines": 1,
    "/sched/goroutines/runnable:goroutines": 1,
    "/sched/goroutines/running:goroutines": 1,
    "/sched/goroutines/waiting:goroutines": 3,
    "/sched/goroutines:goroutines": 6,
  });
  expect(threads).toBeGreaterThanOrEqual(3);
});

test("who waits for the host is not in Go", async () => {
  const seen = await run(function* () {
    go(function* () {
      yield* fromPromise(new Promise(() => {}));
    });
    yield* sleep(0.01);
    return readMetrics()["/sched/goroutines/not-in-go:goroutines"];
  });
  expect(seen).toBe(1);
});

test("a strategy without Ps counts as one thread", async () => {
  const seen = await run(
    function* () {
      return readMetrics();
    },
    { strategy: "fifo", clock: "jump" },
  );
  expect([seen["/sched/gomaxprocs:threads"], seen["/sched/threads/total:threads"]]).toEqual([1, 1]);
});

for (const strategy of ["gmp", "random"] as const) {
  test(`time spent waiting for locks is summed up over all waiters (${strategy})`, async () => {
    const seen = await report(
      function* () {
        const mu = new Mutex();
        const rw = new RWMutex();
        yield* mu.lock();
        yield* rw.lock();
        for (let i = 0; i < 2; i++) {
          go(function* () {
            yield* mu.lock();
            mu.unlock();
          });
          go(function* () {
            yield* rw.rLock();
            rw.rUnlock();
          });
        }
        yield* sleep(10);
        mu.unlock();
        yield* sleep(10);
        rw.unlock();
      },
      { metrics: true, clock: "jump", strategy },
    );
    expect(seen.metrics["/sync/mutex/wait/total:seconds"]).toBeCloseTo(0.01 * 2 + 0.02 * 2, 9);
  });
}

test("the latency of goroutines that wait for a busy P is measured", async () => {
  const seen = await report(
    function* () {
      for (let i = 0; i < 3; i++) {
        go(function* () {
          yield* work(4);
        });
      }
      yield* work(0);
    },
    { metrics: true, procs: 1 },
  );
  // The second waits for one, the third for two; main and the first run at once.
  expect(seen.metrics).toMatchObject({
    "/sched/latencies:seconds count": 4,
    "/sched/latencies:seconds max": 0.008,
  });
  expect(seen.metrics["/sched/latencies:seconds p99"]).toBe(0.008);
  expect(seen.metrics["/sched/latencies:seconds p50"]).toBeLessThan(0.001);
});

test("every latency lies in its bucket", async () => {
  const all: Metrics[] = [];
  await run(
    function* () {
      for (const ms of [1e-6, 3e-6, 4e-6, 5e-6, 1, 3, 1000]) {
        go(function* () {
          yield* work(ms);
        });
        go(function* () {}); // has to wait for it
        yield* sleep(10_000);
        all.push(readMetrics());
      }
    },
    { metrics: true, procs: 1, clock: "jump" },
  );
  const last = all.at(-1)?.["/sched/latencies:seconds"];
  expect(last?.bucketsSeconds.length).toBe((last?.counts.length ?? 0) + 1);
  for (const { "/sched/latencies:seconds": h } of all) {
    const lastFull = (h?.counts.length ?? 0) - 1;
    expect(h?.maxSeconds).toBeGreaterThanOrEqual(h?.bucketsSeconds[lastFull] ?? Number.NaN);
    expect(h?.maxSeconds).toBeLessThan(h?.bucketsSeconds[lastFull + 1] ?? Number.NaN);
  }
});

test("a report has the counts without being asked, and neither latencies nor waits", async () => {
  const { metrics } = await report(function* () {
    go(function* () {});
  });
  expect(metrics["/sched/goroutines-created:goroutines"]).toBe(2);
  expect(metrics["/sched/goroutines:goroutines"]).toBe(0);
  expect(Object.keys(metrics).filter((name) => name.includes("seconds"))).toEqual([]);
});
