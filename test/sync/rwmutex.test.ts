import { explore, gosched, RWMutex, run, sleep, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

for (const seed of ["1", "2", "42"]) {
  test(`RWMutex: never a writer beside anybody, yet readers together (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({ rw: new RWMutex(), readers: 0, writers: 0, most: 0 }),
        *main(s) {
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
              s.writers++;
              if (s.writers > 1 || s.readers > 0) throw new Error("a writer beside somebody");
              yield* gosched();
              s.writers--;
              yield* s.rw.unlock();
            });
          yield* wg.wait();
          return s.most;
        },
      },
      { seed, schedules: 1000, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2, 3]);
  });
}

test("RWMutex: a waiting writer keeps new readers out and gets in when the readers inside have left", async () => {
  const order = await run(
    function* () {
      const rw = new RWMutex();
      const order: string[] = [];
      const wg = new WaitGroup();
      yield* rw.rLock();
      wg.go(function* writer() {
        yield* rw.lock();
        order.push("writer");
        yield* sleep(1);
        rw.unlock();
      });
      yield* gosched();
      wg.go(function* late() {
        yield* rw.rLock();
        order.push("late reader");
        rw.rUnlock();
      });
      yield* gosched();
      order.push(rw.tryRLock() ? "barged" : "kept out");
      rw.rUnlock();
      yield* wg.wait();
      return order;
    },
    { clock: "jump", strategy: "fifo" },
  );
  expect(order).toEqual(["kept out", "writer", "late reader"]);
});

test("RWMutex: misuse is fatal with Go's texts", async () => {
  await expect(
    run(function* () {
      new RWMutex().rUnlock();
    }),
  ).rejects.toThrow(/^fatal error: sync: RUnlock of unlocked RWMutex/);
  await expect(
    run(function* () {
      new RWMutex().unlock();
    }),
  ).rejects.toThrow(/^fatal error: sync: Unlock of unlocked RWMutex/);
  await expect(
    run(function* () {
      const rw = new RWMutex();
      yield* rw.lock();
      rw.rUnlock();
    }),
  ).rejects.toThrow(/^fatal error: sync: RUnlock of unlocked RWMutex/);
});

test("RWMutex: the try forms never wait", async () => {
  await run(function* () {
    const rw = new RWMutex();
    expect([rw.tryRLock(), rw.tryRLock(), rw.tryLock()]).toEqual([true, true, false]);
    rw.rUnlock();
    rw.rUnlock();
    expect([rw.tryLock(), rw.tryRLock(), rw.tryLock()]).toEqual([true, false, false]);
    rw.unlock();
    expect(rw.tryRLock()).toBe(true);
  });
});

test("RWMutex: writers queue behind each other", async () => {
  const order = await run(
    function* () {
      const rw = new RWMutex();
      const order: number[] = [];
      const wg = new WaitGroup();
      for (let i = 0; i < 4; i++)
        wg.go(function* () {
          yield* rw.lock();
          order.push(i);
          yield* sleep(5);
          rw.unlock();
        });
      yield* wg.wait();
      return order;
    },
    { clock: "jump", strategy: "fifo" },
  );
  expect(order).toEqual([0, 1, 2, 3]);
});
