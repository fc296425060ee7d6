import {
  DistributedLock,
  explore,
  FencedResource,
  type Go,
  now,
  run,
  Store,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

test("Store: SET with NX and PX, GET, DEL, INCR, PTTL answer as Redis does", async () => {
  await run(function* () {
    const store = new Store();
    expect(yield* store.get("k")).toBe(null);
    expect(yield* store.pttl("k")).toBe(-2);
    expect(yield* store.set("k", "1")).toBe("OK");
    expect(yield* store.pttl("k")).toBe(-1);
    expect(yield* store.set("k", "2", { nx: true })).toBe(null);
    expect(yield* store.incr("k")).toBe(2);
    expect(yield* store.set("k", "x", { px: 10 })).toBe("OK");
    yield* sleep(9);
    expect(yield* store.pttl("k")).toBe(1);
    yield* sleep(1);
    expect([yield* store.get("k"), yield* store.del("k")]).toEqual([null, 0]);
    expect(yield* store.set("k", "x", { nx: true })).toBe("OK");
    let text = "";
    try {
      yield* store.incr("k");
    } catch (e) {
      text = (e as Error).message;
    }
    expect(text).toBe("ERR value is not an integer or out of range");
    expect([yield* store.del("k"), yield* store.incr("k")]).toEqual([1, 1]);
  }, JUMP);
});

test("Store: INCR keeps the time to live; a plain SET ends it", async () => {
  await run(function* () {
    const store = new Store();
    yield* store.set("n", "5", { px: 100 });
    yield* store.incr("n");
    expect(yield* store.pttl("n")).toBe(100);
    yield* store.set("n", "7");
    expect(yield* store.pttl("n")).toBe(-1);
  }, JUMP);
});

/** Three goroutines add to a counter under a lock that takes and releases as given; the smallest sum seen wins. */
function counted(take: (store: Store, lock: DistributedLock) => Go<() => Go<unknown>>, seed: string) {
  return explore(
    {
      setup: () => {
        const store = new Store();
        return { store, lock: new DistributedLock(store, "lock", { ttlMs: 1e6, retryMs: 1 }), n: 0 };
      },
      *main(s) {
        const wg = new WaitGroup();
        for (let i = 0; i < 3; i++)
          wg.go(function* () {
            const release = yield* take(s.store, s.lock);
            const before = s.n;
            yield* sleep(0.1);
            s.n = before + 1;
            yield* release();
          });
        yield* wg.wait();
        return s.n;
      },
    },
    { seed, schedules: 200, stopAt: "never", clock: "jump" },
  );
}

for (const seed of ["1", "2"]) {
  test(`DistributedLock: excludes while its holders are quicker than its time (seed ${seed})`, async () => {
    const seen = await counted(function* (_store, lock) {
      const lease = yield* lock.acquire();
      return function* () {
        expect(yield* lease.release()).toBe(true);
      };
    }, seed);
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([3]);
  });
}

test("DistributedLock: a lock by GET and then SET loses an update, so the test above can fail", async () => {
  const seen = await counted(function* (store) {
    while ((yield* store.get("lock")) !== null) yield* sleep(1);
    yield* store.set("lock", "me");
    return function* () {
      yield* store.del("lock");
    };
  }, "1");
  expect(seen.outcomes.map((o) => o.result)).toContain(2);
});

/** A slow holder runs out and releases while the next one holds. Is the lock still there? */
function lateRelease(release: "token" | "DEL") {
  return run(function* () {
    const store = new Store();
    const lock = new DistributedLock(store, "lock", { ttlMs: 100 });
    const slow = yield* lock.acquire();
    yield* sleep(150);
    yield* lock.acquire();
    if (release === "token") expect(yield* slow.release()).toBe(false);
    else yield* store.del("lock");
    return (yield* lock.tryAcquire()) === null;
  }, JUMP);
}

test("DistributedLock: a late release leaves the next holder's lock alone; a plain DEL takes it away", async () => {
  expect(await lateRelease("token")).toBe(true);
  expect(await lateRelease("DEL")).toBe(false);
});

/** Two holders, the first too slow; each writes with its number. Is the last write that of the later holder? */
function fenced(draw: "script" | "command") {
  return explore(
    {
      setup: () => {
        const store = new Store();
        return {
          store,
          lock: new DistributedLock(store, "lock", { ttlMs: 1, retryMs: 1 }),
          stock: new FencedResource(0),
        };
      },
      *main({ store, lock, stock }) {
        const wg = new WaitGroup();
        let turns = 0;
        for (let i = 0; i < 2; i++)
          wg.go(function* () {
            let fence: number;
            let turn: number;
            if (draw === "script") {
              const lease = yield* lock.acquire();
              turn = ++turns;
              ({ fence } = lease);
            } else {
              while ((yield* store.set("lock", "me", { nx: true, px: 1 })) === null) yield* sleep(1);
              turn = ++turns;
              fence = yield* store.incr("lock:fence"); // the lock may have run out before this
            }
            try {
              yield* stock.write(fence, turn);
            } catch (e) {
              expect((e as Error).name).toBe("StaleFenceError");
            }
          });
        yield* wg.wait();
        return stock.value;
      },
    },
    { schedules: 600, stopAt: "never" },
  );
}

test("FencedResource: the later holder's write stands, in any schedule", async () => {
  const seen = await fenced("script");
  expect(seen.verdict).toBe("ok");
  expect(seen.outcomes.map((o) => o.result)).toEqual([2]);
});

test("FencedResource: a number drawn by a command of its own lets an earlier holder win, so the test above can fail", async () => {
  expect((await fenced("command")).outcomes.map((o) => o.result)).toContain(1);
});

test("DistributedLock: renew prolongs a lease that holds and no other; acquire gives up in time", async () => {
  await run(function* () {
    const lock = new DistributedLock(new Store(), "lock", { ttlMs: 100 });
    const lease = yield* lock.acquire();
    yield* sleep(60);
    expect(yield* lease.renew()).toBe(true);
    expect(yield* lock.acquire(15)).toBe(null);
    expect(now()).toBe(75);
    yield* sleep(60);
    expect(yield* lock.tryAcquire()).toBe(null);
    yield* sleep(25);
    expect([yield* lease.renew(), yield* lease.release()]).toEqual([false, false]);
    expect((yield* lock.acquire()).fence).toBe(2);
  }, JUMP);
});

test("DistributedLock and Store: refuse bad arguments", async () => {
  expect(() => new DistributedLock(new Store(), "k", { ttlMs: 0 })).toThrow(
    new RangeError("DistributedLock: expected `ttlMs` to be a number >= 1, got 0"),
  );
  expect(() => new Store().set("k", "v", { px: 0 })).toThrow(
    new RangeError("Store: expected `px` to be a number >= 1, got 0"),
  );
});
