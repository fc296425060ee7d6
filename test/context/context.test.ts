// Counterparts of Go's tests stand in the files of this folder, each with Go's name in brackets. Without a counterpart:
//   TestAllocs: counts Go's heap allocations.
import {
  after,
  background,
  Canceled,
  Chan,
  type Context,
  cause,
  DeadlineExceeded,
  explore,
  go,
  gosched,
  nilChan,
  now,
  onDefault,
  PanicError,
  report,
  run,
  select,
  sleep,
  todo,
  WaitGroup,
  withCancel,
  withCancelCause,
  withDeadline,
  withDeadlineCause,
  withoutCancel,
  withTimeout,
  withTimeoutCause,
  withValue,
} from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;
const isDone = (ctx: Context): boolean => ctx.done().tryRecv() !== undefined;

test("background and todo: never cancelled, no deadline, no values [TestBackground] [TestTODO]", () => {
  for (const [ctx, name] of [
    [background(), "context.Background"],
    [todo(), "context.TODO"],
  ] as const) {
    expect([String(ctx), ctx.err(), ctx.deadline(), ctx.value("k"), cause(ctx)]).toEqual([
      name,
      null,
      undefined,
      undefined,
      null,
    ]);
    expect(ctx.done()).toBe(nilChan());
  }
});

test("withCancel: err and done change together, once, and children follow [TestWithCancel]", async () => {
  await run(function* () {
    const [c1, cancel] = withCancel(background());
    const c2 = withValue(c1, "k", "v");
    const [c3] = withCancel(c2);
    expect([String(c1), String(c3)]).toEqual([
      "context.Background.WithCancel",
      "context.Background.WithCancel.WithValue(k, v).WithCancel",
    ]);
    for (const c of [c1, c2, c3]) expect([c.err(), isDone(c)]).toEqual([null, false]);
    cancel();
    cancel();
    for (const c of [c1, c2, c3]) expect([c.err(), isDone(c)]).toEqual([Canceled, true]);
    expect(Canceled.message).toBe("context canceled");
  });
});

test("done: everybody who waits is woken, and it may be asked for before and after", async () => {
  const got = await run(function* () {
    const [ctx, cancel] = withCancel(background());
    const wg = new WaitGroup();
    const seen: unknown[] = [];
    for (let i = 0; i < 3; i++)
      wg.go(function* () {
        seen.push(yield* ctx.done().recvOk());
      });
    yield* gosched();
    yield* cancel();
    yield* wg.wait();
    seen.push(yield* ctx.done().recv());
    return seen;
  });
  expect(got).toEqual([...Array(3).fill({ value: undefined, ok: false }), undefined]);
});

test("cancelling a child leaves its parent and its siblings alone [TestChildFinishesFirst] [TestParentFinishesChild]", async () => {
  await run(function* () {
    const [parent, cancelParent] = withCancel(background());
    const [first, cancelFirst] = withCancel(parent);
    const [second] = withCancel(withValue(parent, "k", 1));
    const [grandchild] = withTimeout(second, 3_600_000);
    cancelFirst();
    expect([parent.err(), first.err(), second.err()]).toEqual([null, Canceled, null]);
    cancelParent();
    expect([parent.err(), second.err(), grandchild.err()]).toEqual([Canceled, Canceled, Canceled]);
  }, JUMP);
});

test("a context below a cancelled one is cancelled from the start [TestWithCancelCanceledParent]", async () => {
  await run(function* () {
    const [parent, cancel] = withCancelCause(background());
    const why = new Error("because");
    cancel(why);
    const [child] = withCancel(parent);
    const [timed] = withTimeout(parent, 1000);
    expect([child.err(), isDone(child), cause(child)]).toEqual([Canceled, true, why]);
    expect([timed.err(), cause(timed)]).toEqual([Canceled, why]);
  });
});

test("explore: making a child while its parent is cancelled never loses it [TestWithCancelSimultaneouslyCanceledParent]", async () => {
  const seen = await explore(
    function* () {
      const [parent, cancel] = withCancel(background());
      go(function* () {
        yield* cancel();
      });
      yield* gosched();
      const [child] = withCancel(parent);
      yield* child.done().recv();
      return child.err()?.message;
    },
    { schedules: 40 },
  );
  expect([seen.verdict, seen.outcomes.map((o) => o.result)]).toEqual(["ok", ["context canceled"]]);
});

