import { models } from "happens-before";
import { ChannelError, Disruptor, Mutex, team, type WaitStrategy } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { judge, SEQUENCE } from "./histories.js";
import { type Change, runRounds, type Subject } from "./planted.js";

const deadlineMs = 25_000;

const SUBJECT: Subject = {
  file: "disruptor",
  name: "Disruptor",
  make: () => new Disruptor({ capacityItems: 2 }),
  judge: (log) => judge(log, SEQUENCE, models.queue<number>()),
  threads: 3,
  roles: "consumer and producers",
};

const PLANTED: readonly (readonly [what: string, changes: readonly Change[]])[] = [
  [
    "that says published before the value is there",
    [
      ["        ring.values[ring.place(position)] = value;\n", ""],
      [
        "(position + 1) | 0);\n",
        "(position + 1) | 0); Atomics.load(ring.words, CLAIMED); ring.values[ring.place(position)] = value;\n",
      ],
    ],
  ],
  [
    "whose producers do not wait for the slowest consumer",
    [["if (!this.#hasRoom(claimed, end))", "if (false)"]],
  ],
  [
    "whose producers claim without comparing",
    [
      [
        "Atomics.compareExchange(words, CLAIMED, claimed, end) === claimed",
        "(Atomics.store(words, CLAIMED, end), true)",
      ],
    ],
  ],
];

describe("Disruptor in turns", () => {
  test("Disruptor: two producers and a consumer are linearizable in 1000 interleavings (seeds 1 to 1000)", {
    timeout: 120_000,
  }, async () => {
    expect(await runRounds(SUBJECT, [], 1000)).toEqual({ verdict: "ok", text: "", rounds: 1000 });
  });

  for (const [what, changes] of PLANTED) {
    test(`Disruptor: one ${what} is found (planted bug, seeds from 1)`, { timeout: 120_000 }, async () => {
      const { verdict } = await runRounds(SUBJECT, changes, 20_000);
      expect(["illegal", "stuck"]).toContain(verdict);
    });
  }
});

