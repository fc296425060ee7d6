// Locks and snapshot under more threads than cores, with every way in and out in the mix. A minute each; HB_STRESS_SECONDS
// sets another length. The body keeps its own books: who is inside, what was written.
import {
  carry,
  DistributedRWMutex,
  FairRWMutex,
  Mutex,
  ReadersFirstRWMutex,
  RWMutex,
  Snapshot,
  team,
  UpgradableRWMutex,
} from "happens-before/threads";
import { expect, test } from "vitest";

const { HB_STRESS_SECONDS: secondsText } = process.env;
const seconds = Number(secondsText ?? 60);
const deadlineMs = (seconds + 60) * 1000;
const timeoutMs = deadlineMs + 10_000;

function cells(n: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * n));
}

/** xorshift32: the same choices for the same seed on every thread. */
const chooser = carry((seed: number) => {
  let state = seed | 1;
  return (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
});

for (const threads of [2, 4, 8]) {
  test(
    `Mutex: ${threads} threads, lock, tryLock, tryLockFor and lockAsync, never two inside (seed 1)`,
    async () => {
      const books = cells(3); // inside, violations, entries
      const counts = await team(
        threads,
        async (t, mu, books, chooser, endMs) => {
          const choose = chooser(1 + t.id * 7919);
          let entries = 0;
          while (performance.timeOrigin + performance.now() < endMs) {
            for (let i = 0; i < 1_000; i++) {
              const way = choose(100);
              if (way < 60) mu.lock();
              else if (way < 80) {
                if (!mu.tryLock()) continue;
              } else if (way < 99) {
                if (!mu.tryLockFor(choose(3) / 10)) continue;
              } else if (!(await mu.lockAsync({ timeoutMs: choose(3) }))) continue;
              if (++books[0]! !== 1) books[1]!++;
              books[2]!++;
              entries++;
              books[0]!--;
              mu.unlock();
            }
          }
          return entries;
        },
        { args: [new Mutex(), books, chooser, Date.now() + (seconds * 1000) / 3], deadlineMs },
      );
      expect([books[0], books[1]]).toEqual([0, 0]);
      expect(books[2]).toBe(counts.reduce((a, b) => a + b) | 0);
    },
    timeoutMs,
  );

  for (const Variant of [RWMutex, ReadersFirstRWMutex, FairRWMutex, UpgradableRWMutex, DistributedRWMutex]) {
    test(
      `${Variant.name}: ${threads} threads, every way in, with time limits: no reader beside a writer, everything open at the end (seed 2)`,
      async () => {
        const rw: InstanceType<typeof Variant> = new Variant();
        const books = cells(4); // readers, writers, violations, payload
        await team(
          threads,
          async (t, rw, books, chooser, endMs) => {
            const choose = chooser(2 + t.id * 104_729);
            while (performance.timeOrigin + performance.now() < endMs) {
              for (let i = 0; i < 1_000; i++) {
                const way = choose(200);
                if (way < 140) {
                  if (way < 90) rw.rLock();
                  else if (way < 110) {
                    if (!rw.tryRLock()) continue;
                  } else if (way < 139) {
                    if (!rw.tryRLockFor(choose(3) / 20)) continue;
                  } else if (!(await rw.rLockAsync({ timeoutMs: choose(3) }))) continue;
                  Atomics.add(books, 0, 1);
                  if (Atomics.load(books, 1) !== 0) Atomics.add(books, 2, 1);
                  Atomics.sub(books, 0, 1);
                  rw.rUnlock();
                } else {
                  if (way < 170) rw.lock();
                  else if (way < 180) {
                    if (!rw.tryLock()) continue;
                  } else if (way < 199) {
                    if (!rw.tryLockFor(choose(3) / 20)) continue;
                  } else if (!(await rw.lockAsync({ timeoutMs: choose(3) }))) continue;
                  if (Atomics.add(books, 1, 1) !== 0 || Atomics.load(books, 0) !== 0)
                    Atomics.add(books, 2, 1);
                  books[3]!++;
                  Atomics.sub(books, 1, 1);
                  rw.unlock();
                }
              }
            }
          },
          { args: [rw, books, chooser, Date.now() + (seconds * 1000) / 3], deadlineMs },
        );
        expect([...books.subarray(0, 3)]).toEqual([0, 0, 0]);
        expect(new Int32Array(rw.handle.buffer, rw.handle.offset + 4, 1)[0]! & ~2).toBe(0); // nobody is counted any more, and nobody waits
        expect(rw.tryLock()).toBe(true);
      },
      timeoutMs,
    );
  }

  test(
    `Snapshot: ${threads} threads, two of them publishing without a pause: no mix, no step back`,
    async () => {
      const snapshot = new Snapshot(new Int32Array(512), { readers: threads });
      const bad = await team(
        threads,
        (t, snapshot, endMs) => {
          let [mixed, back, last] = [0, 0, 0];
          while (performance.timeOrigin + performance.now() < endMs) {
            for (let i = 0; i < 200; i++) {
              if (t.id < 2 && (t.count > 2 || t.id === 0)) {
                snapshot.publish((data, version) => data.fill(version));
                continue;
              }
              snapshot.read((data, version) => {
                if (version > 1 && data.some((value) => value !== version)) mixed++;
                if (version < last) back++;
                last = version;
              });
            }
          }
          return mixed + back;
        },
        { args: [snapshot, Date.now() + (seconds * 1000) / 3], deadlineMs },
      );
      expect(bad).toEqual(bad.map(() => 0));
    },
    timeoutMs,
  );
}
