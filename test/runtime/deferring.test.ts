// Go's own tests of deferred calls: test/recover.go (test1 to test16), four of them here, and src/runtime/crash_test.go, by what they check.
//
// Without a counterpart: test8 and test9 to test16 of recover.go and TestRecoverBeforePanicAfterGoexit2 check frames of
// the compiler (method wrappers, reflect, big frames), which JavaScript does not have.

import fc from "fast-check";
import {
  Chan,
  explore,
  go,
  goexit,
  gosched,
  Mutex,
  PanicError,
  recover,
  report,
  run,
  sleep,
  WaitGroup,
  withDefer,
} from "happens-before";
import { expect, test } from "vitest";

const controlled = { strategy: "random", clock: "jump" } as const;

for (const options of [undefined, controlled]) {
  const how = options === undefined ? "direct" : "controlled";

  test(`defer: calls run last in, first out, with the arguments of their time [${how}]`, async () => {
    const seen: string[] = [];
    const result = await run(function* () {
      return yield* withDefer(function* (defer) {
        let n = 1;
        defer((at: number) => seen.push(`first ${at}`), n);
        n = 2;
        defer(function* (at: number) {
          yield* gosched();
          seen.push(`second ${at}`);
        }, n);
        seen.push("body");
        return n;
      });
    }, options);
    expect(seen).toEqual(["body", "second 2", "first 1"]);
    expect(result).toBe(2);
  });

  test(`defer: an operation that a plain call returns is waited for [${how}]`, async () => {
    await run(function* () {
      const ch = new Chan<number>();
      const mu = new Mutex();
      go(function* () {
        yield* withDefer(function* (defer) {
          defer(() => ch.send(7));
          yield* mu.lock();
          defer(() => mu.unlock());
        });
      });
      expect(yield* ch.recv()).toBe(7);
      expect(mu.tryLock()).toBe(true);
    }, options);
  });

  test(`recover: ends the panic, once, and the calls before it go on [test1] [${how}]`, async () => {
    const seen: unknown[] = [];
    await run(function* () {
      const result = yield* withDefer(function* (defer) {
        defer(() => seen.push(recover()));
        defer(function* () {
          seen.push(recover());
          yield* gosched();
          seen.push(recover());
        });
        defer(() => seen.push("not looked at"));
        throw "boom";
      });
      seen.push(result);
    }, options);
    expect(seen).toEqual(["not looked at", "boom", null, null, undefined]);
  });

  test(`recover: deferred itself is no deferred function of this panic [test2] [${how}]`, async () => {
    await expect(
      run(function* () {
        yield* withDefer(function* (defer) {
          defer(recover);
          throw new Error("two");
        });
      }, options),
    ).rejects.toThrow(/^panic: two/);
  });

  test(`recover: a deferred call may defer it [test4] [${how}]`, async () => {
    const seen: unknown[] = [];
    await run(function* () {
      yield* withDefer(function* (defer) {
        defer(() => seen.push(recover()));
        defer(() =>
          withDefer(function* (inner) {
            inner(recover);
          }),
        );
        throw "four";
      });
    }, options);
    expect(seen).toEqual([null]);
  });

  test(`recover: a call deferred by a deferred function does not see the outer panic [${how}]`, async () => {
    const seen: unknown[] = [];
    await run(function* () {
      yield* withDefer(function* (defer) {
        defer(() => seen.push(recover()));
        defer(() =>
          withDefer(function* (inner) {
            inner(() => seen.push(recover()));
          }),
        );
        throw "outer";
      });
    }, options);
    expect(seen).toEqual([null, "outer"]);
  });

  test(`recover: sees the innermost of nested panics, then the outer one [${how}]`, async () => {
    const seen: unknown[] = [];
    await run(function* () {
      yield* withDefer(function* (defer) {
        defer(() => seen.push(recover()));
        defer(() =>
          withDefer(function* (inner) {
            inner(() => seen.push(recover()));
            throw "inner";
          }),
        );
        throw "outer";
      });
    }, options);
    expect(seen).toEqual(["inner", "outer"]);
  });

  test(`defer: a panic in a deferred call takes the place of the one before [TestRecursivePanic] [${how}]`, async () => {
    const seen: unknown[] = [];
    await run(function* () {
      yield* withDefer(function* (defer) {
        defer(() => seen.push(recover()));
        defer(() => {
          throw "second";
        });
        throw "first";
      });
    }, options);
    expect(seen).toEqual(["second"]);
  });

  test(`goexit: runs what was deferred, and is no panic, however long that waits [${how}]`, async () => {
    const seen: unknown[] = [];
    await run(
      function* () {
        const wg = new WaitGroup();
        yield* wg.go(function* () {
          yield* withDefer(function* (defer) {
            defer(() => seen.push(["outer", recover()]));
            try {
              yield* withDefer(function* (inner) {
                inner(function* () {
                  yield* sleep(1);
                  seen.push(["inner", recover()]);
                });
                yield* goexit();
              });
            } finally {
              yield* sleep(1);
              seen.push("finally");
            }
            seen.push("went on");
          });
          seen.push("went on");
        });
        yield* wg.wait();
      },
      { clock: "jump", ...options },
    );
    expect(seen).toEqual([["inner", null], "finally", ["outer", null]]);
  });

  test(`goexit: of main lets the others go on, then nobody is left [TestGoexitDeadlock] [${how}]`, async () => {
    const seen: string[] = [];
    const r = await report(function* () {
      go(function* () {
        yield* sleep(5);
        seen.push("other");
      });
      yield* goexit();
      seen.push("main");
    }, options);
    expect(seen).toEqual(["other"]);
    expect(r.verdict).toBe("global-deadlock");
    expect(r.error?.message).toBe("fatal error: no goroutines (main called runtime.Goexit) - deadlock!");
  });

  test(`goexit: of main with others blocked is the ordinary deadlock [${how}]`, async () => {
    await expect(
      run(function* () {
        const ch = new Chan();
        go(function* () {
          yield* ch.recv();
        });
        yield* goexit();
      }, options),
    ).rejects.toThrow(/^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 2 \[chan receive\]/);
  });

  test(`goexit: in a deferred call ends a panic and the goroutine [TestGoexitInPanic] [${how}]`, async () => {
    const seen: unknown[] = [];
    const r = await report(function* () {
      yield* withDefer(function* (defer) {
        defer(() => seen.push(recover()));
        defer(() => goexit());
        throw "lost";
      });
      seen.push("went on");
    }, options);
    expect(seen).toEqual([null]);
    expect(r.error?.message).toContain("main called runtime.Goexit");
  });

  test(`goexit: a panic in what it runs is a panic [TestPanicAfterGoexit] [${how}]`, async () => {
    await expect(
      run(function* () {
        yield* withDefer(function* (defer) {
          defer(() => {
            throw new Error("hello");
          });
          yield* goexit();
        });
      }, options),
    ).rejects.toThrow(/^panic: hello/);
  });

  test(`goexit: goes on when that panic is recovered from [TestRecoveredPanicAfterGoexit] [${how}]`, async () => {
    const seen: unknown[] = [];
    const r = await report(function* () {
      yield* withDefer(function* (defer) {
        defer(() => seen.push(recover()));
        yield* withDefer(function* (inner) {
          inner(() => {
            throw "hello";
          });
          yield* goexit();
        });
        seen.push("went on");
      });
      seen.push("went on");
    }, options);
    expect(seen).toEqual(["hello"]);
    expect(r.error?.message).toContain("main called runtime.Goexit");
  });

  test(`goexit: also when recovered in the same frame [TestRecoverBeforePanicAfterGoexit] [${how}]`, async () => {
    const seen: unknown[] = [];
    const r = await report(function* () {
      yield* withDefer(function* (defer) {
        defer(() => seen.push(recover()));
        defer(() => {
          throw "1";
        });
        defer(() => seen.push(recover()));
        yield* goexit();
      });
      seen.push("went on");
    }, options);
    expect(seen).toEqual([null, "1"]);
    expect(r.error?.message).toContain("main called runtime.Goexit");
  });

  test(`defer: a fatal error is not held up and cannot be recovered from [${how}]`, async () => {
    const seen: unknown[] = [];
    await expect(
      run(function* () {
        yield* withDefer(function* (defer) {
          defer(() => seen.push(recover()));
          yield* new Mutex().unlock();
        });
      }, options),
    ).rejects.toThrow(/^fatal error: sync: unlock of unlocked mutex/);
    expect(seen).toEqual([]);
  });
}

