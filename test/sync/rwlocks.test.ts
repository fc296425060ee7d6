// What all reader/writer locks beyond Go's must do, and in what they differ on purpose.
import {
  DistributedRWMutex,
  explore,
  FairRWMutex,
  type Go,
  go,
  gosched,
  ReadersFirstRWMutex,
  RWMutex,
  run,
  sleep,
  UpgradableRWMutex,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";
import type { G, OpKind } from "../../lib/runtime/index.js";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

const LOCKS = {
  RWMutex: () => new RWMutex(),
  FairRWMutex: () => new FairRWMutex(),
  ReadersFirstRWMutex: () => new ReadersFirstRWMutex(),
  UpgradableRWMutex: () => new UpgradableRWMutex(),
  DistributedRWMutex: () => new DistributedRWMutex(2),
};
type Lock = ReturnType<(typeof LOCKS)[keyof typeof LOCKS]>;

/** Three readers and two writers; returns how many readers were inside together at most. */
const crowd = (make: () => Lock) => ({
  setup: () => ({ rw: make(), readers: 0, writers: 0, most: 0 }),
  *main(s: { rw: Lock; readers: number; writers: number; most: number }) {
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++)
      wg.go(function* reader() {
        yield* s.rw.rLock();
        s.most = Math.max(s.most, ++s.readers);
        if (s.writers > 0) throw new Error("a reader beside a writer");
        yield* gosched();
        s.readers--;
        yield* s.rw.rUnlock();
      });
    for (let i = 0; i < 2; i++)
      wg.go(function* writer() {
        yield* s.rw.lock();
        if (++s.writers > 1 || s.readers > 0) throw new Error("a writer beside somebody");
        yield* gosched();
        s.writers--;
        yield* s.rw.unlock();
      });
    yield* wg.wait();
    if (!s.rw.tryLock()) throw new Error("the lock is not free in the end");
    return s.most;
  },
});

for (const [name, make] of Object.entries(LOCKS)) {
  for (const seed of ["1", "42"]) {
    test(`${name}: never a writer beside anybody, yet readers together (seed ${seed})`, async () => {
      const seen = await explore(crowd(make), { seed, schedules: 600, stopAt: "never" });
      expect(seen.failure?.error).toBeUndefined();
      expect(seen.verdict).toBe("ok");
      expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2, 3]);
    });
  }

  test(`${name}: the try forms never wait`, async () => {
    await run(function* () {
      const rw = make();
      expect([rw.tryRLock(), rw.tryRLock(), rw.tryLock()]).toEqual([true, true, false]);
      rw.rUnlock();
      rw.rUnlock();
      expect([rw.tryLock(), rw.tryRLock(), rw.tryLock()]).toEqual([true, false, false]);
      rw.unlock();
      expect(rw.tryRLock()).toBe(true);
    });
  });

  test(`${name}: misuse is fatal and says what`, async () => {
    const word = name === "DistributedRWMutex" ? "RWMutex" : name;
    await expect(
      run(function* () {
        make().rUnlock();
      }),
    ).rejects.toThrow(new RegExp(`^fatal error: sync: RUnlock of unlocked ${word}`));
    await expect(
      run(function* () {
        make().unlock();
      }),
    ).rejects.toThrow(new RegExp(`^fatal error: sync: Unlock of unlocked ${word}`));
  });
}

test("planted: a lock whose readers do not keep writers out is found", async () => {
  class Leaky extends ReadersFirstRWMutex {
    override perform(g: G, kind: OpKind, arg: unknown): boolean {
      return kind.name === "lock" || super.perform(g, kind, arg);
    }
  }
  const seen = await explore(
    crowd(() => new Leaky()),
    { schedules: 600 },
  );
  expect(seen.verdict).not.toBe("ok");
});

