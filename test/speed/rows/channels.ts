// Channels: hand-over, buffer, and both in one goroutine.
import { Chan, type Go, go, run } from "happens-before";
import type { Row } from "../row.js";

function* echo(ping: Chan<number>, pong: Chan<number>, n: number): Go {
  for (let i = 0; i < n; i++) yield* pong.send((yield* ping.recv()) as number);
}

/** `n` round trips over two unbuffered channels. Shared with the race detector's row. */
export function* pingPong(n: number): Go<number> {
  const ping = new Chan<number>();
  const pong = new Chan<number>();
  go(echo, ping, pong, n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    yield* ping.send(i);
    sum += (yield* pong.recv()) as number;
  }
  return sum;
}

function* countTo(ch: Chan<number>, n: number): Go {
  for (let i = 0; i < n; i++) yield* ch.send(i);
}

function* buffered(n: number): Go<number> {
  const ch = new Chan<number>(128);
  go(countTo, ch, n);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* ch.recv()) as number;
  return sum;
}

interface Item {
  readonly i: number;
}

function* itemsTo(ch: Chan<Item>, n: number): Go {
  for (let i = 0; i < n; i++) yield* ch.send({ i });
}

function* bufferedItems(n: number): Go<number> {
  const ch = new Chan<Item>(128);
  go(itemsTo, ch, n);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += ((yield* ch.recv()) as Item).i;
  return sum;
}

function* uncontended(n: number): Go<number> {
  const ch = new Chan<number>(1);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    yield* ch.send(i);
    sum += (yield* ch.recv()) as number;
  }
  return sum;
}

/** 0 + 1 + … + (n - 1). */
export const sumBelow = (n: number): number => (n * (n - 1)) / 2;

export const channels: readonly Row[] = [
  {
    name: "chan.pingpong",
    unit: "ns",
    what: "round trip over two unbuffered channels: 2 sends, 2 receives",
    target: 0.5,
    batch: 1,
    run: (n) => run(() => pingPong(n)),
    expected: sumBelow,
  },
  {
    name: "chan.buffered128.int",
    unit: "ns",
    what: "one number through a buffer of 128, sender and receiver apart",
    target: 0.8,
    batch: 1,
    run: (n) => run(() => buffered(n)),
    expected: sumBelow,
  },
  {
    name: "chan.buffered128.pointer",
    unit: "ns",
    what: "one fresh object through a buffer of 128",
    target: 1,
    batch: 1,
    run: (n) => run(() => bufferedItems(n)),
    expected: sumBelow,
  },
  {
    name: "chan.uncontended",
    unit: "ns",
    what: "send and receive by the same goroutine, buffer of 1",
    target: 0.6,
    batch: 1,
    run: (n) => run(() => uncontended(n)),
    expected: sumBelow,
  },
];
