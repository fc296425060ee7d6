// Atomics and the structures without locks under n goroutines.

import {
  AtomicBool,
  AtomicInt32,
  AtomicInt64,
  AtomicPointer,
  AtomicUint32,
  AtomicUint64,
  AtomicValue,
  BoundedQueue,
  Cell,
  casLoop,
  Disruptor,
  FreeList,
  type Go,
  gosched,
  MSQueue,
  Mutex,
  SeqLock,
  TreiberStack,
  WaitGroup,
  WorkDeque,
} from "happens-before";
import { crowd, type Load, load, same } from "./load.js";

const atomics = load(
  [
    "AtomicInt32",
    "AtomicUint32",
    "AtomicInt64",
    "AtomicUint64",
    "AtomicBool",
    "AtomicPointer",
    "AtomicValue",
  ],
  "atomics: n additions of each kind, one first store",
  {
    setup: () => ({
      a: new AtomicInt32(),
      b: new AtomicUint32(),
      c: new AtomicInt64(),
      d: new AtomicUint64(),
      flag: new AtomicBool(),
      pointer: new AtomicPointer<object | null>(null),
      value: new AtomicValue<number>(),
      first: 0,
    }),
    *main(s, n) {
      yield* crowd(n, function* (i) {
        yield* s.a.add(1);
        yield* s.b.add(1);
        yield* s.c.add(1n);
        yield* s.d.add(1n);
        yield* s.value.store(i);
        if (yield* s.flag.compareAndSwap(false, true)) s.first++;
        if (yield* s.pointer.compareAndSwap(null, {})) s.first++;
      });
      return [yield* s.a.load(), yield* s.b.load(), yield* s.c.load(), yield* s.d.load()].map(Number);
    },
    after: (s, n, sums) => {
      same("sums", (sums as number[]).join(" "), [n, n, n, n].join(" "));
      same("first", s.first, 2);
    },
  },
);

const loops = load("casLoop", "casLoop: n increments by compare and swap", {
  setup: () => new AtomicInt32(),
  *main(counter, n) {
    yield* crowd(n, () => casLoop(counter, (old) => old + 1));
    return yield* counter.load();
  },
  after: (_, n, count) => same("count", count, n),
});

const cells = load("Cell", "Cell: n goroutines read and write one under a lock", {
  setup: () => ({ mu: new Mutex(), cell: new Cell(0) }),
  *main({ mu, cell }, n) {
    yield* crowd(n, function* () {
      yield* mu.lock();
      yield* cell.write((yield* cell.read()) + 1);
      mu.unlock();
    });
    return yield* cell.read();
  },
  after: (_, n, count) => same("count", count, n),
});

interface Bag {
  push(value: number): Go<unknown>;
  pop(): Go<number | undefined>;
}

/** n goroutines put, n take until they have one; the values must be the same. */
function bag(subject: string, make: () => Bag): Load {
  return load(subject, `${subject}: n put, n take, every value once`, {
    setup: () => ({ bag: make(), sum: 0 }),
    *main(s, n) {
      const all = new WaitGroup();
      for (let i = 0; i < n; i++) {
        all.go(() => s.bag.push(i));
        all.go(function* () {
          let got = yield* s.bag.pop();
          while (got === undefined) {
            yield* gosched();
            got = yield* s.bag.pop();
          }
          s.sum += got;
        });
      }
      yield* all.wait();
    },
    after: (s, n) => same("sum", s.sum, (n * (n - 1)) / 2),
  });
}

function bounded(): Bag {
  const queue = new BoundedQueue<number>(1024);
  return {
    *push(value) {
      while (!(yield* queue.tryPush(value))) yield* gosched();
    },
    pop: () => queue.tryPop(),
  };
}

const deque = load("WorkDeque", "WorkDeque: one owner, n thieves, every item once", {
  setup: () => ({ deque: new WorkDeque<number>(), sum: 0 }),
  *main(s, n) {
    const all = new WaitGroup();
    for (let i = 0; i < n; i++) {
      yield* s.deque.push(i);
      all.go(function* () {
        const item = yield* s.deque.steal(); // not `s.sum += yield* …`: that reads the sum before it waits
        s.sum += item ?? 0;
      });
    }
    for (let item = yield* s.deque.pop(); item !== undefined; item = yield* s.deque.pop()) s.sum += item;
    yield* all.wait();
    for (let item = yield* s.deque.pop(); item !== undefined; item = yield* s.deque.pop()) s.sum += item;
  },
  after: (s, n) => same("sum", s.sum, (n * (n - 1)) / 2),
});

const freeList = load("FreeList", "FreeList: n goroutines borrow n slots, none is held twice", {
  setup: (n) => ({ list: new FreeList(n), held: new Set<number>() }),
  *main(s, n) {
    yield* crowd(n, function* () {
      const slot = yield* s.list.acquire();
      same(`slot ${slot} is held or missing`, slot === undefined || s.held.has(slot), false);
      s.held.add(slot as number);
      yield* gosched();
      s.held.delete(slot as number);
      yield* s.list.release(slot as number);
    });
  },
});

const seqLock = load("SeqLock", "SeqLock: n readers never see half of a write", {
  setup: () => new SeqLock(0, 0),
  *main(lock, n) {
    yield* crowd(n, function* (i) {
      if (i % 100 === 0) yield* lock.write(i, i);
      else {
        const [a, b] = yield* lock.read();
        same("the second value", b, a);
      }
    });
  },
});

const disruptor = load("Disruptor", "Disruptor: n events, two consumers in a row", {
  setup: () => ({ ring: new Disruptor<number>(1024), first: 0, second: 0 }),
  *main(s, n) {
    const journal = s.ring.consumer();
    const apply = s.ring.consumer(journal);
    const all = new WaitGroup();
    all.go(function* () {
      for (let seen = 0; seen < n; ) {
        for (const value of yield* journal.take()) {
          s.first += value;
          seen++;
        }
      }
    });
    all.go(function* () {
      for (let seen = 0; seen < n; ) {
        for (const value of yield* apply.take()) {
          s.second += value;
          seen++;
          if (s.second > s.first) throw new Error("the second consumer is ahead of the first");
        }
      }
    });
    for (let i = 0; i < n; i++) yield* s.ring.publish(i);
    yield* all.wait();
  },
  after: (s, n) => same("sums", `${s.first} ${s.second}`, `${(n * (n - 1)) / 2} ${(n * (n - 1)) / 2}`),
});

/** n goroutines that swap one word need about n * n steps of a random walk. */
const CONTENDED = 5000;

export const LOCKFREE: readonly Load[] = [
  atomics,
  { ...loops, mostAtRandom: CONTENDED },
  cells,
  { ...bag("TreiberStack", () => new TreiberStack<number>()), mostAtRandom: CONTENDED },
  { ...bag("MSQueue", () => new MSQueue<number>()), mostAtRandom: CONTENDED },
  { ...bag("BoundedQueue", bounded), mostAtRandom: CONTENDED },
  { ...deque, mostAtRandom: CONTENDED },
  { ...freeList, most: 50_000, mostAtRandom: CONTENDED }, // a slot's number has 16 bits
  { ...seqLock, mostAtRandom: CONTENDED },
  disruptor,
];
