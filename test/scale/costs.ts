// Costs: what one operation costs beside n others that wait, live or lie in the same structure.

import {
  background,
  Chan,
  Cond,
  FairRWMutex,
  FixedPool,
  type Go,
  go,
  gosched,
  IdempotencyKeys,
  Latch,
  Mutex,
  newTimer,
  type Op,
  Pool,
  ReadDirtyMap,
  ReadersFirstRWMutex,
  type RunOptions,
  RWMutex,
  run,
  Semaphore,
  SingleFlightCache,
  Store,
  SyncMap,
  select,
  sleep,
  UpgradableRWMutex,
  WaitGroup,
  withCancel,
} from "happens-before";

export interface Cost {
  readonly name: string;
  /** Nanoseconds of one operation beside `n` others, once. */
  measure(n: number): Promise<number>;
}

/** Operations per measurement: enough that reading the clock does not count. */
const OPS = 10_000;

/** Runs `main`, which returns how many nanoseconds an operation took. Who still waits then is dropped. */
function nsOf(main: () => Go<number>, options: RunOptions = {}): Promise<number> {
  return run(main, { clock: "jump", ...options });
}

/** The processor time of this process: what others on the machine do does not count. */
function nowNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** The time of `OPS` operations after `prepare(n)` has let n others wait. */
function beside(
  name: string,
  prepare: (n: number) => { enter?: () => Go<unknown>; op: () => Op<unknown> | Go<unknown> },
): Cost {
  return {
    name,
    measure: (n) =>
      nsOf(function* () {
        const { enter, op } = prepare(n);
        if (enter !== undefined) {
          for (let i = 0; i < n; i++) go(enter);
          yield* gosched();
        }
        for (let i = 0; i < 100; i++) yield* op() as Op<unknown>;
        const startNs = nowNs();
        for (let i = 0; i < OPS; i++) yield* op() as Op<unknown>;
        return (nowNs() - startNs) / OPS;
      }),
  };
}

/** The time of `n` goroutines' whole life, divided by n. */
function each(name: string, main: (n: number) => Go, options?: RunOptions): Cost {
  return {
    name,
    measure: (n) =>
      nsOf(function* () {
        const startNs = nowNs();
        yield* main(n);
        return (nowNs() - startNs) / n;
      }, options),
  };
}

interface Timed {
  tryLock(): boolean;
  tryLockFor(limit: number): Op<boolean>;
  lock(): Op<void>;
}

function leaves(name: string, make: () => Timed): Cost {
  return beside(`${name}: a waiter gives up`, () => {
    const lock = make();
    lock.tryLock();
    return { enter: () => parkOn(() => lock.lock()), op: () => lock.tryLockFor(1) };
  });
}

function* parkOn(op: () => Op<unknown>): Go {
  yield* op();
}

function handOver(name: string, lock: () => Op<unknown>, unlock: () => unknown): Cost {
  return each(`${name}: unlock lets the next one in`, function* (n) {
    yield* lock();
    const all = new WaitGroup();
    for (let i = 0; i < n; i++) {
      all.go(function* () {
        yield* lock();
        unlock();
      });
    }
    yield* gosched();
    unlock();
    yield* all.wait();
  });
}

function locks(): Cost[] {
  const [mu, rw, sem] = [new Mutex(), new RWMutex(), new Semaphore(1)];
  return [
    leaves("Mutex", () => new Mutex()),
    leaves("RWMutex", () => new RWMutex()),
    leaves("ReadersFirstRWMutex", () => new ReadersFirstRWMutex()),
    leaves("FairRWMutex", () => new FairRWMutex()),
    handOver(
      "Mutex",
      () => mu.lock(),
      () => mu.unlock(),
    ),
    handOver(
      "RWMutex",
      () => rw.lock(),
      () => rw.unlock(),
    ),
    handOver(
      "Semaphore",
      () => sem.acquire(),
      () => sem.release(),
    ),
    beside("UpgradableRWMutex: an upgrade gives up", () => {
      const lock = new UpgradableRWMutex();
      return {
        enter: () => parkOn(() => lock.rLock()),
        *op() {
          yield* lock.uLock();
          yield* lock.tryUpgradeFor(1);
          lock.uUnlock();
        },
      };
    }),
  ];
}

const waits: Cost[] = [
  beside("WaitGroup: a waiter gives up", () => {
    const wg = new WaitGroup();
    wg.add(1);
    return { enter: () => parkOn(() => wg.wait()), op: () => wg.waitFor(1) };
  }),
  beside("Latch: a waiter gives up", () => {
    const latch = new Latch(1);
    return { enter: () => parkOn(() => latch.wait()), op: () => latch.waitFor(1) };
  }),
  each("Cond: signal wakes one", function* (n) {
    const mu = new Mutex();
    const c = new Cond(mu);
    const all = new WaitGroup();
    for (let i = 0; i < n; i++) {
      all.go(function* () {
        yield* mu.lock();
        yield* c.wait();
        mu.unlock();
      });
    }
    yield* gosched();
    for (let i = 0; i < n; i++) c.signal();
    yield* all.wait();
  }),
];

