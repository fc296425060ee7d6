// What Go's own tests of Mutex, RWMutex, WaitGroup and the runtime's semaphores check, written anew.
import {
  AtomicInt32,
  Chan,
  explore,
  go,
  gosched,
  Mutex,
  now,
  RWMutex,
  report,
  run,
  Semaphore,
  sleep,
  WaitGroup,
  withDefer,
  work,
} from "happens-before";
import { expect, test } from "vitest";

for (const strategy of ["gmp", "random"] as const) {
  test(`Semaphore: ten goroutines hammer it 1,000 times each (${strategy}) [TestSemaphore]`, async () => {
    const most = await run(
      function* () {
        const sem = new Semaphore(1);
        const wg = new WaitGroup();
        let inside = 0;
        let most = 0;
        for (let i = 0; i < 10; i++) {
          wg.go(function* () {
            for (let k = 0; k < 1000; k++) {
              yield* sem.acquire();
              inside++;
              most = Math.max(most, inside);
              if (k % 50 === 0) yield* gosched();
              inside--;
              sem.release();
            }
          });
        }
        yield* wg.wait();
        return most;
      },
      { strategy },
    );
    expect(most).toBe(1);
  });

  test(`Mutex: tryLock says the truth, and ten goroutines that mix both ways lose nothing (${strategy}) [TestMutex]`, async () => {
    const seen = await run(
      function* () {
        const mu = new Mutex();
        yield* mu.lock();
        const whileHeld = mu.tryLock();
        mu.unlock();
        const whileFree = mu.tryLock();
        mu.unlock();
        const wg = new WaitGroup();
        let n = 0;
        for (let i = 0; i < 10; i++) {
          wg.go(function* () {
            for (let k = 0; k < 300; k++) {
              if (k % 3 === 0 && mu.tryLock()) mu.unlock();
              yield* mu.lock();
              const seen = n;
              if (k % 10 === 0) yield* gosched();
              n = seen + 1;
              mu.unlock();
            }
          });
        }
        yield* wg.wait();
        return { whileHeld, whileFree, n };
      },
      { strategy },
    );
    expect(seen).toEqual({ whileHeld: false, whileFree: true, n: 3000 });
  });
}

const MISUSES: Record<string, () => void> = {
  "Mutex.unlock": () => new Mutex().unlock(),
  "Mutex.unlock after lock and unlock": () => {
    const mu = new Mutex();
    mu.tryLock();
    mu.unlock();
    mu.unlock();
  },
  "RWMutex.unlock": () => new RWMutex().unlock(),
  "RWMutex.unlock beside a reader": () => {
    const rw = new RWMutex();
    rw.tryRLock();
    rw.unlock();
  },
  "RWMutex.unlock after lock and unlock": () => {
    const rw = new RWMutex();
    rw.tryLock();
    rw.unlock();
    rw.unlock();
  },
  "RWMutex.rUnlock": () => new RWMutex().rUnlock(),
  "RWMutex.rUnlock beside a writer": () => {
    const rw = new RWMutex();
    rw.tryLock();
    rw.rUnlock();
  },
  "RWMutex.rUnlock after rLock and rUnlock": () => {
    const rw = new RWMutex();
    rw.tryRLock();
    rw.rUnlock();
    rw.rUnlock();
  },
};
for (const [what, misuse] of Object.entries(MISUSES)) {
  test(`locks: ${what} kills the run, whatever recovers [TestMutexMisuse]`, async () => {
    const r = await report(function* () {
      yield* withDefer(function* (defer) {
        defer(() => {});
        try {
          misuse();
        } catch {
          // Go's tests recover here; the run is over all the same.
        }
        yield* gosched();
      });
      return "went on";
    });
    expect(r.verdict).toBe("fatal");
    expect(r.error?.message).toMatch(/^fatal error: sync: (un|RUn|Un)lock of unlocked (mutex|RWMutex)\n/);
    expect(r.result).toBe(undefined);
  });
}

test("Mutex: ten acquisitions of a polite goroutine take less than 10 s against a hog that holds it for 100 us at a time [TestMutexFairness]", async () => {
  const tookMs = await run(
    function* () {
      const mu = new Mutex();
      const stop = new Chan<never>();
      go(function* () {
        for (;;) {
          yield* mu.lock();
          yield* sleep(0.1);
          mu.unlock();
          if (stop.tryRecv() !== undefined) return;
        }
      });
      for (let i = 0; i < 10; i++) {
        yield* sleep(0.1);
        yield* mu.lock();
        mu.unlock();
      }
      stop.close();
      return now();
    },
    { clock: "jump" },
  );
  expect(tookMs).toBeLessThan(10_000);
});

