// Selects in the mix, unbuffered channels, recorded histories, and threads that are ended at random moments. About a minute each;
// HB_STRESS_SECONDS sets another length. Whatever is sent is received once, and in the order of its sender.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { models } from "happens-before";
import { Chan, carry, Queue, Ring, type select, team } from "happens-before/threads";
import { expect, test } from "vitest";
import { judge, newLog, recorder, SEQUENCE } from "./histories.js";

const { HB_STRESS_SECONDS: secondsText } = process.env;
const seconds = Number(secondsText ?? 60);
const deadlineMs = (seconds + 60) * 1000;
const timeoutMs = deadlineMs + 10_000;
const built = new URL("../../.build/lib/threads/", import.meta.url).href;

/** Sends numbered values over either of two channels until the time is over, with selects, limits and plain sends. */
const sending = carry(
  (choose: typeof select, a: Chan<number>, b: Chan<number>, id: number, endMs: number) => {
    let count = 0;
    while (performance.timeOrigin + performance.now() < endMs) {
      for (let i = 0; i < 50; i++) {
        const value = id * 2 ** 32 + count;
        const way = (i * 7 + count) % 10;
        if (way < 6) choose(a.onSend(value), b.onSend(value));
        else if (way < 8) (way === 6 ? a : b).send(value);
        else if (!(way === 8 ? a : b).trySend(value)) continue;
        count++;
      }
    }
    return count;
  },
);

const receiving = carry((choose: typeof select, a: Chan<number>, b: Chan<number>, senders: number) => {
  const open = [a, b];
  const last = new Float64Array(2 * senders).fill(-1);
  let [count, wrong] = [0, 0];
  while (open.length > 0) {
    const { index, ok, value } = choose(...open.map((one) => one.onRecv()));
    if (!ok) {
      open.splice(index, 1);
      continue;
    }
    const sender = Math.floor((value as number) / 2 ** 32);
    const place = sender * 2 + (open[index] === a ? 0 : 1); // in order on each channel
    if ((value as number) % 2 ** 32 <= last[place]!) wrong++;
    last[place] = (value as number) % 2 ** 32;
    count++;
  }
  return { count, wrong };
});

for (const capacityItems of [1, 2, 64]) {
  test(
    `select: two senders over rings of ${capacityItems} to one that selects, and plain ends beside: nothing lost, doubled or out of order`,
    async () => {
      const rings = [0, 1].map(() => new Ring({ kind: "int32", capacityItems })) as [Ring, Ring];
      const counts = await team(
        3,
        (t, a, b, endMs) => {
          if (t.id < 2) {
            const mine = t.id === 0 ? a : b;
            let count = 0;
            while (performance.timeOrigin + performance.now() < endMs) {
              for (let i = 0; i < 50; i++, count++) {
                if ((i + count) % 3 > 0) t.threads.select(mine.onSend(count));
                else mine.send(count);
              }
            }
            mine.close();
            return count;
          }
          const [open, next] = [[a, b], new Map([a, b].map((ring) => [ring, 0]))];
          let count = 0;
          while (open.length > 0) {
            const { index, value, ok } = t.threads.select(...open.map((ring) => ring.onRecv()));
            const ring = open[index]!;
            if (!ok) open.splice(index, 1);
            for (let item = ok ? value : undefined; item !== undefined; item = ring.tryRecv()) {
              if (item !== next.get(ring)) throw new Error(`expected ${next.get(ring)}, got ${item}`);
              next.set(ring, item + 1);
              count++;
            }
          }
          return count;
        },
        { args: [...rings, Date.now() + (seconds * 1000) / 3], deadlineMs },
      );
      expect(counts[2]).toBe(counts[0]! + counts[1]!);
    },
    timeoutMs,
  );
}

for (const senders of [1, 2, 4]) {
  for (const capacityItems of [0, 1, 16]) {
    test(
      `select: ${senders} to ${senders} threads over two channels of ${capacityItems}: nothing lost, doubled or out of order`,
      async () => {
        const [a, b] = [0, 1].map(() => new Chan<number>({ capacityItems, slotBytes: 32 })) as [
          Chan<number>,
          Chan<number>,
        ];
        const ended = new Int32Array(new SharedArrayBuffer(4));
        const results = await team(
          2 * senders,
          (t, a, b, sending, receiving, senders, endMs, ended) => {
            if (t.id >= senders) return receiving(t.threads.select, a, b, senders);
            const count = sending(t.threads.select, a, b, t.id, endMs);
            if (Atomics.add(ended, 0, 1) + 1 === senders) {
              a.close();
              b.close();
            }
            return { count, wrong: 0 };
          },
          { args: [a, b, sending, receiving, senders, Date.now() + (seconds * 1000) / 9, ended], deadlineMs },
        );
        const sum = (part: typeof results) => part.reduce((total, { count }) => total + count, 0);
        expect(results.map(({ wrong }) => wrong)).toEqual(results.map(() => 0));
        expect(sum(results.slice(senders))).toBe(sum(results.slice(0, senders)));
      },
      timeoutMs,
    );
  }
}

