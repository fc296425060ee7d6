// Queues, channels, semaphore and condition under more threads than cores, with waits that are given up in the mix. A
// minute for each structure; HB_STRESS_SECONDS sets another length. Whatever is sent is received once, and in the order of its sender.
import { Chan, Cond, carry, Mutex, Queue, Ring, Semaphore, team } from "happens-before/threads";
import { expect, test } from "vitest";

const { HB_STRESS_SECONDS: secondsText } = process.env;
const seconds = Number(secondsText ?? 60);
const deadlineMs = (seconds + 60) * 1000;
const timeoutMs = deadlineMs + 10_000;

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

/** Sends and receives through `channel` until the time is over; item = sender * 2^32 + how many it has sent. */
const exchange = carry(
  async (
    channel: Queue | Chan<number>,
    id: number,
    senders: number,
    endMs: number,
    ended: Int32Array,
    choose: (below: number) => number,
  ) => {
    let [count, wrong] = [0, 0];
    if (id < senders) {
      while (performance.timeOrigin + performance.now() < endMs) {
        for (let i = 0; i < 500; i++) {
          const item = id * 2 ** 32 + count;
          const way = choose(100);
          if (way < 60) channel.send(item);
          else if (way < 99) {
            if (!channel.trySend(item)) continue;
          } else if (!(await channel.sendAsync(item, { timeoutMs: choose(3) }))) continue;
          count++;
        }
      }
      if (Atomics.add(ended, 0, 1) + 1 === senders) channel.close();
      return { count, wrong };
    }
    const last = new Float64Array(senders).fill(-1);
    for (;;) {
      const way = choose(100);
      let item: number | undefined;
      if (way < 60) item = channel.recv();
      else if (way < 99) item = channel.tryRecv();
      else {
        const signal = AbortSignal.timeout(choose(3));
        item = await channel.recvAsync({ signal }).catch(() => undefined);
      }
      if (item === undefined) {
        if (way < 60) return { count, wrong }; // the end
        continue;
      }
      const sender = Math.floor(item / 2 ** 32);
      const number = item % 2 ** 32;
      if (number <= last[sender]!) wrong++;
      last[sender] = number;
      count++;
    }
  },
);

for (const [senders, receivers] of [
  [1, 1],
  [2, 2],
  [4, 4],
] as const) {
  for (const capacityItems of [1, 64]) {
    for (const kind of ["Queue", "Chan"] as const) {
      test(
        `${kind}: ${senders} to ${receivers} threads through ${capacityItems}, every way in and out: nothing lost, doubled or out of order (seed 3)`,
        async () => {
          const channel =
            kind === "Queue" ? new Queue({ capacityItems }) : new Chan<number>({ capacityItems });
          const ended = new Int32Array(new SharedArrayBuffer(4));
          const results = await team(
            senders + receivers,
            (t, channel, exchange, chooser, senders, endMs, ended) =>
              exchange(channel, t.id, senders, endMs, ended, chooser(3 + t.id * 7919)),
            {
              args: [channel, exchange, chooser, senders, Date.now() + (seconds * 1000) / 12, ended],
              deadlineMs,
            },
          );
          const sum = (part: typeof results) => part.reduce((total, { count }) => total + count, 0);
          expect(results.map(({ wrong }) => wrong)).toEqual(results.map(() => 0));
          expect(sum(results.slice(senders))).toBe(sum(results.slice(0, senders)));
          expect([channel.length, channel.isClosed]).toEqual([0, true]);
        },
        timeoutMs,
      );
    }
  }
}