test("a second read lock behind a waiting writer: only the lock that prefers readers gives it", async () => {
  const got: Record<string, boolean> = {};
  for (const [name, make] of Object.entries(LOCKS)) {
    await run(function* () {
      const rw = make();
      yield* rw.rLock();
      go(function* writer() {
        yield* rw.lock();
      });
      yield* gosched();
      got[name] = rw.tryRLock();
    }, JUMP);
  }
  expect(got).toEqual({
    RWMutex: false,
    FairRWMutex: false,
    ReadersFirstRWMutex: true,
    UpgradableRWMutex: false,
    DistributedRWMutex: false,
  });
});

/** Who gets in when a writer, a reader and a writer queue behind a writer. */
function* order(rw: RWMutex | FairRWMutex | ReadersFirstRWMutex) {
  const seen: string[] = [];
  const wg = new WaitGroup();
  yield* rw.lock();
  for (const name of ["writer 1", "reader 1", "reader 2", "writer 2", "reader 3"]) {
    wg.go(function* () {
      if (name.startsWith("writer")) yield* rw.lock();
      else yield* rw.rLock();
      seen.push(name);
      yield* sleep(1);
      if (name.startsWith("writer")) rw.unlock();
      else rw.rUnlock();
    });
    yield* gosched();
  }
  rw.unlock();
  yield* wg.wait();
  return seen;
}

test("FairRWMutex: serves in the order of arrival, neighbouring readers together", async () => {
  const seen = await run(() => order(new FairRWMutex()), JUMP);
  expect(seen).toEqual(["writer 1", "reader 1", "reader 2", "writer 2", "reader 3"]);
});

test("ReadersFirstRWMutex: all readers go before all writers", async () => {
  const seen = await run(() => order(new ReadersFirstRWMutex()), JUMP);
  expect(seen).toEqual(["reader 1", "reader 2", "reader 3", "writer 1", "writer 2"]);
});

test("ReadersFirstRWMutex: readers that overlap starve a writer, which FairRWMutex lets in", async () => {
  const entered: Record<string, boolean> = {};
  for (const rw of [new ReadersFirstRWMutex(), new FairRWMutex()]) {
    await run(function* () {
      const wg = new WaitGroup();
      for (let i = 0; i < 2; i++)
        wg.go(function* reader() {
          yield* sleep(i);
          for (let n = 0; n < 100; n++) {
            yield* rw.rLock();
            yield* sleep(2);
            rw.rUnlock();
          }
        });
      wg.go(function* writer() {
        yield* sleep(3);
        entered[rw.label] = yield* rw.tryLockFor(100);
        if (entered[rw.label]) rw.unlock();
      });
      yield* wg.wait();
    }, JUMP);
  }
  // Each reader lets go before it comes back, but the other one is inside then.
  expect(entered).toEqual({ readersfirstrwmutex: false, fairrwmutex: true });
});

test("FairRWMutex: a writer that gives up lets the readers behind it in at once", async () => {
  await run(function* () {
    const rw = new FairRWMutex();
    const seen: string[] = [];
    const wg = new WaitGroup();
    yield* rw.rLock();
    wg.go(function* () {
      seen.push(`writer ${yield* rw.tryLockFor(5)}`);
    });
    yield* gosched();
    wg.go(function* () {
      seen.push(`reader ${yield* rw.tryRLockFor(6)}`);
    });
    yield* wg.wait();
    expect(seen.sort()).toEqual(["reader true", "writer false"]);
  }, JUMP);
});

test("UpgradableRWMutex: what was read still holds after the upgrade, in every schedule", async () => {
  const seen = await explore(
    {
      setup: () => ({ rw: new UpgradableRWMutex(), value: 0, readers: 0 }),
      *main(s) {
        const wg = new WaitGroup();
        for (let i = 0; i < 2; i++)
          wg.go(function* adder() {
            yield* s.rw.uLock();
            const before = s.value;
            yield* gosched();
            yield* s.rw.upgrade();
            if (s.readers > 0) throw new Error("a reader beside the writer");
            s.value = before + 1;
            yield* s.rw.downgrade();
            if (s.value !== before + 1) throw new Error("somebody wrote during the downgrade");
            yield* s.rw.uUnlock();
          });
        for (let i = 0; i < 2; i++)
          wg.go(function* reader() {
            yield* s.rw.rLock();
            s.readers++;
            yield* gosched();
            s.readers--;
            yield* s.rw.rUnlock();
          });
        yield* wg.wait();
        return s.value;
      },
    },
    { schedules: 1000, stopAt: "never" },
  );
  expect(seen.failure?.error).toBeUndefined();
  expect(seen.outcomes.map((o) => o.result)).toEqual([2]);
});

