// js-csp 1.0.1: core.async's channels on generators.
import module from "js-csp";

const csp = module.default ?? module.csp ?? module;
const { alts, chan, go, NO_VALUE, poll, put, take, takeAsync } = csp;

const countTo = function* (ch, n) {
  for (let i = 0; i < n; i++) yield put(ch, i);
};

const relay = function* (from, to, n, more) {
  for (let i = 0; i < n; i++) yield put(to, (yield take(from)) + more);
};

const pass = function* (from, to, done, id) {
  for (;;) {
    const left = yield take(from);
    if (left === 0) return void (yield put(done, id));
    yield put(to, left - 1);
  }
};

const filter = function* (from, to, prime) {
  for (;;) {
    const i = yield take(from);
    if (i % prime !== 0) yield put(to, i);
  }
};

const skynet = function* (to, first, size) {
  if (size === 1) return void (yield put(to, first));
  const mine = chan();
  const part = size / 10;
  for (let i = 0; i < 10; i++) go(skynet, [mine, first + i * part, part]);
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += yield take(mine);
  yield put(to, sum);
};

/** Runs a process and hands over what it returns. */
const main = (body) => (n, atPeak) =>
  new Promise((resolve) => {
    takeAsync(go(body, [n, atPeak]), resolve);
  });

function* total(ch, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield take(ch);
  return sum;
}

export default {
  "chan.pingpong": main(function* (n) {
    const ping = chan();
    const pong = chan();
    go(relay, [ping, pong, n, 0]);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      yield put(ping, i);
      sum += yield take(pong);
    }
    return sum;
  }),
  "chan.buffered128.int": main(function* (n) {
    const ch = chan(128);
    go(countTo, [ch, n]);
    return yield* total(ch, n);
  }),
  "chan.uncontended": main(function* (n) {
    const ch = chan(1);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      yield put(ch, i);
      sum += yield take(ch);
    }
    return sum;
  }),
  "select.recv2.alternate": main(function* (n) {
    const a = chan();
    const b = chan();
    go(function* () {
      for (let i = 0; i < n; i++) yield put(i % 2 === 0 ? a : b, i);
    }, []);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (yield alts([a, b])).value;
    return sum;
  }),
  "select.send2.alternate": main(function* (n) {
    const a = chan();
    const b = chan();
    let sum = 0;
    const taker = go(function* () {
      for (let i = 0; i < n; i++) sum += yield take(i % 2 === 0 ? a : b);
    }, []);
    for (let i = 0; i < n; i++) {
      yield alts([
        [a, i],
        [b, i],
      ]);
    }
    yield take(taker);
    return sum;
  }),
  "select.bothready": main(function* (n) {
    const a = chan(1);
    const b = chan(1);
    yield put(a, 1);
    yield put(b, 1);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const got = yield alts([a, b]);
      sum += got.value;
      yield put(got.channel, 1);
    }
    return sum;
  }),
  "select.default2": main(function* (n) {
    const a = chan();
    const b = chan();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (yield alts([a, b], { default: 2 })).value;
    return sum;
  }),
  "select.default1": (n) => {
    const a = chan();
    let sum = 0;
    for (let i = 0; i < n; i++) if (poll(a) === NO_VALUE) sum++;
    return sum;
  },
  "classic.threadring": main(function* (hops) {
    const done = chan();
    const first = chan();
    let from = first;
    for (let id = 1; id <= 503; id++) {
      const to = id === 503 ? first : chan();
      go(pass, [from, to, done, id]);
      from = to;
    }
    yield put(first, hops);
    return yield take(done);
  }),
  "classic.sieve2000": main(function* (times) {
    let prime = 0;
    for (let time = 0; time < times; time++) {
      let ch = chan();
      go(
        function* (to) {
          for (let i = 2; ; i++) yield put(to, i);
        },
        [ch],
      );
      for (let i = 0; i < 2000; i++) {
        prime = yield take(ch);
        const next = chan();
        go(filter, [ch, next, prime]);
        ch = next;
      }
    }
    return prime;
  }),
  "classic.pipeline4": main(function* (n) {
    let ch = chan(128);
    go(countTo, [ch, n]);
    for (let stage = 0; stage < 4; stage++) {
      const next = chan(128);
      go(relay, [ch, next, n, 1]);
      ch = next;
    }
    return yield* total(ch, n);
  }),
  "classic.fanout4": main(function* (n) {
    const jobs = chan(128);
    const results = chan(128);
    go(countTo, [jobs, n]);
    for (let w = 0; w < 4; w++) go(relay, [jobs, results, Number.POSITIVE_INFINITY, 0]);
    return yield* total(results, n);
  }),
  "classic.skynet": main(function* (times) {
    let sum = 0;
    for (let time = 0; time < times; time++) {
      const result = chan();
      go(skynet, [result, 0, 1_000_000]);
      sum += yield take(result);
    }
    return sum;
  }),
  "spawn.sequential": main(function* (n) {
    let count = 0;
    const body = function* () {
      count++;
    };
    for (let i = 0; i < n; i++) yield take(go(body, []));
    return count;
  }),
  // No memory row: 1,000,000 parked on one channel, because a channel takes at most 1024 waiting takers.
};
