// effect 4.1.0: fibers, queues, semaphores.
import { Deferred, Effect, Fiber, Option, Queue, Semaphore } from "effect";

const { gen, runPromise, yieldNow } = Effect;
const fork = Effect.forkChild;

const countTo = (q, n) =>
  gen(function* () {
    for (let i = 0; i < n; i++) yield* Queue.offer(q, i);
  });

const total = (q, n) =>
  gen(function* () {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += yield* Queue.take(q);
    return sum;
  });

const relay = (from, to, n, more) =>
  gen(function* () {
    for (let i = 0; i < n; i++) yield* Queue.offer(to, (yield* Queue.take(from)) + more);
  });

const pass = (from, to, done, id) =>
  gen(function* () {
    for (;;) {
      const left = yield* Queue.take(from);
      if (left === 0) return yield* Queue.offer(done, id);
      yield* Queue.offer(to, left - 1);
    }
  });

const filter = (from, to, prime) =>
  gen(function* () {
    for (;;) {
      const i = yield* Queue.take(from);
      if (i % prime !== 0) yield* Queue.offer(to, i);
    }
  });

const skynet = (to, first, size) =>
  gen(function* () {
    if (size === 1) return yield* Queue.offer(to, first);
    const mine = yield* Queue.bounded(1);
    const part = size / 10;
    for (let i = 0; i < 10; i++) yield* fork(skynet(mine, first + i * part, part));
    yield* Queue.offer(to, yield* total(mine, 10));
  });

/** `goroutines` fibers, each of which runs `body`; ends when all have. */
const many = (goroutines, body) =>
  gen(function* () {
    const fibers = [];
    for (let i = 0; i < goroutines; i++) fibers.push(yield* fork(body));
    for (const fiber of fibers) yield* Fiber.join(fiber);
  });

const holding = (permits, goroutines, n, yields) =>
  gen(function* () {
    const sem = yield* Semaphore.make(permits);
    let count = 0;
    const body = gen(function* () {
      for (let i = 0; i < n; i++) {
        yield* sem.take(1);
        if (yields) yield* yieldNow;
        count++;
        yield* sem.release(1);
      }
    });
    if (goroutines === 1) yield* body;
    else yield* many(goroutines, body);
    return count;
  });

const waves = (times, yields) =>
  gen(function* () {
    let count = 0;
    const body = gen(function* () {
      if (yields) yield* yieldNow;
      count++;
    });
    for (let wave = 0; wave < times; wave++) yield* many(100_000, body);
    return count;
  });

const yielding = (goroutines, n) =>
  gen(function* () {
    let count = 0;
    const body = gen(function* () {
      for (let i = 0; i < n; i++) {
        count++;
        yield* yieldNow;
      }
    });
    yield* many(goroutines, body);
    return count;
  });

const main = (program) => (n, atPeak) => runPromise(gen(() => program(n, atPeak)));

