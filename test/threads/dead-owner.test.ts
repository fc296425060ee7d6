// A thread that ends while it holds a lock: nobody hangs, and who comes next is told.
import { Mutex, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

async function until(flag: Int32Array, value: number): Promise<void> {
  while (Atomics.load(flag, 0) !== value) await new Promise((resolve) => setImmediate(resolve));
}

/** A thread that takes `mu` and keeps it until it is terminated by the returned function. */
async function holder(mu: Mutex): Promise<() => Promise<unknown>> {
  const flag = cells(1);
  const controller = new AbortController();
  const running = team(
    1,
    (_t, mu, flag) => {
      mu.lock();
      Atomics.store(flag, 0, 1);
      for (;;) Atomics.wait(flag, 0, 1);
    },
    { args: [mu, flag], signal: controller.signal },
  ).catch((error: unknown) => error);
  await until(flag, 1);
  return () => {
    controller.abort("killed");
    return running;
  };
}

describe("Mutex: the owner's thread is terminated", () => {
  test("Mutex: threads asleep, tasks that wait and later lockers all get the lock, marked", async () => {
    const mu = new Mutex();
    const ready = cells(1);
    const kill = await holder(mu);
    const asleep = team(
      2,
      (_t, mu, ready) => {
        Atomics.add(ready, 0, 1);
        return mu.withLock(() => mu.isPoisoned);
      },
      { args: [mu, ready], deadlineMs },
    );
    const tasks = Promise.all([1, 2].map(() => mu.withLockAsync(() => mu.isPoisoned)));
    await until(ready, 2);
    await kill();
    expect(await asleep).toEqual([true, true]);
    expect(await tasks).toEqual([true, true]);
    expect(await team(1, (_t, mu) => mu.withLock(() => mu.isPoisoned), { args: [mu], deadlineMs })).toEqual([
      true,
    ]);
    expect([mu.tryLock(), mu.isPoisoned, mu.owner]).toEqual([true, true, 0]);
    mu.clearPoison();
    expect(mu.isPoisoned).toBe(false);
    mu.unlock();
    expect(await team(1, (_t, mu) => mu.withLock(() => mu.isPoisoned), { args: [mu], deadlineMs })).toEqual([
      false,
    ]);
  });

  test("Mutex: tryLock, tryLockFor and lockAsync take over from a thread that is gone", async () => {
    const takeOver: ((mu: Mutex) => unknown)[] = [
      (mu) => mu.tryLock(),
      (mu) => team(1, (_t, mu) => mu.tryLockFor(5_000), { args: [mu], deadlineMs }).then(([got]) => got),
      (mu) => mu.lockAsync({ timeoutMs: 5_000 }),
    ];
    for (const take of takeOver) {
      const mu = new Mutex();
      await (await holder(mu))();
      expect(await take(mu)).toBe(true);
      expect(mu.isPoisoned).toBe(true);
    }
  });

  test("Mutex: a time limit still ends the wait for an owner that lives", async () => {
    const mu = new Mutex();
    const kill = await holder(mu);
    expect(await mu.lockAsync({ timeoutMs: 120 })).toBe(false); // longer than two looks at the owner
    expect(await team(1, (_t, mu) => mu.tryLockFor(120), { args: [mu], deadlineMs })).toEqual([false]);
    await kill();
  });

  test("Mutex: a waiter that is killed takes no wake-up with it, even when the lock is freed in that moment", async () => {
    for (let round = 0; round < 5; round++) {
      const mu = new Mutex();
      mu.tryLock();
      const ready = cells(1);
      const controller = new AbortController();
      const body = (_t: unknown, mu: Mutex, ready: Int32Array) => {
        Atomics.add(ready, 0, 1);
        mu.lock();
        mu.unlock();
      };
      const doomed = team(1, body, { args: [mu, ready], signal: controller.signal }).catch(() => "killed");
      const other = team(1, body, { args: [mu, ready], deadlineMs });
      await until(ready, 2);
      controller.abort();
      const ended = doomed.then(() => mu.owner);
      setTimeout(() => mu.unlock(), 100 + round); // about when the doomed thread is terminated
      await Promise.all([ended, other]);
      expect(await mu.lockAsync()).toBe(true);
    }
  });
});

describe("Mutex: the owner ends in order", () => {
  const ways: Record<string, (t: unknown, mu: Mutex, ready: Int32Array) => unknown> = {
    "returns with the lock held": (_t, mu) => mu.lock(),
    "throws with the lock held": (_t, mu) => {
      mu.lock();
      throw new Error("forgot to unlock");
    },
    "calls process.exit with the lock held": (_t, mu) => {
      mu.lock();
      process.exit(0);
    },
    "dies of an error in a timer with the lock held": (_t, mu) => {
      mu.lock();
      setTimeout(() => {
        throw new Error("in a timer");
      });
      return new Promise((resolve) => setTimeout(resolve, 10_000));
    },
  };
  for (const [way, body] of Object.entries(ways)) {
    test(`Mutex: who waits for a thread that ${way} gets it, marked`, async () => {
      const mu = new Mutex();
      const ready = cells(1);
      mu.tryLock();
      const ending = team(1, body, { args: [mu, ready], deadlineMs }).catch(() => "failed");
      mu.unlock();
      await ending;
      const seen = await team(2, (_t, mu) => mu.withLock(() => mu.isPoisoned), { args: [mu], deadlineMs });
      expect(seen).toEqual([true, true]);
      expect([await mu.lockAsync(), mu.isPoisoned]).toEqual([true, true]);
    });
  }

  test("Mutex: a thread that returned with a lock held is used again, and its next body does not own it", async () => {
    const mu = new Mutex();
    const [first] = await team(1, () => process.getBuiltinModule("node:worker_threads").threadId, {
      deadlineMs,
    });
    await team(1, (_t, mu) => mu.lock(), { args: [mu], deadlineMs });
    const [second] = await team(
      1,
      (_t, mu) => {
        mu.lock();
        mu.unlock();
        return process.getBuiltinModule("node:worker_threads").threadId;
      },
      { args: [mu], deadlineMs },
    );
    expect(second).toBe(first);
  });

  test("Mutex: a lock that is held in order is not touched when other bodies end", async () => {
    const mu = new Mutex();
    mu.tryLock();
    await team(2, (_t, mu) => mu.tryLock(), { args: [mu], deadlineMs });
    expect([mu.owner, mu.isPoisoned]).toEqual([0, false]);
  });
});

describe("Mutex.isPoisoned", () => {
  test("Mutex: an error inside withLock unlocks and does not poison", async () => {
    const mu = new Mutex();
    await expect(mu.withLockAsync(() => Promise.reject(new Error("inside")))).rejects.toThrow("inside");
    expect([mu.isPoisoned, mu.owner]).toEqual([false, -1]);
  });

  test("Mutex: clearPoison without the lock is refused in the words of unlock", () => {
    expect(() => new Mutex().clearPoison()).toThrow("sync: unlock of unlocked mutex");
  });
});
