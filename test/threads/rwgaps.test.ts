// The unlock falls into every gap of a reader or writer that comes: none of them goes to sleep after it. Deterministic: one thread.
import {
  DistributedRWMutex,
  FairRWMutex,
  ReadersFirstRWMutex,
  RWMutex,
  UpgradableRWMutex,
} from "happens-before/threads";
import { describe, expect, test, vi } from "vitest";
import { twinOf } from "./twins.js";

interface Lock {
  tryLock(): boolean;
  unlock(): void;
  rLockAsync(): Promise<boolean>;
  lockAsync(): Promise<boolean>;
}

const real = { ...pick(Atomics as unknown as Waits) };
interface Waits {
  load(words: Int32Array, at: number): number;
  waitAsync(words: Int32Array, at: number, value: number, ms?: number): { async: boolean };
}
function pick({ load, waitAsync }: Waits): Waits {
  return { load, waitAsync };
}

/** After which of the atomic loads that `call` makes an unlock leaves it asleep. */
async function sleepsThrough(make: () => Lock, call: "rLockAsync" | "lockAsync"): Promise<number[]> {
  const slept: number[] = [];
  for (let gap = 1; ; gap++) {
    const rw = make();
    rw.tryLock();
    let [loads, isFree] = [0, false];
    vi.spyOn(Atomics as unknown as Waits, "load").mockImplementation((words, at) => {
      const value = real.load(words, at);
      if (!isFree && ++loads === gap) {
        isFree = true;
        rw.unlock();
      }
      return value;
    });
    vi.spyOn(Atomics as unknown as Waits, "waitAsync").mockImplementation((words, at, value, ms) => {
      const wait = real.waitAsync(words, at, value, ms);
      if (isFree && wait.async) slept.push(gap);
      return wait;
    });
    let entering: Promise<boolean>;
    try {
      entering = rw[call](); // runs to its first sleep
    } finally {
      vi.restoreAllMocks();
    }
    const isOver = !isFree;
    if (isOver) rw.unlock();
    expect(await entering).toBe(true);
    if (isOver) {
      expect(gap).toBeGreaterThan(3);
      return slept;
    }
  }
}

for (const Variant of [RWMutex, ReadersFirstRWMutex, FairRWMutex, UpgradableRWMutex, DistributedRWMutex]) {
  for (const call of ["rLockAsync", "lockAsync"] as const) {
    test(`${Variant.name}: ${call} sleeps through no unlock, wherever it falls`, async () => {
      expect(await sleepsThrough(() => new Variant(), call)).toEqual([]);
    });
  }
}

describe("Planted bugs are caught", () => {
  test("RWMutex: a reader that looks at the turn after the state, and not again (planted), sleeps through the unlock", async () => {
    const url = twinOf(
      "rwgate.js",
      "wake = yield [TURN, turn, lookAfter(looks)];",
      "wake = yield [TURN, Atomics.load(words, TURN), lookAfter(looks)];",
    );
    const twin = (await import(/* @vite-ignore */ url)) as { RWMutex: new () => Lock };
    expect((await sleepsThrough(() => new twin.RWMutex(), "rLockAsync")).length).toBeGreaterThan(0);
  });
});
