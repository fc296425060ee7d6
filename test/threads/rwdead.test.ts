// Threads that end while they hold a reader-writer lock, or wait for it: nobody hangs, and who comes next is told. Each has a lock of
// its own, and most of the time it waits: so some run at a time.
import {
  DistributedRWMutex,
  FairRWMutex,
  ReadersFirstRWMutex,
  RWMutex,
  team,
  UpgradableRWMutex,
} from "happens-before/threads";
import { describe, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 90_000 }); // several at a time on a busy machine

const deadlineMs = 60_000;
const timeoutMs = 30_000;

const VARIANTS = [RWMutex, ReadersFirstRWMutex, FairRWMutex, UpgradableRWMutex, DistributedRWMutex] as const;
type Lock = InstanceType<(typeof VARIANTS)[number]>;
type Call = "rLock" | "lock" | "uLock" | "upgrade";

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

async function until(flag: Int32Array, value: number): Promise<void> {
  while (Atomics.load(flag, 0) < value) await new Promise((resolve) => setImmediate(resolve));
}

/** A thread that makes `calls` and stays in the last of them, or behind it, until the returned function kills it. */
async function doomed(rw: Lock, calls: readonly Call[]): Promise<() => Promise<unknown>> {
  const flag = cells(2);
  const controller = new AbortController();
  const running = team(
    1,
    (_t, rw, flag, calls) => {
      for (const call of calls) {
        Atomics.add(flag, 0, 1);
        (rw as unknown as Record<string, () => void>)[call]?.();
      }
      Atomics.add(flag, 0, 1);
      for (;;) Atomics.wait(flag, 1, 0);
    },
    { args: [rw, flag, calls.join(" ").split(" ")], signal: controller.signal },
  ).catch(() => "killed");
  await until(flag, calls.length);
  // The last call either returns soon, or waits: both are what the tests want, at whatever moment.
  await new Promise((resolve) => setTimeout(resolve, 20));
  return () => {
    controller.abort("killed");
    return running;
  };
}

/** Everybody gets in after all, and the lock is whole; returns what the tasks and threads saw of the mark. */
async function passes(rw: Lock): Promise<Set<boolean>> {
  const seen = await team(
    2,
    (t, rw) => (t.id === 0 ? rw.withWrite(() => rw.isPoisoned) : rw.withRead(() => rw.isPoisoned)),
    { args: [rw], deadlineMs },
  );
  expect(await rw.lockAsync({ timeoutMs })).toBe(true);
  seen.push(rw.isPoisoned);
  rw.clearPoison();
  expect([rw.isPoisoned, rw.tryRLock()]).toEqual([false, false]);
  rw.unlock();
  expect([rw.tryRLock(), rw.tryRLock(), rw.tryLock()]).toEqual([true, true, false]);
  rw.rUnlock();
  rw.rUnlock();
  expect(rw.tryLock()).toBe(true);
  rw.unlock();
  return new Set(seen);
}

