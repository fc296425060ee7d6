// Go: atomic_test.go
import {
  AtomicInt32,
  AtomicInt64,
  AtomicPointer,
  AtomicUint64,
  Chan,
  type Go,
  go,
  gosched,
  Mutex,
  type Op,
} from "../../../lib/index.js";
import { cases, panics, type Variable, variable } from "./case.js";

interface Swaps {
  compareAndSwap(old: number, value: number): Op<boolean>;
}

/** Two goroutines write their variable, then the other's if `isSecond` says so. */
function* eachThenOther(isSecond: () => Op<boolean> | Go<boolean>): Go {
  const x1 = variable("x1");
  const x2 = variable("x2");
  const ch = new Chan<boolean>(2);
  for (const [mine, other] of [
    [x1, x2],
    [x2, x1],
  ] as const) {
    yield* go(function* () {
      yield* mine.write(1);
      if (yield* isSecond()) yield* other.write(1);
      yield* ch.send(true);
    });
  }
  yield* ch.recv();
  yield* ch.recv();
}

function* adds(s: AtomicInt32 | AtomicInt64, wanted: number): Go {
  const to = BigInt(wanted);
  yield* eachThenOther(function* (): Go<boolean> {
    if (s instanceof AtomicInt32) return (yield* s.add(1)) === wanted;
    return (yield* s.add(1n)) === to;
  });
}

/** A goroutine writes x, then does `tell`; main writes x when `isTold` is true. */
function* told(tell: () => Go<unknown>, isTold: () => Go<boolean>): Go {
  const x = variable();
  yield* go(function* () {
    yield* x.write(2);
    yield* tell();
  });
  while (!(yield* isTold())) yield* gosched();
  yield* x.write(1);
}

function swap(s: Swaps, old: number, value: number): () => Go<boolean> {
  return function* () {
    return yield* s.compareAndSwap(old, value);
  };
}

function swap64(s: AtomicUint64, old: bigint, value: bigint): () => Go<boolean> {
  return function* () {
    return yield* s.compareAndSwap(old, value);
  };
}

function is(s: { load(): Op<unknown> }, value: unknown): () => Go<boolean> {
  return function* () {
    return (yield* s.load()) === value;
  };
}

export const clean = cases({
  AtomicAddInt64: () => adds(new AtomicInt64(), 2),
  AtomicAddInt32: () => adds(new AtomicInt32(), 2),
  *AtomicLoadAddInt32() {
    const s = new AtomicInt32();
    yield* told(() => s.add(1) as unknown as Go, is(s, 1));
  },
  *AtomicLoadStoreInt32() {
    const s = new AtomicInt32();
    yield* told(() => s.store(1) as unknown as Go, is(s, 1));
  },
  *AtomicStoreCASInt32() {
    const s = new AtomicInt32();
    yield* told(() => s.store(1) as unknown as Go, swap(s, 1, 0));
  },
  *AtomicCASLoadInt32() {
    const s = new AtomicInt32();
    yield* told(swap(s, 0, 1), is(s, 1));
  },
  *AtomicCASCASInt32() {
    const s = new AtomicInt32();
    yield* told(swap(s, 0, 1), swap(s, 1, 0));
  },
  *AtomicCASCASInt32_2() {
    const s = new AtomicInt32();
    yield* eachThenOther(function* (): Go<boolean> {
      return !(yield* s.compareAndSwap(0, 1));
    });
  },
  *AtomicLoadInt64() {
    const s = new AtomicInt64();
    yield* told(() => s.add(1n) as unknown as Go, is(s, 1n));
  },
  *AtomicCASCASUInt64() {
    const s = new AtomicUint64();
    yield* told(swap64(s, 0n, 1n), swap64(s, 1n, 0n));
  },
  *AtomicLoadStorePointer() {
    const y = { value: 2 };
    const s = new AtomicPointer<{ value: number } | null>(null);
    yield* told(() => s.store(y) as unknown as Go, is(s, y));
  },
  *AtomicStoreCASUint64() {
    const s = new AtomicUint64();
    yield* told(() => s.store(1n) as unknown as Go, swap64(s, 1n, 0n));
  },
  *AtomicCrash() {
    const mutex = new Mutex();
    const nil = null as unknown as AtomicInt32;
    if (!(yield* panics(() => nil.add(1) as unknown as Go))) throw new Error("no panic");
    yield* mutex.lock();
    yield* mutex.unlock();
  },
  *DeferAtomicStore() {
    function* fork(f: { bar: AtomicInt64 }, depth: number): Go {
      yield* f.bar.store(1n);
      for (let i = 0; depth > 0 && i < 2; i++) yield* go(fork, { bar: new AtomicInt64() }, depth - 1);
      yield* f.bar.store(0n);
    }
    yield* fork({ bar: new AtomicInt64() }, 4);
  },
});

/** A goroutine accesses a atomically, main in the plain way. */
function* mixed(atomic: (a: Variable) => Op<unknown>, plain: (a: Variable) => Op<unknown>): Go {
  const c = new Chan<boolean>();
  const a = variable("a");
  yield* go(function* () {
    yield* atomic(a);
    yield* c.send(true);
  });
  yield* plain(a);
  yield* c.recv();
}

export const racy = cases({
  AtomicAddInt64: () => adds(new AtomicInt64(), 1),
  AtomicStoreLoad: () =>
    mixed(
      (a) => a.atomicStore(1),
      (a) => a.read(),
    ),
  AtomicLoadStore: () =>
    mixed(
      (a) => a.atomicLoad(),
      (a) => a.write(1),
    ),
  AtomicAddLoad: () =>
    mixed(
      (a) => a.atomicAdd(1),
      (a) => a.read(),
    ),
  AtomicAddStore: () =>
    mixed(
      (a) => a.atomicAdd(1),
      (a) => a.write(42),
    ),
});
