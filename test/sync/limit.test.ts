import {
  afterCancel,
  background,
  type Context,
  DeadlineExceeded,
  DeadlockError,
  explore,
  go,
  gosched,
  Mutex,
  now,
  RWMutex,
  run,
  sleep,
  WaitGroup,
  type WaitLimit,
  withCancel,
  withTimeout,
  withValue,
} from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

test("tryLockFor: gives up at its time, exactly, and leaves no trace in the lock", async () => {
  await run(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    go(function* () {
      expect(yield* mu.tryLockFor(50)).toBe(false);
      expect(now()).toBe(50);
    });
    yield* sleep(60);
    mu.unlock();
    expect(mu.tryLock()).toBe(true);
  }, JUMP);
});

test("tryLockFor: takes the lock when it comes in time, and its timer does not prolong the run", async () => {
  await run(function* () {
    const mu = new Mutex();
    const wg = new WaitGroup();
    yield* mu.lock();
    wg.go(function* () {
      expect(yield* mu.tryLockFor(1000)).toBe(true);
      mu.unlock();
    });
    yield* sleep(5);
    mu.unlock();
    yield* wg.wait();
    expect(now()).toBe(5);
    yield* gosched();
    expect(mu.tryLock()).toBe(true);
  }, JUMP);
});

test("tryLockFor: a time of zero or less is tryLock; an aborted signal is not even tried", async () => {
  await run(function* () {
    const mu = new Mutex();
    expect(yield* mu.tryLockFor({ signal: AbortSignal.abort() })).toBe(false);
    expect(yield* mu.tryLockFor(0)).toBe(true);
    expect(yield* mu.tryLockFor(-1)).toBe(false);
    expect(yield* mu.tryLockFor({ timeoutMs: 0, signal: new AbortController().signal })).toBe(false);
  }, JUMP);
});

test("tryLockFor: a signal aborted by another goroutine ends the wait at once", async () => {
  await run(function* () {
    const mu = new Mutex();
    const controller = new AbortController();
    yield* mu.lock();
    go(function* () {
      yield* sleep(7);
      controller.abort();
    });
    expect(yield* mu.tryLockFor({ timeoutMs: 1000, signal: controller.signal })).toBe(false);
    expect(now()).toBe(7);
  }, JUMP);
});

test("tryLockFor: on the real clock the host may abort", async () => {
  const controller = new AbortController();
  const got = run(
    function* () {
      const mu = new Mutex();
      yield* mu.lock();
      return yield* mu.tryLockFor({ signal: controller.signal });
    },
    { clock: "real" },
  );
  setImmediate(() => controller.abort());
  expect(await got).toBe(false);
});

test("tryLockFor: without a time and on a virtual clock, waiting for ever is a deadlock", async () => {
  const { signal } = new AbortController();
  const stuck = run(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    yield* mu.tryLockFor({ signal });
  }, JUMP);
  await expect(stuck).rejects.toThrow(DeadlockError);
  await expect(stuck).rejects.toThrow(/goroutine 1 \[sync\.Mutex\.Lock\]/);
});

test("tryLockFor: bad limits name expectation and value", async () => {
  await run(function* () {
    const mu = new Mutex();
    expect(() => mu.tryLockFor(Number.NaN)).toThrow(
      new RangeError("Mutex.tryLockFor: expected `timeoutMs` to be a number, got NaN"),
    );
    expect(() => mu.tryLockFor({ signal: 1 } as unknown as WaitLimit)).toThrow(
      new TypeError("Mutex.tryLockFor: expected `signal` to be an AbortSignal, got 1"),
    );
    expect(() => new RWMutex().tryRLockFor("5" as unknown as number)).toThrow(
      new RangeError("RWMutex.tryRLockFor: expected `timeoutMs` to be a number, got 5"),
    );
    expect(() => new WaitGroup().waitFor(undefined as unknown as number)).toThrow(
      new RangeError("WaitGroup.waitFor: expected `timeoutMs` to be a number, got undefined"),
    );
  });
});

test("tryLockFor: the last waiter that gives up ends starvation mode", async () => {
  await run(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    go(function* () {
      yield* mu.tryLockFor(20);
    });
    yield* sleep(5);
    mu.unlock(); // wakes the waiter, but…
    expect(mu.tryLock()).toBe(true); // …the lock is taken again: it starves and queues again
    yield* gosched();
    mu.unlock(); // handed to the waiter
    expect(mu.tryLock()).toBe(false);
    yield* gosched();
    expect(mu.tryLock()).toBe(false);
  }, JUMP);
  await run(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    go(function* () {
      expect(yield* mu.tryLockFor(20)).toBe(false);
    });
    yield* sleep(5);
    mu.unlock();
    expect(mu.tryLock()).toBe(true);
    yield* sleep(30); // the starving waiter gives up
    mu.unlock();
    expect(mu.tryLock()).toBe(true);
  }, JUMP);
});