for (const threads of [2, 4, 8]) {
  for (const capacityItems of [1, 4]) {
    test(
      `Chan: histories of ${threads} threads through ${capacityItems} are linearizable`,
      async () => {
        const endMs = Date.now() + (seconds * 1000) / 6;
        do {
          const each = 40;
          const log = newLog(threads, each);
          await team(
            threads,
            (t, chan, recorder, log, each) => {
              const record = recorder(log, t.id);
              t.barrier();
              for (let i = 0; i < each; i++) {
                if (t.id % 2 === 0) {
                  record.begin(0, t.id * 1000 + i);
                  chan.send(t.id * 1000 + i);
                  record.end(true);
                } else {
                  record.begin(1);
                  record.end(chan.recv());
                }
              }
            },
            { args: [new Chan<number>({ capacityItems, slotBytes: 16 }), recorder, log, each], deadlineMs },
          );
          const { verdict, text } = judge(log, SEQUENCE, models.queue<number>());
          expect({ verdict, text: verdict === "ok" ? "" : text }).toEqual({ verdict: "ok", text: "" });
        } while (Date.now() < endMs);
      },
      timeoutMs,
    );
  }
}

/** A thread that sends numbers of its own, or notes what it receives, until it is ended or the queue is over. */
function tireless(queue: Queue, slot: number, isSender: boolean, books: Int32Array, each: number): Worker {
  const program = `
    const { workerData: { handle, slot, isSender, books, each, built }, parentPort } = require("node:worker_threads");
    import(built + "index.js").then(({ Queue }) => {
      const queue = Queue.attach(handle);
      parentPort.postMessage("here");
      if (isSender) {
        for (let i = 0; i < each; i++) { queue.send(slot * each + i); Atomics.add(books, slot * each + i, 1); }
      } else {
        for (const item of queue) Atomics.add(books, item, 2);
      }
    });`;
  return new Worker(program, {
    eval: true,
    workerData: { handle: queue.handle, slot, isSender, books, each, built },
  });
}

for (const capacityItems of [1, 8]) {
  test(
    `Queue: through ${capacityItems}, with threads ended at random moments: the others go on, an item is lost only with its receiver`,
    async () => {
      const queue = new Queue({ capacityItems });
      const [slots, each] = [400, 20_000];
      const books = new Int32Array(new SharedArrayBuffer(slots * each * 4));
      const running: { worker: Worker; isSender: boolean }[] = [];
      let slot = 0;
      const start = async (isSender: boolean) => {
        const worker = tireless(queue, slot++, isSender, books, each);
        await once(worker, "message");
        running.push({ worker, isSender });
      };
      for (const isSender of [true, true, false, false]) await start(isSender);
      let receiversEnded = 0;
      const endMs = Date.now() + (seconds * 1000) / 2;
      while (Date.now() < endMs && slot < slots) {
        const [victim] = running.splice((slot * 7919) % running.length, 1);
        await victim!.worker.terminate();
        if (!victim!.isSender) receiversEnded++;
        await start(victim!.isSender);
      }
      for (const { worker } of running.filter(({ isSender }) => isSender)) await worker.terminate();
      queue.close();
      await Promise.all(
        running.filter(({ isSender }) => !isSender).map(({ worker }) => once(worker, "exit")),
      );
      let [lost, doubled, received] = [0, 0, 0];
      for (const seen of books) {
        if (seen === 1) lost++;
        if (seen > 3) doubled++;
        if (seen >= 2) received++;
      }
      console.log(
        `${slot} threads, ${received} items received, ${lost} lost with ${receiversEnded} receivers`,
      );
      expect(doubled).toBe(0);
      expect(lost).toBeLessThanOrEqual(receiversEnded);
      expect([queue.length, received > 0]).toEqual([0, true]);
    },
    timeoutMs,
  );
}
