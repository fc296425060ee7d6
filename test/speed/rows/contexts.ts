// Contexts: a child and its end, a deadline, a value far up, a thousand children.
import { background, type Context, type Go, run, withCancel, withTimeout, withValue } from "happens-before";
import type { Row } from "../row.js";

const HOUR_MS = 3_600_000;
const CHILDREN = 1000;

function* cancelChild(n: number): Go<number> {
  const [parent] = withCancel(background());
  let count = 0;
  for (let i = 0; i < n; i++) {
    const [ctx, cancel] = withCancel(parent);
    cancel();
    if (ctx.err() !== null) count++;
  }
  return count;
}

function* cancelTimeout(n: number): Go<number> {
  const [parent] = withCancel(background());
  let count = 0;
  for (let i = 0; i < n; i++) {
    const [ctx, cancel] = withTimeout(parent, HOUR_MS);
    cancel();
    if (ctx.err() !== null) count++;
  }
  return count;
}

function* valueOfDepth10(n: number): Go<number> {
  const keys = Array.from({ length: 10 }, (_, i) => ({ i }));
  let ctx: Context = background();
  for (const key of keys) ctx = withValue(ctx, key, 1);
  const deepest = keys[0];
  let sum = 0;
  for (let i = 0; i < n; i++) sum += ctx.value(deepest) as number;
  return sum;
}

function* fanOut(times: number): Go<number> {
  let count = 0;
  const children: Context[] = new Array(CHILDREN);
  for (let wave = 0; wave < times; wave++) {
    const [parent, cancel] = withCancel(background());
    for (let i = 0; i < CHILDREN; i++) children[i] = withCancel(parent)[0];
    cancel();
    for (const child of children) if (child.err() !== null) count++;
  }
  return count;
}

export const contexts: readonly Row[] = [
  {
    name: "context.cancel.child",
    unit: "ns",
    what: "withCancel of a cancellable parent, then cancel",
    target: 0.15,
    batch: 1,
    run: (n) => run(() => cancelChild(n)),
    expected: (n) => n,
  },
  {
    name: "context.timeout.cancel",
    unit: "ns",
    what: "withTimeout of an hour, then cancel",
    target: 0.4,
    batch: 1,
    run: (n) => run(() => cancelTimeout(n)),
    expected: (n) => n,
  },
  {
    name: "context.value.depth10",
    unit: "ns",
    what: "value of the outermost of 10 withValue contexts",
    target: 0.4,
    batch: 1,
    run: (n) => run(() => valueOfDepth10(n)),
    expected: (n) => n,
  },
  {
    name: "context.fanout1000",
    unit: "ns",
    what: "one of 1000 children: made, and ended by the parent's cancel",
    target: 0.2,
    batch: CHILDREN,
    run: (times) => run(() => fanOut(times)),
    expected: (times) => times * CHILDREN,
  },
];
