import fc from "fast-check";
import {
  background,
  type CancelCauseFunc,
  Canceled,
  type Context,
  cause,
  DeadlineExceeded,
  now,
  run,
  sleep,
  withCancel,
  withCancelCause,
  withoutCancel,
  withTimeout,
  withValue,
} from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

/** What a context of the random tree should be: worked out the slow way, from the tree alone. */
interface Model {
  readonly parent: Model | null;
  readonly kind: "cancel" | "causal" | "timeout" | "value" | "without";
  readonly dueMs: number;
  error: Error | null;
  cause: Error | null;
}

function end(models: readonly Model[], model: Model, error: Error, why = error): void {
  if (model.error !== null) return;
  model.error = error;
  model.cause = why;
  for (const m of models) if (m.parent === model && m.kind !== "without") end(models, m, error, why);
}

/** The earliest deadline from here up to where contexts stop to be cancelled together. */
function deadlineOf(model: Model | null): number | undefined {
  let dueMs = Number.POSITIVE_INFINITY;
  for (let m = model; m !== null && m.kind !== "without"; m = m.parent) dueMs = Math.min(dueMs, m.dueMs);
  return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs;
}

const step = fc.record({
  what: fc.constantFrom("cancel", "causal", "timeout", "value", "without", "end", "wait"),
  at: fc.nat({ max: 30 }),
  ms: fc.nat({ max: 20 }),
});

test("random trees end as their model does [TestLayersCancel] [TestLayersTimeout] (property)", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      await run(function* () {
        const made: { ctx: Context; cancel: CancelCauseFunc | null; model: Model }[] = [];
        for (const { what, at, ms } of steps) {
          const models = made.map((m) => m.model);
          const above = made[at % Math.max(1, made.length)];
          if (what === "end") {
            if (above?.cancel === null || above === undefined) continue;
            const why = new Error(`after ${steps.length} steps`);
            above.cancel(why);
            end(models, above.model, Canceled, above.model.kind === "causal" ? why : Canceled);
          } else if (what === "wait") {
            yield* sleep(ms);
            for (const m of [...models].sort((a, b) => a.dueMs - b.dueMs))
              if (m.dueMs <= now()) end(models, m, DeadlineExceeded);
          } else {
            made.push(derive(what, above, ms + 1));
          }
          for (const { ctx, model } of made) {
            expect(ctx.err()).toBe(model.error);
            expect(cause(ctx)).toBe(model.cause);
            expect(ctx.deadline()).toBe(deadlineOf(model));
            expect(ctx.done().tryRecv() !== undefined).toBe(model.error !== null);
          }
        }
      }, JUMP);
    }),
    { seed: 1, numRuns: 150 },
  );
});

function derive(
  kind: Model["kind"],
  above: { ctx: Context; model: Model } | undefined,
  ms: number,
): { ctx: Context; cancel: CancelCauseFunc | null; model: Model } {
  const parent = above?.ctx ?? background();
  const error = kind === "without" ? null : (above?.model.error ?? null);
  const dueMs = kind === "timeout" ? now() + ms : Number.POSITIVE_INFINITY;
  const why = kind === "without" ? null : (above?.model.cause ?? null);
  const model: Model = { parent: above?.model ?? null, kind, dueMs, error, cause: why };
  if (kind === "causal") {
    const [ctx, cancel] = withCancelCause(parent);
    return { ctx, cancel, model };
  }
  if (kind === "value") return { ctx: withValue(parent, "k", 1), cancel: null, model };
  if (kind === "without") return { ctx: withoutCancel(parent), cancel: null, model };
  const [ctx, cancel] = kind === "cancel" ? withCancel(parent) : withTimeout(parent, ms);
  return { ctx, cancel, model };
}

test("a chain of 100,000 contexts is cancelled as one, with its cause", async () => {
  await run(function* () {
    const [root, cancel] = withCancelCause(background());
    let ctx: Context = root;
    for (let i = 0; i < 100_000; i++) [ctx] = withCancel(withValue(ctx, i, i));
    const why = new Error("why");
    cancel(why);
    expect([ctx.err(), cause(ctx), ctx.value(0), ctx.deadline()]).toEqual([Canceled, why, 0, undefined]);
    expect(String(ctx).length).toBeGreaterThan(1e6);
  });
});

test("100,000 siblings leave their parent in any order", async () => {
  await run(function* () {
    const [parent, cancelParent] = withCancel(background());
    const made = Array.from({ length: 100_000 }, () => withCancel(parent));
    for (let i = 0; i < made.length; i += 2) made[(i * 7919) % made.length]?.[1]();
    expect(made.filter(([ctx]) => ctx.err() === null).length).toBe(50_000);
    cancelParent();
    expect(made.every(([ctx]) => ctx.err() === Canceled)).toBe(true);
  });
});
