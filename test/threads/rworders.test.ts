// What tells the reader-writer locks between threads apart: who goes first; the upgradable lock; planted bugs.
import {
  DistributedRWMutex,
  FairRWMutex,
  ReadersFirstRWMutex,
  RWMutex,
  team,
  UpgradableRWMutex,
} from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { ALONE, BEGUN, ENTERED } from "../../lib/threads/readerslots.js";
import { READER, STATE, WRITER } from "../../lib/threads/rwstate.js";

const deadlineMs = 20_000;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

type Plain = RWMutex | ReadersFirstRWMutex | FairRWMutex | UpgradableRWMutex | DistributedRWMutex;

/** The order in which readers and writers, come in the order of `who` ("r", "w"), get in behind a reader inside. */
async function order(rw: Plain, who: string): Promise<string> {
  rw.tryRLock();
  const entered: string[] = [];
  const all = [...who].map(async (kind, n) => {
    await (kind === "r" ? rw.rLockAsync() : rw.lockAsync());
    entered.push(`${kind}${n}`);
    await new Promise((resolve) => setImmediate(resolve));
    if (kind === "r") rw.rUnlock();
    else rw.unlock();
  });
  await new Promise((resolve) => setImmediate(resolve));
  entered.push("|");
  rw.rUnlock();
  await Promise.all(all);
  return entered.join(" ");
}

describe("Who goes first", () => {
  test("RWMutex: readers that came behind a writer wait for it", async () => {
    expect(await order(new RWMutex(), "rwr")).toBe("r0 | w1 r2");
  });

  test("DistributedRWMutex: readers that came behind a writer wait for it", async () => {
    expect(await order(new DistributedRWMutex(), "rwr")).toBe("r0 | w1 r2");
  });

  test("ReadersFirstRWMutex: a waiting writer keeps nobody out", async () => {
    expect(await order(new ReadersFirstRWMutex(), "rwrr")).toBe("r0 r2 r3 | w1");
  });

  for (const Fair of [FairRWMutex, UpgradableRWMutex]) {
    test(`${Fair.name}: first come, first served, whatever they want`, async () => {
      expect(await order(new Fair(), "rwrrwwr")).toBe("r0 | w1 r2 r3 w4 w5 r6");
    });

    test(`${Fair.name}: who gives up in the middle of the line does not hold up those behind`, async () => {
      const rw = new Fair();
      rw.tryLock();
      const controllers = [0, 1, 2, 3, 4].map(() => new AbortController());
      const entered: number[] = [];
      const all = controllers.map(({ signal }, n) =>
        rw.lockAsync({ signal }).then(
          () => {
            entered.push(n);
            rw.unlock();
          },
          () => "gave up",
        ),
      );
      for (const n of [1, 2, 4]) controllers[n]?.abort();
      await Promise.all([all[1], all[2], all[4]]);
      rw.unlock();
      await Promise.all(all);
      expect(entered).toEqual([0, 3]);
      expect(rw.tryLock()).toBe(true);
    });

    test(`${Fair.name}: more than the line holds is told, and the line still moves`, async () => {
      const rw = new Fair();
      rw.tryLock();
      const waiting = Array.from({ length: 1024 }, () => rw.rLockAsync());
      await expect(rw.rLockAsync()).rejects.toThrow(`${Fair.name}: more than 1024 wait`);
      rw.unlock();
      expect((await Promise.all(waiting)).every(Boolean)).toBe(true);
      for (let i = 0; i < 1024; i++) rw.rUnlock();
      expect(rw.tryLock()).toBe(true);
    });
  }

  test("FairRWMutex: writers that come without a pause do not pass a reader more than once each", async () => {
    // A thread that has let the reader pass cannot come again before it: counted, not timed.
    const passed = await team(
      4,
      (t, rw, books) => {
        let most = 0;
        for (let i = 0; i < 200; i++) {
          if (t.id === 0) {
            Atomics.store(books, 16, 0);
            Atomics.store(books, 0, 1); // about to come
            rw.rLock();
            most = Math.max(most, Atomics.load(books, 16));
            Atomics.store(books, 0, 0);
            rw.rUnlock();
          } else {
            rw.lock();
            if (Atomics.load(books, 0) === 1) Atomics.add(books, 16, 1);
            rw.unlock();
          }
        }
        return most;
      },
      { args: [new FairRWMutex(), cells(32)], deadlineMs },
    );
    expect(passed.slice(1)).toEqual([0, 0, 0]);
  });
});

