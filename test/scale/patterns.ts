// The patterns under n goroutines: limits hold, every request gets one answer.

import {
  AdaptiveQueue,
  Bulkhead,
  CircuitBreaker,
  DistributedLock,
  type Executor,
  FencedResource,
  FixedPool,
  type Future,
  type Go,
  GoPerRequest,
  Group,
  gosched,
  IdempotencyKeys,
  LeakyBucket,
  Limiter,
  Owned,
  RetryableOnce,
  RetryBudget,
  retry,
  SafeTimer,
  SingleFlight,
  SingleFlightCache,
  Store,
  Supervisor,
  sleep,
  TokenBucket,
  WaitGroup,
} from "happens-before";
import { crowd, type Load, load, same } from "./load.js";

const group = load("Group", "Group: n goroutines, at most 10 at a time, one error kept", {
  setup: () => ({ group: new Group(), running: 0, ran: 0 }),
  *main(s, n) {
    s.group.setLimit(10);
    for (let i = 0; i < n; i++) {
      yield* s.group.go(function* () {
        if (++s.running > 10) throw new Error(`${s.running} run at a time`);
        yield* gosched();
        s.running--;
        s.ran++;
      });
    }
    return yield* s.group.wait();
  },
  after: (s, n, error) => same("ran, error", `${s.ran} ${String(error)}`, `${n} null`),
});

const flights = load("SingleFlight", "SingleFlight: n callers, far fewer calls, one value each", {
  setup: () => ({ flights: new SingleFlight<number>(), calls: 0, answers: 0 }),
  *main(s, n) {
    yield* crowd(n, function* () {
      const { value } = yield* s.flights.do("key", function* () {
        s.calls++;
        yield* sleep(1);
        return 7;
      });
      same("value", value, 7);
      s.answers++;
    });
  },
  after: (s, n) => same("answers", s.answers, n),
});

const cache = load("SingleFlightCache", "SingleFlightCache: n readers of 97 keys", {
  setup: () => ({ answers: 0 }),
  *main(s, n) {
    const values = new SingleFlightCache<string>({
      freshMs: 5,
      staleMs: 10,
      *load(key) {
        yield* sleep(1);
        return `value of ${key}`;
      },
    });
    yield* crowd(n, function* (i) {
      const key = String(i % 97);
      same(key, yield* values.get(key), `value of ${key}`);
      s.answers++;
    });
  },
  after: (s, n) => same("answers", s.answers, n),
});

function executor(subject: string, make: (n: number) => Executor): Load {
  return load([subject, "Future"], `${subject}: n tasks, every future has its own value`, {
    setup: (n) => ({ executor: make(n) }),
    *main(s, n) {
      const futures: Future<number>[] = [];
      for (let i = 0; i < n; i++) {
        futures.push(
          yield* s.executor.submit(function* () {
            yield* gosched();
            return i;
          }),
        );
      }
      let sum = 0;
      for (const future of futures) sum += yield* future.get();
      yield* s.executor.close();
      return sum;
    },
    after: (_, n, sum) => same("sum", sum, (n * (n - 1)) / 2),
  });
}

const buckets = load(
  ["TokenBucket", "LeakyBucket", "Limiter"],
  "buckets: n waiters pass, none before its time",
  {
    setup: () => ({ passed: 0 }),
    *main(s, n) {
      const token = new TokenBucket({ ratePerSecond: 1e6, burst: 10 });
      const leaky = new LeakyBucket({ ratePerSecond: 1e6, capacity: n });
      const limiter = new Limiter(1e6, 10);
      yield* crowd(n, function* () {
        yield* token.take();
        same("poured", yield* leaky.pour(), true);
        same("waited", yield* limiter.wait(), null);
        s.passed++;
      });
    },
    after: (s, n) => same("passed", s.passed, n),
  },
);