const channels: Cost[] = [
  each("Chan: a receive takes from the first of n senders", function* (n) {
    const ch = new Chan<number>();
    for (let i = 0; i < n; i++) go(() => parkOn(() => ch.send(1)));
    yield* gosched();
    for (let i = 0; i < n; i++) yield* ch.recv();
  }),
  beside("select: the loser leaves a queue of n", () => {
    const [busy, quick] = [new Chan<number>(), new Chan<number>()];
    return {
      enter: () => parkOn(() => busy.recv()),
      *op() {
        go(function* () {
          yield* quick.send(1);
        });
        yield* select(busy.onRecv(), quick.onRecv());
      },
    };
  }),
  each("Chan: a close wakes n receivers", function* (n) {
    const ch = new Chan<number>();
    const all = new WaitGroup();
    for (let i = 0; i < n; i++) all.go(() => parkOn(() => ch.recv()));
    yield* gosched();
    ch.close();
    yield* all.wait();
  }),
];

const time: Cost[] = [
  beside("context: a child comes and goes beside n others", (n) => {
    const [parent] = withCancel(background());
    for (let i = 0; i < n; i++) withCancel(parent);
    return {
      *op() {
        withCancel(parent)[1]();
      },
    };
  }),
  beside("timer: made and stopped beside n others", (n) => {
    for (let i = 0; i < n; i++) newTimer(1e6 + (i % 1000)).c.onRecv();
    return {
      *op() {
        newTimer(2e6).stop();
      },
    };
  }),
  each("sleep: one of n wakes", function* (n) {
    const all = new WaitGroup();
    for (let i = 0; i < n; i++) all.go(() => parkOn(() => sleep((i * 7919) % 1000)));
    yield* all.wait();
  }),
];

const scheduler: Cost[] = [
  each("gosched beside n that are runnable", function* (n) {
    const all = new WaitGroup();
    for (let i = 0; i < n; i++) all.go(() => parkOn(() => gosched()));
    yield* all.wait();
  }),
  each(
    "a random walk's step beside n that are runnable",
    function* (n) {
      const all = new WaitGroup();
      for (let i = 0; i < n; i++) all.go(() => parkOn(() => gosched()));
      yield* all.wait();
    },
    { strategy: "random", clock: "jump" },
  ),
  beside("go: one more beside n that live", () => {
    const forever = new Chan<never>();
    return {
      enter: () => parkOn(() => forever.recv()),
      *op() {
        go(parkOn, () => gosched());
        yield* gosched();
      },
    };
  }),
];

function filled<M extends SyncMap<number, number> | ReadDirtyMap<number, number>>(
  make: () => M,
  n: number,
): M {
  const map = make();
  for (let i = 0; i < n; i++) map.store(i, i);
  return map;
}

const stores: Cost[] = [
  beside("SyncMap: a load among n keys", (n) => {
    const map = filled(() => new SyncMap<number, number>(), n);
    return { op: () => map.load(n >> 1) };
  }),
  beside("SyncMap: a key comes and goes among n", (n) => {
    const map = filled(() => new SyncMap<number, number>(), n);
    return {
      *op() {
        map.store(-1, 1);
        yield* map.loadAndDelete(-1);
      },
    };
  }),
  beside("ReadDirtyMap: a load among n keys", (n) => {
    const map = filled(() => new ReadDirtyMap<number, number>(), n);
    return { op: () => map.load(n >> 1) };
  }),
  beside("Pool: a get and a put beside n objects", (n) => {
    const pool = new Pool<object>(() => ({}));
    for (let i = 0; i < n; i++) pool.put({});
    return {
      *op() {
        pool.put(yield* pool.get());
      },
    };
  }),
  beside("Store: a value that runs out among n", (n) => {
    const store = new Store();
    let made = 0;
    return {
      *op() {
        while (made < n) yield* store.set(`key ${made++}`, "x", { px: 1e9 });
        yield* store.set("mine", "x", { px: 1 });
        yield* store.get("mine");
      },
    };
  }),
  beside("IdempotencyKeys: a call among n remembered", (n) => {
    const keys = new IdempotencyKeys();
    let made = 0;
    function* answer(): Go<number> {
      return 1;
    }
    return {
      *op() {
        while (made < n) yield* keys.call(`key ${made++}`, answer);
        yield* keys.call("mine", answer);
      },
    };
  }),
  beside("SingleFlightCache: a new key pushes out the oldest of n", (n) => {
    function* loadKey(key: string): Go<string> {
      return key;
    }
    const cache = new SingleFlightCache<string>({ freshMs: 1e9, mostEntries: n, load: loadKey });
    let made = 0;
    return {
      *op() {
        while (made < n) yield* cache.get(`key ${made++}`);
        yield* cache.get(`key ${made++}`);
      },
    };
  }),
  each("FixedPool: a task behind n others", function* (n) {
    const pool = new FixedPool({ workers: 1, queue: n });
    for (let i = 0; i < n; i++) yield* pool.submit(parkOn, () => gosched());
    yield* pool.close();
  }),
];

export const COSTS: readonly Cost[] = [...locks(), ...waits, ...channels, ...time, ...scheduler, ...stores];