for (const [readers, procs] of [
  [1, 4],
  [3, 4],
  [4, 2],
] as const) {
  test(`RWMutex: ${readers} readers are inside at the same time (procs ${procs}) [TestParallelReaders]`, async () => {
    const r = await report(
      function* () {
        const rw = new RWMutex();
        const arrived = new Chan<boolean>();
        const mayLeave = new Chan<boolean>();
        const left = new Chan<boolean>();
        for (let i = 0; i < readers; i++) {
          go(function* () {
            yield* rw.rLock();
            yield* arrived.send(true);
            yield* mayLeave.recv();
            rw.rUnlock();
            yield* left.send(true);
          });
        }
        for (let i = 0; i < readers; i++) yield* arrived.recv();
        for (let i = 0; i < readers; i++) yield* mayLeave.send(true);
        for (let i = 0; i < readers; i++) yield* left.recv();
      },
      { procs },
    );
    expect(r.verdict).toBe("ok");
  });
}

for (const procs of [1, 4, 10]) {
  for (const readers of [1, 3, 5, 10]) {
    test(`RWMutex: one writer, ${readers} readers, one writer, ${readers} readers never overlap (procs ${procs}) [TestRWMutex]`, async () => {
      const bad = await run(
        function* () {
          const rw = new RWMutex();
          const activity = new AtomicInt32();
          const wg = new WaitGroup();
          let bad = 0;
          const reader = function* () {
            for (let i = 0; i < 50; i++) {
              yield* rw.rLock();
              const n = yield* activity.add(1);
              if (n < 1 || n >= 10_000) bad++;
              yield* work(0.001);
              yield* activity.add(-1);
              rw.rUnlock();
            }
          };
          const writer = function* () {
            for (let i = 0; i < 50; i++) {
              yield* rw.lock();
              const n = yield* activity.add(10_000);
              if (n !== 10_000) bad++;
              yield* work(0.001);
              yield* activity.add(-10_000);
              rw.unlock();
            }
          };
          for (let round = 0; round < 2; round++) {
            wg.go(writer);
            for (let i = 0; i < readers; i++) wg.go(reader);
          }
          yield* wg.wait();
          return bad;
        },
        { strategy: "gmp", procs, clock: "jump" },
      );
      expect(bad).toBe(0);
    });
  }
}

test("WaitGroup: a panic in a body started with go kills the run before wait can return [TestIssue76126]", async () => {
  const seen = await explore(
    function* () {
      const wg = new WaitGroup();
      yield* wg.go(function* () {
        yield* gosched();
        throw new Error("boom");
      });
      yield* wg.wait();
      return "wait returned";
    },
    { schedules: 200, stopAt: "never" },
  );
  expect(seen.outcomes).toEqual([]);
  expect(seen.failure?.verdict).toBe("panic");
});

for (const [name, procs] of [
  ["TestSemaHandoff", 4],
  ["TestSemaHandoff1", 1],
  ["TestSemaHandoff2", 2],
] as const) {
  test(`Mutex: a starving waiter gets it by hand-off and runs before the releaser goes on (procs ${procs}) [${name}]`, async () => {
    // Go tests the semaphore under the mutex with handoff = true; here that is the mutex in starvation mode. Whoever
    // sets the result first ran first: the waiter must, although the releaser tries at once.
    const rounds = 200;
    const direct = await run(
      function* () {
        let direct = 0;
        for (let i = 0; i < rounds; i++) {
          const mu = new Mutex();
          const result = new AtomicInt32();
          const wg = new WaitGroup();
          yield* mu.lock();
          wg.go(function* () {
            yield* mu.lock(); // woken once in vain, then starving
            yield* result.compareAndSwap(0, 1);
            mu.unlock();
          });
          yield* sleep(2);
          mu.unlock();
          yield* mu.lock(); // barges in: the waiter, past 1 ms, switches to starvation mode
          yield* gosched();
          yield* sleep(1);
          mu.unlock(); // hand-off
          yield* mu.lock();
          yield* result.compareAndSwap(0, 2);
          mu.unlock();
          yield* wg.wait();
          if ((yield* result.load()) === 1) direct++;
        }
        return direct;
      },
      { strategy: "gmp", procs, clock: "jump" },
    );
    expect(direct).toBe(rounds);
  });
}