for (const Variant of VARIANTS) {
  const name = Variant.name;
  describe.concurrent(`${name}: a thread is killed`, () => {
    test(`${name}: that reads, twice; a writer asleep, one that waits as a task and a later try get the lock, unmarked`, async () => {
      const rw: Lock = new Variant();
      const kill = await doomed(rw, ["rLock", "rLock"]);
      const asleep = team(1, (_t, rw) => rw.withWrite(() => rw.isPoisoned), { args: [rw], deadlineMs });
      const task = rw.withWriteAsync(() => rw.isPoisoned);
      expect(rw.tryLock()).toBe(false);
      await kill();
      expect([await asleep, await task]).toEqual([[false], false]);
      expect(await passes(rw)).toEqual(new Set([false]));

      await (await doomed(rw, ["rLock"]))();
      expect(rw.tryLock()).toBe(true);
    });

    test(`${name}: that writes; readers and writers, asleep or later, get the lock, marked as poisoned`, async () => {
      const rw: Lock = new Variant();
      const kill = await doomed(rw, ["lock"]);
      const asleep = team(
        3,
        (t, rw) => (t.id === 0 ? rw.withWrite(() => rw.isPoisoned) : rw.withRead(() => rw.isPoisoned)),
        { args: [rw], deadlineMs },
      );
      const tasks = [rw.withReadAsync(() => rw.isPoisoned), rw.withReadAsync(() => rw.isPoisoned)];
      expect([rw.tryRLock(), rw.tryLock()]).toEqual([false, false]);
      await kill();
      expect([await asleep, await Promise.all(tasks)]).toEqual([
        [true, true, true],
        [true, true],
      ]);
      expect(await passes(rw)).toEqual(new Set([true]));

      await (await doomed(rw, ["lock"]))();
      expect([rw.tryRLock(), rw.isPoisoned]).toEqual([true, true]);
    });

    test(`${name}: that waits to read, or to write; nobody waits for it`, async () => {
      const rw: Lock = new Variant();
      rw.tryLock();
      const reader = await doomed(rw, ["rLock"]);
      const writer = await doomed(rw, ["lock"]);
      const behind = [rw.withReadAsync(() => "read"), rw.withWriteAsync(() => "written")];
      await Promise.all([reader(), writer()]);
      rw.unlock();
      expect(await Promise.all(behind)).toEqual(["read", "written"]);
      expect(await passes(rw)).toEqual(new Set([false]));
    });

    test(`${name}: that waits to write while others read; readers are not kept out by it`, async () => {
      const rw: Lock = new Variant();
      rw.tryRLock();
      const kill = await doomed(rw, ["lock"]);
      const reading = rw.rLockAsync({ timeoutMs });
      await kill();
      expect(await reading).toBe(true);
      rw.rUnlock();
      rw.rUnlock();
      expect(await passes(rw)).toEqual(new Set([false]));
    });

    test(`${name}: a body that returns with the lock held gives it up, marked if it was writing`, async () => {
      const rw: Lock = new Variant();
      await team(2, (_t, rw) => rw.rLock(), { args: [rw], deadlineMs });
      expect([rw.tryLock(), rw.isPoisoned]).toEqual([true, false]);
      rw.unlock();
      await team(1, (_t, rw) => rw.lock(), { args: [rw], deadlineMs });
      expect([rw.tryRLock(), rw.isPoisoned]).toEqual([true, true]);
      rw.rUnlock();
      await team(1, (_t, rw) => rw.lock(), { args: [rw], deadlineMs }); // the thread is used again and does not own it
      expect(await passes(rw)).toEqual(new Set([true]));
    });
  });
}

describe.concurrent("UpgradableRWMutex: a thread is killed", () => {
  test("UpgradableRWMutex: that holds it upgradable; the next upgrader gets it, unmarked", async () => {
    const rw = new UpgradableRWMutex();
    const kill = await doomed(rw, ["uLock"]);
    const asleep = team(1, (_t, rw) => rw.withUpgradable(() => rw.isPoisoned), { args: [rw], deadlineMs });
    expect([rw.tryULock(), rw.tryULock()]).toEqual([false, false]);
    await kill();
    expect(await asleep).toEqual([false]);
    expect(await passes(rw)).toEqual(new Set([false]));
  });

  test("UpgradableRWMutex: that waits for an upgrade; readers get in again, unmarked", async () => {
    const rw = new UpgradableRWMutex();
    rw.tryRLock();
    const kill = await doomed(rw, ["uLock", "upgrade"]);
    expect(rw.tryRLock()).toBe(false);
    await kill();
    expect(rw.tryRLock()).toBe(true);
    rw.rUnlock();
    rw.rUnlock();
    expect(await passes(rw)).toEqual(new Set([false]));
  });

  test("UpgradableRWMutex: that has upgraded; the next gets it, marked", async () => {
    const rw = new UpgradableRWMutex();
    await (await doomed(rw, ["uLock", "upgrade"]))();
    expect(await passes(rw)).toEqual(new Set([true]));
  });

  test("UpgradableRWMutex: a reader that is killed does not keep an upgrade waiting", async () => {
    const rw = new UpgradableRWMutex();
    const kill = await doomed(rw, ["rLock"]);
    rw.tryULock();
    const upgrading = rw.upgradeAsync({ timeoutMs });
    await kill();
    expect(await upgrading).toBe(true);
  });
});

describe("Slots of readers", () => {
  test("DistributedRWMutex: the slots of threads that have ended are used again", async () => {
    const rw = new DistributedRWMutex({ readers: 2 });
    for (let round = 0; round < 4; round++) await (await doomed(rw, ["rLock"]))();
    const [apart] = await team(
      1,
      (_t, rw) => {
        rw.rLock();
        process.exit(0);
      },
      { args: [rw], deadlineMs },
    ).catch((error: Error) => [error.message]);
    expect(apart).toMatch(/died/);
    expect(rw.tryLock()).toBe(true); // none of the five sat in the slot that is shared and never taken back
  });
});