test("planted: letting go of the read lock to write loses updates, and upgrading by lock() deadlocks", async () => {
  const adders = (goUp: (rw: UpgradableRWMutex) => Go) => ({
    setup: () => ({ rw: new UpgradableRWMutex(), value: 0 }),
    *main(s: { rw: UpgradableRWMutex; value: number }) {
      const wg = new WaitGroup();
      for (let i = 0; i < 2; i++)
        wg.go(function* () {
          yield* s.rw.rLock();
          const before = s.value;
          yield* goUp(s.rw);
          s.value = before + 1;
          yield* s.rw.unlock();
        });
      yield* wg.wait();
      return s.value;
    },
  });
  const lettingGo = await explore(
    adders(function* (rw) {
      yield* rw.rUnlock();
      yield* rw.lock();
    }),
    { schedules: 300, stopAt: "never" },
  );
  expect(lettingGo.outcomes.map((o) => o.result).sort()).toEqual([1, 2]);
  const byLock = await explore(
    adders(function* (rw) {
      yield* rw.lock();
    }),
    { schedules: 10 },
  );
  expect(byLock.verdict).toBe("global-deadlock");
});

test("UpgradableRWMutex: one upgradable holder at a time, beside readers", async () => {
  await run(function* () {
    const rw = new UpgradableRWMutex();
    yield* rw.uLock();
    expect([rw.tryULock(), rw.tryRLock(), rw.tryLock()]).toEqual([false, true, false]);
    expect(yield* rw.tryUpgradeFor(5)).toBe(false); // a reader is inside; the uLock is kept
    expect([rw.tryULock(), rw.tryRLock()]).toEqual([false, true]);
    rw.rUnlock();
    rw.rUnlock();
    expect(yield* rw.tryUpgradeFor(0)).toBe(true);
    expect(rw.tryRLock()).toBe(false);
    rw.unlock();
    expect(rw.tryLock()).toBe(true);
  }, JUMP);
});

for (const [word, misuse] of Object.entries({
  UUnlock: (rw: UpgradableRWMutex) => rw.uUnlock(),
  Upgrade: (rw: UpgradableRWMutex) => rw.upgrade(),
  Downgrade: (rw: UpgradableRWMutex) => rw.downgrade(),
})) {
  test(`UpgradableRWMutex: ${word} without the lock is fatal`, async () => {
    await expect(
      run(function* () {
        misuse(new UpgradableRWMutex());
      }),
    ).rejects.toThrow(new RegExp(`^fatal error: sync: ${word} of unlocked UpgradableRWMutex`));
  });
}

test("DistributedRWMutex: a writer that gives up half way has let go of all shards", async () => {
  await run(function* () {
    const rw = new DistributedRWMutex(4);
    const wg = new WaitGroup();
    yield* rw.rLock();
    wg.go(function* () {
      expect(yield* rw.tryLockFor(5)).toBe(false);
    });
    yield* wg.wait();
    for (let i = 0; i < 4; i++)
      wg.go(function* () {
        expect(rw.tryRLock()).toBe(true);
        rw.rUnlock();
      });
    yield* wg.wait();
    rw.rUnlock();
    expect(rw.tryLock()).toBe(true);
  }, JUMP);
});

test("DistributedRWMutex: a bad number of shards names expectation and value", () => {
  expect(() => new DistributedRWMutex(0)).toThrow(
    new RangeError("DistributedRWMutex: expected `shards` to be an integer from 1 to 1024, got 0"),
  );
});
