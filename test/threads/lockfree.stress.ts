// Lock-free structures for a minute each, HB_STRESS_SECONDS for another length: half of it in turns, with seeds that
// `npm test` does not use, half of it at full speed with more threads than cores. Every history has to be linearizable.
import { models } from "happens-before";
import { Disruptor, MSQueue, TreiberStack, team, WorkDeque } from "happens-before/threads";
import { expect, test } from "vitest";
import { judge, SEQUENCE } from "./histories.js";
import { mixed } from "./mixed.js";
import { runRounds, type Subject } from "./planted.js";

const { HB_STRESS_SECONDS: secondsText } = process.env;
const seconds = Number(secondsText ?? 60);
const timeoutMs = (seconds + 120) * 1000;
const FIRST_SEED = 1_000_000;
const GROUP = 500;

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
  {
    file: "deque",
    name: "WorkDeque",
    make: () => new WorkDeque({ capacityItems: 1, mostItems: 8 }),
    judge: (log) => judge(log, SEQUENCE, models.deque<number>()),
    threads: 3,
    roles: "owner and thieves",
  },
  {
    file: "disruptor",
    name: "Disruptor",
    make: () => new Disruptor({ capacityItems: 2 }),
    judge: (log) => judge(log, SEQUENCE, models.queue<number>()),
    threads: 3,
    roles: "consumer and producers",
  },
];

for (const subject of SUBJECTS) {
  test(
    `${subject.name}: in turns, seeds from ${FIRST_SEED}, every history is linearizable`,
    async () => {
      const endMs = performance.now() + seconds * 500;
      for (let from = FIRST_SEED; performance.now() < endMs; from += GROUP) {
        expect(await runRounds(subject, [], GROUP, from)).toMatchObject({ verdict: "ok", text: "" });
      }
    },
    timeoutMs,
  );
}

for (const Kind of [MSQueue, TreiberStack]) {
  for (const threads of [2, 4, 8]) {
    test(
      `${Kind.name}: ${threads} threads at full speed, every history is linearizable (seeds from 2)`,
      async () => {
        const endMs = performance.now() + (seconds * 500) / 3;
        for (let seed = 2; performance.now() < endMs; seed++) {
          const it = new Kind({ capacityItems: 64 });
          const { verdict, text } =
            Kind === MSQueue
              ? await mixed(it, models.queue<number>(), threads, 1_000, seed)
              : await mixed(it, models.stack<number>(), threads, 1_000, seed);
          expect(text).toBe("");
          if (threads < 8) expect(verdict).toBe("ok"); // eight at a time may be too many to decide
        }
      },
      timeoutMs,
    );
  }
}

for (const threads of [2, 4, 8]) {
  test(
    `WorkDeque: ${threads - 1} thieves beside the owner, every job once, by its sum`,
    async () => {
      const totals = await team(
        threads,
        (t, deque, over, endMs) => {
          let [pushed, got] = [0, 0];
          if (t.id === 0) {
            for (let next = 1; performance.timeOrigin + performance.now() < endMs; ) {
              for (let i = 0; i < 1_000; i++, next++) {
                if (deque.tryPush(next)) pushed += next;
                if (next % 3 === 0) got += deque.pop() ?? 0;
              }
            }
            for (let job = deque.pop(); job !== undefined; job = deque.pop()) got += job;
            Atomics.store(over, 0, 1);
          } else {
            while (Atomics.load(over, 0) === 0 || deque.length > 0) got += deque.steal() ?? 0;
          }
          return [pushed, got];
        },
        {
          args: [
            new WorkDeque({ capacityItems: 2, mostItems: 1024 }),
            new Int32Array(new SharedArrayBuffer(4)),
            performance.timeOrigin + performance.now() + (seconds * 1000) / 6,
          ],
          deadlineMs: timeoutMs,
        },
      );
      expect(totals.reduce((sum, [, got]) => sum + got!, 0)).toBe(totals[0]![0]);
    },
    timeoutMs,
  );

  test(
    `Disruptor: ${threads - 1} consumers behind one producer see everything in order`,
    async () => {
      const consumers = Array.from({ length: threads - 1 }, (_, n) => (n > 0 && n % 2 === 0 ? [n - 1] : []));
      const counts = await team(
        threads,
        (t, ring, endMs) => {
          let count = 0;
          if (t.id === t.count - 1) {
            while (performance.timeOrigin + performance.now() < endMs) {
              for (let i = 0; i < 1_000; i++) ring.publish(count++);
            }
            ring.close();
            return [count, 0];
          }
          const batch = new Float64Array(16);
          let wrong = 0;
          const consumer = ring.consumer(t.id);
          for (let n = consumer.take(batch); n > 0; n = consumer.take(batch)) {
            for (let i = 0; i < n; i++) if (batch[i] !== count++) wrong++;
          }
          return [count, wrong];
        },
        {
          args: [
            new Disruptor({ capacityItems: 32, consumers }),
            performance.timeOrigin + performance.now() + (seconds * 1000) / 6,
          ],
          deadlineMs: timeoutMs,
        },
      );
      const [sent] = counts.at(-1)!;
      expect(counts).toEqual(counts.map(() => [sent, 0]));
    },
    timeoutMs,
  );
}
