// Go: TestCause, one row each.
import {
  background,
  Canceled,
  type Context,
  cause,
  DeadlineExceeded,
  run,
  todo,
  withCancel,
  withCancelCause,
  withDeadline,
  withDeadlineCause,
  withoutCancel,
  withTimeout,
  withTimeoutCause,
} from "happens-before";
import { expect, test } from "vitest";

const FOREVER_MS = 1e9;
const parentCause = new Error("parentCause");
const childCause = new Error("childCause");
const tooSlow = new Error("tooSlow");
const finishedEarly = new Error("finishedEarly");

const rows: [name: string, make: () => Context, err: Error | null, why: Error | null][] = [
  ["background", background, null, null],
  ["todo", todo, null, null],
  ["withCancel", () => cancelled(background()), Canceled, Canceled],
  ["withCancelCause", () => cancelledWith(background(), parentCause), Canceled, parentCause],
  ["withCancelCause without a cause", () => cancelledWith(background(), null), Canceled, Canceled],
  ["parent cause before child", () => pair(parentCause, childCause, "parent"), Canceled, parentCause],
  ["parent cause after child", () => pair(parentCause, childCause, "child"), Canceled, childCause],
  ["parent cause before none", () => pair(parentCause, null, "parent"), Canceled, parentCause],
  ["parent cause after none", () => pair(parentCause, null, "child"), Canceled, Canceled],
  ["child cause after none", () => pair(null, childCause, "parent"), Canceled, Canceled],
  ["child cause before none", () => pair(null, childCause, "child"), Canceled, childCause],
  ["withTimeout", () => withTimeout(background(), 0)[0], DeadlineExceeded, DeadlineExceeded],
  [
    "withTimeout, cancelled first",
    () => {
      const [ctx, cancel] = withTimeout(background(), FOREVER_MS);
      cancel();
      return ctx;
    },
    Canceled,
    Canceled,
  ],
  ["withTimeoutCause", () => withTimeoutCause(background(), 0, tooSlow)[0], DeadlineExceeded, tooSlow],
  [
    "withTimeoutCause, cancelled first",
    () => {
      const [ctx, cancel] = withTimeoutCause(background(), FOREVER_MS, tooSlow);
      cancel();
      return ctx;
    },
    Canceled,
    Canceled,
  ],
  [
    "withTimeout stays in time: the parent's cause",
    () => {
      const [parent, cancel] = withCancelCause(background());
      const [ctx, cancelTimeout] = withTimeout(parent, FOREVER_MS);
      cancel(finishedEarly);
      cancelTimeout();
      return ctx;
    },
    Canceled,
    finishedEarly,
  ],
  [
    "withTimeout runs out first: no cause of the parent",
    () => {
      const [parent, cancel] = withCancelCause(background());
      const [ctx] = withTimeout(parent, 0);
      cancel(finishedEarly);
      return ctx;
    },
    DeadlineExceeded,
    DeadlineExceeded,
  ],
  ["withDeadline", () => withDeadline(background(), 0)[0], DeadlineExceeded, DeadlineExceeded],
  ["withDeadlineCause", () => withDeadlineCause(background(), 0, tooSlow)[0], DeadlineExceeded, tooSlow],
  [
    "withDeadlineCause without a cause",
    () => withDeadlineCause(background(), 0, null)[0],
    DeadlineExceeded,
    DeadlineExceeded,
  ],
  [
    "withDeadlineCause below an earlier deadline",
    () => withDeadlineCause(withDeadlineCause(background(), -1, parentCause)[0], FOREVER_MS, childCause)[0],
    DeadlineExceeded,
    parentCause,
  ],
  ["withoutCancel", () => withoutCancel(cancelledWith(background(), parentCause)), null, null],
  [
    "withCancel below withoutCancel",
    () => cancelledWith(withoutCancel(cancelledWith(background(), parentCause)), childCause),
    Canceled,
    childCause,
  ],
];

for (const [name, make, err, why] of rows) {
  test(`cause: ${name} [TestCause]`, async () => {
    await run(
      function* () {
        const ctx = make();
        expect(ctx.err()).toBe(err);
        expect(cause(ctx)).toBe(why);
      },
      { clock: "jump" },
    );
  });
}

function cancelled(parent: Context): Context {
  const [ctx, cancel] = withCancel(parent);
  cancel();
  return ctx;
}

function cancelledWith(parent: Context, why: Error | null): Context {
  const [ctx, cancel] = withCancelCause(parent);
  cancel(why);
  return ctx;
}

function pair(above: Error | null, below: Error | null, first: "parent" | "child"): Context {
  const [parent, cancelParent] = withCancelCause(background());
  const [child, cancelChild] = withCancelCause(parent);
  if (first === "parent") cancelParent(above);
  cancelChild(below);
  if (first === "child") cancelParent(above);
  return child;
}
