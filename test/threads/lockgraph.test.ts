// The watch over locks: a circle of waiting threads is an error in the one that closes it, and nobody hangs.
import { readFileSync } from "node:fs";
import { type LockWatch, Mutex, Once, team, watchLocks } from "happens-before/threads";
import { afterEach, describe, expect, test } from "vitest";
import { twinOf } from "./twins.js";

const deadlineMs = 20_000;
let watch: LockWatch | undefined;

afterEach(() => watch?.stop());

/** Thread i takes lock i, waits until all have, then takes lock i + 1. Returns what each thread met. */
function circle(threads: number, locks: readonly Mutex[]): Promise<string[]> {
  return team(
    threads,
    (t, locks) => {
      try {
        locks[t.id]!.withLock(() => {
          t.barrier();
          locks[(t.id + 1) % t.count]!.withLock(() => {});
        });
        return "passed";
      } catch (error) {
        return (error as Error).message;
      }
    },
    { args: [locks], deadlineMs },
  );
}

function mutexes(count: number): Mutex[] {
  return Array.from({ length: count }, () => new Mutex());
}

describe("watchLocks: a deadlock", () => {
  test("watchLocks: of two threads is an error in one, with both threads, locks and lines; the other goes on", async () => {
    watch = watchLocks();
    const [a, b] = mutexes(2) as [Mutex, Mutex];
    const failing = team(
      2,
      (t, a, b) => {
        const [first, second] = t.id === 0 ? [a, b] : [b, a];
        first.lock();
        t.barrier();
        try {
          second.lock();
          second.unlock();
        } finally {
          first.unlock();
        }
      },
      { args: [a, b], deadlineMs },
    );
    const error = (await failing.catch((e: unknown) => e)) as Error;
    expect(error.name).toBe("LockError");
    const [title, ...lines] = error.message.split("\n");
    expect(title).toMatch(/^Mutex\.lock: would deadlock: thread (\d+) and thread (\d+) wait for each other$/);
    const [, one, other] = /thread (\d+) and thread (\d+)/.exec(title ?? "") ?? [];
    const [, wanted, kept] =
      /waits for (Mutex \d+)\n.*\n.*holds (Mutex \d+), locked/.exec(error.message) ?? [];
    const second = `at .*lockgraph.test.ts:${lineOf("second.lock();")}:\\d+`;
    const first = `at .*lockgraph.test.ts:${lineOf("first.lock();")}:\\d+`;
    const expected = [
      `^  thread ${one} waits for ${wanted}$`,
      second,
      `^  thread ${one} holds ${kept}, locked$`,
      first,
      `^  thread ${other} waits for ${kept}$`,
      second,
      `^  thread ${other} holds ${wanted}, locked$`,
      first,
    ];
    expect(lines).toHaveLength(expected.length);
    for (const [i, line] of lines.entries()) expect(line).toMatch(new RegExp(expected[i]!));
    expect([a.owner, b.owner, watch.graph()]).toEqual([-1, -1, []]);
  });

  for (const threads of [2, 3, 5]) {
    test(`watchLocks: in a circle of ${threads} threads one is told, the others pass`, async () => {
      watch = watchLocks();
      const met = await circle(threads, mutexes(threads));
      expect(met.filter((text) => text === "passed")).toHaveLength(threads - 1);
      const told = met.filter((text) => text.includes("wait for each other")).join();
      expect(new Set(told.match(/thread \d+/g)).size).toBe(threads);
    });
  }

  test("watchLocks: when nobody looks for circles the threads sleep until the deadline (planted bug)", async () => {
    const right = "const found = circleOf(thisThread, readPages());";
    const library = twinOf("lockgraph.js", right, "const found = undefined;");
    watch = watchLocks();
    const asleep = team(
      2,
      async (t, library, handles) => {
        const load = new Function("url", "return import(url)") as (url: string) => Promise<typeof t.threads>;
        const { Mutex } = await load(library);
        const locks = handles.map((handle) => Mutex.attach(handle));
        locks[t.id]!.lock();
        t.barrier();
        locks[1 - t.id]!.lock();
      },
      { args: [library, mutexes(2).map(({ handle }) => handle)], deadlineMs: 400 },
    );
    await expect(asleep).rejects.toThrow("the deadline of 400 ms passed; thread 0 and thread 1 of 2");
  });

  test("watchLocks: a Once inside the circle counts like a lock", async () => {
    watch = watchLocks();
    const met = await team(
      2,
      (t, mu, once) => {
        try {
          if (t.id === 0) {
            mu.withLock(() => {
              t.barrier();
              once.do(() => {});
            });
          } else {
            once.do(() => {
              t.barrier();
              mu.withLock(() => {});
            });
          }
          return "passed";
        } catch (error) {
          return (error as Error).message;
        }
      },
      { args: [new Mutex(), new Once()], deadlineMs },
    );
    expect(met.filter((text) => text === "passed")).toHaveLength(1);
    expect(met.join()).toMatch(/waits for Once \d+\n/);
  });
});

