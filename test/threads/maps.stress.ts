// Maps under more threads than cores. A minute each; HB_STRESS_SECONDS sets another length. Histories of real threads are recorded
// by one clock and checked: is there one order of all operations that a map would have given these answers in?

import { ConcurrentMap, CopyOnWrite, ShardedMap, team } from "happens-before/threads";
import { expect, test } from "vitest";
import { checkLinearizable, type MapInput, models, type Operation } from "../../lib/linear/index.js";

const { HB_STRESS_SECONDS: secondsText } = process.env;
const seconds = Number(secondsText ?? 60);
const deadlineMs = 30_000;
const timeoutMs = (seconds + 60) * 1000;

/** What a thread has recorded: for each operation which (0 get, 1 put, 2 delete), key, value or answer, call, return. */
type Records = number[][];
const ABSENT = -1;

function historyOf(
  all: readonly Records[],
): Operation<MapInput<number, number>, number | boolean | undefined>[] {
  return all.flatMap((records, client) =>
    records.map(([op, key, value, call, end]) => {
      const times = { client, call: call!, return: end! };
      if (op === 0)
        return { ...times, input: { op: "get", key: key! }, output: value === ABSENT ? undefined : value! };
      if (op === 1) return { ...times, input: { op: "put", key: key!, value: value! } };
      return { ...times, input: { op: "delete", key: key! }, output: value === 1 };
    }),
  );
}

/** Some rounds of a few hundred operations on few keys, while other keys come and go so that tables are left. */
async function record(
  map: ConcurrentMap<number | string, number> | ShardedMap<number | string, number>,
  threads: number,
) {
  return team(
    threads,
    (t, map, absent) => {
      const records: number[][] = [];
      const isConcurrent = "load" in map;
      let state = 2463534242 + 7919 * t.id + Number(process.hrtime.bigint() & 0xffffn);
      const choose = (below: number) => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) % below;
      };
      t.barrier();
      for (let i = 0; i < 150; i++) {
        const key = choose(3);
        const value = 1 + t.id * 1000 + i + (choose(2) === 0 ? 0.5 : 0);
        const way = choose(4);
        const call = Number(process.hrtime.bigint());
        let seen = 0;
        if (way < 2) seen = (isConcurrent ? map.load(key) : map.get(key)) ?? absent;
        else if (way === 2) {
          if (isConcurrent) map.store(key, value);
          else map.set(key, value);
          seen = value;
        } else seen = map.delete(key) ? 1 : 0;
        const end = Number(process.hrtime.bigint());
        records.push([way < 2 ? 0 : way - 1, key, seen, call, end]);
        const other = `other ${t.id} ${i % 20}`;
        if (i % 3 === 0) map.update(other, (n = 0) => n + 1);
        else map.delete(`other ${t.id} ${(i + 7) % 20}`);
      }
      return records;
    },
    { args: [map, ABSENT], deadlineMs },
  );
}

for (const [name, make] of [
  ["ConcurrentMap", () => new ConcurrentMap<number | string, number>({ shards: 1, reserveBytes: 2 ** 16 })],
  ["ShardedMap", () => new ShardedMap<number | string, number>({ shards: 1, reserveBytes: 2 ** 16 })],
] as const) {
  test(
    `${name}: histories of 2 to 8 threads are linearizable while tables come and go`,
    async () => {
      const endMs = performance.now() + seconds * 1000;
      let operations = 0;
      for (let round = 0; performance.now() < endMs; round++) {
        const history = historyOf(await record(make(), [2, 3, 4, 8][round % 4]!));
        operations += history.length;
        expect(checkLinearizable(history, models.map<number, number>()).verdict).toBe("ok");
      }
      console.log(`${name}: ${operations} operations checked`);
    },
    timeoutMs,
  );
}

