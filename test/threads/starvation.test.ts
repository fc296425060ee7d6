// Starvation mode, told by counting who came first, not by the clock.
import { Mutex, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { twinOf } from "./twins.js";

const deadlineMs = 20_000;
const RESERVED = 4 | 1; // STARVING and CONTENDED, no owner

const library = new URL("../../.build/lib/threads/index.js", import.meta.url).href;

/**
 * A hog that keeps the lock for more than 1 ms and takes it again at once, and a victim that wants `turns` turns. Returns how often
 * the hog came first although, during its turn before, the victim had said in the word that it starves.
 */
async function bypasses(library: string, turns: number): Promise<number> {
  const mu = new Mutex();
  const word = new Int32Array(mu.handle.buffer, mu.handle.offset + 4, 1);
  const book = new Int32Array(new SharedArrayBuffer(12)); // the victim's turn: odd while it wants it; bypasses; 1 while the hog is inside
  await team(
    2,
    async (t, library, handle, word, book, turns) => {
      const load = new Function("url", "return import(url)") as (url: string) => Promise<typeof t.threads>;
      const mu = (await load(library)).Mutex.attach(handle);
      const isStarving = () => (Atomics.load(word, 0) & 4) !== 0;
      t.barrier();
      if (t.id === 1) {
        for (let turn = 0; turn < turns && Atomics.load(book, 1) === 0; turn++) {
          Atomics.wait(book, 2, 0);
          Atomics.add(book, 0, 1);
          mu.lock();
          Atomics.add(book, 0, 1);
          mu.unlock();
        }
        Atomics.store(book, 0, -1);
        return;
      }
      const pause = new Int32Array(new SharedArrayBuffer(4));
      let inLine = -2;
      while (Atomics.load(book, 0) !== -1 && Atomics.load(book, 1) === 0) {
        mu.lock();
        if (inLine !== -2 && Atomics.load(book, 0) === inLine) Atomics.add(book, 1, 1);
        const wasStarving = isStarving();
        Atomics.store(book, 2, 1);
        Atomics.notify(book, 2);
        Atomics.wait(pause, 0, 0, 1.2); // asleep, so that the victim runs, on one core too
        inLine = Atomics.load(book, 0);
        Atomics.store(book, 2, 0);
        const isSaid = !wasStarving && isStarving();
        if (!isSaid || inLine % 2 === 0 || inLine !== Atomics.load(book, 0)) inLine = -2;
        mu.unlock();
      }
      Atomics.store(book, 2, 1); // a victim that was bypassed starves no longer, nor waits for a hog that has gone
      Atomics.notify(book, 2);
    },
    { args: [library, mu.handle, word, book, turns], deadlineMs },
  );
  expect(word[0]).toBe(0); // nobody in line: back to normal mode
  return book[1]!;
}

describe("Mutex: who has waited 1 ms", () => {
  test("Mutex: a waiter that starves has its turn before the one that has just unlocked", async () => {
    expect(await bypasses(library, 20)).toBe(0);
  });

  const twins: Record<string, [right: string, wrong: string]> = {
    "that frees the word instead of reserving it": [
      "(seen & STARVING) === 0 ? FREE : STARVING | CONTENDED",
      "FREE",
    ],
    "that lets a newcomer take the reserved word": ["if (!hasSlept)\n                return false;", ""],
  };
  for (const [what, [right, wrong]] of Object.entries(twins)) {
    test(`Mutex: a lock ${what} is found out (planted bug)`, async () => {
      expect(await bypasses(twinOf("lockword.js", right, wrong), 500)).toBeGreaterThan(0);
    });
  }

  test("Mutex: a reserved word is not for newcomers, and not lost when nobody comes for it", async () => {
    const mu = new Mutex();
    const word = new Int32Array(mu.handle.buffer, mu.handle.offset + 4, 1);
    word[0] = RESERVED; // handed to a thread that was ended before it could take it
    expect([mu.tryLock(), mu.owner]).toEqual([false, -1]);
    expect(await mu.lockAsync()).toBe(true);
    mu.unlock();
    expect([word[0], mu.tryLock()]).toEqual([0, true]);
  });

  test("Mutex: five threads that hold it long all get their turns, again and again", async () => {
    const turns = await team(
      5,
      (t, mu) => {
        t.barrier();
        for (let turn = 0; turn < 20; turn++) {
          mu.lock();
          for (const end = performance.now() + 0.5; performance.now() < end; );
          mu.unlock();
        }
        return true;
      },
      { args: [new Mutex()], deadlineMs },
    );
    expect(turns).toEqual([true, true, true, true, true]);
  });
});
