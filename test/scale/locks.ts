// Locks under n goroutines: nobody inside beside a writer, and everybody gets in once.

import {
  BitMutex,
  DistributedRWMutex,
  FairRWMutex,
  type Go,
  GuardedMutex,
  gosched,
  Mutex,
  type Op,
  ReadersFirstRWMutex,
  RWMutex,
  SemaMutex,
  Semaphore,
  type Step,
  StripedMutex,
  UpgradableRWMutex,
} from "happens-before";
import { crowd, type Load, load, Section, same } from "./load.js";

interface Exclusive {
  lock(): Op<unknown> | Go;
  unlock(): Step;
}

interface Shared extends Exclusive {
  rLock(): Op<void>;
  rUnlock(): Step;
}

function* once(section: Section, isWriter: boolean, lock: () => Op<unknown> | Go, unlock: () => Step): Go {
  yield* lock() as Op<unknown>;
  section.enter(isWriter);
  yield* gosched();
  section.leave(isWriter);
  unlock();
}

function exclusive(subject: string, make: () => Exclusive): Load {
  return load(subject, `${subject}: one inside at a time, everybody once`, {
    setup: () => ({ lock: make(), section: new Section() }),
    *main({ lock, section }, n) {
      yield* crowd(n, () =>
        once(
          section,
          true,
          () => lock.lock(),
          () => lock.unlock(),
        ),
      );
    },
    after: ({ section }, n) => same("passed", section.passed, n),
  });
}

function shared(subject: string, make: () => Shared): Load {
  return load(subject, `${subject}: readers together, a writer alone, everybody once`, {
    setup: () => ({ lock: make(), section: new Section() }),
    *main({ lock, section }, n) {
      yield* crowd(n, (i) =>
        i % 10 === 0
          ? once(
              section,
              true,
              () => lock.lock(),
              () => lock.unlock(),
            )
          : once(
              section,
              false,
              () => lock.rLock(),
              () => lock.rUnlock(),
            ),
      );
    },
    after: ({ section }, n) => same("passed", section.passed, n),
  });
}

const limited = load("Mutex", "Mutex: half of the waiters give up and leave the queue at once", {
  setup: () => ({ mu: new Mutex(), got: 0, gaveUp: 0 }),
  *main(s, n) {
    yield* s.mu.lock();
    yield* crowd(n, function* (i) {
      if (i === 0) {
        yield* gosched();
        s.mu.unlock();
      } else if (yield* s.mu.tryLockFor(i % 2 === 0 ? 1 : 1e9)) {
        s.got++;
        s.mu.unlock();
      } else s.gaveUp++;
    });
  },
  after: (s, n) => same("got and gave up", s.got + s.gaveUp, n - 1),
});

const upgraded = load("UpgradableRWMutex", "UpgradableRWMutex: every upgrade finds what it read", {
  setup: () => ({ mu: new UpgradableRWMutex(), value: 0 }),
  *main(s, n) {
    yield* crowd(n, function* () {
      yield* s.mu.uLock();
      const seen = s.value;
      yield* gosched();
      yield* s.mu.upgrade();
      s.value = seen + 1;
      s.mu.unlock();
    });
  },
  after: (s, n) => same("value", s.value, n),
});

const striped = load("StripedMutex", "StripedMutex: two accounts at a time, no money lost", {
  setup: () => ({ locks: new StripedMutex(16), accounts: new Array<number>(16).fill(0) }),
  *main({ locks, accounts }, n) {
    yield* crowd(n, function* (i) {
      const [from, to] = [i % 16, (i * 7 + 1) % 16];
      yield* locks.lockAll(from, to);
      const balance = accounts[from] as number;
      yield* gosched();
      accounts[from] = balance - 1;
      accounts[to] = (accounts[to] as number) + 1;
      locks.unlockAll(from, to);
    });
  },
  after: ({ accounts }) =>
    same(
      "sum",
      accounts.reduce((a, b) => a + b, 0),
      0,
    ),
});

const guarded = load(["GuardedMutex", "Guard"], "GuardedMutex: every guard proves its holder", {
  setup: () => ({ mu: new GuardedMutex("m", { checks: true }), section: new Section() }),
  *main({ mu, section }, n) {
    yield* crowd(n, function* () {
      const guard = yield* mu.lock();
      section.enter(true);
      yield* gosched();
      guard.check();
      section.leave(true);
      guard.unlock();
    });
  },
  after: ({ section }, n) => same("passed", section.passed, n),
});

const weighted = load("Semaphore", "Semaphore: never more than its size inside, weights 1 to 3", {
  setup: () => ({ sem: new Semaphore(5), held: 0, passed: 0 }),
  *main(s, n) {
    yield* crowd(n, function* (i) {
      const weight = 1 + (i % 3);
      yield* s.sem.acquire(weight);
      s.held += weight;
      if (s.held > 5) throw new Error(`${s.held} of 5 are held`);
      yield* gosched();
      s.held -= weight;
      s.passed++;
      s.sem.release(weight);
    });
  },
  after: (s, n) => same("passed", s.passed, n),
});

export const LOCKS: readonly Load[] = [
  exclusive("Mutex", () => new Mutex()),
  { ...exclusive("BitMutex", () => new BitMutex()), most: 1000 }, // everybody looks again at every turn: n * n / 2 looks
  exclusive("SemaMutex", () => new SemaMutex()),
  shared("RWMutex", () => new RWMutex()),
  shared("ReadersFirstRWMutex", () => new ReadersFirstRWMutex()),
  shared("FairRWMutex", () => new FairRWMutex()),
  shared("DistributedRWMutex", () => new DistributedRWMutex(8)),
  shared("UpgradableRWMutex", () => new UpgradableRWMutex()),
  limited,
  upgraded,
  striped,
  guarded,
  weighted,
];
