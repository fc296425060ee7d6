// The watch over reader-writer locks: circles through readers, writers, waiting writers and upgrades are told; what is none is not.
import {
  DistributedRWMutex,
  Event,
  FairRWMutex,
  type LockWatch,
  Mutex,
  mapThreadStack,
  ReadersFirstRWMutex,
  RWMutex,
  team,
  UpgradableRWMutex,
  watchLocks,
} from "happens-before/threads";
import { afterEach, describe, expect, test } from "vitest";
import { twinOf } from "./twins.js";

const deadlineMs = 25_000;
const VARIANTS = [RWMutex, ReadersFirstRWMutex, FairRWMutex, UpgradableRWMutex, DistributedRWMutex] as const;
type Lock = InstanceType<(typeof VARIANTS)[number]>;
let watch: LockWatch | undefined;

afterEach(() => watch?.stop());

/** Each of two threads takes one lock in a way, then the other's in another way. Returns what each met. */
function crosswise(locks: readonly Lock[], first: "rLock" | "lock", second: "rLock" | "lock") {
  return team(
    2,
    (t, locks, first, second) => {
      const [mine, other] = [locks[t.id]!, locks[1 - t.id]!];
      const free = (call: string) => (call === "lock" ? "unlock" : "rUnlock");
      mine[first as "lock"]();
      t.barrier();
      try {
        other[second as "lock"]();
        other[free(second) as "unlock"]();
        return "passed";
      } catch (error) {
        return (error as Error).message;
      } finally {
        if (first === "rLock" && second === "rLock") t.barrier(); // nobody lets go before both have read
        mine[free(first) as "unlock"]();
      }
    },
    { args: [locks, first as string, second as string], deadlineMs },
  );
}

/**
 * Thread 0 reads, thread 1 waits to write, and thread 2, whose mutex thread 0 wants, reads until thread 1 has written: it waits where
 * waiting writers keep readers out. One read would not do: DistributedRWMutex keeps readers out for a moment before its writer waits.
 */
function behindWriter(rw: Lock, isKeptOut: boolean) {
  return team(
    3,
    (t, rw, mu, written, isKeptOut) => {
      const told = (body: () => void) => {
        try {
          body();
          return "passed";
        } catch (error) {
          return (error as Error).message;
        }
      };
      if (t.id === 0)
        return rw.withRead(() => {
          t.barrier();
          return told(() => mu.withLock(() => {}));
        });
      if (t.id === 1) {
        t.barrier();
        const text = told(() => rw.withWrite(() => {}));
        written.set();
        return text;
      }
      return mu.withLock(() => {
        t.barrier();
        return told(() => {
          do rw.withRead(() => {});
          while (isKeptOut && !written.isSet);
        });
      });
    },
    { args: [rw, new Mutex(), new Event(), isKeptOut], deadlineMs },
  );
}

for (const Variant of VARIANTS) {
  const { name } = Variant;
  const made = () => [new Variant(), new Variant()];

  describe(`watchLocks: ${name}`, () => {
    for (const [first, second, kept, wanted] of [
      ["lock", "lock", "write", "write"],
      ["rLock", "lock", "read", "write"],
      ["lock", "rLock", "write", "read"],
    ] as const) {
      test(`${name}: two threads that ${first} one and ${second} the other: one is told how it is held and wanted`, async () => {
        watch = watchLocks();
        const met = await crosswise(made(), first, second);
        expect(met.filter((text) => text === "passed")).toHaveLength(1);
        const text = mapThreadStack(met.find((one) => one !== "passed")!);
        expect(text).toMatch(
          new RegExp(`^${name}\\.${second}: would deadlock: thread \\d+ and thread \\d+ wait for each other`),
        );
        expect(
          text.match(new RegExp(`waits for ${name} \\d+ \\(${wanted}\\)\n.*lockgraphrw`, "g")),
        ).toHaveLength(2);
        expect(
          text.match(new RegExp(`holds ${name} \\d+ \\(${kept}\\), locked\n.*lockgraphrw`, "g")),
        ).toHaveLength(2);
        expect(watch.graph()).toEqual([]);
      });
    }

    test(`${name}: two threads that read both are left alone`, async () => {
      watch = watchLocks();
      expect(await crosswise(made(), "rLock", "rLock")).toEqual(["passed", "passed"]);
      expect(watch.graph()).toEqual([]);
    });

    const isKeptOut = Variant !== ReadersFirstRWMutex;
    test(`${name}: a reader behind a waiting writer ${isKeptOut ? "waits for whom that waits: told" : "does not wait: nobody is told"}`, async () => {
      watch = watchLocks();
      const met = await behindWriter(new Variant(), isKeptOut);
      const told = met.filter((text) => text !== "passed");
      expect(told).toHaveLength(isKeptOut ? 1 : 0);
      if (!isKeptOut) return;
      expect(new Set(told[0]!.match(/thread \d+/g)).size).toBe(3);
      expect(told[0]).toMatch(new RegExp(`came for ${name} \\d+ before thread \\d+`));
      expect(watch.graph()).toEqual([]);
    });

    test(`${name}: many threads that lock in one order, read and write, are left alone`, async () => {
      watch = watchLocks();
      const locks = [new Variant(), new Variant(), new Variant()];
      const turns = await team(
        4,
        (t, locks, mu) => {
          let turns = 0;
          for (let i = 0; i < 40; i++) {
            const [first, second] = [locks[i % 2]!, locks[2]!];
            const inner = () => second.withRead(() => mu.withLock(() => void turns++));
            if ((i + t.id) % 3 === 0) first.withWrite(inner);
            else if ((i + t.id) % 3 === 1) first.withRead(() => second.withWrite(() => void turns++));
            else if (first.tryRLockFor(5)) {
              inner();
              first.rUnlock();
            }
          }
          return turns > 0;
        },
        { args: [locks, new Mutex()], deadlineMs },
      );
      expect(turns).toEqual([true, true, true, true]);
      expect(watch.graph()).toEqual([]);
    });

    test(`${name}: the graph tells who reads; a body that returns with the lock held leaves no hold`, async () => {
      watch = watchLocks();
      const rw = new Variant();
      expect([rw.tryRLock(), await rw.rLockAsync()]).toEqual([true, true]);
      const [main] = watch.graph();
      expect(main?.holds.map(({ how }) => how)).toEqual(["read", "read"]);
      expect(main?.holds[0]?.at).toContain("lockgraphrw.test.ts");
      rw.rUnlock();
      expect(watch.graph()[0]?.holds).toHaveLength(1);
      rw.rUnlock();
      await team(1, (_t, rw) => rw.rLock(), { args: [rw], deadlineMs });
      expect(watch.graph()).toEqual([]);
    });

    test(`${name}: its calls are its class's own before the watch, and again after it`, async () => {
      const before = new Variant();
      watch = watchLocks();
      const during = new Variant();
      expect([before, during].map((rw) => Object.hasOwn(rw, "rLock"))).toEqual([false, true]);
      await during.lockAsync();
      watch.stop();
      during.unlock();
      expect(Object.keys(during).filter((key) => typeof during[key as "handle"] === "function")).toEqual([]);
    });
  });
}

