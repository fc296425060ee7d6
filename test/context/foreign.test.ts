import {
  afterCancel,
  background,
  Canceled,
  Chan,
  type Context,
  cause,
  gosched,
  nilChan,
  PanicError,
  type RecvChan,
  report,
  run,
  withCancel,
  withCancelCause,
  withTimeout,
} from "happens-before";
import { expect, test } from "vitest";

/** A context that is none of the library's; it knows nothing but its own end. */
class Foreign implements Context {
  readonly channel = new Chan<void>();
  error: Error | null = null;
  deadline(): undefined {}
  done(): RecvChan<unknown> {
    return this.channel;
  }
  err(): Error | null {
    return this.error;
  }
  value(_key: unknown): unknown {
    return undefined;
  }
  end(): void {
    this.error = Canceled;
    this.channel.close();
  }
}

/** As Foreign, and it calls functions when it ends. */
class Calling extends Foreign {
  readonly functions = new Set<() => void>();
  afterFunc(f: () => void): () => boolean {
    this.functions.add(f);
    return () => this.functions.delete(f);
  }
  override end(): void {
    super.end();
    for (const f of this.functions) f();
    this.functions.clear();
  }
}

/** One of ours with another face. */
class Around implements Context {
  readonly #inner: Context;
  readonly #done: RecvChan<unknown> | undefined;
  constructor(inner: Context, done?: RecvChan<unknown>) {
    this.#inner = inner;
    this.#done = done;
  }
  deadline(): number | undefined {
    return this.#inner.deadline();
  }
  done(): RecvChan<unknown> {
    return this.#done ?? this.#inner.done();
  }
  err(): Error | null {
    return this.#inner.err();
  }
  value(key: unknown): unknown {
    return this.#inner.value(key);
  }
}

test("a foreign parent is followed by one goroutine per child, which ends with the child [TestCustomContextGoroutines]", async () => {
  const made = async (make: () => Context): Promise<number> => {
    const r = await report(function* () {
      const [child, cancel] = withCancel(make());
      const [, cancelTimed] = withTimeout(child, 1000);
      cancelTimed();
      cancel();
    });
    expect(r.verdict).toBe("ok");
    return (r.metrics["/sched/goroutines-created:goroutines"] as number) - 1;
  };
  expect(await made(() => new Foreign())).toBe(1);
  expect(await made(() => new Calling())).toBe(0);
  expect(await made(() => new Around(withCancel(background())[0]))).toBe(0);
  expect(await made(() => new Around(background()))).toBe(0);
  expect(await made(() => new Around(withCancel(background())[0], new Chan()))).toBe(1);
});

test("a foreign parent that ends cancels its children", async () => {
  await run(
    function* () {
      const parent = new Foreign();
      const [child] = withCancel(parent);
      const [timed] = withTimeout(parent, 1000);
      yield* gosched();
      parent.end();
      yield* child.done().recv();
      yield* timed.done().recv();
      expect([child.err(), timed.err(), cause(child)]).toEqual([Canceled, Canceled, Canceled]);
      expect(withCancel(parent)[0].err()).toBe(Canceled);
    },
    { clock: "jump" },
  );
});

test("a foreign parent nobody ends is a leak that is seen", async () => {
  const r = await report(function* () {
    withCancel(new Foreign());
  });
  expect(r.verdict).toBe("leak");
});

test("a foreign parent with afterFunc cancels through it [TestCustomContextAfterFuncCancel] [TestCustomContextAfterFuncTimeout] [TestCustomContextAfterFuncAfterFunc]", async () => {
  await run(
    function* () {
      const parent = new Calling();
      const [child] = withCancel(parent);
      const [timed] = withTimeout(parent, 3_600_000);
      const ran = new Chan<string>(1);
      afterCancel(parent, function* () {
        yield* ran.send("ran");
      });
      parent.end();
      yield* child.done().recv();
      yield* timed.done().recv();
      expect(yield* ran.recv()).toBe("ran");
    },
    { clock: "jump" },
  );
});

test("a child that ends first is no longer called [TestCustomContextAfterFuncUnregisterCancel] [TestCustomContextAfterFuncUnregisterTimeout] [TestCustomContextAfterFuncUnregisterAfterFunc]", async () => {
  await run(
    function* () {
      const parent = new Calling();
      const [, cancel] = withCancel(parent);
      const [, cancelTimed] = withTimeout(parent, 3_600_000);
      const stop = afterCancel(parent, function* () {});
      expect(parent.functions.size).toBe(3);
      cancel();
      cancelTimed();
      expect(stop()).toBe(true);
      expect(parent.functions.size).toBe(0);
    },
    { clock: "jump" },
  );
});

test("a foreign context with its own done around one of ours: its done counts, the cause passes [TestCustomContextPropagation]", async () => {
  await run(function* () {
    const why = new Error("why");
    const [inner, cancelInner] = withCancelCause(background());
    const done = new Chan<void>();
    const [child] = withCancel(new Around(inner, done));
    cancelInner(why);
    yield* gosched();
    expect(child.err()).toBeNull();
    done.close();
    yield* child.done().recv();
    expect([child.err(), cause(child)]).toEqual([Canceled, why]);
  });
});

test("cause of foreign contexts: err, and a child's cause does not travel up [TestCustomContextCause]", async () => {
  await run(function* () {
    const why = new Error("why");
    const parent = new Foreign();
    const [child, cancel] = withCancelCause(parent);
    cancel(why);
    expect([child.err(), cause(child), parent.err(), cause(parent)]).toEqual([Canceled, why, null, null]);
    parent.end();
    expect([cause(child), parent.err(), cause(parent)]).toEqual([why, Canceled, Canceled]);
  });
});

test("a foreign context without an end: nil channel, or none at all", async () => {
  const r = await report(function* () {
    for (const done of [nilChan<unknown>(), null as never]) {
      const parent = new Foreign();
      parent.done = () => done;
      withCancel(parent);
    }
  });
  expect([r.verdict, r.metrics["/sched/goroutines-created:goroutines"]]).toEqual(["ok", 1]);
});

test("a foreign context that is done without an error panics with Go's text", async () => {
  await run(function* () {
    const parent = new Foreign();
    parent.channel.close();
    expect(() => withCancel(parent)).toThrow(new PanicError("context: internal error: missing cancel error"));
  });
});
