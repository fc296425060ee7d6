import * as threads from "happens-before/threads";
import { Mutex, RWMutex, Snapshot, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

describe("Mutex between threads", () => {
  for (const threads of [2, 3, 4]) {
    test(`Mutex: ${threads} threads that add to a plain counter lose nothing, and none sleeps for ever`, async () => {
      const counter = cells(1);
      await team(
        threads,
        (t, mu, counter) => {
          t.barrier();
          for (let i = 0; i < 5_000; i++) {
            mu.lock();
            counter[0]!++;
            // Held long now and then, so that the others go to sleep.
            if (i % 50 === 0) for (let hold = 0; hold < 20_000; hold++) Math.sqrt(hold);
            mu.unlock();
          }
        },
        { args: [new Mutex(), counter], deadlineMs },
      );
      expect(counter[0]).toBe(threads * 5_000);
    });
  }

  test("Mutex: the counter does lose additions when two threads are let in at once (planted bug)", async () => {
    const counter = cells(1);
    await team(
      2,
      (t, counter) => {
        for (let i = 0; i < 100; i++) {
          const seen = counter[0]!;
          t.barrier(); // both are inside
          counter[0] = seen + 1;
          t.barrier();
        }
      },
      { args: [counter], deadlineMs },
    );
    expect(counter[0]).toBe(100);
  });

  test("Mutex: at most one thread is inside, with tryLock and tryLockFor in the mix", async () => {
    const inside = cells(2);
    await team(
      3,
      (t, mu, inside) => {
        for (let i = 0; i < 3_000; i++) {
          const way = (i + t.id) % 3;
          if (way === 0) mu.lock();
          else if (way === 1 ? !mu.tryLock() : !mu.tryLockFor(1)) continue;
          if (++inside[0]! !== 1) inside[1]!++;
          inside[0]!--;
          mu.unlock();
        }
      },
      { args: [new Mutex(), inside], deadlineMs },
    );
    expect([...inside]).toEqual([0, 0]);
  });

  test("Mutex: withLock unlocks when the body throws", async () => {
    const [locked] = await team(
      1,
      (_t, mu) => {
        try {
          mu.withLock(() => {
            throw new Error("inside");
          });
        } catch {
          return mu.tryLock();
        }
        return undefined;
      },
      { args: [new Mutex()], deadlineMs },
    );
    expect(locked).toBe(true);
  });

  test("Mutex: tryLockFor gives up after its time while another thread holds the lock", async () => {
    const mu = new Mutex();
    expect(mu.tryLock()).toBe(true);
    const results = await team(2, (_t, mu) => [mu.tryLockFor(20), mu.tryLockFor(0), mu.tryLock()], {
      args: [mu],
      deadlineMs,
    });
    expect(results).toEqual([
      [false, false, false],
      [false, false, false],
    ]);
    mu.unlock();
    expect(mu.owner).toBe(-1);
  });
});

describe("Mutex misused", () => {
  test("Mutex: unlock of a free lock says so in Go's words", () => {
    expect(() => new Mutex().unlock()).toThrow("sync: unlock of unlocked mutex");
  });

  test("Mutex: locking twice is an error, not a thread that sleeps for ever", async () => {
    const locking = team(
      1,
      (_t, mu) => {
        mu.lock();
        mu.lock();
      },
      { args: [new Mutex()], deadlineMs },
    );
    await expect(locking).rejects.toThrow(
      /^Mutex\.lock: thread \d+ holds this lock already and would wait for itself for ever$/,
    );
  });

  test("Mutex: a thread that did not lock cannot unlock", async () => {
    const mu = new Mutex();
    mu.tryLock();
    const unlocking = team(1, (_t, mu) => mu.unlock(), { args: [mu], deadlineMs });
    await expect(unlocking).rejects.toThrow(
      /^Mutex\.unlock: the main thread holds this lock, thread \d+ does not$/,
    );
    expect(mu.owner).toBe(0);
  });

  test("Mutex: lock on the main thread is refused, free or not, and names the way out", () => {
    const refused = /^Mutex\.lock: would block the main thread.*await mutex\.lockAsync\(\)/;
    expect(() => new Mutex().lock()).toThrow(refused);
    const held = new Mutex();
    held.tryLock();
    expect(() => held.lock()).toThrow(refused);
  });

  for (const timeoutMs of [-1, Number.NaN]) {
    test(`Mutex: tryLockFor(${timeoutMs}) is a RangeError`, () => {
      expect(() => new Mutex().tryLockFor(timeoutMs)).toThrow(
        new RangeError(`Mutex.tryLockFor: expected \`timeoutMs\` to be a number >= 0, got ${timeoutMs}`),
      );
    });
  }
});

describe("Mutex.attach", () => {
  test("Mutex.attach: refuses the handle of another class", () => {
    expect(() => Mutex.attach(new RWMutex().handle)).toThrow(
      "Mutex.attach: expected the handle of a Mutex, got the handle of a RWMutex",
    );
  });

  test("Mutex.attach: is not deceived by a wrong tag, because it looks at the memory", () => {
    const forged = { ...new Snapshot(new Float64Array(4)).handle, tag: "Mutex" };
    expect(() => Mutex.attach(forged)).toThrow("expected the handle of a Mutex, got memory of a Snapshot");
  });

  test("Mutex.attach: refuses an offset outside the buffer, and memory that holds nothing", () => {
    const buffer = new SharedArrayBuffer(64);
    expect(() => Mutex.attach({ buffer, offset: 64, tag: "Mutex" })).toThrow(
      "got offset 64 in a buffer of 64 bytes",
    );
    expect(() => Mutex.attach({ buffer, offset: 0, tag: "Mutex" })).toThrow(
      "got memory that holds no primitive",
    );
    expect(() => Mutex.attach(null as never)).toThrow("got null");
  });

  const attachable = Object.entries(threads as Record<string, unknown>).filter(
    (entry): entry is [string, { attach(handle: unknown): unknown }] =>
      typeof entry[1] === "function" && "attach" in entry[1],
  );
  for (const [name, primitive] of attachable) {
    for (const nothing of [undefined, null]) {
      test(`${name}.attach: ${nothing} is refused, and makes nothing new`, () => {
        expect(() => primitive.attach(nothing)).toThrow(
          new TypeError(`${name}.attach: expected the handle of a ${name}, got ${nothing}`),
        );
      });
    }
  }

  test("Mutex.attach: two instances are one lock", () => {
    const one = new Mutex();
    const two = Mutex.attach(one.handle);
    expect([one.tryLock(), two.tryLock(), two.owner]).toEqual([true, false, 0]);
    two.unlock();
    expect(one.tryLock()).toBe(true);
  });
});

describe("Mutex on the event loop", () => {
  test("Mutex: lockAsync waits for a thread while the event loop goes on", async () => {
    const mu = new Mutex();
    const log = cells(1);
    const running = team(
      1,
      (_t, mu, log) => {
        mu.lock();
        Atomics.store(log, 0, 1);
        Atomics.notify(log, 0);
        Atomics.wait(log, 0, 1);
        mu.unlock();
      },
      { args: [mu, log], deadlineMs },
    );
    while (Atomics.load(log, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    const locked = mu.lockAsync();
    let turns = 0;
    for (; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(mu.owner).not.toBe(0);
    Atomics.store(log, 0, 2);
    Atomics.notify(log, 0);
    expect(await locked).toBe(true);
    expect(mu.owner).toBe(0);
    mu.unlock();
    await running;
  });

  test("Mutex: tasks of one thread take turns with withLockAsync", async () => {
    const mu = new Mutex();
    let inside = 0;
    let most = 0;
    const task = () =>
      mu.withLockAsync(async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside--;
      });
    await Promise.all(Array.from({ length: 20 }, task));
    expect(most).toBe(1);
    expect(mu.owner).toBe(-1);
  });

  test("Mutex: an aborted lockAsync rejects with the reason and takes no wake-up with it", async () => {
    const mu = new Mutex();
    mu.tryLock();
    const controller = new AbortController();
    const aborted = mu.lockAsync({ signal: controller.signal });
    const patient = mu.lockAsync();
    controller.abort(new Error("no longer wanted"));
    await expect(aborted).rejects.toThrow("no longer wanted");
    mu.unlock();
    expect(await patient).toBe(true);
  });

  test("Mutex: an unlock just before the abort still wakes somebody", async () => {
    const mu = new Mutex();
    mu.tryLock();
    const controller = new AbortController();
    const aborted = mu.lockAsync({ signal: controller.signal }).catch(() => "aborted");
    const patient = mu.lockAsync();
    mu.unlock(); // wakes the first in line, who hears of the abort before he runs
    controller.abort();
    expect(await Promise.race([aborted, patient])).toBeDefined();
    if ((await aborted) !== "aborted") mu.unlock();
    expect(await patient).toBe(true);
  });

  test("Mutex: lockAsync with a time limit resolves to false", async () => {
    const mu = new Mutex();
    mu.tryLock();
    expect(await mu.lockAsync({ timeoutMs: 10 })).toBe(false);
  });

  test("Mutex: lockAsync with an aborted signal rejects at once, free or not", async () => {
    const mu = new Mutex();
    await expect(mu.lockAsync({ signal: AbortSignal.abort(new Error("gone")) })).rejects.toThrow("gone");
    expect(mu.owner).toBe(-1);
  });
});
