import {
  afterCancel,
  background,
  Chan,
  explore,
  go,
  gosched,
  now,
  report,
  run,
  sleep,
  withCancel,
  withoutCancel,
  withTimeout,
} from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

test("afterCancel: starts the body after the cancellation, and not before [TestAfterFuncCalledAfterCancel]", async () => {
  const got = await run(function* () {
    const [ctx, cancel] = withCancel(background());
    const ran = new Chan<number>(1);
    const stop = afterCancel(ctx, function* () {
      yield* ran.send(now());
    });
    yield* sleep(10);
    const before = ran.len;
    cancel();
    return [before, yield* ran.recv(), stop()];
  }, JUMP);
  expect(got).toEqual([0, 10, false]);
});

test("afterCancel: and after a timeout [TestAfterFuncCalledAfterTimeout]", async () => {
  const got = await run(function* () {
    const [ctx] = withTimeout(background(), 25);
    const ran = new Chan<number>();
    afterCancel(ctx, function* () {
      yield* ran.send(now());
    });
    return yield* ran.recv();
  }, JUMP);
  expect(got).toBe(25);
});

test("afterCancel: at once when the context is cancelled already [TestAfterFuncCalledImmediately]", async () => {
  const got = await run(function* () {
    const [ctx, cancel] = withCancel(background());
    cancel();
    const ran = new Chan<string>();
    const stop = afterCancel(ctx, function* () {
      yield* ran.send("ran");
    });
    return [stop(), yield* ran.recv()];
  });
  expect(got).toEqual([false, "ran"]);
});

test("afterCancel: not after stop, which is true once [TestAfterFuncNotCalledAfterStop]", async () => {
  const got = await run(function* () {
    const [ctx, cancel] = withCancel(background());
    let runs = 0;
    const stop = afterCancel(ctx, function* () {
      runs++;
    });
    const stops = [stop(), stop()];
    cancel();
    yield* sleep(100);
    return [...stops, runs];
  }, JUMP);
  expect(got).toEqual([true, false, 0]);
});

test("afterCancel: cancel does not wait for the body [TestAfterFuncCalledAsynchronously]", async () => {
  const got = await run(function* () {
    const [ctx, cancel] = withCancel(background());
    const ran = new Chan<string>();
    afterCancel(ctx, function* () {
      yield* ran.send("ran");
    });
    yield* cancel();
    return yield* ran.recv();
  });
  expect(got).toBe("ran");
});

test("afterCancel: never on a context that cannot be cancelled", async () => {
  const r = await report(function* () {
    const [ctx, cancel] = withCancel(background());
    const stop = afterCancel(withoutCancel(ctx), function* () {
      throw new Error("unreachable");
    });
    cancel();
    yield* gosched();
    return stop();
  });
  expect([r.verdict, r.result]).toEqual(["ok", true]);
});

test("afterCancel: what is no function is refused at the call, what is no generator when it is due", async () => {
  expect(() => afterCancel(background(), null as never)).toThrow(
    "afterCancel: expected `body` to be a generator function, got null",
  );
  const r = await report(function* () {
    const [ctx, cancel] = withCancel(background());
    afterCancel(ctx, (() => {}) as never);
    cancel();
    yield* gosched();
  });
  expect([r.verdict, r.error?.message]).toEqual([
    "misuse",
    "afterCancel: expected the body to be a generator function, got a plain one. Write `function*`.",
  ]);
});

test("explore: stop and cancel race, and either the body runs or stop is true, never both and never none", async () => {
  const seen = await explore(
    function* () {
      const [ctx, cancel] = withCancel(background());
      const ran = new Chan<string>(1);
      const stop = afterCancel(ctx, function* () {
        yield* ran.send("ran");
      });
      go(function* () {
        yield* cancel();
      });
      yield* gosched();
      if (stop()) return "stopped";
      return yield* ran.recv();
    },
    { schedules: 60 },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["ran", "stopped"]);
});