describe("watchLocks: an upgrade", () => {
  test("UpgradableRWMutex: an upgrade that waits for a reader which waits for the upgrader is told", async () => {
    watch = watchLocks();
    const met = await team(
      2,
      (t, rw, mu) => {
        try {
          if (t.id === 0) {
            rw.withUpgradable(() =>
              mu.withLock(() => {
                t.barrier();
                rw.upgrade();
              }),
            );
          } else {
            rw.withRead(() => {
              t.barrier();
              mu.withLock(() => {});
            });
          }
          return "passed";
        } catch (error) {
          return (error as Error).message;
        }
      },
      { args: [new UpgradableRWMutex(), new Mutex()], deadlineMs },
    );
    expect(met.filter((text) => text === "passed")).toHaveLength(1);
    expect(met.join("\n")).toMatch(/waits for UpgradableRWMutex \d+ \(upgrade\)/);
    expect(met.join("\n")).toMatch(/holds UpgradableRWMutex \d+ \(read\), locked/);
    expect(watch.graph()).toEqual([]);
  });

  test("UpgradableRWMutex: holds change with upgrade and downgrade", async () => {
    watch = watchLocks();
    const rw = new UpgradableRWMutex();
    const how = () => watch?.graph()[0]?.holds.map((hold) => hold.how);
    expect([rw.tryULock(), how()]).toEqual([true, ["upgradable"]]);
    expect([rw.tryUpgrade(), how()]).toEqual([true, ["write"]]);
    rw.downgrade();
    expect(how()).toEqual(["upgradable"]);
    rw.uUnlock();
    expect(how()).toBeUndefined();
  });
});

describe("watchLocks: planted bugs", () => {
  for (const [what, right, wrong] of [
    ["waiting writers", " || isBefore(other, wait)", ""],
    ["readers", "held.lock !== wait.lock", 'held.lock !== wait.lock || held.how === "read"'],
  ] as const) {
    test(`watchLocks: when ${what} are not counted the threads sleep until the deadline (planted bug)`, async () => {
      const library = twinOf("lockcircle.js", right, wrong);
      watch = watchLocks();
      const asleep = team(
        3,
        async (t, library, handle, muHandle) => {
          const load = new Function("url", "return import(url)") as (
            url: string,
          ) => Promise<typeof t.threads>;
          const { RWMutex, Mutex } = await load(library);
          const [rw, mu] = [RWMutex.attach(handle), Mutex.attach(muHandle)];
          if (t.id === 0) rw.rLock();
          if (t.id === 2) mu.lock();
          t.barrier();
          if (t.id === 0) mu.lock();
          if (t.id === 1) rw.lock();
          while (rw.tryRLock()) rw.rUnlock();
          rw.rLock();
        },
        { args: [library, new RWMutex().handle, new Mutex().handle], deadlineMs: 500 },
      );
      await expect(asleep).rejects.toThrow(
        "the deadline of 500 ms passed; thread 0 and thread 1 and thread 2",
      );
    });
  }
});
