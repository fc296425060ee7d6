import { RWMutex, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 20_000;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

describe("RWMutex between threads", () => {
  for (const [readers, writers] of [
    [1, 1],
    [2, 1],
    [1, 2],
    [3, 2],
  ] as const) {
    test(`RWMutex: ${readers} readers and ${writers} writers never meet inside`, async () => {
      const inside = cells(4); // readers, writers, violations, writes
      await team(
        readers + writers,
        (t, rw, inside, writers) => {
          const meet = (bad: boolean) => bad && Atomics.add(inside, 2, 1);
          for (let i = 0; i < 4_000; i++) {
            if (t.id < writers) {
              rw.lock();
              meet(Atomics.add(inside, 1, 1) !== 0 || Atomics.load(inside, 0) !== 0);
              inside[3]!++;
              Atomics.sub(inside, 1, 1);
              rw.unlock();
            } else {
              rw.rLock();
              Atomics.add(inside, 0, 1);
              meet(Atomics.load(inside, 1) !== 0);
              Atomics.sub(inside, 0, 1);
              rw.rUnlock();
            }
          }
        },
        { args: [new RWMutex(), inside, writers], deadlineMs },
      );
      expect([...inside]).toEqual([0, 0, 0, writers * 4_000]);
    });
  }

  for (const isLocked of [true, false]) {
    test(`RWMutex: a reader that ${isLocked ? "locks never sees half a write" : "does not lock sees half a write (planted bug)"}`, async () => {
      const [, isWhole] = await team(
        2,
        (t, rw, pair, isLocked) => {
          if (t.id === 0) {
            rw.withWrite(() => {
              pair[0] = 7;
              t.barrier(); // half way
              Atomics.wait(pair, 2, 0, 50); // until the reader has looked; a reader that locks cannot
              pair[1] = 7;
            });
            return true;
          }
          t.barrier();
          if (isLocked) rw.rLock();
          const isWhole = pair[0] === pair[1];
          Atomics.store(pair, 2, 1);
          Atomics.notify(pair, 2);
          if (isLocked) rw.rUnlock();
          return isWhole;
        },
        { args: [new RWMutex(), cells(3), isLocked], deadlineMs },
      );
      expect(isWhole).toBe(isLocked);
    });
  }

  test("RWMutex: readers that come without a pause do not keep a writer out", async () => {
    const writes = await team(
      3,
      (t, rw, done) => {
        if (t.id === 0) {
          for (let i = 0; i < 50; i++) rw.withWrite(() => {});
          Atomics.store(done, 0, 1);
          return 50;
        }
        let reads = 0;
        while (Atomics.load(done, 0) === 0) rw.withRead(() => reads++);
        return 0;
      },
      { args: [new RWMutex(), cells(1)], deadlineMs },
    );
    expect(writes[0]).toBe(50);
  });

  test("RWMutex: writers that come without a pause do not keep readers out", async () => {
    const reads = await team(
      3,
      (t, rw, done) => {
        if (t.id === 0) {
          for (let i = 0; i < 50; i++) rw.withRead(() => {});
          Atomics.store(done, 0, 1);
          return 50;
        }
        while (Atomics.load(done, 0) === 0) rw.withWrite(() => {});
        return 0;
      },
      { args: [new RWMutex(), cells(1)], deadlineMs },
    );
    expect(reads[0]).toBe(50);
  });

  test("RWMutex: a reader that comes just as the only writer leaves is not forgotten", async () => {
    // One writer and one reader a round: nobody comes later who would wake a reader that was left asleep.
    const rounds = 3_000;
    const results = await team(
      2,
      (t, rw, meet, rounds) => {
        let state = t.id * 7919 + 1;
        for (let round = 1; round <= rounds; round++) {
          Atomics.store(meet, t.id * 16, round);
          while (Atomics.load(meet, (1 - t.id) * 16) < round) if (t.stopped()) return 0;
          state = (state * 1103515245 + 12345) & 0x7fffffff;
          for (let pause = (state >> 8) % 60; pause > 0; pause--) Atomics.load(meet, 8);
          if (t.id === 0) {
            rw.lock();
            rw.unlock();
          } else {
            rw.rLock();
            rw.rUnlock();
          }
        }
        return rounds;
      },
      { args: [new RWMutex(), cells(32), rounds], deadlineMs },
    );
    expect(results).toEqual([rounds, rounds]);
  });

  test("RWMutex: time limits and tries in the mix leave the lock whole", async () => {
    const rw = new RWMutex();
    const inside = cells(2);
    await team(
      3,
      (t, rw, inside) => {
        for (let i = 0; i < 2_000; i++) {
          const way = (i * 7 + t.id) % 6;
          if (way < 3) {
            if (way === 0) rw.rLock();
            else if (way === 1 ? !rw.tryRLock() : !rw.tryRLockFor(0.05)) continue;
            if (inside[0] !== 0) inside[1]!++;
            rw.rUnlock();
          } else {
            if (way === 3) rw.lock();
            else if (way === 4 ? !rw.tryLock() : !rw.tryLockFor(0.05)) continue;
            if (++inside[0]! !== 1) inside[1]!++;
            inside[0]!--;
            rw.unlock();
          }
        }
      },
      { args: [rw, inside], deadlineMs },
    );
    expect([...inside]).toEqual([0, 0]);
    expect(rw.tryLock()).toBe(true);
    rw.unlock();
    expect(rw.tryRLock()).toBe(true);
  });
});

describe("RWMutex, step by step on one thread", () => {
  test("RWMutex: readers share, a writer does not", () => {
    const rw = new RWMutex();
    expect([rw.tryRLock(), rw.tryRLock(), rw.tryLock()]).toEqual([true, true, false]);
    rw.rUnlock();
    rw.rUnlock();
    expect([rw.tryLock(), rw.tryRLock(), rw.tryLock()]).toEqual([true, false, false]);
    rw.unlock();
    expect(rw.tryRLock()).toBe(true);
  });

  test("RWMutex: a waiting writer holds new readers back", async () => {
    const rw = new RWMutex();
    rw.tryRLock();
    const writing = rw.lockAsync();
    expect(rw.tryRLock()).toBe(false);
    rw.rUnlock();
    expect(await writing).toBe(true);
    rw.unlock();
    expect(rw.tryRLock()).toBe(true);
  });

  test("RWMutex: a leaving writer lets in the readers that waited, before the next writer", async () => {
    const rw = new RWMutex();
    rw.tryLock();
    const order: string[] = [];
    const readers = ["r1", "r2"].map((name) => rw.rLockAsync().then(() => order.push(name)));
    const writer = rw.lockAsync().then(() => order.push("w"));
    rw.unlock();
    await Promise.all(readers);
    expect([...order].sort()).toEqual(["r1", "r2"]);
    expect(rw.tryRLock()).toBe(false); // the writer is already waiting
    rw.rUnlock();
    rw.rUnlock();
    await writer;
    expect(order[2]).toBe("w");
  });

  test("RWMutex: a writer that gives up lets the readers behind it in", async () => {
    const rw = new RWMutex();
    rw.tryRLock();
    const impatient = rw.lockAsync({ timeoutMs: 10 });
    const reader = rw.rLockAsync();
    expect(await impatient).toBe(false);
    expect(await reader).toBe(true);
  });

  test("RWMutex: a reader that gives up holds nothing", async () => {
    const rw = new RWMutex();
    rw.tryLock();
    const controller = new AbortController();
    const aborted = rw.rLockAsync({ signal: controller.signal });
    expect(await rw.rLockAsync({ timeoutMs: 5 })).toBe(false);
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    rw.unlock();
    expect(rw.tryLock()).toBe(true);
  });

  test("RWMutex: withReadAsync and withWriteAsync unlock when the body throws", async () => {
    const rw = new RWMutex();
    const fail = () => Promise.reject(new Error("inside"));
    await expect(rw.withReadAsync(fail)).rejects.toThrow("inside");
    await expect(rw.withWriteAsync(fail)).rejects.toThrow("inside");
    expect(rw.tryLock()).toBe(true);
  });
});

describe("RWMutex misused", () => {
  test("RWMutex: an unlock too many says so in Go's words and harms nothing", () => {
    const rw = new RWMutex();
    expect(() => rw.rUnlock()).toThrow("sync: RUnlock of unlocked RWMutex");
    expect(() => rw.unlock()).toThrow("sync: Unlock of unlocked RWMutex");
    rw.tryLock();
    expect(() => rw.rUnlock()).toThrow("sync: RUnlock of unlocked RWMutex");
    expect(rw.tryRLock()).toBe(false);
    rw.unlock();
    expect(rw.tryLock()).toBe(true);
  });

  test("RWMutex: a writer that asks for the read lock too is told, not left asleep", async () => {
    const asking = team(
      1,
      (_t, rw) => {
        rw.lock();
        rw.rLock();
      },
      { args: [new RWMutex()], deadlineMs },
    );
    await expect(asking).rejects.toThrow(
      /^RWMutex\.rLock: thread \d+ holds the write lock and would wait for itself for ever$/,
    );
  });

  test("RWMutex: a writer that locks again is told", async () => {
    const asking = team(
      1,
      (_t, rw) => {
        rw.lock();
        rw.lock();
      },
      { args: [new RWMutex()], deadlineMs },
    );
    await expect(asking).rejects.toThrow(/^RWMutex\.lock: thread \d+ holds this lock already/);
  });

  test("RWMutex: only the writer that locked can unlock", async () => {
    const rw = new RWMutex();
    rw.tryLock();
    const unlocking = team(1, (_t, rw) => rw.unlock(), { args: [rw], deadlineMs });
    await expect(unlocking).rejects.toThrow(
      /^RWMutex\.unlock: the main thread holds this lock, thread \d+ does not$/,
    );
  });

  test("RWMutex: blocking calls on the main thread are refused and leave the lock as it was", () => {
    const rw = new RWMutex();
    for (const call of ["lock", "rLock"] as const) {
      expect(() => rw[call]()).toThrow(`RWMutex.${call}: would block the main thread`);
    }
    expect(() => rw.tryRLockFor(1)).toThrow("RWMutex.tryRLockFor: would block the main thread");
    expect(() => rw.tryLockFor(1)).toThrow("RWMutex.tryLockFor: would block the main thread");
    expect(rw.tryLock()).toBe(true);
  });
});
