// Mutual exclusion and the invariants of reader-writer locks, on generated programs under generated schedules.

import fc from "fast-check";
import {
  BitMutex,
  DistributedRWMutex,
  FairRWMutex,
  type Go,
  go,
  gosched,
  Mutex,
  type Op,
  ReadersFirstRWMutex,
  RWMutex,
  report,
  SemaMutex,
  type Step,
  sleep,
  UpgradableRWMutex,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

interface Lock {
  lock(): Op<void> | Go;
  tryLock(): boolean;
  unlock(): Step;
  rLock?(): Op<void>;
  tryRLock?(): boolean;
  rUnlock?(): Step;
}

type Move = "lock" | "tryLock" | "rLock" | "tryRLock";

/** One critical section: how it is entered, how many steps it lasts, how long it rests before. */
interface Section {
  readonly move: Move;
  readonly steps: number;
  readonly restMs: number;
}

/** Who is inside now, and what has been seen. */
interface Inside {
  readers: number;
  writers: number;
  passed: number;
  together: number;
}

const isWriting = (move: Move): boolean => move === "lock" || move === "tryLock";

function* enter(lock: Lock, move: Move): Go<boolean> {
  if (move === "tryLock") return lock.tryLock();
  if (move === "tryRLock") return lock.tryRLock?.() ?? false;
  yield* (move === "lock" ? lock.lock() : lock.rLock?.()) as Op<void>;
  return true;
}

function* pass(lock: Lock, inside: Inside, { move, steps, restMs }: Section): Go {
  if (restMs > 0) yield* sleep(restMs);
  if (!(yield* enter(lock, move))) return;
  const isWriter = isWriting(move);
  if (inside.writers > 0 || (isWriter && inside.readers > 0)) throw new Error("a writer is not alone");
  if (isWriter) inside.writers++;
  else inside.readers++;
  inside.together = Math.max(inside.together, inside.readers);
  for (let i = 0; i < steps; i++) yield* gosched();
  if (isWriter) inside.writers--;
  else inside.readers--;
  inside.passed++;
  if (isWriter) yield* lock.unlock();
  else yield* lock.rUnlock?.() as Step;
}

function sections(moves: readonly Move[]): fc.Arbitrary<Section[][]> {
  const section = fc.record({
    move: fc.constantFrom(...moves),
    steps: fc.nat({ max: 3 }),
    restMs: fc.nat({ max: 2 }),
  });
  return fc.array(fc.array(section, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 6 });
}

const seed = fc.string({ maxLength: 6 });
const how = fc.constantFrom(
  { strategy: "random", clock: "free" } as const,
  { strategy: "random", clock: "jump" } as const,
  { strategy: "gmp", clock: "jump", procs: 3 } as const,
  { strategy: "pct", clock: "free" } as const,
);

async function holds(make: () => Lock, moves: readonly Move[]): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sections(moves), seed, how, async (goroutines, text, options) => {
      const inside: Inside = { readers: 0, writers: 0, passed: 0, together: 0 };
      const r = await report(
        function* () {
          const lock = make();
          const all = new WaitGroup();
          for (const list of goroutines) {
            all.go(function* () {
              for (const section of list) yield* pass(lock, inside, section);
            });
          }
          yield* all.wait();
        },
        { ...options, seed: text },
      );
      const mustPass = goroutines.flat().filter(({ move }) => !move.startsWith("try")).length;
      expect(r.findings.map(({ message }) => message).join("; ")).toBe("");
      expect(inside.passed).toBeGreaterThanOrEqual(mustPass);
      expect([inside.readers, inside.writers]).toEqual([0, 0]);
    }),
    { numRuns: 150, includeErrorInReport: true },
  );
}

const EXCLUSIVE: Record<string, () => Lock> = {
  Mutex: () => new Mutex(),
  BitMutex: () => new BitMutex(),
  SemaMutex: () => new SemaMutex(),
};

const SHARED: Record<string, () => Lock> = {
  RWMutex: () => new RWMutex(),
  ReadersFirstRWMutex: () => new ReadersFirstRWMutex(),
  FairRWMutex: () => new FairRWMutex(),
  UpgradableRWMutex: () => new UpgradableRWMutex(),
  DistributedRWMutex: () => new DistributedRWMutex(3),
};

test.for(Object.entries(EXCLUSIVE))("%s: one inside at a time, whoever waits gets in", async ([, make]) => {
  await holds(make, ["lock", "tryLock"]);
});

test.for(Object.entries(SHARED))(
  "%s: a writer is alone, readers may be together, whoever waits gets in",
  async ([, make]) => {
    await holds(make, ["lock", "tryLock", "rLock", "tryRLock"]);
  },
);

test.for(Object.entries(SHARED))("%s: two readers are inside together", async ([, make]) => {
  const inside: Inside = { readers: 0, writers: 0, passed: 0, together: 0 };
  await report(function* () {
    const lock = make();
    for (let i = 0; i < 2; i++) go(pass, lock, inside, { move: "rLock", steps: 3, restMs: 0 });
    yield* sleep(1);
  });
  expect(inside.together).toBe(2);
});

test("a lock that lets two in is found", async () => {
  class Broken extends Mutex {
    override tryLock(): boolean {
      super.tryLock();
      return true;
    }
  }
  await expect(holds(() => new Broken(), ["lock", "tryLock"])).rejects.toThrow(
    /a writer is not alone|unlock of unlocked/,
  );
});

test("a reader-writer lock that takes a writer for a reader is found", async () => {
  class Broken extends RWMutex {
    override tryLock(): boolean {
      return super.tryRLock();
    }
    override unlock(): Step {
      return super.rUnlock();
    }
    override lock(): Op<void> {
      return super.rLock();
    }
  }
  await expect(holds(() => new Broken(), ["lock", "rLock"])).rejects.toThrow("a writer is not alone");
});
