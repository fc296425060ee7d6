import {
  Chan,
  FatalError,
  fromPromise,
  type Go,
  go,
  gosched,
  MisuseError,
  Mutex,
  PanicError,
  report,
  run,
  sleep,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

test("run: returns what main returned", async () => {
  expect(
    await run(function* () {
      return 42;
    }),
  ).toBe(42);
});

test("run: under fifo goroutines run in the order in which they became ready", async () => {
  const seen: string[] = [];
  await run(
    function* () {
      const wg = new WaitGroup();
      for (const name of ["a", "b", "c"])
        wg.go(function* () {
          seen.push(`${name}1`);
          yield* gosched();
          seen.push(`${name}2`);
        });
      yield* wg.wait();
    },
    { strategy: "fifo" },
  );
  expect(seen.join(" ")).toBe("a1 b1 c1 a2 b2 c2");
});

test("run: when main returns the others are dropped, as in Go", async () => {
  let ended = false;
  await run(function* () {
    go(function* () {
      yield* gosched();
      yield* gosched();
      ended = true;
    });
    yield* gosched();
  });
  expect(ended).toBe(false);
});

test("run: all goroutines asleep is a deadlock, with Go's text, the wait reason and the learner's line", async () => {
  const failure = run(function* stuck() {
    const ch = new Chan<number>();
    yield* ch.recv();
  });
  await expect(failure).rejects.toThrow(
    /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan receive\]:\nstuck\(\.\.\.\)\n\t.*run\.test\.ts:\d+:\d+/,
  );
});

test("run: a deadlock names everybody's creator", async () => {
  await expect(
    run(function* boss() {
      const mu = new Mutex();
      yield* mu.lock();
      go(function* helper() {
        yield* mu.lock();
      });
      yield* mu.lock();
    }),
  ).rejects.toThrow(
    /goroutine 2 \[sync\.Mutex\.Lock\]:\nhelper\(\.\.\.\)\n\t[^\n]+\ncreated by boss in goroutine 1/,
  );
});

test("run: an error nobody caught is a panic with the dump and the error as its cause", async () => {
  const failure = run(
    function* () {
      go(function* bad() {
        yield* gosched();
        throw new TypeError("no such order");
      });
      yield* sleep(1000);
    },
    { clock: "jump" },
  );
  await expect(failure).rejects.toThrow(PanicError);
  await expect(failure).rejects.toThrow(/^panic: TypeError: no such order\n\ngoroutine 2 \[running\]:\nbad/);
  await expect(failure).rejects.toMatchObject({ cause: expect.any(TypeError) });
});

test("run: a panic can be caught where the operation stands", async () => {
  const text = await run(function* () {
    const ch = new Chan<number>();
    ch.close();
    try {
      yield* ch.send(1);
    } catch (error) {
      return String(error);
    }
    return "nothing";
  });
  expect(text).toBe("PanicError: send on closed channel");
});

test("run: a fatal error ends the run even when the program catches it", async () => {
  let went = false;
  const failure = run(function* () {
    try {
      new Mutex().unlock();
    } catch {
      /* Go cannot recover from it, and neither can we */
    }
    yield* gosched();
    went = true;
  });
  await expect(failure).rejects.toThrow(FatalError);
  await expect(failure).rejects.toThrow(/^fatal error: sync: unlock of unlocked mutex/);
  expect(went).toBe(false);
});

const misuses: [string, () => Go<unknown>, RegExp][] = [
  [
    "an operation that could proceed was never yielded",
    function* () {
      new Mutex().lock();
      yield* gosched();
    },
    /^lock: the operation was created and never yielded/,
  ],
  [
    "an operation that had to wait was never yielded",
    function* () {
      new Chan().recv();
      yield* gosched();
    },
    /^recv: the operation was created and never yielded/,
  ],
  [
    "an operation at the very end was never yielded",
    function* () {
      new Chan(1).send(1);
    },
    /^send: the operation was created and never yielded/,
  ],
  [
    "yield without a star",
    function* () {
      yield new Chan(1).send(1) as never;
    },
    /^`yield` before .*Add the star/,
  ],
  [
    "a plain yield",
    function* () {
      yield undefined as never;
    },
    /^a plain `yield`: a goroutine waits with `yield\*`/,
  ],
];
for (const strategy of ["fifo", "random"] as const) {
  for (const [what, body, text] of misuses) {
    test(`run: misuse is reported by name: ${what} (${strategy})`, async () => {
      const failure = run(body, { strategy, clock: "jump" });
      await expect(failure).rejects.toThrow(MisuseError);
      await expect(failure).rejects.toThrow(text);
    });
  }
}

test("go: a forgotten star is told at once", async () => {
  await expect(
    run(function* () {
      go(function worker() {} as never);
    }),
  ).rejects.toThrow("go: expected worker to be a generator function, got a plain one. Write `function*`.");
});

test("go: an async body is told at once", async () => {
  await expect(
    run(function* () {
      go(async function worker() {} as never);
    }),
  ).rejects.toThrow(
    /go: worker is an async function\. A goroutine body is a generator: write `function\*` and `yield\*`/,
  );
});

