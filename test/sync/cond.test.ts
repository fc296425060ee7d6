import {
  Chan,
  Cond,
  DeadlockError,
  explore,
  FatalError,
  type Go,
  go,
  gosched,
  Mutex,
  PanicError,
  RWMutex,
  run,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

test("Cond: a signal wakes one waiter and no more [TestCondSignal]", async () => {
  await run(function* () {
    const c = new Cond(new Mutex());
    const running = new Chan<boolean>(3);
    const awake = new Chan<boolean>(3);
    for (let i = 0; i < 3; i++)
      go(function* () {
        yield* c.L.lock();
        yield* running.send(true);
        yield* c.wait();
        yield* awake.send(true);
        c.L.unlock();
      });
    for (let i = 0; i < 3; i++) yield* running.recv();
    for (let left = 3; left > 0; left--) {
      expect(awake.tryRecv()).toBeUndefined();
      yield* c.L.lock();
      c.signal();
      c.L.unlock();
      yield* awake.recv();
      for (let k = 0; k < 20; k++) yield* gosched();
      expect(awake.tryRecv()).toBeUndefined();
    }
    c.signal(); // nobody waits: nothing happens
  });
});

test("Cond: signals wake in the order of waiting [TestCondSignalGenerations]", async () => {
  await run(function* () {
    const c = new Cond(new Mutex());
    const running = new Chan<boolean>(100);
    const awake = new Chan<number>(100);
    for (let i = 0; i < 100; i++) {
      go(function* () {
        yield* c.L.lock();
        yield* running.send(true);
        yield* c.wait();
        yield* awake.send(i);
        c.L.unlock();
      });
      if (i > 0) expect(yield* awake.recv()).toBe(i - 1);
      yield* running.recv();
      yield* c.L.lock();
      c.signal();
      c.L.unlock();
    }
  });
});

test("Cond: a broadcast wakes everybody who waits [TestCondBroadcast]", async () => {
  await run(function* () {
    const c = new Cond(new Mutex());
    let asleep = 0;
    let woken = 0;
    const wg = new WaitGroup();
    for (let i = 0; i < 200; i++)
      wg.go(function* () {
        yield* c.L.lock();
        asleep++;
        yield* c.wait();
        woken++;
        c.L.unlock();
      });
    while (asleep < 200) yield* gosched();
    yield* c.L.lock();
    expect(woken).toBe(0);
    c.broadcast();
    c.L.unlock();
    yield* wg.wait();
    expect(woken).toBe(200);
    c.broadcast();
  });
});

for (const seed of ["1", "2", "42"]) {
  test(`Cond: three that hand a value on see every state in order (seed ${seed}) [TestRace]`, async () => {
    const seen = await explore(
      {
        setup: () => ({ c: new Cond(new Mutex()), x: 0 }),
        *main({ c, ...s }) {
          const wg = new WaitGroup();
          wg.go(function* () {
            yield* c.L.lock();
            s.x = 1;
            yield* c.wait();
            if (s.x !== 2) throw new Error(`want 2, got ${s.x}`);
            s.x = 3;
            yield* c.signal();
            yield* c.L.unlock();
          });
          wg.go(function* () {
            yield* c.L.lock();
            for (;;) {
              if (s.x === 1) {
                s.x = 2;
                yield* c.signal();
                break;
              }
              yield* c.L.unlock();
              yield* gosched();
              yield* c.L.lock();
            }
            yield* c.L.unlock();
          });
          yield* wg.wait();
          return s.x;
        },
      },
      { seed, schedules: 300, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([3]);
  });
}

test("Cond: one who waits later cannot take the signal of one who waits already [TestCondSignalStealing]", async () => {
  await run(function* () {
    for (let round = 0; round < 200; round++) {
      const c = new Cond(new Mutex());
      const first = new Chan<boolean>();
      go(function* () {
        yield* c.L.lock();
        yield* first.send(true);
        yield* c.wait();
        c.L.unlock();
        yield* first.send(true);
      });
      yield* first.recv();
      yield* c.L.lock();
      c.L.unlock();
      let isDone = false;
      go(function* () {
        c.broadcast();
      });
      go(function* later() {
        yield* c.L.lock();
        while (!isDone) yield* c.wait();
        c.L.unlock();
      });
      yield* first.recv();
      isDone = true;
      c.broadcast();
    }
  });
});

test("Cond: a copy panics with Go's text [TestCondCopy]", async () => {
  await run(function* () {
    const c = new Cond(new Mutex());
    yield* c.L.lock();
    const copies = [Object.create(c), Object.assign(Object.create(Cond.prototype), c)] as Cond[];
    for (const copy of copies) {
      for (const use of [() => copy.signal(), () => copy.broadcast(), () => copy.wait()]) {
        expect(use).toThrow(PanicError);
        expect(use).toThrow("sync.Cond is copied");
      }
    }
  });
});

test("Cond: waiting without the lock is fatal, as unlocking is", async () => {
  const failure = run(function* () {
    yield* new Cond(new Mutex()).wait();
  });
  await expect(failure).rejects.toThrow(FatalError);
  await expect(failure).rejects.toThrow("sync: unlock of unlocked mutex");
});

test("Cond: a wait that nobody ends is a deadlock that names the wait reason", async () => {
  const failure = run(function* () {
    const c = new Cond(new Mutex());
    yield* c.L.lock();
    yield* c.wait();
  });
  await expect(failure).rejects.toThrow(DeadlockError);
  await expect(failure).rejects.toThrow(/goroutine 1 \[sync\.Cond\.Wait\]/);
});

test("Cond: what is no lock is refused", () => {
  expect(() => new Cond(undefined as never)).toThrow(
    "Cond: expected `L` to have lock and unlock, got undefined",
  );
});

test("Cond: a wait that was never yielded is found", async () => {
  await expect(
    run(function* () {
      const c = new Cond(new Mutex());
      yield* c.L.lock();
      c.wait();
      c.L.unlock();
    }),
  ).rejects.toThrow("wait: the operation was created and never yielded");
});

for (const isExplored of [false, true]) {
  test(`Cond: a lock of one's own that panics on unlock leaves nobody waiting (${isExplored ? "explored" : "run"})`, async () => {
    function* main() {
      const c = new Cond({
        lock: () => gosched(),
        unlock: () => {
          throw new PanicError("my unlock");
        },
      });
      const mu = new Mutex();
      yield* mu.lock();
      try {
        yield* c.wait();
      } catch (error) {
        c.signal(); // nobody waits
        mu.unlock();
        yield* mu.lock();
        return (error as Error).message;
      }
      return "no panic";
    }
    const got = isExplored ? (await explore(main, { schedules: 10 })).outcomes[0]?.result : await run(main);
    expect(got).toBe("my unlock");
  });
}

test("Cond: readers wait with an RLocker, and a writer wakes them all", async () => {
  const woken = await run(function* () {
    const rw = new RWMutex();
    const c = new Cond(rw.rLocker());
    const wg = new WaitGroup();
    let isReady = false;
    let woken = 0;
    for (let i = 0; i < 3; i++)
      wg.go(function* () {
        yield* c.L.lock();
        while (!isReady) yield* c.wait();
        woken++;
        c.L.unlock();
      });
    yield* gosched();
    yield* rw.lock();
    isReady = true;
    rw.unlock();
    c.broadcast();
    yield* wg.wait();
    return woken;
  });
  expect(woken).toBe(3);
});

/** One waits for a flag as `wait` says, one sets it and signals, holding the lock while it sets it. */
const handshake = (wait: (c: Cond, isReady: () => boolean) => Go) => ({
  setup: () => ({ c: new Cond(new Mutex()), isReady: false }),
  *main(s: { c: Cond; isReady: boolean }): Go {
    const wg = new WaitGroup();
    wg.go(function* () {
      yield* wait(s.c, () => s.isReady);
    });
    wg.go(function* () {
      yield* s.c.L.lock();
      s.isReady = true;
      yield* s.c.L.unlock();
      yield* s.c.signal();
    });
    yield* wg.wait();
  },
});

test("Cond: no schedule loses the signal of a flag that is checked under the lock", async () => {
  const seen = await explore(
    handshake(function* (c, isReady) {
      yield* c.L.lock();
      while (!isReady()) yield* c.wait();
      yield* c.L.unlock();
    }),
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.verdict).toBe("ok");
});

test("Cond: a flag that is checked before the lock loses its signal, so the test above can fail", async () => {
  const seen = await explore(
    handshake(function* (c, isReady) {
      const wasReady = isReady();
      yield* c.L.lock();
      if (!wasReady) yield* c.wait();
      yield* c.L.unlock();
    }),
    { schedules: 500 },
  );
  expect(seen.verdict).toBe("global-deadlock");
});
