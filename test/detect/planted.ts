// One small program for each class of bugs, and who has to find it: the rows of the matrix in lib/detect/README.md.
import {
  AtomicBool,
  type Body,
  Cell,
  Chan,
  Cond,
  type DetectorName,
  type Go,
  go,
  gosched,
  Mutex,
  onDefault,
  ReadersFirstRWMutex,
  RWMutex,
  select,
  sleep,
  WaitGroup,
} from "../../lib/index.js";

export interface Planted {
  readonly what: string;
  readonly body: () => Body;
  /** Who must find it; `run`: it is told without any detector. */
  readonly by: readonly (DetectorName | "run")[];
}

function* busy(): Go {
  for (;;) yield* sleep(1);
}

/** Two goroutines, each in `body` with its own number, and a main that waits for both. */
function both(body: (k: number) => Go<unknown>): Body {
  return function* () {
    const wg = new WaitGroup();
    for (const k of [0, 1]) yield* wg.go(body, k);
    yield* wg.wait();
  };
}

function* under(first: Mutex, second: Mutex): Go {
  yield* first.lock();
  yield* second.lock();
  yield* second.unlock();
  yield* first.unlock();
}

export const PLANTED: readonly Planted[] = [
  {
    what: "data race",
    by: ["race"],
    body: () => {
      const n = new Cell(0);
      return both(function* () {
        yield* n.write((yield* n.read()) + 1);
      });
    },
  },
  {
    what: "atomic beside plain access",
    by: ["race"],
    body: () => {
      const n = new Cell(0);
      return both(function* (k) {
        if (k === 0) yield* n.atomicAdd(1);
        else yield* n.write(5);
      });
    },
  },
  {
    what: "locks in opposite orders",
    by: ["run", "deadlock", "lock-order"],
    body: () => {
      const [a, b] = [new Mutex(), new Mutex()];
      return both((k) => (k === 0 ? under(a, b) : under(b, a)));
    },
  },
  {
    what: "read lock taken twice",
    by: ["lock-order"],
    body: () => {
      const rw = new RWMutex();
      return both(function* (k) {
        if (k === 0) {
          yield* rw.lock();
          yield* rw.unlock();
          return;
        }
        yield* rw.rLock();
        yield* rw.rLock();
        yield* rw.rUnlock();
        yield* rw.rUnlock();
      });
    },
  },
  {
    what: "read lock upgraded",
    by: ["run", "deadlock", "lock-order"],
    body: () => {
      const rw = new RWMutex();
      return function* () {
        yield* rw.rLock();
        yield* rw.lock();
      };
    },
  },
  {
    what: "deadlock while others run",
    by: ["deadlock"],
    body: () => {
      const [a, b] = [new Mutex(), new Mutex()];
      return function* () {
        yield* go(busy);
        yield* both(function* (k) {
          const [first, second] = k === 0 ? [a, b] : [b, a];
          yield* first.lock();
          yield* sleep(5);
          yield* second.lock();
        })();
      };
    },
  },
  {
    what: "goroutine left behind",
    by: ["run", "leak"],
    body: () =>
      function* () {
        const ch = new Chan<number>();
        yield* go(function* late() {
          yield* ch.send(1);
        });
        yield* select(ch.onRecv(), onDefault());
      },
  },
  {
    what: "goroutine left behind while others run",
    by: ["leak"],
    body: () =>
      function* () {
        yield* go(busy);
        yield* go(function* lost() {
          yield* new Chan<number>().recv();
        });
      },
  },
  {
    what: "lost wake-up",
    by: ["run", "deadlock"],
    body: () =>
      function* () {
        const c = new Cond(new Mutex());
        yield* go(function* () {
          yield* c.signal();
        });
        yield* c.L.lock();
        yield* c.wait();
      },
  },
  {
    what: "lock held across a receive",
    by: ["lock-held"],
    body: () =>
      function* () {
        const mu = new Mutex();
        const ch = new Chan<number>();
        yield* go(function* feeder() {
          yield* mu.lock();
          yield* mu.unlock();
          yield* ch.send(1);
        });
        yield* mu.lock();
        yield* ch.recv();
        yield* mu.unlock();
      },
  },
  {
    what: "lock held across a sleep",
    by: ["lock-held"],
    body: () =>
      function* () {
        const mu = new Mutex();
        yield* mu.lock();
        yield* sleep(1);
        yield* mu.unlock();
      },
  },
  {
    what: "writer kept out by readers",
    by: ["starvation"],
    body: () =>
      function* () {
        const rw = new ReadersFirstRWMutex();
        yield* rw.rLock();
        yield* go(function* writer() {
          yield* rw.lock();
          yield* rw.unlock();
        });
        for (let i = 0; i < 200; i++) {
          yield* rw.rLock();
          yield* rw.rUnlock();
        }
        yield* rw.rUnlock();
      },
  },
  {
    what: "livelock",
    by: ["livelock"],
    body: () =>
      function* () {
        const flag = new AtomicBool();
        while (!(yield* flag.load())) yield* gosched();
      },
  },
  {
    what: "channel closed twice",
    by: ["run", "closed"],
    body: () => {
      const ch = new Chan<number>();
      return both(function* () {
        yield* ch.close();
      });
    },
  },
  {
    what: "send on a closed channel",
    by: ["run", "closed"],
    body: () => {
      const ch = new Chan<number>(1);
      return both(function* (k) {
        if (k === 0) yield* ch.close();
        else yield* ch.send(1);
      });
    },
  },
  {
    what: "copied lock",
    by: ["run"],
    body: () =>
      function* () {
        yield* (Object.create(new Mutex()) as Mutex).lock();
      },
  },
  {
    what: "forgotten `yield*`",
    by: ["run"],
    body: () =>
      function* () {
        const mu = new Mutex();
        mu.lock();
        yield* mu.unlock();
      },
  },
];
