// What all lock-free structures owe: linearizable in every interleaving tried, wrong in a way that is found when one line is,
// every item once between threads, nobody stopped by a dead one, no item lost by waits that are given up.
import { models } from "happens-before";
import { MSQueue, Mutex, TreiberStack, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { judge, SEQUENCE } from "./histories.js";
import { mixed } from "./mixed.js";
import { type Change, runRounds, type Subject } from "./planted.js";

const deadlineMs = 25_000;

const SUBJECTS: readonly Subject[] = [
  {
    file: "msqueue",
    name: "MSQueue",
    make: () => new MSQueue({ capacityItems: 4 }),
    judge: (log) => judge(log, SEQUENCE, models.queue<number>()),
    threads: 3,
    roles: "equal",
  },
  {
    file: "treiber",
    name: "TreiberStack",
    make: () => new TreiberStack({ capacityItems: 4 }),
    judge: (log) => judge(log, SEQUENCE, models.stack<number>()),
    threads: 3,
    roles: "equal",
  },
];

const PLANTED: readonly (readonly [name: string, what: string, changes: readonly Change[], from?: number])[] =
  [
    [
      "TreiberStack",
      "without a tag (ABA)",
      [
        ["TOP, top, pool.following(top, next)", "TOP, top, next"],
        ["TOP, top, pool.following(top, node)", "TOP, top, node"],
      ],
    ],
    [
      "TreiberStack",
      "whose value is written after the push",
      [
        ["        this.#values[pool.value(node)] = value;\n", ""],
        [
          "        this.#items.wakeOne();",
          "        Atomics.load(words, TOP); this.#values[pool.value(node)] = value;",
        ],
      ],
    ],
    [
      "MSQueue",
      "without a tag in HEAD (ABA)",
      [["HEAD, head, pool.following(head, next)", "HEAD, head, next"]],
    ],
    [
      "MSQueue",
      "that does not look at TAIL again (E7)",
      [["if (Atomics.load(words, TAIL) !== tail)", "if (false)"]],
      2501, // a seed that is near
    ],
    [
      "MSQueue",
      "that does not look at HEAD again (D5)",
      [
        [
          "if (Atomics.load(words, HEAD) !== head)\n                continue; // I4. ORDER: after the three above",
          "",
        ],
      ],
    ],
    [
      "MSQueue",
      "that reads the value after it has moved HEAD",
      [
        ["            const value = this.#values[pool.value(next)];\n", ""],
        [
          "            pool.give(node);",
          "            pool.give(node); const value = this.#values[pool.value(next)];",
        ],
      ],
    ],
  ];

describe("in turns", () => {
  for (const subject of SUBJECTS) {
    test(`${subject.name}: ${subject.threads} threads are linearizable in 1000 interleavings (seeds 1 to 1000)`, {
      timeout: 120_000,
    }, async () => {
      expect(await runRounds(subject, [], 1000)).toEqual({ verdict: "ok", text: "", rounds: 1000 });
    });
  }

  for (const [name, what, changes, from = 1] of PLANTED) {
    test(`${name}: one ${what} is found (planted bug, seeds from ${from})`, {
      timeout: 120_000,
    }, async () => {
      const subject = SUBJECTS.find((other) => other.name === name)!;
      const { verdict } = await runRounds(subject, changes, 20_000, from);
      expect(["illegal", "stuck"]).toContain(verdict);
    });
  }
});

/** Turns of the event loop until `isSo`. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

for (const Kind of [MSQueue, TreiberStack]) {
  const { name } = Kind;
  /** The counts of who waits, for items and for room. */
  const waiting = (it: MSQueue | TreiberStack) => {
    const words = new Int32Array(it.handle.buffer);
    const line = Kind === MSQueue ? 64 : 48;
    return [words[line + 1], words[line + 3]];
  };

  describe(`${name} between threads`, () => {
    for (const threads of [2, 4, 8]) {
      test(`${name}: ${threads} threads that push and take through two places get every item once`, async () => {
        const each = 1_000;
        const it = new Kind({ capacityItems: 2 });
        const received = await team(
          threads,
          (t, it, each) => {
            const got: number[] = [];
            for (let i = 0; i < each; i++) {
              if (t.id % 2 > 0) got.push(it.take());
              else if (i % 3 > 0 || !it.tryPush(t.id * 1e6 + i)) it.push(t.id * 1e6 + i);
            }
            return got;
          },
          { args: [it, each], deadlineMs },
        );
        const all = received.flat().sort((a, b) => a - b);
        const sent = Array.from({ length: threads / 2 }, (_, sender) =>
          Array.from({ length: each }, (_, i) => 2 * sender * 1e6 + i),
        ).flat();
        expect(all).toEqual(sent);
        expect([it.isEmpty, ...waiting(it)]).toEqual([true, 0, 0]);
        if (Kind === TreiberStack) return;
        for (const items of received) {
          for (let sender = 0; sender < threads; sender++) {
            const own = items.filter((item) => Math.floor(item / 1e6) === sender);
            expect(own.every((item, i) => i === 0 || item > own[i - 1]!)).toBe(true);
          }
        }
      });
    }

    for (const threads of [2, 4]) {
      test(`${name}: ${threads} threads at full speed are linearizable (seed 1)`, async () => {
        // Enough places for all: a push that waits would wait for a pop that comes after it.
        const it = new Kind({ capacityItems: 64 });
        const { verdict, text } =
          Kind === MSQueue
            ? await mixed(it, models.queue<number>(), threads, 200, 1)
            : await mixed(it, models.stack<number>(), threads, 200, 1);
        expect([verdict, text]).toEqual(["ok", ""]);
      });
    }

    test(`${name}: threads that die at any access stop nobody, and cost at most a place each`, async () => {
      const it = new Kind({ capacityItems: 64 });
      for (let i = 0; i < 8; i++) it.tryPush(i);
      const most = 24;
      const atATime = 4;
      const dying = (access: number) =>
        team(
          1,
          (_t, it, access) => {
            let left = access;
            for (const name of ["load", "store", "compareExchange"] as const) {
              const original = Atomics[name] as (...args: unknown[]) => unknown;
              (Atomics as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
                if (--left === 0) process.exit(3); // between two accesses of an operation
                return original(...args);
              };
            }
            for (;;) {
              it.tryPush(1000);
              it.pop();
            }
          },
          { args: [it, access], deadlineMs },
        );
      for (let first = 1; first <= most; first += atATime) {
        const accesses = Array.from({ length: atATime }, (_, i) => first + i);
        await Promise.all(accesses.map((access) => expect(dying(access)).rejects.toThrow(/ended by itself/)));
        for (const access of accesses) {
          expect(it.tryPush(access)).toBe(true);
          expect(typeof it.pop()).toBe("number");
        }
      }
      const left: number[] = [];
      for (let value = it.pop(); value !== undefined; value = it.pop()) left.push(value);
      expect(new Set(left).size).toBeGreaterThanOrEqual(6); // what was there first is there, but for what the dead had popped
      let room = 0;
      while (it.tryPush(room)) room++;
      expect(room).toBeGreaterThanOrEqual(64 - most);
    });
  });

  describe(`${name} on the event loop`, () => {
    test(`${name}: waits that are given up leave nothing behind, and take no item from who waits on`, async () => {
      const it = new Kind({ capacityItems: 1 });
      const controller = new AbortController();
      const aborted = it.takeAsync({ signal: controller.signal });
      const patient = it.takeAsync();
      controller.abort(new Error("enough"));
      await expect(aborted).rejects.toThrow("enough");
      expect(it.tryPush(1)).toBe(true);
      expect(await patient).toBe(1);
      expect(await it.takeAsync({ timeoutMs: 2 })).toBe(undefined);
      it.tryPush(2);
      expect([it.tryPush(3), await it.pushAsync(3, { timeoutMs: 2 })]).toEqual([false, false]);
      const pushing = it.pushAsync(4);
      expect([it.pop(), await pushing, it.pop(), it.pop()]).toEqual([2, true, 4, undefined]);
      expect(waiting(it)).toEqual([0, 0]);
    });

    test(`${name}: a thread that waits for room gets it, and one that waits for an item`, async () => {
      const it = new Kind({ capacityItems: 1 });
      const taking = team(1, (_t, it) => it.take(), { args: [it], deadlineMs });
      await until(() => waiting(it)[0] === 1);
      await it.pushAsync(1.5);
      expect(await taking).toEqual([1.5]);
      it.tryPush(2);
      const pushing = team(1, (_t, it) => it.push(3), { args: [it], deadlineMs });
      await until(() => waiting(it)[1] === 1);
      expect(it.pop()).toBe(2);
      await pushing;
      expect(it.pop()).toBe(3);
    });

    test(`${name}: bad arguments and places are told`, async () => {
      expect(() => new Kind({ capacityItems: 0 })).toThrow(
        `${name}: expected \`capacityItems\` to be an integer from 1 to ${Kind === MSQueue ? 65_534 : 65_535}, got 0`,
      );
      const it = new Kind({ capacityItems: 1 });
      expect(() => it.tryPush("a" as never)).toThrow(
        new TypeError(`${name}.tryPush: expected \`value\` to be a number, got a`),
      );
      expect(() => it.take()).toThrow(new RegExp(`^${name}\\.take: would block the main thread`));
      it.tryPush(Number.NaN);
      expect(() => it.push(1)).toThrow(new RegExp(`^${name}\\.push: would block the main thread`));
      expect(it.take()).toBe(Number.NaN);
      await expect(it.takeAsync({ timeoutMs: -1 })).rejects.toThrow(
        `${name}.takeAsync: expected \`timeoutMs\` to be a number >= 0, got -1`,
      );
      expect(() => Kind.attach(new Mutex().handle)).toThrow(
        `${name}.attach: expected the handle of a ${name}, got the handle of a Mutex`,
      );
    });
  });
}
