// The reader-writer locks between threads: what all of them promise, what each of them promises, and their misuse.
import {
  carry,
  DistributedRWMutex,
  FairRWMutex,
  ReadersFirstRWMutex,
  RWMutex,
  team,
  UpgradableRWMutex,
} from "happens-before/threads";
import { describe, expect, test } from "vitest";

const deadlineMs = 25_000;

const VARIANTS = [RWMutex, ReadersFirstRWMutex, FairRWMutex, UpgradableRWMutex, DistributedRWMutex] as const;
type Lock = InstanceType<(typeof VARIANTS)[number]>;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

/** Every way in, with time limits; returns how often a writer was inside with somebody else. */
const work = carry((rw: Lock, books: Int32Array, id: number, rounds: number) => {
  let state = id * 7919 + 1;
  const choose = (below: number) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  for (let i = 0; i < rounds; i++) {
    const way = choose(20);
    if (way < 14) {
      if (way < 10) rw.rLock();
      else if (way < 12 ? !rw.tryRLock() : !rw.tryRLockFor(choose(3) / 20)) continue;
      Atomics.add(books, 0, 1);
      if (Atomics.load(books, 1) !== 0) Atomics.add(books, 2, 1);
      Atomics.sub(books, 0, 1);
      rw.rUnlock();
    } else {
      if (way < 18) rw.lock();
      else if (way < 19 ? !rw.tryLock() : !rw.tryLockFor(choose(3) / 20)) continue;
      if (Atomics.add(books, 1, 1) !== 0 || Atomics.load(books, 0) !== 0) Atomics.add(books, 2, 1);
      books[3]!++; // whole only when writers are alone
      Atomics.add(books, 4, 1);
      Atomics.sub(books, 1, 1);
      rw.unlock();
    }
  }
});