describe("watchLocks: no deadlock, no report", () => {
  test("watchLocks: threads that take three locks in one order, or with time limits in any, are left alone", async () => {
    watch = watchLocks();
    const turns = await team(
      4,
      (t, locks) => {
        let turns = 0;
        for (let i = 0; i < 60; i++) {
          const ordered = t.id < 2;
          const [first, second] = ordered
            ? [locks[0]!, locks[1 + (i % 2)]!]
            : [locks[(i + t.id - 1) % 3]!, locks[i % 3]!];
          if (first === second) continue;
          if (ordered) first.withLock(() => second.withLock(() => turns++));
          else if (first.tryLockFor(2)) {
            if (second.tryLockFor(2)) {
              turns++;
              second.unlock();
            }
            first.unlock();
          }
        }
        return turns > 0;
      },
      { args: [mutexes(3)], deadlineMs },
    );
    expect(turns).toEqual([true, true, true, true]);
    expect(watch.graph()).toEqual([]);
  });

  test("watchLocks: a dead thread is in no circle: who waits for its lock gets it", async () => {
    watch = watchLocks();
    const [a, b] = mutexes(2) as [Mutex, Mutex];
    await team(
      1,
      (_t, a) => {
        a.lock();
        process.exit();
      },
      { args: [a], deadlineMs },
    ).catch(() => "died");
    const poisoned = await team(1, (_t, a, b) => b.withLock(() => a.withLock(() => a.isPoisoned)), {
      args: [a, b],
      deadlineMs,
    });
    expect(poisoned).toEqual([true]);
  });

  test("watchLocks: graph tells who holds and who waits at this moment", async () => {
    watch = watchLocks();
    const mu = new Mutex();
    expect(mu.tryLock()).toBe(true);
    const waiting = team(1, (_t, mu) => mu.withLock(() => 1), { args: [mu], deadlineMs });
    while (watch.graph().length < 2) await new Promise((resolve) => setImmediate(resolve));
    const [holder, waiter] = watch.graph().sort((x, y) => x.thread - y.thread);
    expect([holder?.thread, holder?.waitsFor]).toEqual([0, undefined]);
    expect(holder?.holds[0]?.at).toContain("lockgraph.test.ts");
    expect(waiter?.holds).toEqual([]);
    expect(waiter?.waitsFor?.lock).toBe(holder?.holds[0]?.lock);
    mu.unlock();
    await waiting;
  });

  test("watchLocks: after stop, and for locks made before, a free lock's word is 0: the fast path", async () => {
    const before = new Mutex();
    watch = watchLocks();
    const during = new Mutex();
    const wordOf = ({ handle }: Mutex) => new Int32Array(handle.buffer, handle.offset + 4, 1)[0];
    expect([wordOf(before), wordOf(during) === 0]).toEqual([0, false]);
    watch.stop();
    await during.withLockAsync(() => {});
    expect([wordOf(before), wordOf(during)]).toEqual([0, 0]);
  });
});

function lineOf(text: string): number {
  return 1 + source.split("\n").findIndex((line) => line.trim() === text);
}

const source = readFileSync(new URL(import.meta.url), "utf8");
