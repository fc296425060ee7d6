import { explore, type Guard, GuardedMutex, go, gosched, run, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

for (const checks of [true, false]) {
  test(`GuardedMutex: at most one goroutine has a guard, in every schedule (checks: ${checks})`, async () => {
    const seen = await explore(
      {
        setup: () => ({ mu: new GuardedMutex("stock", { checks }), rooms: 0 }),
        *main(s) {
          const wg = new WaitGroup();
          for (let i = 0; i < 3; i++)
            wg.go(function* () {
              const held = yield* s.mu.lock();
              held.check();
              const before = s.rooms;
              yield* gosched();
              s.rooms = before + 1;
              yield* held.unlock();
            });
          yield* wg.wait();
          return s.rooms;
        },
      },
      { schedules: 400, stopAt: "never" },
    );
    expect(seen.failure?.error).toBeUndefined();
    expect(seen.outcomes.map((o) => o.result)).toEqual([3]);
  });
}

test("GuardedMutex: a guard used after unlock panics, also when it is unlocked twice", async () => {
  await run(function* () {
    const mu = new GuardedMutex("stock");
    const held = yield* mu.lock();
    held.unlock();
    expect(() => held.check()).toThrow("guard of stock: used after unlock");
    expect(() => held.unlock()).toThrow("guard of stock: used after unlock");
    const again = yield* mu.lock(); // somebody holds the lock, but not through the old guard
    expect(() => held.check()).toThrow("guard of stock: used after unlock");
    again.check();
  });
});

test("GuardedMutex: a borrowed guard panics, where a flag would say that somebody holds the lock", async () => {
  await expect(
    run(function* () {
      const held = yield* new GuardedMutex("stock").lock();
      go(function* thief() {
        held.check();
      });
      yield* gosched();
    }),
  ).rejects.toThrow(/^panic: guard of stock: held by goroutine 1, used by goroutine 2/);
});

test("GuardedMutex: without checks all guards are one object, and unlocking twice is fatal as in Go", async () => {
  await expect(
    run(function* () {
      const mu = new GuardedMutex("stock", { checks: false });
      const first = yield* mu.lock();
      first.unlock();
      first.check();
      const second = yield* mu.lock();
      expect(second).toBe(first);
      second.unlock();
      second.unlock();
    }),
  ).rejects.toThrow(/^fatal error: sync: unlock of unlocked mutex/);
});

test("GuardedMutex: tryLock gives a guard or null", async () => {
  await run(function* () {
    const mu = new GuardedMutex("stock");
    const held = mu.tryLock();
    expect([held?.lock, mu.tryLock()]).toEqual(["stock", null]);
    held?.unlock();
    expect(mu.tryLock()).not.toBeNull();
  });
});

test("GuardedMutex: what needs the lock does not compile without its guard, nor with another lock's", async () => {
  let rooms = 1;
  const book = (held: Guard<"stock">): void => {
    held.check();
    rooms--;
  };
  await run(function* () {
    const stock = yield* new GuardedMutex("stock").lock();
    const prices = yield* new GuardedMutex("prices").lock();
    book(stock);
    // @ts-expect-error: proof of another lock
    const wrong: Guard<"stock"> = prices;
    // @ts-expect-error: no proof at all
    expect(() => book()).toThrow(TypeError);
    // @ts-expect-error: something that looks like one
    const forged: Guard<"stock"> = { lock: "stock", check() {}, unlock: () => stock.unlock() };
    expect([wrong.lock, forged.lock, rooms]).toEqual(["prices", "stock", 0]);
  });
});

test("GuardedMutex: a name that is no string is refused", () => {
  expect(() => new GuardedMutex(1 as unknown as string)).toThrow(
    new TypeError("GuardedMutex: expected `name` to be a string, got 1"),
  );
});