for (const capacityItems of [1, 256]) {
  test(
    `Ring: numbers and batches of random lengths through ${capacityItems} come all and in order (seed 4)`,
    async () => {
      const ring = new Ring({ kind: "int32", capacityItems });
      const results = await team(
        2,
        (t, ring, chooser, endMs) => {
          const choose = chooser(4 + t.id * 7919);
          const room = new Int32Array(300);
          let [next, wrong] = [0, 0];
          while (t.id === 0 && performance.timeOrigin + performance.now() < endMs) {
            for (let i = 0; i < 100; i++) {
              const batch = room.subarray(0, choose(300));
              if (choose(2) === 0) ring.send(next++);
              else {
                for (let at = 0; at < batch.length; at++) batch[at] = next++;
                ring.sendBatch(batch);
              }
            }
          }
          if (t.id === 0) ring.close();
          while (t.id === 1) {
            if (choose(2) === 0) {
              const item = ring.recv();
              if (item === undefined) break;
              if (item !== next++) wrong++;
              continue;
            }
            const count = ring.recvBatch(room.subarray(0, 1 + choose(299)));
            if (count === 0) break;
            for (let at = 0; at < count; at++) if (room[at] !== next++) wrong++;
          }
          return [next, wrong];
        },
        { args: [ring, chooser, Date.now() + (seconds * 1000) / 2], deadlineMs },
      );
      expect(results).toEqual([
        [results[0]![0], 0],
        [results[0]![0], 0],
      ]);
    },
    timeoutMs,
  );
}

for (const threads of [2, 4, 8]) {
  test(
    `Semaphore: ${threads} threads with weights and time limits never hold more than there are (seed 5)`,
    async () => {
      const semaphore = new Semaphore(3);
      const books = new Int32Array(new SharedArrayBuffer(8)); // held, violations
      await team(
        threads,
        async (t, semaphore, books, chooser, endMs) => {
          const choose = chooser(5 + t.id * 7919);
          while (performance.timeOrigin + performance.now() < endMs) {
            for (let i = 0; i < 500; i++) {
              const permits = 1 + choose(3);
              const way = choose(100);
              if (way < 60) semaphore.acquire(permits);
              else if (way < 80) {
                if (!semaphore.tryAcquire(permits)) continue;
              } else if (way < 99) {
                if (!semaphore.tryAcquireFor(choose(3) / 10, permits)) continue;
              } else if (!(await semaphore.acquireAsync(permits, { timeoutMs: choose(3) }))) continue;
              if (Atomics.add(books, 0, permits) + permits > 3) Atomics.add(books, 1, 1);
              Atomics.sub(books, 0, permits);
              semaphore.release(permits);
            }
          }
        },
        { args: [semaphore, books, chooser, Date.now() + (seconds * 1000) / 3], deadlineMs },
      );
      expect([...books, semaphore.free]).toEqual([0, 0, 3]);
    },
    timeoutMs,
  );

  test(
    `Cond: ${threads} threads fill and empty a stock of two with signal alone, and nobody sleeps for ever (seed 6)`,
    async () => {
      const mu = new Mutex();
      const stock = new Int32Array(new SharedArrayBuffer(12)); // items, violations, over
      await team(
        threads,
        (t, notEmpty, notFull, stock, endMs) => {
          const mu = notEmpty.L;
          const isMaker = t.id % 2 === 0;
          for (let i = 0; ; i++) {
            mu.lock();
            if (isMaker && performance.timeOrigin + performance.now() > endMs) {
              stock[2] = 1; // over
              mu.unlock();
              notEmpty.broadcast();
              notFull.broadcast();
              return;
            }
            while (stock[2] === 0 && (isMaker ? stock[0] === 2 : stock[0] === 0)) {
              if (i % 10 === 0) (isMaker ? notFull : notEmpty).waitFor(1);
              else (isMaker ? notFull : notEmpty).wait();
            }
            if (stock[2] === 1) {
              mu.unlock();
              return;
            }
            stock[0]! += isMaker ? 1 : -1;
            if (stock[0]! < 0 || stock[0]! > 2) stock[1]!++;
            mu.unlock();
            (isMaker ? notEmpty : notFull).signal();
          }
        },
        { args: [new Cond(mu), new Cond(mu), stock, Date.now() + (seconds * 1000) / 3], deadlineMs },
      );
      expect(stock[1]).toBe(0);
    },
    timeoutMs,
  );
}
