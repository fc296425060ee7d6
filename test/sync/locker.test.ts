import { FatalError, gosched, type Locker, RWMutex, run, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

test("RWMutex.rLocker: its holders are readers, together and never beside a writer [TestRLocker]", async () => {
  await run(function* () {
    const rw = new RWMutex();
    const reader: Locker = rw.rLocker();
    let writing = false;
    const wg = new WaitGroup();
    let most = 0;
    let inside = 0;
    for (let i = 0; i < 4; i++)
      wg.go(function* () {
        for (let k = 0; k < 10; k++) {
          yield* reader.lock();
          most = Math.max(most, ++inside);
          expect(writing).toBe(false);
          yield* gosched();
          inside--;
          reader.unlock();
        }
      });
    wg.go(function* () {
      for (let k = 0; k < 10; k++) {
        yield* rw.lock();
        writing = true;
        expect(inside).toBe(0);
        yield* gosched();
        writing = false;
        rw.unlock();
      }
    });
    yield* wg.wait();
    expect(most).toBeGreaterThan(1);
  });
});

test("RWMutex.rLocker: unlocking what is not locked is fatal with the readers' text", async () => {
  const failure = run(function* () {
    new RWMutex().rLocker().unlock();
    yield* gosched();
  });
  await expect(failure).rejects.toThrow(FatalError);
  await expect(failure).rejects.toThrow("sync: RUnlock of unlocked RWMutex");
});