for (const Variant of VARIANTS) {
  const name = Variant.name;

  describe(`${name} between threads`, () => {
    for (const threads of [2, 4, 8]) {
      test(`${name}: ${threads} threads, every way in, never a writer beside anybody, and open at the end`, async () => {
        const rw: Lock = new Variant();
        const books = cells(5); // readers, writers, violations, writes, writes counted atomically
        await team(threads, (t, rw, books, work) => work(rw, books, t.id, 4_000 / t.count), {
          args: [rw, books, work],
          deadlineMs,
        });
        expect([...books.subarray(0, 3)]).toEqual([0, 0, 0]);
        expect(books[3]).toBe(books[4]);
        expect([rw.tryLock(), rw.isPoisoned]).toEqual([true, false]);
        rw.unlock();
        expect(rw.tryRLock()).toBe(true);
      });
    }

    test(`${name}: who comes just as the other leaves is not forgotten`, async () => {
      // One writer and one reader a round: nobody comes later who would wake one that was left asleep.
      const rounds = 600;
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
        { args: [new Variant() as Lock, cells(32), rounds], deadlineMs },
      );
      expect(results).toEqual([rounds, rounds]);
    });

    test(`${name}: what a writer wrote is seen by the readers after it, whole`, async () => {
      const torn = await team(
        3,
        (t, rw, pair) => {
          let torn = 0;
          for (let i = 1; i <= 1_000; i++) {
            if (t.id === 0) rw.withWrite(() => pair.fill(i));
            else rw.withRead(() => (torn += Number(pair[0] !== pair[31])));
          }
          return torn;
        },
        { args: [new Variant() as Lock, cells(32)], deadlineMs },
      );
      expect(torn).toEqual([0, 0, 0]);
    });

    test(`${name}: threads that share the last slot of readers lock as well`, async () => {
      const rw: Lock = new Variant({ readers: 1 });
      const books = cells(5);
      await team(4, (t, rw, books, work) => work(rw, books, t.id, 800), {
        args: [rw, books, work],
        deadlineMs,
      });
      expect([...books.subarray(0, 3)]).toEqual([0, 0, 0]);
      expect(books[3]).toBe(books[4]);
      expect(rw.tryLock()).toBe(true);
    });
  });

  describe(`${name}, step by step`, () => {
    test(`${name}: readers share, a writer does not; attach finds the same lock`, () => {
      const rw: Lock = new Variant();
      const same: Lock = Variant.attach(rw.handle);
      expect([rw.tryRLock(), same.tryRLock(), rw.tryLock()]).toEqual([true, true, false]);
      rw.rUnlock();
      rw.rUnlock(); // the one that `same` took: it belongs to the thread
      expect([same.tryLock(), rw.tryRLock(), rw.tryLock()]).toEqual([true, false, false]);
      rw.unlock();
      expect(rw.tryRLock()).toBe(true);
    });

    test(`${name}: waits that are given up leave nothing behind`, async () => {
      const rw: Lock = new Variant();
      rw.tryLock();
      const controller = new AbortController();
      const waits = [
        rw.rLockAsync({ signal: controller.signal }),
        rw.lockAsync({ signal: controller.signal }),
        rw.rLockAsync({ signal: controller.signal }),
      ].map((wait) => wait.catch((error: Error) => error.message));
      expect([await rw.rLockAsync({ timeoutMs: 5 }), await rw.lockAsync({ timeoutMs: 5 })]).toEqual([
        false,
        false,
      ]);
      controller.abort(new Error("enough"));
      expect(await Promise.all(waits)).toEqual(["enough", "enough", "enough"]);
      rw.unlock();
      expect([rw.tryRLock(), rw.tryRLock()]).toEqual([true, true]);
      expect(await rw.lockAsync({ timeoutMs: 5 })).toBe(false);
      expect(rw.tryRLock()).toBe(true);
      for (let i = 0; i < 3; i++) rw.rUnlock();
      expect(rw.tryLock()).toBe(true);
    });

    test(`${name}: a writer that gives up lets the readers behind it in`, async () => {
      const rw: Lock = new Variant();
      rw.tryRLock();
      const impatient = rw.lockAsync({ timeoutMs: 20 });
      const readers = [rw.rLockAsync(), rw.rLockAsync(), rw.rLockAsync()];
      expect(await impatient).toBe(false);
      expect(await Promise.all(readers)).toEqual([true, true, true]);
      for (let i = 0; i < 4; i++) rw.rUnlock();
      expect(rw.tryLock()).toBe(true);
    });

    test(`${name}: readers that waited for a writer get in when it leaves, before the next writer`, async () => {
      const rw: Lock = new Variant();
      rw.tryLock();
      const order: string[] = [];
      const readers = ["r", "r"].map((reader) => rw.rLockAsync().then(() => order.push(reader)));
      const writer = rw.lockAsync().then(() => order.push("w"));
      rw.unlock();
      await Promise.all(readers);
      expect(order).toEqual(["r", "r"]);
      rw.rUnlock();
      rw.rUnlock();
      await writer;
      expect(order).toEqual(["r", "r", "w"]);
    });

    test(`${name}: the forms with a body unlock when it throws`, async () => {
      const rw: Lock = new Variant();
      const fail = () => Promise.reject(new Error("inside"));
      await expect(rw.withReadAsync(fail)).rejects.toThrow("inside");
      await expect(rw.withWriteAsync(fail)).rejects.toThrow("inside");
      expect(rw.tryLock()).toBe(true);
    });
  });

  describe(`${name} misused`, () => {
    test(`${name}: an unlock too many says so and harms nothing`, async () => {
      const rw: Lock = new Variant();
      expect(() => rw.rUnlock()).toThrow(`sync: RUnlock of unlocked ${name}`);
      expect(() => rw.unlock()).toThrow(`sync: Unlock of unlocked ${name}`);
      expect(() => rw.clearPoison()).toThrow(`sync: Unlock of unlocked ${name}`);
      rw.tryLock();
      expect(() => rw.rUnlock()).toThrow(`sync: RUnlock of unlocked ${name}`);
      await expect(team(1, (_t, rw) => rw.unlock(), { args: [rw], deadlineMs })).rejects.toThrow(
        /\.unlock: the main thread holds this lock, thread \d+ does not$/,
      );
      rw.unlock();
      rw.tryRLock();
      await expect(team(1, (_t, rw) => rw.rUnlock(), { args: [rw], deadlineMs })).rejects.toThrow(
        /\.rUnlock: thread \d+ does not hold the read lock$/,
      );
      expect(rw.tryLock()).toBe(false);
      rw.rUnlock();
      expect(rw.tryLock()).toBe(true);
    });

    test(`${name}: a thread that would wait for itself is told, not left asleep`, async () => {
      const calls = await team(
        1,
        (t, name) => {
          const Made = t.threads[name as "RWMutex"];
          const texts: string[] = [];
          const attempt = (call: () => unknown) => {
            try {
              call();
              texts.push("passed");
            } catch (error) {
              texts.push((error as Error).message.replace(/thread \d+/, "it"));
            }
          };
          const writing = new Made();
          writing.lock();
          attempt(() => writing.lock());
          attempt(() => writing.rLock());
          const reading = new Made();
          reading.rLock();
          attempt(() => reading.lock());
          attempt(() => reading.rLock());
          return texts;
        },
        { args: [name], deadlineMs },
      );
      expect(calls[0]).toEqual([
        `${name}.lock: it holds this lock already and would wait for itself for ever`,
        `${name}.rLock: it holds the write lock and would wait for itself for ever`,
        `${name}.lock: it holds the read lock and would wait for itself for ever`,
        "passed",
      ]);
    });

    test(`${name}: on the main thread blocking calls are refused and leave the lock as it was`, () => {
      const rw: Lock = new Variant();
      expect(() => rw.lock()).toThrow(`${name}.lock: would block the main thread`);
      expect(() => rw.rLock()).toThrow(`${name}.rLock: would block the main thread`);
      expect(() => rw.tryRLockFor(1)).toThrow(`${name}.tryRLockFor: would block the main thread`);
      expect(() => rw.tryLockFor(-1)).toThrow(
        `${name}.tryLockFor: expected \`timeoutMs\` to be a number >= 0, got -1`,
      );
      expect(() => new Variant({ readers: 0 })).toThrow(
        `${name}: expected \`readers\` to be an integer from 1 to 4096, got 0`,
      );
      expect(rw.tryLock()).toBe(true);
      const other = Variant === RWMutex ? new FairRWMutex() : new RWMutex();
      expect(() => Variant.attach(other.handle)).toThrow(`${name}.attach: expected the handle of a ${name}`);
    });
  });
}