test("RWMutex: a writer that gives up lets the readers in that it kept out", async () => {
  await run(function* () {
    const rw = new RWMutex();
    const wg = new WaitGroup();
    const order: string[] = [];
    yield* rw.rLock();
    wg.go(function* writer() {
      order.push(`writer ${yield* rw.tryLockFor(10)}`);
    });
    yield* gosched();
    wg.go(function* reader() {
      yield* rw.rLock();
      order.push(`reader at ${now()}`);
      rw.rUnlock();
    });
    wg.go(function* hasty() {
      order.push(`hasty reader ${yield* rw.tryRLockFor(5)}`);
    });
    yield* wg.wait();
    expect(order).toEqual(["hasty reader false", "reader at 10", "writer false"]);
    rw.rUnlock();
    expect(rw.tryLock()).toBe(true);
  }, JUMP);
});

test("WaitGroup: waitFor tells whether everybody was done in time, and the rest goes on", async () => {
  await run(function* () {
    const wg = new WaitGroup();
    let done = 0;
    wg.go(function* () {
      yield* sleep(10);
      done++;
    });
    expect(yield* wg.waitFor(0)).toBe(false);
    expect(yield* wg.waitFor(5)).toBe(false);
    expect([now(), done]).toEqual([5, 0]);
    expect(yield* wg.waitFor(50)).toBe(true);
    expect([now(), done]).toEqual([10, 1]);
    expect(yield* wg.waitFor(0)).toBe(true);
  }, JUMP);
});

/** Three goroutines that give up at times which race with the unlocks; afterwards the lock must be free. */
const impatient = (make: () => Mutex) => ({
  setup: () => ({ mu: make(), inside: 0, got: 0 }),
  *main(s: { mu: Mutex; inside: number; got: number }) {
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++)
      wg.go(function* () {
        if (i === 0) yield* s.mu.lock();
        else if (!(yield* s.mu.tryLockFor(i))) return;
        if (++s.inside > 1) throw new Error("two inside");
        yield* sleep(1.5);
        s.inside--;
        s.got++;
        yield* s.mu.unlock();
      });
    yield* wg.wait();
    if (!s.mu.tryLock()) throw new Error("nobody holds the lock and nobody can take it");
    return s.got;
  },
});

