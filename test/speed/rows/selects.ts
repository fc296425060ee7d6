// Select: one of two ready, both ready, none ready with a default.
import { Chan, type Go, go, onDefault, run, select } from "happens-before";
import type { Row } from "../row.js";
import { sumBelow } from "./channels.js";

function* alternately(a: Chan<number>, b: Chan<number>, n: number): Go {
  for (let i = 0; i < n; i++) yield* (i % 2 === 0 ? a : b).send(i);
}

function* recv2(n: number): Go<number> {
  const a = new Chan<number>();
  const b = new Chan<number>();
  go(alternately, a, b, n);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* select(a.onRecv(), b.onRecv())).value as number;
  return sum;
}

function* takeAlternately(a: Chan<number>, b: Chan<number>, n: number, total: Chan<number>): Go {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* (i % 2 === 0 ? a : b).recv()) as number;
  yield* total.send(sum);
}

function* send2(n: number): Go<number> {
  const a = new Chan<number>();
  const b = new Chan<number>();
  const total = new Chan<number>();
  go(takeAlternately, a, b, n, total);
  for (let i = 0; i < n; i++) yield* select(a.onSend(i), b.onSend(i));
  return (yield* total.recv()) as number;
}

function* bothReady(n: number): Go<number> {
  const a = new Chan<number>(1);
  const b = new Chan<number>(1);
  yield* a.send(1);
  yield* b.send(1);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const got = yield* select(a.onRecv(), b.onRecv());
    sum += got.value as number;
    yield* (got.index === 0 ? a : b).send(1);
  }
  return sum;
}

function* default2(n: number): Go<number> {
  const a = new Chan<number>();
  const b = new Chan<number>();
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* select(a.onRecv(), b.onRecv(), onDefault())).index;
  return sum;
}

function* default1(n: number): Go<number> {
  const a = new Chan<number>();
  let sum = 0;
  for (let i = 0; i < n; i++) if (a.tryRecv() === undefined) sum++;
  return sum;
}

export const selects: readonly Row[] = [
  {
    name: "select.recv2.alternate",
    unit: "ns",
    what: "one item, received by a select over two unbuffered channels that are served in turn",
    target: 0.65,
    batch: 1,
    run: (n) => run(() => recv2(n)),
    expected: sumBelow,
  },
  {
    name: "select.send2.alternate",
    unit: "ns",
    what: "one item, sent by a select over two unbuffered channels that are emptied in turn",
    target: 0.65,
    batch: 1,
    run: (n) => run(() => send2(n)),
    expected: sumBelow,
  },
  {
    name: "select.bothready",
    unit: "ns",
    what: "select over two channels that hold an item, and filling up again",
    target: 0.6,
    batch: 1,
    run: (n) => run(() => bothReady(n)),
    expected: (n) => n,
  },
  {
    name: "select.default2",
    unit: "ns",
    what: "select over two empty channels with a default",
    target: 0.5,
    batch: 1,
    run: (n) => run(() => default2(n)),
    expected: (n) => 2 * n,
  },
  {
    name: "select.default1",
    unit: "ns",
    what: "receive without waiting from one empty channel (here: tryRecv)",
    target: 2,
    batch: 1,
    run: (n) => run(() => default1(n)),
    expected: (n) => n,
  },
];
