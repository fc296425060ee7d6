// multithreading: locks, channels and tasks. It needs Node 22's navigator and Promise.withResolvers.
import { span } from "./crew.mjs";

globalThis.navigator ??= { hardwareConcurrency: 2 };
Promise.withResolvers ??= () => {
  let settle;
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
};
const { channel, initRuntime, Mutex, move, RwLock, spawn } = await import("multithreading");

const WAVE = 100_000;
let isReady = false;

/** Runs each of `tasks`, made by `spawn`, and puts their times together. */
async function race(threads, start) {
  if (!isReady) initRuntime({ maxWorkers: 4 });
  isReady = true;
  const results = await Promise.all(Array.from({ length: threads }, (_, id) => start(id).join()));
  return span(
    results.map(({ ok, value, error }) => {
      if (!ok) throw error;
      return value;
    }),
  );
}

async function lock(threads, n) {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const mutex = new Mutex(cell);
  const ran = await race(threads, () =>
    spawn(move(mutex, n), (mutex, n) => {
      const start = Number(process.hrtime.bigint());
      for (let i = 0; i < n; i++) {
        const guard = mutex.blockingLock();
        guard.value[0]++;
        guard.dispose();
      }
      return { start, end: Number(process.hrtime.bigint()), check: 0 };
    }),
  );
  return { ns: ran.ns, check: cell[0] };
}

const read = (threads, n) => {
  const rw = new RwLock(new Int32Array(new SharedArrayBuffer(4)));
  return race(threads, () =>
    spawn(move(rw, n), (rw, n) => {
      const start = Number(process.hrtime.bigint());
      let check = 0;
      for (let i = 0; i < n; i++) {
        const guard = rw.blockingRead();
        check++;
        guard.dispose();
      }
      return { start, end: Number(process.hrtime.bigint()), check };
    }),
  );
};

const through = (pairs, capacity, n, isObject) => {
  const [sender, receiver] = channel(capacity);
  const senders = [sender, ...Array.from({ length: pairs - 1 }, () => sender.clone())];
  const receivers = [receiver, ...Array.from({ length: pairs - 1 }, () => receiver.clone())];
  return race(2 * pairs, (id) =>
    id < pairs
      ? spawn(move(senders[id], n, isObject), (sender, n, isObject) => {
          const start = Number(process.hrtime.bigint());
          for (let i = 0; i < n; i++)
            sender.blockingSend(isObject ? { id: i, name: "order", price: 3.5 } : i);
          return { start, end: Number(process.hrtime.bigint()), check: 0 };
        })
      : spawn(move(receivers[id - pairs], n, isObject), (receiver, n, isObject) => {
          const start = Number(process.hrtime.bigint());
          let check = 0;
          for (let i = 0; i < n; i++) {
            const got = receiver.blockingRecv();
            check += isObject ? got.value.id : got.value;
          }
          return { start, end: Number(process.hrtime.bigint()), check };
        }),
  );
};

export default {
  "mutex.1": (n) => lock(1, n),
  "mutex.2": (n) => lock(2, n),
  "rlock.1": (n) => read(1, n),
  "rlock.2": (n) => read(2, n),
  "spsc.int": (n) => through(1, 128, n, false),
  "mpmc.1x1": (n) => through(1, 1024, n, false),
  "mpmc.2x2": (n) => through(2, 1024, n, false),
  "chan.values": (n) => through(1, 64, n, true),
  "pool.trivial": async (waves) => {
    if (!isReady) initRuntime({ maxWorkers: 2 });
    isReady = true;
    const start = process.hrtime.bigint();
    let sum = 0;
    for (let wave = 0; wave < waves; wave++) {
      const handles = Array.from({ length: WAVE }, (_, i) => spawn(move(i), (x) => x + 1).join());
      for (const { value } of await Promise.all(handles)) sum += value;
    }
    return { ns: Number(process.hrtime.bigint() - start), check: sum };
  },
};
