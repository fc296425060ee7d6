// async-channel 0.2.0: channels on promises.
import { Channel } from "async-channel";

async function countTo(ch, n) {
  for (let i = 0; i < n; i++) await ch.push(i);
}

async function total(ch, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await ch.get();
  return sum;
}

async function relay(from, to, n, more) {
  for (let i = 0; i < n; i++) await to.push((await from.get()) + more);
}

async function pass(from, to, done, id) {
  for (;;) {
    const left = await from.get();
    if (left === 0) return void done.push(id);
    await to.push(left - 1);
  }
}

async function filter(from, to, prime) {
  for (;;) {
    const i = await from.get();
    if (i % prime !== 0) await to.push(i);
  }
}

async function skynet(to, first, size) {
  if (size === 1) return void (await to.push(first));
  const mine = new Channel();
  const part = size / 10;
  for (let i = 0; i < 10; i++) skynet(mine, first + i * part, part);
  await to.push(await total(mine, 10));
}

export default {
  "chan.pingpong": async (n) => {
    const ping = new Channel();
    const pong = new Channel();
    relay(ping, pong, n, 0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      await ping.push(i);
      sum += await pong.get();
    }
    return sum;
  },
  "chan.buffered128.int": (n) => {
    const ch = new Channel(128);
    countTo(ch, n);
    return total(ch, n);
  },
  "chan.buffered128.pointer": async (n) => {
    const ch = new Channel(128);
    (async () => {
      for (let i = 0; i < n; i++) await ch.push({ i });
    })();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (await ch.get()).i;
    return sum;
  },
  "chan.uncontended": async (n) => {
    const ch = new Channel(1);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      await ch.push(i);
      sum += await ch.get();
    }
    return sum;
  },
  "classic.threadring": async (hops) => {
    const done = new Channel();
    const first = new Channel();
    let from = first;
    for (let id = 1; id <= 503; id++) {
      const to = id === 503 ? first : new Channel();
      pass(from, to, done, id);
      from = to;
    }
    await first.push(hops);
    return done.get();
  },
  "classic.sieve2000": async (times) => {
    let prime = 0;
    for (let time = 0; time < times; time++) {
      let ch = new Channel();
      const first = ch;
      (async () => {
        for (let i = 2; ; i++) await first.push(i);
      })();
      for (let i = 0; i < 2000; i++) {
        prime = await ch.get();
        const next = new Channel();
        filter(ch, next, prime);
        ch = next;
      }
    }
    return prime;
  },
  "classic.pipeline4": (n) => {
    let ch = new Channel(128);
    countTo(ch, n);
    for (let stage = 0; stage < 4; stage++) {
      const next = new Channel(128);
      relay(ch, next, n, 1);
      ch = next;
    }
    return total(ch, n);
  },
  "classic.fanout4": (n) => {
    const jobs = new Channel(128);
    const results = new Channel(128);
    countTo(jobs, n);
    for (let worker = 0; worker < 4; worker++) relay(jobs, results, Number.POSITIVE_INFINITY, 0);
    return total(results, n);
  },
  "classic.skynet": async (times) => {
    let sum = 0;
    for (let time = 0; time < times; time++) {
      const result = new Channel();
      skynet(result, 0, 1_000_000);
      sum += await result.get();
    }
    return sum;
  },
  "memory.parked1M": async (n, atPeak) => {
    const ch = new Channel();
    let count = 0;
    const park = async () => {
      count++;
      await ch.get();
    };
    for (let i = 0; i < n; i++) park();
    await new Promise((resolve) => setTimeout(resolve, 1));
    atPeak();
    return count;
  },
};
