// What goes from one thread to another: numbers, values, wake-ups.
import { Chan, Queue, Ring, Semaphore } from "happens-before/threads";
import { race, sumBelow } from "../race.js";
import type { ThreadRow } from "../row.js";

const BATCH = 64;
const SPIN_LINE = 16;

const through = (n: number) =>
  race(2, n, [new Ring({ kind: "int32", capacityItems: 128 })], (t, n, ring) => {
    let sum = 0;
    if (t.id === 0) for (let i = 0; i < n; i++) ring.send(i);
    else for (let i = 0; i < n; i++) sum += ring.recv() as number;
    return sum;
  });

const inBatches = (batches: number) =>
  race(2, batches, [new Ring({ kind: "int32", capacityItems: 1024 })], (t, batches, ring) => {
    const batch = new Int32Array(64);
    let sum = 0;
    if (t.id === 0) {
      for (let b = 0; b < batches; b++) {
        for (let i = 0; i < batch.length; i++) batch[i] = b * batch.length + i;
        ring.sendBatch(batch);
      }
    } else {
      for (let left = batches * batch.length; left > 0; ) {
        const got = ring.recvBatch(left < batch.length ? batch.subarray(0, left) : batch);
        for (let i = 0; i < got; i++) sum += batch[i] as number;
        left -= got;
      }
    }
    return sum;
  });

const spin = (n: number) =>
  race(2, n, [new Int32Array(new SharedArrayBuffer(256)), SPIN_LINE], (t, n, words, other) => {
    const mine = t.id === 0 ? other : 0;
    const theirs = t.id === 0 ? 0 : other;
    for (let i = 1; i <= n; i++) {
      // ORDER: release and acquire, by turns; each store is what the other thread's loop waits for.
      if (t.id === 0) Atomics.store(words, theirs, i);
      while (Atomics.load(words, mine) !== i);
      if (t.id === 1) Atomics.store(words, theirs, i);
    }
    return t.id === 0 ? n : 0;
  });

/** By semaphores, whose waiters sleep at once; a Ring would pause before, and measure that. */
const wake = (n: number) => {
  const taken = () => {
    const semaphore = new Semaphore(1);
    semaphore.tryAcquire();
    return semaphore;
  };
  const balls = new Int32Array(new SharedArrayBuffer(8));
  return race(2, n, [taken(), taken(), balls], (t, n, ping, pong, balls) => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      if (t.id === 1) {
        ping.acquire();
        balls[1] = balls[0] as number;
        pong.release();
      } else {
        balls[0] = i;
        ping.release();
        pong.acquire();
        sum += balls[1] as number;
      }
    }
    return sum;
  });
};

const manyToMany = (threads: number, n: number) =>
  race(threads, n, [new Queue({ capacityItems: 1024 })], (t, n, queue) => {
    let sum = 0;
    if (t.id < t.count / 2) for (let i = 0; i < n; i++) queue.send(i);
    else for (let i = 0; i < n; i++) sum += queue.recv() as number;
    return sum;
  });

interface Order {
  readonly id: number;
  readonly name: string;
  readonly price: number;
}

const values = (n: number) =>
  race(2, n, [new Chan<Order>({ capacityItems: 64 })], (t, n, chan) => {
    let sum = 0;
    if (t.id === 0) for (let i = 0; i < n; i++) chan.send({ id: i, name: "order", price: 3.5 });
    else for (let i = 0; i < n; i++) sum += (chan.recv() as Order).id;
    return sum;
  });

export const channels: readonly ThreadRow[] = [
  {
    name: "spsc.int",
    unit: "ns",
    what: "an int32 through a Ring of 128, both ends block",
    threads: 2,
    batch: 1,
    target: { of: "go", atMost: 1.5 },
    go: { row: "chan.buffered128.int" },
    run: through,
    expected: sumBelow,
  },
  {
    name: "spsc.batch64",
    unit: "ns",
    what: "an int32 through a Ring of 1024 in batches of 64; Go: one by one through a channel of 128",
    threads: 2,
    batch: BATCH,
    target: { of: "go", atMost: 0.2 },
    go: { row: "chan.buffered128.int", expected: sumBelow },
    run: inBatches,
    expected: (n) => sumBelow(n * BATCH),
  },
  {
    name: "pingpong.spin",
    unit: "ns",
    what: "there and back between two threads that spin, bare Atomics",
    threads: 2,
    batch: 1,
    target: { of: "go", atMost: 1.5 },
    go: { row: "thread.pingpong.spin" },
    run: spin,
    expected: (n) => n,
  },
  {
    name: "pingpong.wake",
    unit: "ns",
    what: "there and back between two threads that sleep, two Semaphores; Go: two channels, each goroutine locked to its thread",
    threads: 2,
    batch: 1,
    target: { of: "go", atMost: 1 },
    go: { row: "thread.pingpong.channel" },
    run: wake,
    expected: sumBelow,
  },
  {
    name: "mpmc.1x1",
    unit: "ns",
    what: "an item through a Queue of 1024, one sender and one receiver",
    threads: 2,
    batch: 1,
    target: { of: "time", atMost: 150 },
    go: { row: "chan.mpmc.1x1" },
    run: (n) => manyToMany(2, n),
    expected: sumBelow,
  },
  {
    name: "mpmc.2x2",
    unit: "ns",
    what: "an item through a Queue of 1024, two senders and two receivers",
    threads: 4,
    batch: 2,
    target: { of: "time", atMost: 150 },
    go: { row: "chan.mpmc.2x2" },
    run: (n) => manyToMany(4, n),
    expected: (n) => 2 * sumBelow(n),
  },
  {
    name: "chan.values",
    unit: "ns",
    what: "an object of three fields through a Chan of 64; Node: postMessage between two workers",
    threads: 2,
    batch: 1,
    target: { of: "node", atMost: 1 / 3 },
    go: { row: "chan.values" },
    run: values,
    expected: sumBelow,
  },
];
