// The two older generations of the mutex beside the present one: all exclude, and they treat waiters differently.
import {
  BitMutex,
  explore,
  FatalError,
  gosched,
  Mutex,
  now,
  run,
  SemaMutex,
  sleep,
  WaitGroup,
} from "happens-before";
import { describe, expect, test } from "vitest";

const generations = { BitMutex, SemaMutex, Mutex };

for (const [name, Generation] of Object.entries(generations)) {
  describe(name, () => {
    for (const seed of ["1", "2", "42"]) {
      test(`at most one goroutine is inside (seed ${seed})`, async () => {
        const seen = await explore(
          {
            setup: () => ({ mu: new Generation(), inside: 0, most: 0 }),
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
          { seed, schedules: 300, stopAt: "never" },
        );
        expect(seen.verdict).toBe("ok");
        expect(seen.outcomes.map((o) => o.result)).toEqual([1]);
      });
    }

    test("300 goroutines hammer it and no increment is lost", async () => {
      const n = await run(function* () {
        const mu = new Generation();
        const wg = new WaitGroup();
        let n = 0;
        for (let i = 0; i < 300; i++)
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
      expect(n).toBe(1500);
    });

    test("tryLock fails while it is locked", async () => {
      await run(function* () {
        const mu = new Generation();
        expect([mu.tryLock(), mu.tryLock()]).toEqual([true, false]);
        mu.unlock();
        expect(mu.tryLock()).toBe(true);
      });
    });

    test("unlocking an unlocked one is fatal with Go's text", async () => {
      const failure = run(function* () {
        new Generation().unlock();
        yield* gosched();
      });
      await expect(failure).rejects.toThrow(FatalError);
      await expect(failure).rejects.toThrow(/^fatal error: sync: unlock of unlocked mutex/);
    });
  });
}

test("SemaMutex: its waiters wait for the semaphore", async () => {
  await expect(
    run(function* () {
      const mu = new SemaMutex();
      yield* mu.lock();
      yield* mu.lock();
    }),
  ).rejects.toThrow(/all goroutines are asleep - deadlock!\n\ngoroutine 1 \[semacquire\]/);
});

test("BitMutex: locking twice is not seen as a deadlock, because nobody is asleep", async () => {
  const seen = await explore(
    function* () {
      const mu = new BitMutex();
      yield* mu.lock();
      yield* mu.lock();
    },
    { schedules: 1, maxSteps: 500 },
  );
  expect(seen.verdict).toBe("out-of-steps");
});

/** How long a polite goroutine waits, in ms, beside one that locks again at once, and for how long the hog goes on. */
function politeWait(mu: Mutex | SemaMutex | BitMutex, untilMs: number) {
  return run(
    function* () {
      let gotAtMs = Number.POSITIVE_INFINITY;
      const wg = new WaitGroup();
      wg.go(function* hog() {
        while (now() < untilMs && gotAtMs > untilMs) {
          yield* mu.lock();
          yield* sleep(0.4);
          mu.unlock();
        }
      });
      yield* gosched();
      wg.go(function* polite() {
        yield* mu.lock();
        gotAtMs = now();
        mu.unlock();
      });
      yield* wg.wait();
      return gotAtMs;
    },
    { clock: "jump", strategy: "fifo" },
  );
}

test("SemaMutex: a polite waiter starves as long as the hog goes on; the third generation ends that", async () => {
  expect(await politeWait(new SemaMutex(), 50)).toBeGreaterThanOrEqual(50);
  expect(await politeWait(new Mutex(), 50)).toBeLessThan(2);
});

test("SemaMutex: a waiter that lost queues at the back", async () => {
  const order = await run(
    function* () {
      const mu = new SemaMutex();
      const order: string[] = [];
      const wg = new WaitGroup();
      yield* mu.lock();
      for (const name of ["first", "second"])
        wg.go(function* () {
          yield* mu.lock();
          order.push(name);
          mu.unlock();
        });
      yield* gosched();
      mu.unlock(); // wakes the first
      yield* mu.lock(); // and takes the lock before it
      yield* gosched();
      mu.unlock();
      yield* wg.wait();
      return order;
    },
    { strategy: "fifo" },
  );
  expect(order).toEqual(["second", "first"]);
});

test("BitMutex: it counts what its waiters spend on looking", async () => {
  const looks = await run(
    function* () {
      const mu = new BitMutex();
      yield* mu.lock();
      const wg = new WaitGroup();
      wg.go(function* () {
        yield* mu.lock();
        mu.unlock();
      });
      for (let i = 0; i < 10; i++) yield* gosched();
      mu.unlock();
      yield* wg.wait();
      return mu.looks;
    },
    { strategy: "fifo" },
  );
  expect(looks).toBe(10);
});
