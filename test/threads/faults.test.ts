// Threads that are killed at any moment, memory that runs out, ends while others wait, many teams in a row.
import { Arena, Chan, dismissIdle, Mutex, Queue, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { type StormName, storm, storms } from "./storm.js";

const deadlineMs = 20_000;

describe("faults: threads are killed while", () => {
  for (const name of Object.keys(storms) as StormName[]) {
    test(`${name}: the others go on, and find nothing broken`, async () => {
      expect(await storm(name, 200, deadlineMs)).toBe(0);
    });
  }
});

describe("faults: an arena is exhausted", () => {
  test("Arena: threads that fill it together get what fits, then the error; what they have got works", async () => {
    const arena = new Arena(64 * 33); // its header and 32 locks
    const made = await team(
      4,
      (t, arena) => {
        let count = 0;
        t.barrier();
        try {
          for (;;) {
            const mu = new t.threads.Mutex({ arena });
            count += mu.withLock(() => 1);
          }
        } catch (error) {
          return [count, (error as Error).message] as const;
        }
      },
      { args: [arena], deadlineMs },
    );
    expect(made.reduce((sum, [count]) => sum + count, 0)).toBe(32);
    for (const [, text] of made)
      expect(text).toMatch(/^Arena: expected room for \d+ bytes, 0 of 2112 are left$/);
    expect(arena.freeBytes).toBe(0);
  });
});

describe("faults: closed while others wait", () => {
  for (const [name, make] of [
    ["Queue", () => new Queue({ capacityItems: 2 })],
    ["Chan", () => new Chan<number>({ capacityItems: 2 })],
  ] as const) {
    test(`${name}.close: receivers asleep, on threads and on the event loop, all hear of it`, async () => {
      const channel = make();
      const ready = new Int32Array(new SharedArrayBuffer(4));
      const asleep = team(
        3,
        (_t, channel, ready) => {
          Atomics.add(ready, 0, 1);
          return channel.recv() === undefined;
        },
        { args: [channel, ready], deadlineMs },
      );
      const here = channel.recvAsync();
      while (Atomics.load(ready, 0) < 3) await new Promise((resolve) => setImmediate(resolve));
      channel.close();
      expect([await asleep, await here]).toEqual([[true, true, true], undefined]);
    });
  }
});

describe("faults: many teams in a row", () => {
  test("team: 200 teams that return, fail, exit or forget a lock leave no thread and no handle behind", async () => {
    dismissIdle();
    const before = process.getActiveResourcesInfo().length;
    const mu = new Mutex();
    for (let round = 0; round < 200; round++) {
      const kind =
        round % 40 === 39 ? "exits" : round % 10 === 9 ? "fails" : round % 5 === 4 ? "forgets" : "returns";
      const ended = await team(
        2,
        (t, mu, kind) => {
          if (kind === "forgets" && t.id === 0) mu.lock();
          else mu.withLock(() => {});
          if (kind === "exits" && t.id === 1) process.exit(1);
          if (kind === "fails" && t.id === 1) throw new Error("planned");
          return kind;
        },
        { args: [mu, kind], deadlineMs },
      ).then(
        ([first]) => first,
        (error: Error) => (error.message === "planned" ? "fails" : "exits"),
      );
      expect(ended).toBe(kind);
    }
    expect([mu.owner, mu.isPoisoned]).toEqual([-1, true]);
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });
});
