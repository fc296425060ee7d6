import { models } from "happens-before";
import { LockError, Mutex, team, WorkDeque } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { judge, SEQUENCE } from "./histories.js";
import { type Change, runRounds, type Subject } from "./planted.js";

const deadlineMs = 25_000;

/** Thread 0 owns it: it pushes, pops and sees it grow; two thieves. */
const SUBJECT: Subject = {
  file: "deque",
  name: "WorkDeque",
  make: () => new WorkDeque({ capacityItems: 1, mostItems: 8 }),
  judge: (log) => judge(log, SEQUENCE, models.deque<number>()),
  threads: 3,
  roles: "owner and thieves",
};

const PLANTED: readonly (readonly [what: string, changes: readonly Change[]])[] = [
  [
    "whose owner does not compare when it takes the last item",
    [
      [
        "Atomics.compareExchange(words, TOP, top, (top + 1) | 0) === top;\n        Atomics.store",
        "(Atomics.store(words, TOP, (top + 1) | 0), true);\n        Atomics.store",
      ],
    ],
  ],
  [
    "whose owner reads TOP before it announces the pop",
    [
      [
        "        Atomics.store(words, BOTTOM, bottom);\n        const top = Atomics.load(words, TOP);",
        "        const top = Atomics.load(words, TOP);\n        Atomics.store(words, BOTTOM, bottom);",
      ],
    ],
  ],
  [
    "that announces an item before it is there",
    [
      ["        ring[bottom & (ring.length - 1)] = value;\n", ""],
      [
        "// ORDER: release; pairs with the load in steal\n",
        "Atomics.load(words, TOP); ring[bottom & (ring.length - 1)] = value;\n",
      ],
    ],
  ],
  [
    "whose new ring is announced before the items are moved",
    [
      [
        "(to === undefined)\n            return false;",
        "(to === undefined)\n            return false;\n        Atomics.store(this.#words, RING, number + 1); Atomics.load(this.#words, RING);",
      ],
    ],
  ],
];

describe("WorkDeque in turns", () => {
  test("WorkDeque: an owner and two thieves are linearizable in 1000 interleavings (seeds 1 to 1000)", {
    timeout: 120_000,
  }, async () => {
    expect(await runRounds(SUBJECT, [], 1000)).toEqual({ verdict: "ok", text: "", rounds: 1000 });
  });

  for (const [what, changes] of PLANTED) {
    test(`WorkDeque: one ${what} is found (planted bug, seeds from 1)`, { timeout: 120_000 }, async () => {
      const { verdict } = await runRounds(SUBJECT, changes, 20_000);
      expect(["illegal", "stuck"]).toContain(verdict);
    });
  }
});

describe("WorkDeque between threads", () => {
  for (const threads of [2, 4, 8]) {
    for (const capacityItems of [1, 64]) {
      test(`WorkDeque: ${threads - 1} thieves beside the owner get every item once, thieves in order, from ${capacityItems} places on`, async () => {
        const count = 20_000;
        const over = new Int32Array(new SharedArrayBuffer(4));
        const got = await team(
          threads,
          (t, deque, count, over) => {
            const mine: number[] = [];
            if (t.id === 0) {
              for (let i = 0; i < count; i++) {
                deque.push(i);
                if (i % 3 === 0) mine.push(deque.pop() ?? -1);
              }
              for (let job = deque.pop(); job !== undefined; job = deque.pop()) mine.push(job);
              Atomics.store(over, 0, 1);
            } else {
              while (Atomics.load(over, 0) === 0 || deque.length > 0) {
                const job = deque.steal();
                if (job !== undefined) mine.push(job);
              }
            }
            return mine;
          },
          { args: [new WorkDeque({ capacityItems }), count, over], deadlineMs },
        );
        const all = got
          .flat()
          .filter((item) => item >= 0)
          .sort((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: count }, (_, i) => i));
        for (const stolen of got.slice(1))
          expect(stolen.every((item, i) => i === 0 || item > stolen[i - 1]!)).toBe(true);
      });
    }
  }

  test("WorkDeque: what a dead owner left is stolen, and only the owner pushes and pops", async () => {
    const deque = new WorkDeque();
    const dying = team(
      1,
      (_t, deque) => {
        for (let i = 0; i < 5; i++) deque.push(i);
        process.exit(3);
      },
      { args: [deque], deadlineMs },
    );
    await expect(dying).rejects.toThrow(/ended by itself/);
    expect([deque.length, deque.steal(), deque.steal()]).toEqual([5, 0, 1]);
    expect(() => deque.pop()).toThrow(LockError);
    expect(() => deque.push(1)).toThrow(
      /^WorkDeque\.push: expected the deque's owner, thread \d+, got the main thread; others steal$/,
    );
    expect([deque.steal(), deque.steal(), deque.steal(), deque.steal()]).toEqual([2, 3, 4, undefined]);
  });
});

describe("WorkDeque on one thread", () => {
  test("WorkDeque: the owner takes the last, a thief the first; it grows to its most and says when it is full", () => {
    const deque = new WorkDeque({ capacityItems: 1, mostItems: 3 });
    expect([deque.mostItems, deque.pop(), deque.steal()]).toEqual([4, undefined, undefined]);
    for (const value of [1, 2.5, Number.NaN, 4]) deque.push(value);
    expect([deque.length, deque.tryPush(5)]).toEqual([4, false]);
    expect(() => deque.push(5)).toThrow(
      new RangeError("WorkDeque.push: expected room, all 4 places are taken; pass { mostItems: … }"),
    );
    expect([
      deque.pop(),
      deque.steal(),
      WorkDeque.attach(deque.handle).steal(),
      deque.pop(),
      deque.pop(),
    ]).toEqual([4, 1, 2.5, Number.NaN, undefined]);
    expect([deque.tryPush(5), deque.steal(), deque.length]).toEqual([true, 5, 0]);
  });

  test("WorkDeque: positions pass the end of 32 bits", () => {
    const deque = new WorkDeque({ capacityItems: 2, mostItems: 8 });
    const words = new Int32Array(deque.handle.buffer);
    words[16] = words[32] = 2 ** 31 - 2;
    for (let i = 0; i < 6; i++) deque.push(i);
    expect([deque.length, deque.steal(), deque.pop(), deque.steal(), deque.steal(), deque.steal()]).toEqual([
      6, 0, 5, 1, 2, 3,
    ]);
    expect([deque.pop(), deque.pop()]).toEqual([4, undefined]);
  });

  test("WorkDeque: bad arguments are told", () => {
    expect(() => new WorkDeque({ capacityItems: 0 })).toThrow(
      "WorkDeque: expected `capacityItems` to be an integer from 1 to 16777216, got 0",
    );
    expect(() => new WorkDeque({ mostItems: 3 })).toThrow(
      "WorkDeque: expected `mostItems` to be an integer from 64 to 16777216, got 3",
    );
    expect(() => new WorkDeque().push("a" as never)).toThrow(
      "WorkDeque.push: expected `value` to be a number, got a",
    );
    expect(() => WorkDeque.attach(new Mutex().handle)).toThrow(
      "WorkDeque.attach: expected the handle of a WorkDeque, got the handle of a Mutex",
    );
  });
});