for (const seed of ["1", "2", "42"]) {
  test(`Mutex: waiters that give up lose no lock and no wake-up, in every schedule (seed ${seed})`, async () => {
    const seen = await explore(
      impatient(() => new Mutex()),
      { seed, schedules: 500, stopAt: "never" },
    );
    expect(seen.failure?.error).toBeUndefined();
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.length).toBeGreaterThan(1);
  });

  test(`RWMutex: readers and writers that give up keep the lock whole, in every schedule (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({ rw: new RWMutex(), readers: 0, writers: 0, got: 0 }),
        *main(s) {
          const wg = new WaitGroup();
          for (let i = 0; i < 2; i++)
            wg.go(function* reader() {
              if (!(yield* s.rw.tryRLockFor(i + 1))) return;
              s.readers++;
              if (s.writers > 0) throw new Error("a reader beside a writer");
              yield* sleep(1);
              s.readers--;
              s.got++;
              yield* s.rw.rUnlock();
            });
          for (let i = 0; i < 2; i++)
            wg.go(function* writer() {
              if (!(yield* s.rw.tryLockFor(i + 0.5))) return;
              if (++s.writers > 1 || s.readers > 0) throw new Error("a writer beside somebody");
              yield* sleep(1);
              s.writers--;
              s.got++;
              yield* s.rw.unlock();
            });
          yield* wg.wait();
          if (!s.rw.tryLock()) throw new Error("the lock is not free");
          return s.got;
        },
      },
      { seed, schedules: 500, stopAt: "never" },
    );
    expect(seen.failure?.error).toBeUndefined();
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.length).toBeGreaterThan(1);
  });
}

test("planted: a waiter that gives up and stays in the queue is found", async () => {
  class Forgetful extends Mutex {
    override leave(): boolean {
      return true; // it says so, but is still queued
    }
  }
  const seen = await explore(
    impatient(() => new Forgetful()),
    { schedules: 500 },
  );
  expect(seen.verdict).not.toBe("ok");
});

test("tryLockFor: a waiter in the middle of 20,000 leaves without a walk through the queue", async () => {
  await run(function* () {
    const mu = new Mutex();
    const wg = new WaitGroup();
    let gaveUp = 0;
    yield* mu.lock();
    for (let i = 0; i < 20_000; i++)
      wg.go(function* () {
        if (!(yield* mu.tryLockFor(1 + ((i * 7919) % 20_000)))) gaveUp++;
      });
    yield* wg.wait();
    expect(gaveUp).toBe(20_000);
    mu.unlock();
    expect(mu.tryLock()).toBe(true);
  }, JUMP);
});

test("tryLockFor: a context ends the wait through a signal, in every schedule", async () => {
  const seen = await explore(
    {
      setup: () => ({ mu: new Mutex() }),
      *main({ mu }) {
        const [ctx, cancel] = withCancel(background());
        const controller = new AbortController();
        const stop = afterCancel(ctx, function* () {
          controller.abort(ctx.err());
        });
        const wg = new WaitGroup();
        yield* mu.lock();
        wg.go(function* () {
          yield* cancel();
        });
        wg.go(function* () {
          yield* mu.unlock();
        });
        const isMine = yield* mu.tryLockFor({ signal: controller.signal });
        stop();
        yield* wg.wait();
        if (isMine) yield* mu.unlock();
        if (!mu.tryLock()) throw new Error("the lock is not free");
        return isMine;
      },
    },
    { schedules: 400, stopAt: "never" },
  );
  expect(seen.failure?.error).toBeUndefined();
  expect(seen.verdict).toBe("ok");
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([false, true]);
});

test("tryLockFor: a context ends the wait, in every schedule, and nothing is left behind", async () => {
  const seen = await explore(
    {
      setup: () => ({ mu: new Mutex() }),
      *main({ mu }) {
        const [ctx, cancel] = withCancel(background());
        const wg = new WaitGroup();
        yield* mu.lock();
        wg.go(function* () {
          yield* cancel();
        });
        wg.go(function* () {
          yield* mu.unlock();
        });
        const isMine = yield* mu.tryLockFor({ ctx: withValue(ctx, "key", 1) });
        yield* wg.wait();
        if (isMine) yield* mu.unlock();
        if (!mu.tryLock()) throw new Error("the lock is not free");
        return isMine;
      },
    },
    { schedules: 400, stopAt: "never" },
  );
  expect(seen.failure?.error).toBeUndefined();
  expect(seen.verdict).toBe("ok");
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([false, true]);
});

test("waits: of a time, a signal and a context the first to end counts, for every primitive with a limit", async () => {
  await run(function* () {
    const [ctx] = withTimeout(background(), 20);
    const mu = new Mutex();
    const rw = new RWMutex();
    const wg = new WaitGroup();
    yield* mu.lock();
    yield* rw.lock();
    wg.add(1);
    expect(yield* mu.tryLockFor({ ctx, timeoutMs: 10 })).toBe(false);
    expect(now()).toBe(10);
    expect(yield* mu.tryLockFor({ ctx, timeoutMs: 1000 })).toBe(false);
    expect([now(), ctx.err()]).toEqual([20, DeadlineExceeded]);
    const [later] = withTimeout(background(), 5);
    expect(yield* rw.tryRLockFor({ ctx: later })).toBe(false);
    const [last] = withTimeout(background(), 5);
    expect(yield* wg.waitFor({ ctx: last })).toBe(false);
    expect(now()).toBe(30);
    mu.unlock();
    expect(yield* mu.tryLockFor({ ctx })).toBe(false); // ended before: not even tried
    expect(yield* mu.tryLockFor({ ctx: background() })).toBe(true);
    const foreign: Context = {
      deadline: () => undefined,
      done: () => background().done(),
      err: () => null,
      value: () => undefined,
    };
    for (const bad of [foreign, withValue(foreign, "key", 1)])
      expect(() => mu.tryLockFor({ ctx: bad })).toThrow("expected `ctx` to be a Context with `afterFunc`");
    expect(() => mu.tryLockFor({ ctx: 7 as never })).toThrow(
      "Mutex.tryLockFor: expected `ctx` to be a Context with `afterFunc`, got 7",
    );
  }, JUMP);
});