test("recover: a panic with nothing in it still tells itself from no panic", async () => {
  await run(function* () {
    for (const nothing of [null, undefined]) {
      yield* withDefer(function* (defer) {
        defer(() => {
          const value = recover();
          expect(value).toBeInstanceOf(PanicError);
          expect((value as Error).message).toBe("panic called with nil argument");
        });
        throw nothing;
      });
    }
  });
});

test("recover: a deferred call sets the result by its name", async () => {
  const result = await run(function* () {
    return yield* withDefer<string>(function* (defer, named) {
      defer(() => {
        recover();
        named.result = `${named.result ?? "nothing"}, then recovered`;
      });
      throw new Error("no result");
    });
  });
  expect(result).toBe("nothing, then recovered");
});

test("recover: a library panic comes back as its PanicError", async () => {
  await run(function* () {
    yield* withDefer(function* (defer) {
      defer(() => expect((recover() as PanicError).message).toBe("send on closed channel"));
      const ch = new Chan<number>(1);
      yield* ch.close();
      yield* ch.send(1);
    });
  });
});

test("recover: outside of every deferred call there is nothing to recover", async () => {
  await run(function* () {
    expect(recover()).toBe(null);
    yield* withDefer(function* () {
      expect(recover()).toBe(null);
    });
  });
  expect(() => recover()).toThrow(/^recover: called outside a goroutine/);
});