test("a plain cancel() has happened when err() is asked next, also while schedules are explored", async () => {
  const seen = await explore(
    function* () {
      const [ctx, cancel] = withCancel(background());
      cancel();
      return [ctx.err() === Canceled, isDone(ctx)];
    },
    { schedules: 20 },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([[true, true]]);
});

test("explore: err is never set before done is closed [TestContextErrDoneRace]", async () => {
  const seen = await explore(
    function* () {
      const [ctx, cancel] = withCancel(background());
      const done = ctx.done();
      go(function* () {
        yield* cancel();
      });
      for (let i = 0; i < 5 && ctx.err() === null; i++) yield* gosched();
      return ctx.err() === null || (yield* select(done.onRecv(), onDefault())).index === 0;
    },
    { schedules: 60 },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([true]);
});

test("explore: whoever sees err sees the cause, too [TestCauseRace]", async () => {
  const why = new Error("why");
  const seen = await explore(
    function* () {
      const [ctx, cancel] = withCancelCause(background());
      go(function* () {
        yield* cancel(why);
      });
      yield* gosched();
      return ctx.err() === null ? cause(ctx) === null : cause(ctx) === why;
    },
    { schedules: 40 },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([true]);
});

test("interlocked cancels end [TestInterlockedCancels] [TestSimultaneousCancels]", async () => {
  const seen = await explore(
    function* () {
      const [parent, cancelParent] = withCancel(background());
      const [child, cancelChild] = withCancel(parent);
      go(function* () {
        yield* parent.done().recv();
        yield* cancelChild();
      });
      go(function* () {
        yield* cancelChild();
      });
      yield* cancelParent();
      yield* child.done().recv();
    },
    { schedules: 60 },
  );
  expect(seen.verdict).toBe("ok");
});

test("withDeadline: cancelled exactly then; the earliest deadline counts [TestDeadline] [TestTimeout]", async () => {
  await run(function* () {
    const [early] = withDeadline(background(), 50);
    const [late] = withDeadline(withValue(early, "k", 1), 3_600_000);
    const [inner] = withTimeout(late, 20);
    expect([early.deadline(), late.deadline(), inner.deadline()]).toEqual([50, 50, 20]);
    expect(String(inner)).toContain(".WithDeadline(20ms [20ms])");
    yield* inner.done().recv();
    expect([now(), early.err(), inner.err()]).toEqual([20, null, DeadlineExceeded]);
    yield* late.done().recv();
    expect([now(), early.err(), late.err()]).toEqual([50, DeadlineExceeded, DeadlineExceeded]);
  }, JUMP);
});

test("withTimeout: zero and less, and a deadline that has passed, cancel at once", async () => {
  await run(function* () {
    yield* sleep(10);
    for (const [ctx, cancel] of [
      withTimeout(background(), 0),
      withTimeout(background(), -1),
      withDeadline(background(), 10),
    ]) {
      cancel();
      expect([ctx.err(), isDone(ctx)]).toEqual([DeadlineExceeded, true]);
    }
  }, JUMP);
});

test("withTimeout: cancelled before it ends, and its timer is gone [TestCanceledTimeout] [TestCancelRemoves]", async () => {
  const r = await report(function* () {
    const [ctx, cancel] = withTimeout(background(), 3_600_000);
    const [child] = withTimeout(ctx, 1_800_000);
    cancel();
    return [ctx.err() === Canceled, child.err() === Canceled];
  });
  expect([r.verdict, r.result, r.virtualNs]).toEqual(["ok", [true, true], 0]);
});

test("a deadline is a timer: without cancel it is waited for before all are asleep", async () => {
  const r = await report(function* () {
    withTimeout(background(), 1000);
    yield* select();
  });
  expect([r.verdict, r.virtualNs]).toEqual(["global-deadlock", 1e9]);
});

test("DeadlineExceeded is a timeout and temporary [TestDeadlineExceededSupportsTimeout] [TestDeadlineExceededIsNetError]", () => {
  expect([DeadlineExceeded.message, DeadlineExceeded.timeout(), DeadlineExceeded.temporary()]).toEqual([
    "context deadline exceeded",
    true,
    true,
  ]);
  expect(DeadlineExceeded).toBeInstanceOf(Error);
});

test("withValue: the nearest wins, keys are compared by identity [TestValues]", async () => {
  await run(function* () {
    const [k1, k2] = [Symbol("k"), Symbol("k")];
    const c1 = withValue(background(), k1, "c1k1");
    const c2 = withValue(c1, k2, "c2k2");
    const [cancelled, cancel] = withCancel(c2);
    const c4 = withValue(withoutCancel(cancelled), k1, undefined);
    cancel();
    expect([c1.value(k1), c1.value(k2), c2.value(k1), cancelled.value(k2)]).toEqual([
      "c1k1",
      undefined,
      "c1k1",
      "c2k2",
    ]);
    expect([c4.value(k1), c4.value(k2), c4.value("k")]).toEqual([undefined, "c2k2", undefined]);
    expect(String(withValue(c1, "n", 5))).toBe(
      "context.Background.WithValue(Symbol(k), c1k1).WithValue(n, number)",
    );
  });
});

test("withValue: nil and incomparable keys panic with Go's texts [TestWithValueChecksKey]", () => {
  for (const key of [null, undefined])
    expect(() => withValue(background(), key, 1)).toThrow(new PanicError("nil key"));
  for (const key of [[], () => {}, new Map()])
    expect(() => withValue(background(), key, 1)).toThrow(new PanicError("key is not comparable"));
});

test("a nil parent panics with Go's text [TestInvalidDerivedFail]", async () => {
  await run(function* () {
    const nil = null as never;
    for (const derive of [
      () => withCancel(nil),
      () => withCancelCause(nil),
      () => withDeadline(nil, 1),
      () => withTimeout(nil, 1),
      () => withValue(nil, "k", 1),
      () => withoutCancel(nil),
    ])
      expect(derive).toThrow(new PanicError("cannot create context from nil parent"));
  });
});

test("bad times name expectation and value", async () => {
  await run(function* () {
    const bad = Number.NaN;
    const root = background();
    expect(() => withDeadline(root, bad)).toThrow(
      "withDeadline: expected `deadlineMs` to be a number, got NaN",
    );
    expect(() => withTimeout(root, bad)).toThrow("withTimeout: expected `timeoutMs` to be a number, got NaN");
    expect(() => withDeadlineCause(root, bad, null)).toThrow("withDeadlineCause: expected `deadlineMs`");
    expect(() => withTimeoutCause(root, "1" as never, null)).toThrow(
      "withTimeoutCause: expected `timeoutMs`",
    );
  });
  expect(() => withTimeout(background(), 1)).toThrow("withTimeout: called outside a goroutine.");
});

test("withoutCancel: values pass, cancellation, deadline and cause do not [TestWithoutCancel]", async () => {
  await run(function* () {
    const [parent, cancel] = withCancelCause(withValue(background(), "k", "v"));
    const [timed] = withTimeout(parent, 1000);
    const free = withoutCancel(timed);
    const [child] = withCancel(free);
    cancel(new Error("stop"));
    expect([free.value("k"), free.err(), free.deadline(), cause(free)]).toEqual(["v", null, undefined, null]);
    expect([free.done(), child.err(), child.deadline()]).toEqual([nilChan(), null, undefined]);
    expect(String(free)).toMatch(/\.WithoutCancel$/);
  });
});

test("contexts may be made in setup, outside goroutines", async () => {
  const seen = await explore(
    {
      setup: () => withCancel(background()),
      *main([ctx, cancel]) {
        go(function* () {
          yield* cancel();
        });
        yield* ctx.done().recv();
        return ctx.err() === Canceled;
      },
    },
    { schedules: 20 },
  );
  expect([seen.verdict, seen.outcomes.map((o) => o.result)]).toEqual(["ok", [true]]);
});

test("a planted bug is found: a worker that does not look at the context leaks", async () => {
  const work = (isCareful: boolean) =>
    explore(
      {
        setup: () => new Chan<number>(),
        *main(never) {
          const [ctx, cancel] = withTimeout(background(), 10);
          go(function* () {
            if (isCareful) yield* select(never.onRecv(), ctx.done().onRecv());
            else yield* never.recv();
          });
          yield* select(ctx.done().onRecv(), after(100).onRecv());
          cancel();
        },
      },
      { schedules: 20 },
    );
  expect((await work(true)).verdict).toBe("ok");
  expect((await work(false)).verdict).toBe("leak");
});