const guards = load(
  ["Bulkhead", "CircuitBreaker", "IdempotencyKeys", "retry", "RetryBudget"],
  "guards: n calls through breaker, bulkhead, retry and keys",
  {
    setup: () => ({ running: 0, answers: 0, effects: 0 }),
    *main(s, n) {
      const breaker = new CircuitBreaker();
      const bulkhead = new Bulkhead({ limit: 8, queue: n });
      const keys = new IdempotencyKeys();
      const budget = new RetryBudget();
      function* effect(i: number): Go<number> {
        if (++s.running > 8) throw new Error(`${s.running} run in the bulkhead`);
        yield* gosched();
        s.running--;
        s.effects++;
        return i;
      }
      yield* crowd(n, function* (i) {
        const key = `${i >> 1}`;
        const request = (): Go<number> => keys.call(key, effect, i >> 1);
        const answer = yield* retry(() => breaker.call(() => bulkhead.call(request)), { budget });
        same("answer", answer, i >> 1);
        s.answers++;
      });
    },
    after: (s, n) => same("answers, effects", `${s.answers} ${s.effects}`, `${n} ${Math.ceil(n / 2)}`),
  },
);

const adaptive = load("AdaptiveQueue", "AdaptiveQueue: n offers, every accepted item is taken once", {
  setup: (n) => ({ queue: new AdaptiveQueue<number>({ most: n }), accepted: 0, taken: 0 }),
  *main(s, n) {
    const taker = new WaitGroup();
    taker.go(function* () {
      while ((yield* s.queue.take()) !== undefined) s.taken++;
    });
    yield* crowd(n, function* (i) {
      if (yield* s.queue.offer(i)) s.accepted++;
    });
    s.queue.close();
    yield* taker.wait();
  },
  after: (s) => same("taken", s.taken, s.accepted),
});

const leases = load(
  ["DistributedLock", "Lease", "Store", "FencedResource"],
  "DistributedLock: a tenth of n holders one after the other, fences grow",
  {
    setup: () => ({ store: new Store(), resource: new FencedResource(0), passed: 0, inside: 0 }),
    *main(s, n) {
      yield* crowd(Math.ceil(n / 10), function* (i) {
        const lock = new DistributedLock(s.store, `key ${i % 1000}`, { ttlMs: 1e6, retryMs: 1 });
        const lease = yield* lock.acquire();
        yield* gosched();
        s.passed++;
        same("released", yield* lease.release(), true);
      });
    },
    after: (s, n) => same("passed", s.passed, Math.ceil(n / 10)),
  },
);

const ones = load(
  ["RetryableOnce", "Owned", "SafeTimer"],
  "ones: n callers of a once that fails first, n rivals for an owner, n moves of a timer",
  {
    setup: () => ({
      once: new RetryableOnce<number>(),
      owned: new Owned("value", -1),
      tries: 0,
      wins: 0,
      fired: 0,
    }),
    *main(s, n) {
      const timer = new SafeTimer(function* () {
        s.fired++;
      });
      const start = yield* s.owned.load();
      yield* crowd(n, function* (i) {
        const value = yield* retry(() =>
          s.once.do(function* () {
            if (++s.tries < 3) throw new Error("not yet");
            return 7;
          }),
        );
        same("value", value, 7);
        if (yield* s.owned.transfer(start, i)) s.wins++;
        timer.reset(1e6);
      });
      yield* sleep(2e6);
    },
    after: (s) => same("tries, wins, fired", `${s.tries} ${s.wins} ${s.fired}`, "3 1 1"),
  },
);

const supervised = load("Supervisor", "Supervisor: a thousandth of n children, each fails once", {
  setup: () => ({ failed: 0 }),
  *main(s, n) {
    const many = Math.ceil(n / 1000);
    const children = Object.fromEntries(
      Array.from({ length: many }, (_, i) => {
        let tries = 0;
        function* child(): Go {
          yield* gosched();
          if (tries++ === 0) {
            s.failed++;
            throw new Error("first");
          }
        }
        return [`child ${i}`, child];
      }),
    );
    yield* new Supervisor(children, { maxRestarts: many, withinMs: 1e6 }).run();
  },
  after: (s, n) => same("failed", s.failed, Math.ceil(n / 1000)),
});

export const PATTERNS: readonly Load[] = [
  group,
  flights,
  cache,
  executor("FixedPool", (n) => new FixedPool({ workers: 8, queue: n })),
  executor("GoPerRequest", () => new GoPerRequest()),
  buckets,
  guards,
  adaptive,
  leases,
  ones,
  supervised,
];
