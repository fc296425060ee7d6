// The tool itself: a history of real threads is judged, a structure that is not linearizable is found, and what a dead
// thread began is pending. Then the structures that wait, and those that hold one value.
import { modelOf, models } from "happens-before";
import { carry, Queue, Semaphore, SeqLock, ShardedMap, Snapshot, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { type Decoder, judge, MAP, newLog, operationsOf, REGISTER, recorder, SEQUENCE } from "./histories.js";

const deadlineMs = 25_000;
/** Operations of each thread. */
const EACH = 400;

/** xorshift32: the same choices for the same seed on every thread. */
const chooser = carry((seed: number) => {
  let state = seed | 1;
  return (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
});

type PermitsInput = { readonly op: "acquire" | "tryAcquire" | "release"; readonly permits: number };

const PERMITS: readonly Decoder<PermitsInput>[] = (["acquire", "tryAcquire", "release"] as const).map(
  (op) => ({
    input: (permits) => ({ op, permits }),
    output: op === "tryAcquire" ? "boolean" : "none",
  }),
);

/** A semaphore of `all` permits. */
const permits = (all: number) =>
  modelOf<number, PermitsInput, number | boolean | undefined>({
    name: "semaphore",
    init: () => all,
    apply(free, { op, permits }) {
      if (op === "release") return { state: free + permits };
      if (op === "acquire") return free < permits ? undefined : { state: free - permits };
      return free < permits ? { state: free, output: false } : { state: free - permits, output: true };
    },
  });

describe("a history of real threads", () => {
  for (const isPlanted of [false, true]) {
    test(`history: ${isPlanted ? "a counter that reads and then writes is not linearizable (planted bug)" : "an atomic counter is linearizable"}`, async () => {
      const log = newLog(2, 2);
      const count = new Int32Array(new SharedArrayBuffer(4));
      await team(
        2,
        (t, recorder, log, count, isPlanted) => {
          const record = recorder(log, t.id);
          record.begin(0, 1);
          if (isPlanted) {
            const seen = count[0]!;
            t.barrier(); // both have read, nobody has written
            count[0] = seen + 1;
          } else {
            t.barrier();
            Atomics.add(count, 0, 1);
          }
          record.end(undefined);
          t.barrier();
          record.begin(1);
          record.end(count[0]);
        },
        { args: [recorder, log, count, isPlanted], deadlineMs },
      );
      const decoders: Decoder<{ op: "add"; by: number } | { op: "read" }>[] = [
        { input: (by) => ({ op: "add", by }), output: "none" },
        { input: () => ({ op: "read" }), output: "number" },
      ];
      const { verdict, operations, text } = judge(log, decoders, models.counter());
      expect([verdict, operations]).toEqual([isPlanted ? "illegal" : "ok", 4]);
      if (isPlanted) expect(text).toMatch(/^counter: not linearizable/);
    });
  }

  test("history: what a thread did not return from is pending, and may have happened or not", async () => {
    const log = newLog(2, 2);
    const cell = new Int32Array(new SharedArrayBuffer(4));
    const dying = team(
      2,
      (t, recorder, log, cell) => {
        const record = recorder(log, t.id);
        if (t.id === 0) {
          record.begin(1, 7);
          Atomics.store(cell, 0, 7);
          t.barrier();
          process.exit(1); // before `end`
        }
        t.barrier();
        record.begin(0);
        record.end(Atomics.load(cell, 0));
      },
      { args: [recorder, log, cell], deadlineMs },
    );
    await expect(dying).rejects.toThrow();
    expect(operationsOf(log, REGISTER).map(({ return: end }) => end === undefined)).toEqual([true, false]);
    expect(judge(log, REGISTER, models.register<number>(0)).verdict).toBe("ok");
    expect(judge(log, REGISTER, models.register<number>(1)).verdict).toBe("ok"); // 7 from the one that died
    log.records[6 * 2 + 3] = 9; // what nobody wrote
    expect(judge(log, REGISTER, models.register<number>(0)).verdict).toBe("illegal");
  });
});

describe("structures that wait, linearizable between threads", () => {
  for (const threads of [2, 4]) {
    test(`Queue: ${threads} threads that send and receive are linearizable (seed 1)`, async () => {
      const log = newLog(threads, EACH);
      await team(
        threads,
        (t, queue, recorder, log, chooser, each) => {
          const [record, choose] = [recorder(log, t.id), chooser(1 + t.id * 7919)];
          for (let i = 0, inside = 0; i < each; i++) {
            // After eight operations each the queue is empty and all wait: so the history stays easy to judge.
            const left = 8 - (i % 8);
            if (left === 8) t.barrier();
            if (inside === 0 || (inside < left && choose(2) === 0)) {
              record.begin(0, t.id * 1e6 + i);
              queue.send(t.id * 1e6 + i);
              record.end(true);
              inside++;
            } else {
              record.begin(1); // each thread receives no more than it has sent: nobody waits for ever
              record.end(queue.recv());
              inside--;
            }
          }
        },
        { args: [new Queue({ capacityItems: 2 * EACH }), recorder, log, chooser, EACH], deadlineMs },
      );
      const { verdict, text } = judge(log, SEQUENCE, models.queue<number>());
      expect(text).toBe("");
      expect(verdict).toBe("ok");
    });

    test(`Semaphore: ${threads} threads that acquire, try and release are linearizable (seed 2)`, async () => {
      const log = newLog(threads, 2 * EACH);
      await team(
        threads,
        (t, semaphore, recorder, log, chooser, each) => {
          const [record, choose] = [recorder(log, t.id), chooser(2 + t.id * 7919)];
          for (let i = 0; i < each; i++) {
            if (i % 10 === 0) t.barrier(); // a thread that the system set aside is waited for: histories stay easy to judge
            const permits = 1 + choose(2);
            const isTry = choose(2) === 0;
            record.begin(isTry ? 1 : 0, permits);
            const isIn = isTry ? semaphore.tryAcquire(permits) : semaphore.acquire(permits) === undefined;
            record.end(isIn);
            if (!isIn) continue;
            record.begin(2, permits);
            semaphore.release(permits);
            record.end(undefined);
          }
        },
        { args: [new Semaphore(3), recorder, log, chooser, EACH], deadlineMs },
      );
      expect(judge(log, PERMITS, permits(3))).toMatchObject({ verdict: "ok", text: "" });
      expect(judge(log, PERMITS, permits(1)).verdict).toBe("illegal"); // as if there were fewer
    });
  }
});

describe("structures of one value, linearizable between threads", () => {
  for (const threads of [2, 4]) {
    test(`Snapshot: ${threads} threads that publish and read are linearizable (seed 3)`, async () => {
      const log = newLog(threads, EACH);
      await team(
        threads,
        (t, snapshot, recorder, log, chooser, each) => {
          const [record, choose] = [recorder(log, t.id), chooser(3 + t.id * 7919)];
          for (let i = 0; i < each; i++) {
            if (i % 10 === 0) t.barrier(); // a thread that the system set aside is waited for: histories stay easy to judge
            const value = t.id * 1e6 + i + 1;
            if (choose(3) === 0) {
              record.begin(1, value);
              snapshot.publish([value, -value]);
              record.end(undefined);
            } else {
              record.begin(0);
              record.end(snapshot.read((data) => (data[0]! + data[1]! === 0 ? data[0]! : -1)));
            }
          }
        },
        { args: [new Snapshot(new Float64Array(2)), recorder, log, chooser, EACH], deadlineMs },
      );
      expect(judge(log, REGISTER, models.register<number>(0))).toMatchObject({ verdict: "ok", text: "" });
    });

    test(`SeqLock: ${threads} threads that write and read are linearizable (seed 4)`, async () => {
      const log = newLog(threads, EACH);
      await team(
        threads,
        (t, seqLock, recorder, log, chooser, each) => {
          const [record, choose] = [recorder(log, t.id), chooser(4 + t.id * 7919)];
          for (let i = 0; i < each; i++) {
            if (i % 10 === 0) t.barrier(); // a thread that the system set aside is waited for: histories stay easy to judge
            const value = t.id * 1e6 + i + 1;
            if (choose(3) === 0) {
              record.begin(1, value);
              seqLock.write([value, -value]);
              record.end(undefined);
            } else {
              record.begin(0);
              const [first, second] = seqLock.read();
              record.end(first! + second! === 0 ? first : -1);
            }
          }
        },
        { args: [new SeqLock(2), recorder, log, chooser, EACH], deadlineMs },
      );
      expect(judge(log, REGISTER, models.register<number>(0))).toMatchObject({ verdict: "ok", text: "" });
    });

    test(`ShardedMap: ${threads} threads that put, get and delete are linearizable, key by key (seed 5)`, async () => {
      const log = newLog(threads, EACH);
      await team(
        threads,
        (t, map, recorder, log, chooser, each) => {
          const [record, choose] = [recorder(log, t.id), chooser(5 + t.id * 7919)];
          for (let i = 0; i < each; i++) {
            if (i % 10 === 0) t.barrier(); // a thread that the system set aside is waited for: histories stay easy to judge
            const [way, key] = [choose(3), choose(40)];
            record.begin(way, key, t.id * 1e6 + i);
            if (way === 0) record.end(map.get(key));
            else if (way === 2) record.end(map.delete(key));
            else record.end(void map.set(key, t.id * 1e6 + i));
          }
        },
        { args: [new ShardedMap(), recorder, log, chooser, EACH], deadlineMs },
      );
      expect(judge(log, MAP, models.map<number, number>())).toMatchObject({ verdict: "ok", text: "" });
    });
  }
});
