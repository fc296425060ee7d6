// The dice of a measuring thread, and what is known about it.
import { expect, test } from "vitest";
import { contend, type Role, scenario } from "../../lib/bench/index.js";
import { type Dice, makePlayer, zipfTable } from "../../lib/bench/player.js";
import { threadUsage } from "../../lib/bench/usage.js";
import type { Shareable, Thread } from "../../lib/threads/index.js";

const DRAWS = 200_000;

function player(dice: Partial<Dice> = {}) {
  const thread = { id: 0, count: 1, stopped: () => false, barrier() {} } as unknown as Thread;
  const count = { retries: 0 };
  const all = { seed: 1, readRatio: 1, holdNs: 0, keys: 100, zipf: 0, ...dice };
  return { player: makePlayer(thread, all, count), count };
}

const shares = (dice: Partial<Dice>, keys: number): number[] => {
  const counts = new Array<number>(keys).fill(0);
  const { player: it } = player({ keys, ...dice });
  for (let i = 0; i < DRAWS; i++) counts[it.key()]!++;
  return counts.map((n) => n / DRAWS);
};

test("reads() is true in the share of calls that was asked for; in all by default, in none with 0", () => {
  const share = (readRatio: number): number => {
    const { player: it } = player({ readRatio });
    let reads = 0;
    for (let i = 0; i < DRAWS; i++) if (it.reads()) reads++;
    return reads / DRAWS;
  };
  expect(share(0.95)).toBeCloseTo(0.95, 2);
  expect(share(1)).toBe(1);
  expect(share(0)).toBe(0);
});

test("keys are all alike, or follow Zipf's law", () => {
  for (const share of shares({}, 10)) expect(share).toBeCloseTo(0.1, 2);
  const weights = Array.from({ length: 10 }, (_, k) => 1 / (k + 1));
  const sum = weights.reduce((a, b) => a + b);
  const seen = shares({ zipf: 1 }, 10);
  for (const [k, weight] of weights.entries()) expect(seen[k]).toBeCloseTo(weight / sum, 2);
});

test("Walker's table gives each key exactly its share, for one key and for many", () => {
  for (const [count, zipf] of [
    [1, 1],
    [7, 0.99],
    [1000, 1.5],
  ] as const) {
    const { own, other } = zipfTable(count, zipf);
    const share = new Float64Array(count);
    for (let k = 0; k < count; k++) {
      share[k] = share[k]! + own[k]! / count;
      share[other[k]!] = share[other[k]!]! + (1 - own[k]!) / count;
    }
    const sum = share.map((_, k) => (k + 1) ** -zipf).reduce((a, b) => a + b);
    share.forEach((each, k) => void expect(each).toBeCloseTo((k + 1) ** -zipf / sum, 10));
  }
});

test("the dice of a thread fall the same every time, and those of another thread differently", () => {
  const first = (seed: number): number[] => {
    const { player: it } = player({ seed, keys: 1_000_000 });
    return Array.from({ length: 20 }, () => it.key());
  };
  expect(first(1)).toEqual(first(1));
  expect(first(1)).not.toEqual(first(2));
});

test("hold() takes its time, and retried() is counted", () => {
  const { player: it, count } = player({ holdNs: 2e6 });
  const beganMs = performance.now();
  it.hold();
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(2);
  it.retried();
  expect(count.retries).toBe(1);
});

test("a measured role has dice, and tells second tries, processor time and wake-ups where the system knows them", async () => {
  const mixed = scenario({
    share: () => [new Int32Array(new SharedArrayBuffer(4 * 64))],
    roles: {
      user: {
        threads: 2,
        readRatio: 0.5,
        holdNs: 1000,
        keys: { count: 64, zipf: 0.99 },
        op(t, cells) {
          const key = t.key();
          if (t.reads()) return;
          const seen = Atomics.load(cells, key);
          t.hold();
          if (Atomics.compareExchange(cells, key, seen, seen + 1) !== seen) t.retried();
          if (key === 0) t.retried(); // some for sure
        },
      },
    },
  });
  const { variants } = await contend(
    { mixed },
    { ops: 2000, durationMs: 60_000, warmupMs: 5, rounds: 1, progress: "none" },
  );
  const user = variants[0]?.roles["user"];
  expect(user?.retries).toBeGreaterThan(0);
  const knows = threadUsage();
  expect(user?.cpuMsPerThread?.length).toBe(knows === undefined ? undefined : 2);
  for (const cpuMs of user?.cpuMsPerThread ?? []) expect(cpuMs).toBeGreaterThan(0);
  expect(user?.wakeUps === undefined).toBe(knows?.sleeps === undefined);
});

test("figures of a role that cannot be are told before anything runs", async () => {
  const measure = (role: Partial<Role<Shareable[]>>) =>
    contend({ a: { share: () => [], roles: { r: { threads: 1, op: () => {}, ...role } } } });
  const where = 'contend: role "r" of "a": expected ';
  await expect(measure({ readRatio: 95 })).rejects.toThrow(
    `${where}\`readRatio\` to be a number from 0 to 1, got 95`,
  );
  await expect(measure({ holdNs: -1 })).rejects.toThrow(`${where}\`holdNs\` to be a number >= 0, got -1`);
  await expect(measure({ keys: { count: 0 } })).rejects.toThrow(
    `${where}\`keys.count\` to be an integer from 1 to 16777216, got 0`,
  );
  await expect(measure({ keys: { count: 8, zipf: 0 } })).rejects.toThrow(
    `${where}\`keys.zipf\` to be a number > 0, got 0`,
  );
});