export default {
  "chan.pingpong": main(function* (n) {
    const ping = yield* Queue.bounded(1);
    const pong = yield* Queue.bounded(1);
    yield* fork(relay(ping, pong, n, 0));
    let sum = 0;
    for (let i = 0; i < n; i++) {
      yield* Queue.offer(ping, i);
      sum += yield* Queue.take(pong);
    }
    return sum;
  }),
  "chan.buffered128.int": main(function* (n) {
    const q = yield* Queue.bounded(128);
    yield* fork(countTo(q, n));
    return yield* total(q, n);
  }),
  "chan.buffered128.pointer": main(function* (n) {
    const q = yield* Queue.bounded(128);
    yield* fork(
      gen(function* () {
        for (let i = 0; i < n; i++) yield* Queue.offer(q, { i });
      }),
    );
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (yield* Queue.take(q)).i;
    return sum;
  }),
  "chan.uncontended": main(function* (n) {
    const q = yield* Queue.bounded(1);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      yield* Queue.offer(q, i);
      sum += yield* Queue.take(q);
    }
    return sum;
  }),
  "select.default1": main(function* (n) {
    const q = yield* Queue.bounded(1);
    let sum = 0;
    for (let i = 0; i < n; i++) if (Option.isNone(yield* Queue.poll(q))) sum++;
    return sum;
  }),
  "spawn.waitgroup": (times) => runPromise(waves(times, false)),
  "spawn.yield.join": (times) => runPromise(waves(times, true)),
  "spawn.sequential": main(function* (n) {
    let count = 0;
    const body = Effect.sync(() => {
      count++;
    });
    for (let i = 0; i < n; i++) yield* Fiber.join(yield* fork(body));
    return count;
  }),
  "gosched.2": (n) => runPromise(yielding(2, n)),
  "gosched.1000": (n) => runPromise(yielding(1000, n)),
  "mutex.uncontended": (n) => runPromise(holding(1, 1, n, false)),
  "mutex.trylock": main(function* (n) {
    const sem = yield* Semaphore.make(1);
    let count = 0;
    for (let i = 0; i < n; i++) {
      if (!(yield* sem.takeIfAvailable(1))) yield* sem.take(1);
      count++;
      yield* sem.release(1);
    }
    return count;
  }),
  "mutex.contended.2": (n) => runPromise(holding(1, 2, n, false)),
  "mutex.contended.100": (n) => runPromise(holding(1, 100, n, false)),
  "mutex.held.yield.2": (n) => runPromise(holding(1, 2, n, true)),
  "mutex.held.yield.100": (n) => runPromise(holding(1, 100, n, true)),
  "semaphore.uncontended": (n) => runPromise(holding(1, 1, n, false)),
  "semaphore.held.yield.8of2": (n) => runPromise(holding(2, 8, n, true)),
  "classic.threadring": main(function* (hops) {
    const done = yield* Queue.bounded(1);
    const first = yield* Queue.bounded(1);
    let from = first;
    for (let id = 1; id <= 503; id++) {
      const to = id === 503 ? first : yield* Queue.bounded(1);
      yield* fork(pass(from, to, done, id));
      from = to;
    }
    yield* Queue.offer(first, hops);
    return yield* Queue.take(done);
  }),
  "classic.sieve2000": async (times) => {
    let prime = 0;
    const once = gen(function* () {
      let q = yield* Queue.bounded(1);
      yield* fork(countTo(q, Number.POSITIVE_INFINITY));
      // Starts at 0; the sieve at 2.
      yield* Queue.take(q);
      yield* Queue.take(q);
      for (let i = 0; i < 2000; i++) {
        prime = yield* Queue.take(q);
        const next = yield* Queue.bounded(1);
        yield* fork(filter(q, next, prime));
        q = next;
      }
    });
    for (let time = 0; time < times; time++) await runPromise(once);
    return prime;
  },
  "classic.pipeline4": main(function* (n) {
    let q = yield* Queue.bounded(128);
    yield* fork(countTo(q, n));
    for (let stage = 0; stage < 4; stage++) {
      const next = yield* Queue.bounded(128);
      yield* fork(relay(q, next, n, 1));
      q = next;
    }
    return yield* total(q, n);
  }),
  "classic.fanout4": main(function* (n) {
    const jobs = yield* Queue.bounded(128);
    const results = yield* Queue.bounded(128);
    yield* fork(countTo(jobs, n));
    for (let w = 0; w < 4; w++) yield* fork(relay(jobs, results, Number.POSITIVE_INFINITY, 0));
    return yield* total(results, n);
  }),
  "classic.skynet": main(function* (times) {
    let sum = 0;
    for (let time = 0; time < times; time++) {
      const result = yield* Queue.bounded(1);
      yield* fork(skynet(result, 0, 1_000_000));
      sum += yield* Queue.take(result);
    }
    return sum;
  }),
  "memory.parked1M": main(function* (n, atPeak) {
    const never = yield* Deferred.make();
    let count = 0;
    const body = gen(function* () {
      count++;
      yield* Deferred.await(never);
    });
    // Children of the forking fiber would take time that grows with their square.
    for (let i = 0; i < n; i++) yield* Effect.forkDetach(body);
    while (count < n) yield* yieldNow;
    atPeak();
    return count;
  }),
};
