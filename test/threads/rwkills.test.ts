// A thread is killed at every step of the calls of every reader-writer lock: nobody hangs, nothing stays. Here the calls that
// need not wait, and planted bugs; those that wait, and give up, are in rwkills.stress.ts.
import { createRequire } from "node:module";
import * as library from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { killAtAll, type Locks, scriptsOf, VARIANTS } from "./rwkills.js";
import { twinOf } from "./twins.js";

for (const variant of VARIANTS) {
  for (const script of scriptsOf(variant).filter(({ held }) => held === "nothing")) {
    test(`${variant}: a thread is killed before and after each atomic change of ${script.calls.replaceAll(" ", ", ")}`, async () => {
      const { kills, wrong } = await killAtAll(library, variant, script);
      expect(wrong).toBe("");
      expect(kills).toBeGreaterThanOrEqual(12);
    }, 60_000);
  }
}

describe("Planted bugs are caught", () => {
  const planted = async (file: string, right: string, wrong: string): Promise<Locks> =>
    createRequire(import.meta.url)(twinOf(file, right, wrong)) as Locks; // by Node itself: the runner would go through all its files
  /** Few at a time: nobody is taken for one that hangs because the machine is busy. */
  const hangs = { timeoutMs: 500, atATime: 4 };
  const free = { calls: "rLock rUnlock lock unlock", held: "nothing" } as const;

  test("RWMutex: a burial that believes the dead thread's slot (planted) leaves a reader that never was noted", async () => {
    const twin = await planted(
      "readerslots.js",
      "const reads = readersIn(seen) - again.reads - before;",
      "const reads = dead.reduce((sum, slot) => sum + this.reads(slot), 0);",
    );
    expect((await killAtAll(twin, "RWMutex", free, hangs)).wrong).toMatch(/^after step \d+: a writer hangs/);
  }, 60_000);

  test("FairRWMutex: a writer that is named after its mark is set (planted) leaves a lock that nobody can free", async () => {
    const twin = await planted(
      "rworder.js",
      "Atomics.and(this.words, STATE, ~what);",
      "Atomics.store(this.words, HOLDER, NOBODY);\n        Atomics.and(this.words, STATE, ~what);",
    );
    expect((await killAtAll(twin, "FairRWMutex", free, hangs)).wrong).toMatch(/hangs/);
  }, 60_000);

  test("FairRWMutex: a ticket that is drawn before it bears a name (planted) stops the line", async () => {
    const twin = await planted(
      "waitingline.js",
      "if (Atomics.compareExchange(words, place, seen, waitingMark(ticket, kind)) !== seen)",
      "this.#passTail(ticket);\n                if (Atomics.compareExchange(words, place, seen, waitingMark(ticket, kind)) !== seen)",
    );
    const waiting = { calls: "rLock rUnlock", held: "write, then nothing" } as const;
    expect((await killAtAll(twin, "FairRWMutex", waiting, hangs)).wrong).toMatch(/hangs/);
  }, 60_000);
});
