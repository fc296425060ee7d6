// The happens-before relation: an edge less is a false alarm, an edge more hides a race. Both are noticed.
import { expect, test } from "vitest";
import { type Omission, Ordering } from "../../lib/detect/index.js";
import { Barrier, Chan, Cond, type Go, go, Mutex, Once, Semaphore } from "../../lib/index.js";
import type { G, Operable, OpKind } from "../../lib/runtime/index.js";
import * as atomic from "./corpus/atomic.js";
import { type Case, cases, variable } from "./corpus/case.js";
import * as chan from "./corpus/chan.js";
import * as locks from "./corpus/locks.js";
import * as select from "./corpus/select.js";
import * as sync from "./corpus/sync.js";
import * as waitgroup from "./corpus/waitgroup.js";
import { firstRace, racesIn } from "./watch.js";

const own = cases({
  *"a signal without the lock"() {
    const x = variable();
    const cond = new Cond(new Mutex());
    const isWaiting = new Chan<null>(1);
    yield* go(function* () {
      yield* cond.L.lock();
      yield* isWaiting.send(null);
      yield* cond.wait();
      yield* x.read();
    });
    yield* isWaiting.recv();
    yield* cond.L.lock();
    yield* cond.L.unlock();
    yield* x.write(1);
    yield* cond.signal();
  },
  *"a barrier between a write and a read"() {
    const x = variable();
    const barrier = new Barrier(2);
    yield* go(function* () {
      yield* x.write(1);
      yield* barrier.wait();
    });
    yield* barrier.wait();
    yield* x.read();
  },
  *"a once"() {
    const x = variable();
    const once = new Once();
    function* init(): Go {
      yield* once.do(() => x.write(1) as unknown as Go);
      yield* x.read();
    }
    yield* go(init);
    yield* init();
  },
  *"a semaphore of one unit"() {
    const x = variable();
    const semaphore = new Semaphore(1);
    function* inside(): Go {
      yield* semaphore.acquire();
      yield* x.write((yield* x.read()) + 1);
      yield* semaphore.release();
    }
    yield* go(inside);
    yield* inside();
  },
  *"a tryLock that succeeds"() {
    const x = variable();
    const mu = new Mutex();
    function* inside(): Go {
      if (!mu.tryLock()) return;
      yield* x.write((yield* x.read()) + 1);
      yield* mu.unlock();
    }
    yield* go(inside);
    yield* inside();
  },
  *"an atomic load of a variable that hands over another"() {
    const x = variable();
    const flag = variable("flag");
    yield* go(function* () {
      yield* x.write(1);
      yield* flag.atomicStore(1);
    });
    if ((yield* flag.atomicLoad()) === 1) yield* x.read();
  },
  *"items that change hands without waiting"() {
    const x = variable();
    const ch = new Chan<null>(1);
    yield* go(function* () {
      yield* x.write(1);
      ch.trySend(null);
    });
    if (ch.tryRecv() !== undefined) yield* x.read();
  },
});

const innocent: Case[] = [chan, select, locks, waitgroup, sync, atomic].flatMap((file) => file.clean);

for (const { name, body } of own) {
  test(`${name} orders what comes before it: silent in 200 schedules`, () => {
    expect(firstRace(body, "random", 200)).toBe(-1);
  });
}

const omissions: [without: Omission, example: string][] = [
  ["spawn", "WaitGroupMultipleWait2"],
  ["channel", "ChanSync"],
  ["unlock", "Mutex"],
  ["rUnlock", "RWMutexTransitive"],
  ["lock", "MutexSemaphore"],
  ["rLock", "RWMutex"],
  ["store", "AtomicLoadStoreInt32"],
  ["cas", "AtomicCASCASInt32"],
  ["both", "AtomicAddInt64"],
  ["release", "WaitGroup2"],
  ["acquire", "ChanAsyncCloseRecv"],
  ["atomicRead", "an atomic load of a variable that hands over another"],
  ["handed", "a signal without the lock"],
];

for (const [without, example] of omissions) {
  test(`planted: without the edge "${without}" there is a false alarm in ${example}`, () => {
    const { body } = [...innocent, ...own].find(({ name }) => name === example) as Case;
    expect(firstRace(body, "random", 100, () => new Ordering(without))).toBeGreaterThanOrEqual(0);
  });
}

/** In how many of 100 schedules a race program of the corpus shows its race. */
function shown(file: { racy: readonly Case[] }, wanted: string, make: () => Ordering): number {
  const { body } = file.racy.find(({ name }) => name === wanted) as Case;
  let count = 0;
  for (let index = 0; index < 100; index++) if (racesIn(body, "random", index, make()).length > 0) count++;
  return count;
}

test("planted: readers who order each other hide races of RWMutexMultipleReaders", () => {
  class ReadersOrder extends Ordering {
    override completed(g: G, kind: OpKind, object: Operable, value: unknown): void {
      super.completed(g, kind.edge === "rUnlock" ? { ...kind, edge: "unlock" } : kind, object, value);
    }
  }
  const truth = shown(locks, "RWMutexMultipleReaders", () => new Ordering());
  expect(truth).toBe(100);
  expect(shown(locks, "RWMutexMultipleReaders", () => new ReadersOrder())).toBeLessThan(truth);
});

test("planted: a channel that orders all its senders hides races of ChanSem", () => {
  class OneSlot extends Ordering {
    override sent(g: G, channel: object): void {
      this.acquire(g, channel);
      this.release(g, channel);
    }
    override received(g: G, channel: object): void {
      this.sent(g, channel);
    }
  }
  const truth = shown(chan, "ChanSem", () => new Ordering());
  expect(truth).toBeGreaterThan(0);
  expect(shown(chan, "ChanSem", () => new OneSlot())).toBeLessThan(truth);
});