describe("A second read with a writer between", () => {
  for (const [Lock, isTold] of [
    [RWMutex, true],
    [FairRWMutex, true],
    [UpgradableRWMutex, true],
    [DistributedRWMutex, true],
    [ReadersFirstRWMutex, false],
  ] as const) {
    test(`${Lock.name}: ${isTold ? "is told, not left asleep" : "gets in"}`, async () => {
      const rw: Plain = new Lock();
      const flag = cells(1);
      const reading = team(
        1,
        (_t, rw, flag) => {
          rw.rLock();
          Atomics.store(flag, 0, 1);
          Atomics.notify(flag, 0);
          Atomics.wait(flag, 0, 1);
          try {
            rw.rLock();
            rw.rUnlock();
            return "got in";
          } catch (error) {
            return (error as Error).message.replace(/thread \d+/, "it");
          } finally {
            rw.rUnlock();
          }
        },
        { args: [rw, flag], deadlineMs },
      );
      while (Atomics.load(flag, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
      const writing = rw.lockAsync();
      await new Promise((resolve) => setImmediate(resolve));
      Atomics.store(flag, 0, 2);
      Atomics.notify(flag, 0);
      expect(await reading).toEqual([
        isTold
          ? `${Lock.name}.rLock: it reads already and would wait for a writer that waits for it`
          : "got in",
      ]);
      expect(await writing).toBe(true);
    });
  }
});

describe("UpgradableRWMutex", () => {
  test("UpgradableRWMutex: upgraders never wait for each other, and nobody writes between look and write", async () => {
    const rw = new UpgradableRWMutex();
    const books = cells(4); // sum, upgradable holders, violations, readers' violations
    await team(
      4,
      (t, rw, books) => {
        for (let i = 0; i < 300; i++) {
          if (t.id === 3) {
            rw.withRead(() => (books[3]! += Number(books[1]! > 1)));
            continue;
          }
          rw.uLock();
          if (Atomics.add(books, 1, 1) !== 0) Atomics.add(books, 2, 1);
          const seen = books[0]!;
          if (i % 3 !== 0 || rw.tryUpgradeFor(0.05)) {
            if (i % 3 !== 0) rw.upgrade();
            if (books[0] !== seen) Atomics.add(books, 2, 1);
            books[0] = seen + 1;
            rw.downgrade();
          }
          Atomics.sub(books, 1, 1);
          rw.uUnlock();
        }
      },
      { args: [rw, books], deadlineMs },
    );
    expect([...books.subarray(1)]).toEqual([0, 0, 0]);
    expect(books[0]).toBeGreaterThanOrEqual(600);
    expect(rw.tryLock()).toBe(true);
  });

  test("UpgradableRWMutex: reads beside readers, keeps other upgraders and writers out", async () => {
    const rw = new UpgradableRWMutex();
    expect([rw.tryULock(), rw.tryRLock(), rw.tryULock(), rw.tryLock()]).toEqual([true, true, false, false]);
    expect([rw.tryUpgrade(), await rw.upgradeAsync({ timeoutMs: 5 })]).toEqual([false, false]);
    expect(rw.tryRLock()).toBe(true); // the upgrade that was given up keeps nobody out
    rw.rUnlock();
    const upgrading = rw.upgradeAsync();
    expect(rw.tryRLock()).toBe(false); // one that waits does
    rw.rUnlock();
    expect(await upgrading).toBe(true);
    expect([rw.tryRLock(), rw.tryULock(), rw.tryLock()]).toEqual([false, false, false]);
    rw.downgrade();
    expect([rw.tryRLock(), rw.tryULock(), rw.tryLock()]).toEqual([true, false, false]);
    rw.rUnlock();
    rw.uUnlock();
    expect(await rw.withUpgradableAsync(() => rw.tryUpgrade())).toBe(true); // ends also as a writer
    expect(rw.tryLock()).toBe(true);
    rw.downgrade();
    rw.uUnlock();
    expect([rw.tryULock(), rw.tryUpgrade()]).toEqual([true, true]);
    rw.unlock();
    expect(rw.tryLock()).toBe(true);
  });

  test("UpgradableRWMutex: misuse says what is not held", async () => {
    const rw = new UpgradableRWMutex();
    expect(() => rw.uUnlock()).toThrow("sync: UUnlock of unlocked UpgradableRWMutex");
    expect(() => rw.tryUpgrade()).toThrow("sync: Upgrade of unlocked UpgradableRWMutex");
    expect(() => rw.downgrade()).toThrow("sync: Downgrade of unlocked UpgradableRWMutex");
    expect(() => rw.uLock()).toThrow("UpgradableRWMutex.uLock: would block the main thread");
    rw.tryULock();
    expect(() => rw.unlock()).toThrow("sync: Unlock of unlocked UpgradableRWMutex");
    const texts = await team(
      1,
      (t) => {
        const rw = new t.threads.UpgradableRWMutex();
        const texts: string[] = [];
        rw.uLock();
        for (const call of ["lock", "uLock", "upgrade"] as const) {
          try {
            if (call === "upgrade") rw.rLock();
            rw[call]();
          } catch (error) {
            texts.push((error as Error).message.replace(/thread \d+/, "it"));
          }
        }
        return texts;
      },
      { deadlineMs },
    );
    expect(texts[0]).toEqual([
      "UpgradableRWMutex.lock: it holds the upgradable lock (use upgrade) and would wait for itself for ever",
      "UpgradableRWMutex.uLock: it holds this lock already and would wait for itself for ever",
      "UpgradableRWMutex.upgrade: it holds a read lock too and would wait for itself for ever",
    ]);
  });
});

describe("Planted bugs are caught", () => {
  /** The other thread's step falls into the gap; true when both are inside. */
  const clash = (rw: DistributedRWMutex, gap: () => boolean) => {
    const reader = new LooksFirst({ at: rw.handle });
    let isWriting = false;
    reader.gap = () => {
      isWriting = gap();
    };
    return reader.tryRLock() && isWriting;
  };

  class LooksFirst extends DistributedRWMutex {
    gap: () => void = () => {};
    isRight = false;

    protected override enterRead(): boolean {
      const slot = this.slot === 0 ? this.claimSlot() : this.slot;
      const look = () => (Atomics.load(this.words, STATE) & WRITER) === 0;
      const note = () => Atomics.add(this.words, slot + ALONE, 1);
      if (this.isRight) note();
      const isOpen = look();
      this.gap();
      if (!this.isRight) note();
      return isOpen;
    }
  }

  test("DistributedRWMutex: a reader that looks for the writer before it counts itself (planted) meets it", () => {
    const rw = new DistributedRWMutex();
    expect(clash(rw, () => rw.tryLock())).toBe(true);
  });

  test("DistributedRWMutex: a reader that counts itself first keeps the same writer out", () => {
    const rw = new DistributedRWMutex();
    const reader = new LooksFirst({ at: rw.handle });
    reader.isRight = true;
    let isWriting = true;
    reader.gap = () => {
      isWriting = rw.tryLock();
    };
    expect([reader.tryRLock(), isWriting]).toEqual([true, false]);
  });

  test("DistributedRWMutex: a writer that does not look at the slots (planted) meets readers", () => {
    class LooksNowhere extends DistributedRWMutex {
      protected override close(): undefined {
        Atomics.or(this.words, STATE, WRITER);
        this.noteInside();
      }
    }
    const rw = new LooksNowhere();
    expect([rw.tryRLock(), rw.tryLock()]).toEqual([true, true]);
  });

  test("FairRWMutex: a fast path that does not look at the line (planted) lets a reader pass the writer", async () => {
    class Passes extends FairRWMutex {
      protected override enterRead(): boolean {
        const slot = this.slot === 0 ? this.claimSlot() : this.slot;
        if ((Atomics.load(this.words, STATE) & WRITER) !== 0) return false;
        this.slots.note(slot, BEGUN);
        Atomics.add(this.words, STATE, READER);
        this.slots.note(slot, ENTERED);
        return true;
      }
      override async rLockAsync(): Promise<boolean> {
        return this.enterRead() || super.rLockAsync();
      }
    }
    expect(await order(new Passes(), "rwr")).not.toBe("r0 | w1 r2");
  });

  test("UpgradableRWMutex: readers that upgrade by locking again (planted) wait for each other for ever", async () => {
    const rw = new UpgradableRWMutex();
    rw.tryRLock();
    rw.tryRLock();
    const both = await Promise.all([rw.lockAsync({ timeoutMs: 60 }), rw.lockAsync({ timeoutMs: 60 })]);
    expect(both).toEqual([false, false]);
  });
});
