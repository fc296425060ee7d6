import {
  DeadlockError,
  explore,
  FatalError,
  go,
  gosched,
  Mutex,
  now,
  run,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

for (const seed of ["1", "2", "42"]) {
  test(`Mutex: at most one goroutine is inside (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({ mu: new Mutex(), inside: 0, most: 0 }),
        *main(s) {
          const wg = new WaitGroup();
          for (let i = 0; i < 3; i++)
            wg.go(function* () {
              yield* s.mu.lock();
              s.most = Math.max(s.most, ++s.inside);
              yield* gosched(); // invite the scheduler to break it
              s.inside--;
              yield* s.mu.unlock();
            });
          yield* wg.wait();
          return s.most;
        },
      },
      { seed, schedules: 500 },
    );
    expect(seen.outcomes.map((o) => o.result)).toEqual([1]);
  });
}

test("Mutex: the same program without the lock lets two inside, so the test above can fail", async () => {
  const seen = await explore(
    {
      setup: () => ({ inside: 0, most: 0 }),
      *main(s) {
        const wg = new WaitGroup();
        for (let i = 0; i < 3; i++)
          wg.go(function* () {
            s.most = Math.max(s.most, ++s.inside);
            yield* gosched();
            s.inside--;
          });
        yield* wg.wait();
        return s.most;
      },
    },
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2, 3]);
});

test("Mutex: locking twice is a deadlock that names the wait reason", async () => {
  const mu = new Mutex();
  const failure = run(function* () {
    yield* mu.lock();
    yield* mu.lock();
  });
  await expect(failure).rejects.toThrow(DeadlockError);
  await expect(failure).rejects.toThrow(
    /all goroutines are asleep - deadlock!\n\ngoroutine 1 \[sync\.Mutex\.Lock\]/,
  );
});

test("Mutex: unlocking an unlocked one is fatal, inside try as well", async () => {
  const failure = run(function* () {
    try {
      yield* new Mutex().unlock();
    } catch {
      /* cannot recover */
    }
    yield* gosched();
  });
  await expect(failure).rejects.toThrow(FatalError);
  await expect(failure).rejects.toThrow(/^fatal error: sync: unlock of unlocked mutex/);
});

test("Mutex: tryLock fails while it is locked; anybody may unlock", async () => {
  await run(function* () {
    const mu = new Mutex();
    expect(mu.tryLock()).toBe(true);
    expect(mu.tryLock()).toBe(false);
    const wg = new WaitGroup();
    wg.go(function* () {
      mu.unlock();
    });
    yield* wg.wait();
    expect(mu.tryLock()).toBe(true);
  });
});

/** A hog locks again at once after each unlock; a polite goroutine asks once. Returns how long it waited, in ms. */
function wait(holdMs: number) {
  return run(
    function* () {
      const mu = new Mutex();
      let isDone = false;
      let waitedMs = 0;
      go(function* hog() {
        while (!isDone) {
          yield* mu.lock();
          yield* sleep(holdMs);
          mu.unlock();
        }
      });
      yield* gosched();
      const wg = new WaitGroup();
      wg.go(function* polite() {
        const fromMs = now();
        yield* mu.lock();
        waitedMs = now() - fromMs;
        isDone = true;
        mu.unlock();
      });
      yield* wg.wait();
      return waitedMs;
    },
    { clock: "jump", strategy: "fifo" },
  );
}

test("Mutex: starvation mode hands the lock to a waiter past 1 ms, against a hog that barges", async () => {
  // Holds of 0.4 ms: at 0.4 and 0.8 ms the hog barges; at 1.2 ms the waiter has starved and marks the mutex; at
  // 1.6 ms the hog's unlock hands it over.
  expect(await wait(0.4)).toBeCloseTo(1.6, 6);
});

test("Mutex: nobody but the waiter gets a lock that is being handed over", async () => {
  const got = await run(
    function* () {
      const mu = new Mutex();
      const order: string[] = [];
      yield* mu.lock();
      const wg = new WaitGroup();
      wg.go(function* waiter() {
        yield* mu.lock();
        order.push("waiter");
        mu.unlock();
      });
      yield* gosched();
      yield* sleep(2);
      mu.unlock(); // wakes the waiter; normal mode
      yield* mu.lock(); // barges in: the waiter finds it locked, has waited 2 ms and starves
      yield* gosched();
      mu.unlock(); // starvation mode: a hand-off
      order.push(mu.tryLock() ? "barged" : "refused");
      yield* wg.wait();
      return order;
    },
    { clock: "jump", strategy: "fifo" },
  );
  expect(got).toEqual(["refused", "waiter"]);
});

test("Mutex: 1,000 goroutines hammer it and none is lost", async () => {
  const n = await run(function* () {
    const mu = new Mutex();
    const wg = new WaitGroup();
    let n = 0;
    for (let i = 0; i < 1000; i++)
      wg.go(function* () {
        for (let k = 0; k < 5; k++) {
          yield* mu.lock();
          const seen = n;
          yield* gosched();
          n = seen + 1;
          mu.unlock();
        }
      });
    yield* wg.wait();
    return n;
  });
  expect(n).toBe(5000);
});