test("defer: what is no function is refused with its value", async () => {
  await expect(
    run(function* () {
      yield* withDefer(function* (defer) {
        defer(undefined as unknown as () => void);
      });
    }),
  ).rejects.toThrow("defer: expected `call` to be a function, got undefined");
});

test("goexit: a catch that keeps the goroutine alive is found", async () => {
  const r = await report(function* () {
    try {
      yield* goexit();
    } catch {}
  });
  expect(r.verdict).toBe("misuse");
  expect(r.error?.message).toMatch(/^goexit: a `catch` has kept the goroutine from ending\. /);
});

test("goexit: created without `yield*` is found", async () => {
  const r = await report(function* () {
    goexit();
    yield* gosched();
  });
  expect(r.verdict).toBe("misuse");
  expect(r.error?.message).toMatch(/^goexit: the operation was created and never yielded/);
});

test("defer: a lock is released however the body ends, in every schedule explored, and a lock that is not is found", async () => {
  const program = (isDeferred: boolean) =>
    function* () {
      const mu = new Mutex();
      const wg = new WaitGroup();
      for (const how of ["return", "panic", "exit"]) {
        yield* wg.go(function* () {
          yield* withDefer(function* (defer) {
            defer(() => void recover());
            yield* mu.lock();
            if (isDeferred) defer(() => mu.unlock());
            yield* gosched();
            if (how === "panic") throw new Error(how);
            if (how === "exit") yield* goexit();
            if (!isDeferred) yield* mu.unlock(); // the planted bug: only one way out releases
          });
        });
      }
      yield* wg.wait();
    };
  for (const seed of ["a", "b", "c"]) {
    expect((await explore(program(true), { schedules: 200, seed })).verdict).toBe("ok");
    expect((await explore(program(false), { schedules: 200, seed })).verdict).toBe("global-deadlock");
  }
});

test("defer: any nesting of frames, panics, recovers and exits agrees with a model", async () => {
  type Shape = {
    calls: ("note" | "recover" | "panic" | "exit")[];
    end: "return" | "panic" | "exit";
    inner?: Shape;
  };
  const shape: fc.Arbitrary<Shape> = fc.letrec<{ shape: Shape }>((tie) => ({
    shape: fc.record(
      {
        calls: fc.array(fc.constantFrom("note", "recover", "panic", "exit"), { maxLength: 4 }),
        end: fc.constantFrom("return", "panic", "exit"),
        inner: fc.option(tie("shape"), { nil: undefined, maxDepth: 3 }) as fc.Arbitrary<Shape>,
      },
      { requiredKeys: ["calls", "end"] },
    ),
  })).shape;

  /** What Go does: `exit` is for ever, a panic is in the way of the return until somebody recovers. */
  function model(s: Shape, state: { exiting: boolean }, out: string[]): string | null {
    let panic = s.inner === undefined ? null : model(s.inner, state, out);
    if (panic === null && !state.exiting) {
      if (s.end === "panic") panic = "end";
      if (s.end === "exit") state.exiting = true;
    }
    for (const call of [...s.calls].reverse()) {
      if (call === "note") out.push("note");
      if (call === "panic") panic = "call";
      if (call === "exit") {
        panic = null;
        state.exiting = true;
      }
      if (call === "recover") {
        out.push(`recover ${panic}`);
        panic = null;
      }
    }
    return panic;
  }

  function* frame(s: Shape, out: string[]): Generator<never, void, unknown> {
    yield* withDefer(function* (defer) {
      for (const call of s.calls) {
        if (call === "note") defer(() => out.push("note"));
        if (call === "exit") defer(() => goexit());
        if (call === "recover") defer(() => out.push(`recover ${recover()}`));
        if (call === "panic")
          defer(() => {
            throw "call";
          });
      }
      if (s.inner !== undefined) yield* frame(s.inner, out);
      if (s.end === "panic") throw "end";
      if (s.end === "exit") yield* goexit();
    }) as Generator<never, void, unknown>;
  }

  await fc.assert(
    fc.asyncProperty(shape, fc.boolean(), async (s, isControlled) => {
      const wanted: string[] = [];
      const state = { exiting: false };
      const panic = model(s, state, wanted);
      const got: string[] = [];
      let ended = "exit";
      const r = await report(
        function* () {
          yield* frame(s, got);
          ended = "return";
        },
        isControlled ? controlled : {},
      );
      expect(got).toEqual(wanted);
      const printed = r.error?.message.split("\n\n")[0]?.split("\n\t"); // the last panic of the chain counts
      if (panic !== null) expect(printed?.at(-1)).toBe(`panic: ${panic}`);
      else expect(ended).toBe(state.exiting ? "exit" : "return");
    }),
    { seed: 4, numRuns: 300 },
  );
});