test("a map that answers a read from its last but one value is found out (planted bug)", async () => {
  const history = historyOf(await record(new ConcurrentMap<number | string, number>({ shards: 1 }), 2));
  const first = history.find(({ input }) => input.op === "put")!;
  const key = (first.input as { key: number }).key;
  const end = Math.max(...history.map((each) => each.return ?? 0));
  const later = { client: 9, call: end + 1, return: end + 2 };
  const stale = [
    { ...later, input: { op: "put", key, value: 5 } as const },
    { ...later, call: end + 3, return: end + 4, input: { op: "get", key } as const, output: 4 },
  ];
  expect(checkLinearizable([...history, ...stale], models.map<number, number>()).verdict).toBe("illegal");
});

test(
  "ConcurrentMap: a thread that dies in the middle of anything leaves a map that is whole, and nobody waits for it",
  async () => {
    const endMs = performance.now() + seconds * 1000;
    let rounds = 0;
    for (; performance.now() < endMs; rounds++) {
      const map = new ConcurrentMap<number | string, unknown>({ shards: 2 });
      const dying = team(
        2,
        (t, map) => {
          for (let i = 0; ; i++) {
            map.store(`dying ${t.id} ${i % 300}`, "x".repeat(i % 50));
            map.store(i % 10, [i]);
            if (i % 3 === 0) map.delete(`dying ${t.id} ${(i + 100) % 300}`);
          }
        },
        { args: [map], deadlineMs: 10 + (rounds % 40) },
      );
      const wrong = team(
        2,
        (t, map) => {
          let wrong = 0;
          for (let i = 0; i < 5_000; i++) {
            const key = `own ${t.id} ${i % 200}`;
            if (i >= 200 && map.load(key) !== i - 200) wrong++;
            map.store(key, i);
            const text = map.load(`dying 0 ${i % 300}`) as string | undefined;
            if (text !== undefined && text !== "x".repeat(text.length)) wrong++;
            const list = map.load(i % 10);
            if (list !== undefined && !Array.isArray(list)) wrong++;
          }
          return wrong;
        },
        { args: [map], deadlineMs },
      );
      await expect(dying).rejects.toThrow(/deadline/);
      expect(await wrong).toEqual([0, 0]);
      for (let key = 0; key < 50; key++) await map.storeAsync(`after ${key}`, key);
      expect(map.entries().length).toBe(map.size);
      expect(map.entries().filter(([key]) => String(key).startsWith("own ")).length).toBe(400);
    }
    console.log(`ConcurrentMap: ${rounds} rounds with two deaths each`);
  },
  timeoutMs,
);

test(
  "CopyOnWrite: 4 threads lose no write and read their own, while a thread dies in every round",
  async () => {
    const endMs = performance.now() + seconds * 1000;
    let rounds = 0;
    for (; performance.now() < endMs; rounds++) {
      const cow = new CopyOnWrite(new Float64Array(512), { capacityItems: 8, readers: 8 });
      const dying = team(
        1,
        (_t, cow) => {
          for (let i = 0; ; i++) cow.submit(100 + (i % 50), i);
        },
        { args: [cow], deadlineMs: 20 + (rounds % 30) },
      );
      const working = team(
        4,
        (t, cow) => {
          let missed = 0;
          for (let i = 1; i <= 2_000; i++) {
            cow.submit(t.id, i);
            if (i % 50 !== 0) continue;
            cow.write(t.id + 4, i);
            if (cow.load()[t.id] !== i || cow.load()[t.id + 4] !== i) missed++;
          }
          cow.flush();
          return missed;
        },
        { args: [cow], deadlineMs },
      );
      await expect(dying).rejects.toThrow(/deadline/);
      expect(await working).toEqual([0, 0, 0, 0]);
      cow.flush();
      expect([...cow.load().slice(0, 8)]).toEqual(new Array(8).fill(2_000));
    }
    console.log(`CopyOnWrite: ${rounds} rounds`);
  },
  timeoutMs,
);
