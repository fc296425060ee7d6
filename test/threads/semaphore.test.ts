import { Mutex, Semaphore, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

describe("Semaphore between threads", () => {
  for (const [threads, size] of [
    [2, 1],
    [3, 2],
    [4, 3],
  ] as const) {
    test(`Semaphore: ${threads} threads with weights 1 to ${size} never hold more than ${size}, and none sleeps for ever`, async () => {
      const semaphore = new Semaphore(size);
      const books = cells(2); // held, violations
      await team(
        threads,
        (t, semaphore, books) => {
          t.barrier();
          for (let i = 0; i < 2_000; i++) {
            const permits = 1 + ((i + t.id) % semaphore.size);
            const way = i % 4;
            if (
              way === 3 ? !semaphore.tryAcquireFor(1, permits) : way === 2 && !semaphore.tryAcquire(permits)
            )
              continue;
            if (way < 2) semaphore.acquire(permits);
            if (Atomics.add(books, 0, permits) + permits > semaphore.size) Atomics.add(books, 1, 1);
            if (i % 50 === 0) for (let hold = 0; hold < 20_000; hold++) Math.sqrt(hold);
            Atomics.sub(books, 0, permits);
            semaphore.release(permits);
          }
        },
        { args: [semaphore, books], deadlineMs },
      );
      expect([...books, semaphore.free]).toEqual([0, 0, size]);
    });
  }

  test("Semaphore: the books do tell when a permit too many is out (planted bug)", async () => {
    const semaphore = new Semaphore(2);
    const books = cells(2);
    new Int32Array(semaphore.handle.buffer)[2] = 3; // FREE: one more than there are
    await team(
      3,
      (t, semaphore, books) => {
        semaphore.acquire();
        if (Atomics.add(books, 0, 1) + 1 > semaphore.size) Atomics.add(books, 1, 1);
        t.barrier(); // all are inside
      },
      { args: [semaphore, books], deadlineMs },
    );
    expect([...books]).toEqual([3, 1]);
  });

  test("Semaphore: one release serves the waiter for one although a waiter for three sleeps in front of it", async () => {
    const semaphore = new Semaphore(3);
    expect(semaphore.tryAcquire(3)).toBe(true);
    const three = semaphore.acquireAsync(3);
    const one = semaphore.acquireAsync();
    semaphore.release();
    expect(await one).toBe(true);
    semaphore.release(3);
    expect(await three).toBe(true);
  });

  test("Semaphore: a release of two wakes two", async () => {
    const semaphore = new Semaphore(2);
    semaphore.tryAcquire(2);
    const running = team(2, (_t, semaphore) => semaphore.acquire(), { args: [semaphore], deadlineMs });
    // Both have counted themselves among the waiters before the permits come.
    const words = new Int32Array(semaphore.handle.buffer);
    while (Atomics.load(words, 3) < 2) await new Promise((resolve) => setImmediate(resolve));
    semaphore.release(2);
    await running;
    expect(semaphore.free).toBe(0);
  });

  test("Semaphore: withPermit gives the permit back when the body throws; any thread may release", async () => {
    const semaphore = new Semaphore(1);
    const [free] = await team(
      1,
      (_t, semaphore) => {
        try {
          semaphore.withPermit(() => {
            throw new Error("inside");
          });
        } catch {
          return semaphore.tryAcquire();
        }
        return undefined;
      },
      { args: [semaphore], deadlineMs },
    );
    expect(free).toBe(true);
    semaphore.release();
    await expect(
      semaphore.withPermitAsync(() => {
        throw new Error("inside");
      }),
    ).rejects.toThrow("inside");
    expect(semaphore.free).toBe(1);
  });
});

describe("Semaphore on the event loop", () => {
  test("Semaphore: an aborted acquire rejects with the reason and takes no permit and no wake-up with it", async () => {
    const semaphore = new Semaphore(1);
    semaphore.tryAcquire();
    const controller = new AbortController();
    const aborted = semaphore.acquireAsync(1, { signal: controller.signal });
    const patient = semaphore.acquireAsync();
    controller.abort(new Error("no longer wanted"));
    await expect(aborted).rejects.toThrow("no longer wanted");
    semaphore.release();
    expect(await patient).toBe(true);
  });

  test("Semaphore: a time limit resolves to false and leaves no waiter behind", async () => {
    const semaphore = new Semaphore(2);
    semaphore.tryAcquire();
    expect(await semaphore.acquireAsync(2, { timeoutMs: 5 })).toBe(false);
    expect([...new Int32Array(semaphore.handle.buffer).subarray(1, 5)]).toEqual([2, 1, 0, 0]);
    const results = await team(1, (_t, semaphore) => [semaphore.tryAcquireFor(5, 2), semaphore.free], {
      args: [semaphore],
      deadlineMs,
    });
    expect(results).toEqual([[false, 1]]);
  });
});

describe("Semaphore misused", () => {
  test("Semaphore: releasing more than held says so in x/sync's words and changes nothing", () => {
    const semaphore = new Semaphore(2);
    semaphore.tryAcquire();
    expect(() => semaphore.release(2)).toThrow("semaphore: released more than held");
    expect(semaphore.free).toBe(1);
  });

  test("Semaphore: bad numbers are told", () => {
    expect(() => new Semaphore(0)).toThrow(
      "Semaphore: expected `size` to be an integer from 1 to 2147483647, got 0",
    );
    expect(() => new Semaphore(2).tryAcquire(3)).toThrow(
      "Semaphore.tryAcquire: expected `permits` to be an integer from 1 to 2, got 3",
    );
    expect(() => new Semaphore(2).release(0.5)).toThrow("Semaphore.release: expected `permits`");
  });

  test("Semaphore: acquire on the main thread is refused and names the way out", () => {
    expect(() => new Semaphore(1).acquire()).toThrow(
      /^Semaphore\.acquire: would block the main thread.*await semaphore\.acquireAsync\(\)/,
    );
  });

  test("Semaphore.attach: refuses the handle of another class", () => {
    expect(() => Semaphore.attach(new Mutex().handle)).toThrow(
      "Semaphore.attach: expected the handle of a Semaphore, got the handle of a Mutex",
    );
    const semaphore = new Semaphore(2);
    Semaphore.attach(semaphore.handle).tryAcquire();
    expect(semaphore.free).toBe(1);
  });
});
