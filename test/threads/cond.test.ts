import { Cond, carry, Mutex, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

const WAITERS = 2;

/** Waits until `n` waiters have counted themselves. */
async function untilWaiting(cond: Cond, n: number): Promise<void> {
  const { buffer, offset } = cond.handle;
  const words = new Int32Array(buffer, offset);
  while (Atomics.load(words, WAITERS) < n) await new Promise((resolve) => setImmediate(resolve));
}

describe("Cond between threads", () => {
  for (const threads of [2, 4]) {
    test(`Cond: a bounded stock with ${threads} threads loses nothing and nobody sleeps for ever`, async () => {
      const mu = new Mutex();
      const stock = cells(3); // items, made, taken
      await team(
        threads,
        (t, notEmpty, notFull, stock) => {
          const mu = notEmpty.L;
          for (let i = 0; i < 2_000; i++) {
            mu.lock();
            if (t.id % 2 === 0) {
              while (stock[0] === 2) notFull.wait();
              stock[0]!++;
              stock[1]!++;
            } else {
              while (stock[0] === 0) notEmpty.wait();
              stock[0]!--;
              stock[2]!++;
            }
            mu.unlock();
            (t.id % 2 === 0 ? notEmpty : notFull).signal(); // without the lock
          }
        },
        { args: [new Cond(mu), new Cond(mu), stock], deadlineMs },
      );
      expect([...stock]).toEqual([0, threads * 1_000, threads * 1_000]);
    });
  }

  for (const isPlanted of [false, true]) {
    const what = isPlanted
      ? "without the sequence word a signal between unlock and sleep is lost (planted bug)"
      : "a signal between unlock and sleep is not lost";
    test(`Cond: ${what}`, async () => {
      // The waiter stands between unlock and sleep while the other signals: the value it sleeps on was read before
      // the unlock, or (planted) only now.
      const waiter = carry((words: Int32Array, mu: Mutex, barrier: () => void, isPlanted: boolean) => {
        mu.lock();
        Atomics.add(words, 2, 1);
        const before = Atomics.load(words, 1);
        mu.unlock();
        barrier(); // the signal comes
        barrier();
        return Atomics.wait(words, 1, isPlanted ? Atomics.load(words, 1) : before, 50);
      });
      const cond = new Cond(new Mutex());
      const [woke] = await team(
        2,
        (t, cond, waiter, isPlanted) => {
          const { buffer, offset } = cond.handle;
          if (t.id === 0) return waiter(new Int32Array(buffer, offset), cond.L, () => t.barrier(), isPlanted);
          t.barrier();
          cond.signal();
          t.barrier();
          return "";
        },
        { args: [cond, waiter, isPlanted], deadlineMs },
      );
      expect(woke).toBe(isPlanted ? "timed-out" : "not-equal");
    });
  }

  test("Cond: signal wakes one of those asleep, broadcast the rest [TestCondSignal, TestCondBroadcast]", async () => {
    const cond = new Cond(new Mutex());
    const awake = cells(1);
    const running = team(
      3,
      (_t, cond, awake) =>
        cond.L.withLock(() => {
          cond.wait();
          return Atomics.add(awake, 0, 1);
        }),
      { args: [cond, awake], deadlineMs },
    );
    await untilWaiting(cond, 3);
    cond.signal();
    while (Atomics.load(awake, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    cond.broadcast();
    expect((await running).sort()).toEqual([0, 1, 2]);
  });

  test("Cond: waitFor gives up after its time, holding the lock", async () => {
    const results = await team(1, (_t, cond) => cond.L.withLock(() => [cond.waitFor(5), cond.L.tryLock()]), {
      args: [new Cond(new Mutex())],
      deadlineMs,
    });
    expect(results).toEqual([[false, false]]);
  });
});

describe("Cond on the event loop", () => {
  test("Cond: waitAsync wakes one with signal, in the order of coming, with the lock held", async () => {
    const cond = new Cond(new Mutex());
    const order: string[] = [];
    const wait = async (name: string) => {
      await cond.L.lockAsync();
      await cond.waitAsync();
      order.push(name);
      expect(cond.L.owner).toBe(0);
      cond.L.unlock();
    };
    const first = wait("first");
    const second = wait("second");
    await untilWaiting(cond, 2);
    cond.signal();
    await first;
    expect(order).toEqual(["first"]);
    cond.signal();
    await second;
    expect(order).toEqual(["first", "second"]);
  });

  test("Cond: an aborted wait rejects with the reason, holds the lock and leaves the signal to another", async () => {
    const cond = new Cond(new Mutex());
    const controller = new AbortController();
    await cond.L.lockAsync();
    const aborted = cond.waitAsync({ signal: controller.signal });
    const patient = cond.L.lockAsync().then(() => cond.waitAsync());
    await untilWaiting(cond, 2);
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    expect(cond.L.owner).toBe(0);
    cond.L.unlock();
    cond.signal();
    expect(await patient).toBe(true);
    cond.L.unlock();
    expect([...new Int32Array(cond.handle.buffer).subarray(WAITERS, WAITERS + 1)]).toEqual([0]);
  });

  test("Cond: waitAsync with a time limit resolves to false", async () => {
    const cond = new Cond(new Mutex());
    expect(await cond.L.withLockAsync(() => cond.waitAsync({ timeoutMs: 5 }))).toBe(false);
    expect(cond.L.owner).toBe(-1);
  });
});

describe("Cond misused", () => {
  test("Cond: waiting without the lock is an error", async () => {
    const cond = new Cond(new Mutex());
    await expect(cond.waitAsync()).rejects.toThrow("sync: unlock of unlocked mutex");
    const waiting = team(1, (_t, cond) => cond.wait(), { args: [cond], deadlineMs });
    await expect(waiting).rejects.toThrow("sync: unlock of unlocked mutex");
    expect(() => cond.wait()).toThrow(/^Cond\.wait: would block the main thread/);
  });

  test("Cond: signal without waiters is forgotten", async () => {
    const cond = new Cond(new Mutex());
    cond.signal();
    cond.broadcast();
    expect(await cond.L.withLockAsync(() => cond.waitAsync({ timeoutMs: 5 }))).toBe(false);
  });

  test("Cond.attach: takes the lock along and refuses what is no Cond", () => {
    const cond = new Cond(new Mutex());
    cond.L.tryLock();
    expect(Cond.attach(cond.handle).L.owner).toBe(0);
    expect(() => Cond.attach(new Mutex().handle)).toThrow(
      "Cond.attach: expected the handle of a Cond, got the handle of a Mutex",
    );
    expect(() => Cond.attach(null as never)).toThrow("Cond.attach: expected the handle of a Cond, got null");
    expect(() => Cond.attach({ ...cond.handle, lock: undefined } as never)).toThrow("with its `lock`");
    expect(() => new Cond({} as never)).toThrow("Cond: expected `lock` to be a Mutex");
  });
});