/** Turns of the event loop until `isSo`. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describe("Disruptor between threads", () => {
  for (const wait of ["busy-spin", "yielding", "blocking"] as const satisfies WaitStrategy[]) {
    for (const [producers, consumers] of [
      [1, [[]]],
      [2, [[], [], [0, 1]]],
    ] as const) {
      test(`Disruptor: ${producers} to ${consumers.length} threads, ${wait}: every consumer sees all, in one order, successors after`, async () => {
        const ring = new Disruptor({ capacityItems: 8, consumers, wait });
        const each = wait === "busy-spin" ? 40 : 2_000;
        const [ended, seen] = [
          new Int32Array(new SharedArrayBuffer(4)),
          new Int32Array(new SharedArrayBuffer(12)),
        ];
        const results = await team(
          producers + consumers.length,
          (t, ring, consumers, each, ended, seen) => {
            const got: number[] = [];
            let early = 0;
            if (t.id >= consumers.length) {
              for (let i = 0; i < each; i += 2) {
                const value = t.id * 1e6 + i;
                if (i % 4 > 0) ring.publish([value, value + 1]);
                else for (const one of [value, value + 1]) if (!ring.tryPublish(one)) ring.publish(one);
              }
              if (Atomics.add(ended, 0, 1) + consumers.length + 1 === t.count) ring.close();
              return { got, early };
            }
            const consumer = ring.consumer(t.id);
            const batch = new Float64Array(5);
            for (let n = consumer.take(batch); n > 0; n = consumer.take(batch)) {
              got.push(...batch.subarray(0, n));
              for (const before of consumers[t.id]!) if (Atomics.load(seen, before) < got.length - 5) early++;
              Atomics.store(seen, t.id, got.length);
            }
            return { got, early };
          },
          { args: [ring, consumers, each, ended, seen], deadlineMs },
        );
        const [first, ...others] = results.slice(0, consumers.length).map(({ got }) => got);
        for (const other of others) expect(other).toEqual(first);
        for (let producer = 0; producer < producers; producer++) {
          const id = consumers.length + producer;
          const own = first!.filter((item) => Math.floor(item / 1e6) === id);
          expect(own).toEqual(Array.from({ length: each }, (_, i) => id * 1e6 + i));
        }
        expect(results.reduce((sum, { early }) => sum + early, 0)).toBe(0);
      });
    }
  }

  test("Disruptor: a consumer whose thread died keeps producers out until it is said to have left", async () => {
    const ring = new Disruptor({ capacityItems: 2, consumers: [[], [0]] });
    const dying = team(1, () => process.exit(3), { deadlineMs });
    await expect(dying).rejects.toThrow(/ended by itself/);
    const live = ring.consumer(1); // after the dead one
    const into = new Float64Array(4);
    expect([ring.tryPublish([1, 2]), ring.tryPublish(3), live.tryTake(into)]).toEqual([true, false, 0]);
    const publishing = ring.publishAsync(3);
    const taking = live.takeAsync(into);
    ring.consumer(0).leave();
    expect(await taking).toBe(2);
    expect([await publishing, live.tryTake(into), into[0], live.lag]).toEqual([true, 1, 3, 0]);
  });
});

describe("Disruptor on the event loop", () => {
  test("Disruptor: waits that are given up leave nothing behind", async () => {
    const ring = new Disruptor({ capacityItems: 1 });
    const [consumer, into] = [ring.consumer(), new Float64Array(1)];
    const controller = new AbortController();
    const aborted = consumer.takeAsync(into, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    expect(await consumer.takeAsync(into, { timeoutMs: 2 })).toBe(undefined);
    expect([ring.tryPublish(1), await ring.publishAsync(2, { timeoutMs: 2 })]).toEqual([true, false]);
    expect(await consumer.takeAsync(into)).toBe(1);
    const words = new Int32Array(ring.handle.buffer);
    expect([words[49], words[51]]).toEqual([0, 0]); // nobody counted as waiting
  });

  test("Disruptor: closing lets what is inside out, wakes who waits, and refuses more", async () => {
    const ring = new Disruptor({ capacityItems: 2 });
    const receiving = team(
      1,
      (_t, ring) => {
        const into = new Float64Array(2);
        return [ring.consumer().take(into), ring.consumer().take(into)];
      },
      { args: [ring], deadlineMs },
    );
    ring.tryPublish(1);
    await until(() => ring.consumer().lag === 0);
    ring.close();
    expect(await receiving).toEqual([[1, 0]]);
    expect([ring.isClosed, ring.consumer().isOver]).toEqual([true, true]);
    expect(() => ring.tryPublish(1)).toThrow(new ChannelError("Disruptor.tryPublish: the ring is closed"));
    expect(() => ring.close()).toThrow(new ChannelError("Disruptor.close: the ring is closed"));
  });

  test("Disruptor: positions pass the end of 32 bits", () => {
    const ring = new Disruptor({ capacityItems: 2 });
    const words = new Int32Array(ring.handle.buffer);
    words[16] = words[32] = words[64] = 2 ** 31 - 4;
    const into = new Float64Array(2);
    for (let round = 0; round < 8; round++) {
      expect([
        ring.tryPublish(round),
        ring.tryPublish([round, 7]),
        ring.consumer().tryTake(into),
        into[0],
      ]).toEqual([true, false, 1, round]);
    }
  });

  test("Disruptor: bad arguments are told", () => {
    expect(() => new Disruptor({ capacityItems: 0 })).toThrow(
      "Disruptor: expected `capacityItems` to be an integer from 1 to 16777216, got 0",
    );
    expect(() => new Disruptor({ consumers: [[0]] })).toThrow(
      "Disruptor: expected `consumers[0]` to hold numbers of consumers before it, got 0",
    );
    expect(() => new Disruptor({ wait: "park" as never })).toThrow(
      'Disruptor: expected `wait` to be "busy-spin", "yielding" or "blocking", got park',
    );
    const ring = new Disruptor({ capacityItems: 8 });
    expect(() => ring.tryPublish(new Float64Array(9))).toThrow(
      new RangeError("Disruptor.tryPublish: expected 1 to 8 values, got 9"),
    );
    expect(() => ring.consumer(1)).toThrow(
      "Disruptor.consumer: expected `n` to be an integer from 0 to 0, got 1",
    );
    expect(() => ring.consumer().tryTake([] as never)).toThrow(
      "DisruptorConsumer.tryTake: expected `into` to be a Float64Array that is not empty",
    );
    expect(() => ring.consumer().take(new Float64Array(1))).toThrow(
      /^DisruptorConsumer\.take: would block the main thread/,
    );
    ring.tryPublish(new Float64Array(8));
    expect(() => ring.publish(1)).toThrow(/^Disruptor\.publish: would block the main thread/);
    expect(() => Disruptor.attach(new Mutex().handle)).toThrow(
      "Disruptor.attach: expected the handle of a Disruptor, got the handle of a Mutex",
    );
  });
});
