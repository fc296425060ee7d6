// medium 1.2.0: CSP channels on promises.
import medium from "medium";

const { any, chan, put, take, sleep } = medium;

async function alternately(a, b, n) {
  for (let i = 0; i < n; i++) await put(i % 2 === 0 ? a : b, i);
}

async function countTo(ch, n) {
  for (let i = 0; i < n; i++) await put(ch, i);
}

async function total(ch, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await take(ch);
  return sum;
}

async function pass(from, to, done, id) {
  for (;;) {
    const left = await take(from);
    if (left === 0) return void put(done, id);
    await put(to, left - 1);
  }
}

async function filter(from, to, prime) {
  for (;;) {
    const i = await take(from);
    if (i % prime !== 0) await put(to, i);
  }
}

async function relay(from, to, n, more) {
  for (let i = 0; i < n; i++) await put(to, (await take(from)) + more);
}

async function skynet(to, first, size) {
  if (size === 1) return void (await put(to, first));
  const mine = chan();
  const part = size / 10;
  for (let i = 0; i < 10; i++) skynet(mine, first + i * part, part);
  await put(to, await total(mine, 10));
}

export default {
  "chan.pingpong": async (n) => {
    const ping = chan();
    const pong = chan();
    relay(ping, pong, n, 0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      await put(ping, i);
      sum += await take(pong);
    }
    return sum;
  },
  "chan.buffered128.int": (n) => {
    const ch = chan(128);
    countTo(ch, n);
    return total(ch, n);
  },
  "chan.buffered128.pointer": async (n) => {
    const ch = chan(128);
    (async () => {
      for (let i = 0; i < n; i++) await put(ch, { i });
    })();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (await take(ch)).i;
    return sum;
  },
  "chan.uncontended": async (n) => {
    const ch = chan(1);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      await put(ch, i);
      sum += await take(ch);
    }
    return sum;
  },
  "select.recv2.alternate": async (n) => {
    const a = chan();
    const b = chan();
    alternately(a, b, n);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (await any(a, b))[0];
    return sum;
  },
  "select.send2.alternate": async (n) => {
    const a = chan();
    const b = chan();
    const sum = (async () => {
      let all = 0;
      for (let i = 0; i < n; i++) all += await take(i % 2 === 0 ? a : b);
      return all;
    })();
    for (let i = 0; i < n; i++) await any([a, i], [b, i]);
    return sum;
  },
  "select.bothready": async (n) => {
    const a = chan(1);
    const b = chan(1);
    await put(a, 1);
    await put(b, 1);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const [v, ch] = await any(a, b);
      sum += v;
      await put(ch, 1);
    }
    return sum;
  },
  "classic.threadring": async (hops) => {
    const done = chan();
    const first = chan();
    let from = first;
    for (let id = 1; id <= 503; id++) {
      const to = id === 503 ? first : chan();
      pass(from, to, done, id);
      from = to;
    }
    await put(first, hops);
    return take(done);
  },
  "classic.sieve2000": async (times) => {
    let prime = 0;
    for (let time = 0; time < times; time++) {
      let ch = chan();
      const first = ch;
      (async () => {
        for (let i = 2; ; i++) await put(first, i);
      })();
      for (let i = 0; i < 2000; i++) {
        prime = await take(ch);
        const next = chan();
        filter(ch, next, prime);
        ch = next;
      }
    }
    return prime;
  },
  "classic.pipeline4": (n) => {
    let ch = chan(128);
    countTo(ch, n);
    for (let stage = 0; stage < 4; stage++) {
      const next = chan(128);
      relay(ch, next, n, 1);
      ch = next;
    }
    return total(ch, n);
  },
  "classic.fanout4": (n) => {
    const jobs = chan(128);
    const results = chan(128);
    countTo(jobs, n);
    for (let worker = 0; worker < 4; worker++) relay(jobs, results, Number.POSITIVE_INFINITY, 0);
    return total(results, n);
  },
  "classic.skynet": async (times) => {
    let sum = 0;
    for (let time = 0; time < times; time++) {
      const result = chan();
      skynet(result, 0, 1_000_000);
      sum += await take(result);
    }
    return sum;
  },
  "memory.parked1M": async (n, atPeak) => {
    const ch = chan();
    let count = 0;
    const park = async () => {
      count++;
      await take(ch);
    };
    for (let i = 0; i < n; i++) park();
    await sleep(1);
    atPeak();
    return count;
  },
};