test("go: nil is fatal, as in Go", async () => {
  await expect(
    run(function* () {
      go(undefined as never);
    }),
  ).rejects.toThrow(/^fatal error: go of nil func value/);
});

test("an operation outside a goroutine says where it belongs", () => {
  expect(() => new Mutex().lock()).toThrow(
    "lock: called outside a goroutine. Call it from a body that run(), report() or explore() started.",
  );
});

test("run: sleeps on the real clock without blocking the host", async () => {
  let hostRan = false;
  const host = new Promise<void>((resolve) =>
    setImmediate(() => {
      hostRan = true;
      resolve();
    }),
  );
  await run(function* () {
    yield* sleep(5);
  });
  await host;
  expect(hostRan).toBe(true);
});

test("run: on the real clock a busy program lets the host's event loop breathe", async () => {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks++;
  }, 1);
  await run(function* () {
    while (ticks < 2) yield* gosched();
  });
  clearInterval(timer);
  expect(ticks).toBeGreaterThanOrEqual(2);
});

test("fromPromise: parks only the goroutine, and throws a rejection there", async () => {
  const seen: unknown[] = [];
  await run(function* () {
    go(function* () {
      seen.push("meanwhile");
      yield* gosched();
    });
    seen.push(yield* fromPromise(Promise.resolve("value")));
    try {
      yield* fromPromise(Promise.reject(new Error("refused")));
    } catch (error) {
      seen.push((error as Error).message);
    }
  });
  expect(seen).toEqual(["meanwhile", "value", "refused"]);
});

test("run: an abort signal ends it with the signal's reason", async () => {
  const stop = new AbortController();
  const failure = run(
    function* () {
      yield* fromPromise(new Promise(() => {}));
    },
    { signal: stop.signal },
  );
  stop.abort(new Error("enough"));
  await expect(failure).rejects.toThrow("enough");
});

test("run: one run inside another leaves the outer one as it was", async () => {
  const result = await run(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    let inner = 0;
    void run(function* () {
      inner = 1;
      yield* gosched();
      inner = 2;
    });
    yield* gosched();
    mu.unlock();
    return inner;
  });
  expect(result).toBe(2);
});

test("report: tells a leak with the place where it waits", async () => {
  const r = await report(function* () {
    const ch = new Chan<number>();
    go(function* forgotten() {
      yield* ch.send(1);
    });
    yield* gosched();
  });
  expect(r.verdict).toBe("leak");
  expect(r.findings[0]?.message).toBe(
    'main returned and one goroutine is blocked for ever: goroutine 2 "forgotten" waits in chan send',
  );
  expect(r.findings[0]?.at[0]?.file).toMatch(/run\.test\.ts$/);
});

test("report: who ends after main has returned is no leak", async () => {
  const r = await report(function* () {
    go(function* () {
      yield* sleep(50);
    });
  });
  expect(r.verdict).toBe("ok");
});

test("report: out of steps is a verdict, not a hang", async () => {
  const r = await report(
    function* () {
      for (;;) yield* gosched();
    },
    { maxSteps: 500 },
  );
  expect(r.verdict).toBe("out-of-steps");
  expect(r.findings[0]?.message).toBe("the run did not end within 500 scheduling steps");
});

test("report: a throw in after is the verdict wrong-result", async () => {
  const r = await report({
    setup: () => ({ n: 1 }),
    *main(s) {
      s.n++;
      return s.n;
    },
    after(_s, n) {
      if (n !== 3) throw new Error(`expected 3, got ${n}`);
    },
  });
  expect([r.verdict, r.result, r.error?.message]).toEqual(["wrong-result", 2, "expected 3, got 2"]);
});

test("report: is plain data that survives structured cloning", async () => {
  const r = await report(
    function* () {
      yield* new Chan().recv();
    },
    { trace: true },
  );
  expect(structuredClone(r)).toEqual(r);
});

test("report: options that make no sense name expectation and value", async () => {
  const body = function* () {};
  await expect(report(body, { strategy: "fastest" as never })).rejects.toThrow(
    'strategy: expected one of gmp, fifo, random, pct, pos, urw, delay, got "fastest"',
  );
  await expect(report(body, { clock: "sun" as never })).rejects.toThrow(
    'clock: expected one of jump, free, real, got "sun"',
  );
  await expect(report(body, { schedule: "hello" })).rejects.toThrow(
    'schedule: expected `version.choices.hash` such as 1.2-1X3.7be1, got "hello"',
  );
  await expect(report(body, { schedule: "1.2.beef" })).rejects.toThrow(
    /schedule: belongs to another source \(beef, this one is [0-9a-f]{4}\)/,
  );
});

test.each([
  [undefined, "got undefined"],
  [{}, "got an object without setup and main"],
  [{ setup: () => 0 }, "got an object without main"],
])("what is no program is refused by name: %j", async (wrong, got) => {
  await expect(report(wrong as never)).rejects.toThrow(
    `expected a program, \`function*\` or \`{ setup, main }\` with two functions, ${got}`,
  );
  await expect(run(wrong as never)).rejects.toThrow(`run: expected a generator function, ${got}`);
});
