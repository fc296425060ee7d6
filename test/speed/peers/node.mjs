// Node's own means, where they are what people use: AbortController, setTimeout, Map, promises.
const HOUR_MS = 3_600_000;

function createStop(n) {
  let stopped = 0;
  for (let i = 0; i < n; i++) {
    clearTimeout(setTimeout(() => {}, HOUR_MS));
    stopped++;
  }
  return stopped;
}

function filled() {
  const map = new Map();
  for (let i = 0; i < 1024; i++) map.set(i, 1);
  return map;
}

async function yielding(tasks, n) {
  let count = 0;
  const body = async () => {
    for (let i = 0; i < n; i++) {
      count++;
      await null;
    }
  };
  await Promise.all(Array.from({ length: tasks }, body));
  return count;
}

export default {
  "gosched.2": (n) => yielding(2, n),
  "gosched.1000": (n) => yielding(1000, n),
  "spawn.sequential": async (n) => {
    let count = 0;
    const body = async () => {
      await null;
      count++;
    };
    for (let i = 0; i < n; i++) await body();
    return count;
  },
  "context.cancel.child": (n) => {
    const parent = new AbortController();
    let count = 0;
    for (let i = 0; i < n; i++) {
      const child = new AbortController();
      const signal = AbortSignal.any([parent.signal, child.signal]);
      child.abort();
      if (signal.aborted) count++;
    }
    return count;
  },
  "context.timeout.cancel": (n) => {
    const parent = new AbortController();
    let count = 0;
    for (let i = 0; i < n; i++) {
      const child = new AbortController();
      const timer = setTimeout(() => child.abort(), HOUR_MS);
      const signal = AbortSignal.any([parent.signal, child.signal]);
      child.abort();
      clearTimeout(timer);
      if (signal.aborted) count++;
    }
    return count;
  },
  "context.fanout1000": (times) => {
    let count = 0;
    for (let wave = 0; wave < times; wave++) {
      const parent = new AbortController();
      const children = [];
      for (let i = 0; i < 1000; i++) children.push(AbortSignal.any([parent.signal]));
      parent.abort();
      for (const child of children) if (child.aborted) count++;
    }
    return count;
  },
  "timer.create.stop": createStop,
  "timer.create.stop.10k": (n) => {
    const others = [];
    for (let i = 0; i < 10_000; i++) others.push(setTimeout(() => {}, HOUR_MS + i));
    const stopped = createStop(n * 100_000);
    for (const timer of others) clearTimeout(timer);
    return stopped;
  },
  "timer.afterfunc.fire100k": async (times) => {
    let fired = 0;
    for (let wave = 0; wave < times; wave++) {
      await new Promise((resolve) => {
        let left = 100_000;
        const done = () => {
          fired++;
          if (--left === 0) resolve();
        };
        for (let i = 0; i < 100_000; i++) setTimeout(done, 1);
      });
    }
    return fired;
  },
  "map.sync.Map.load": (n) => {
    const map = filled();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += map.get(i & 1023);
    return sum;
  },
  "map.sync.Map.store": (n) => {
    const map = new Map();
    for (let i = 0; i < n; i++) map.set(i & 1023, i);
    return map.get((n - 1) & 1023);
  },
};
