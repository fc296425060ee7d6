// Go's own tests of golang.org/x/sync/singleflight, by what they check.
//
// Without a counterpart: TestPanicErrorUnwrap, since a panic is not wrapped here: the callers get what was thrown.
import {
  Chan,
  explore,
  type Flight,
  go,
  goexit,
  gosched,
  recover,
  report,
  run,
  SingleFlight,
  sleep,
  WaitGroup,
  withDefer,
} from "happens-before";
import { expect, test } from "vitest";

for (const options of [{ clock: "jump" }, { clock: "jump", strategy: "random" }] as const) {
  const how = "strategy" in options ? "controlled" : "direct";

  test(`SingleFlight: do returns what the function returns [TestDo] [${how}]`, async () => {
    await run(function* () {
      const flights = new SingleFlight<string>();
      const got = yield* flights.do("key", function* () {
        return "bar";
      });
      expect(got).toEqual({ value: "bar", err: null, shared: false });
    }, options);
  });

  test(`SingleFlight: an Error that is returned is the error [TestDoErr] [${how}]`, async () => {
    await run(function* () {
      const some = new Error("some error");
      const got = yield* new SingleFlight<string>().do("key", function* () {
        return some;
      });
      expect(got).toEqual({ value: undefined, err: some, shared: false });
    }, options);
  });

  test(`SingleFlight: callers at the same time share one run [TestDoDupSuppress] [${how}]`, async () => {
    await run(function* () {
      const flights = new SingleFlight<string>();
      const wg = new WaitGroup();
      const release = new Chan<string>();
      let runs = 0;
      const got: Flight<string>[] = [];
      for (let i = 0; i < 10; i++) {
        yield* wg.go(function* () {
          got.push(
            yield* flights.do("key", function* () {
              runs++;
              return (yield* release.recv()) as string;
            }),
          );
        });
      }
      yield* sleep(1);
      yield* release.send("bar");
      yield* wg.wait();
      expect(runs).toBe(1);
      expect(got).toEqual(Array(10).fill({ value: "bar", err: null, shared: true }));
    }, options);
  });

  test(`SingleFlight: a key that was forgotten runs again, beside the first [TestForget] [${how}]`, async () => {
    await run(function* () {
      const flights = new SingleFlight<number>();
      const firstMayEnd = new Chan();
      const secondMayEnd = new Chan();
      const first = flights.doChan("key", function* () {
        yield* firstMayEnd.recv();
        return 1;
      });
      yield* sleep(1);
      flights.forget("key");
      const second = flights.doChan("key", function* () {
        yield* secondMayEnd.recv();
        return 2;
      });
      const third = flights.doChan("key", function* () {
        throw new Error("must share the second one");
      });
      yield* firstMayEnd.close();
      expect((yield* first.recv())?.value).toBe(1);
      yield* secondMayEnd.close();
      expect(yield* second.recv()).toEqual({ value: 2, err: null, shared: true });
      expect((yield* third.recv())?.value).toBe(2);
    }, options);
  });

  test(`SingleFlight: doChan sends the result [TestDoChan] [${how}]`, async () => {
    await run(function* () {
      const ch = new SingleFlight<string>().doChan("key", function* () {
        return "bar";
      });
      expect(yield* ch.recv()).toEqual({ value: "bar", err: null, shared: false });
    }, options);
  });

  test(`SingleFlight: a panic reaches every caller, and the key is free again [TestPanicDo] [${how}]`, async () => {
    await run(function* () {
      const flights = new SingleFlight<string>();
      const wg = new WaitGroup();
      const panics: unknown[] = [];
      for (let i = 0; i < 5; i++) {
        yield* wg.go(function* () {
          yield* withDefer(function* (defer) {
            defer(() => panics.push(recover()));
            yield* flights.do("key", function* () {
              yield* sleep(1);
              throw "invalid memory address";
            });
          });
        });
      }
      yield* wg.wait();
      expect(panics).toEqual(Array(5).fill("invalid memory address"));
      const again = yield* flights.do("key", function* () {
        return "works";
      });
      expect(again.value).toBe("works");
    }, options);
  });

  test(`SingleFlight: a goexit ends every caller [TestGoexitDo] [${how}]`, async () => {
    await run(function* () {
      const flights = new SingleFlight<string>();
      const wg = new WaitGroup();
      let exits = 0;
      let returns = 0;
      for (let i = 0; i < 5; i++) {
        yield* wg.go(function* () {
          try {
            yield* flights.do("key", function* () {
              yield* sleep(1);
              return yield* goexit();
            });
            returns++;
          } finally {
            exits++;
          }
        });
      }
      yield* wg.wait();
      expect([exits, returns]).toEqual([5, 0]);
    }, options);
  });

  test(`SingleFlight: after a goexit a channel gets nothing [${how}]`, async () => {
    await run(function* () {
      const ch = new SingleFlight<string>().doChan("key", function* () {
        return yield* goexit();
      });
      yield* sleep(1);
      expect(ch.tryRecv()).toBe(undefined);
    }, options);
  });

  test(`SingleFlight: with a channel waiting, a panic ends the run [TestPanicDoChan] [${how}]`, async () => {
    const r = await report(function* () {
      yield* withDefer(function* (defer) {
        defer(() => void recover());
        const ch = new SingleFlight<string>().doChan("key", function* () {
          throw new Error("Panicking in DoChan");
        });
        yield* ch.recv();
      });
    }, options);
    expect(r.verdict).toBe("panic");
    expect(r.error?.message).toBe("Panicking in DoChan");
  });

  test(`SingleFlight: nobody can recover from a panic that is shared with a channel [TestPanicDoSharedByDoChan] [${how}]`, async () => {
    const r = await report(function* () {
      const flights = new SingleFlight<string>();
      const mayGoOn = new Chan();
      go(function* () {
        yield* withDefer(function* (defer) {
          defer(() => void recover());
          yield* flights.do("key", function* () {
            yield* mayGoOn.recv();
            throw new Error("Panicking in Do");
          });
        });
      });
      yield* sleep(1);
      const ch = flights.doChan("key", function* () {
        throw new Error("must share the first one");
      });
      yield* mayGoOn.close();
      yield* ch.recv();
    }, options);
    expect(r.verdict).toBe("panic");
    expect(r.error?.message).toBe("Panicking in Do");
  });
}

test("SingleFlight: keys do not wait for each other", async () => {
  await run(
    function* () {
      const flights = new SingleFlight<number, number>();
      const wg = new WaitGroup();
      const ends: number[] = [];
      for (const n of [3, 1, 2]) {
        wg.go(function* () {
          yield* flights.do(n, function* () {
            yield* sleep(n);
            ends.push(n);
            return n;
          });
        });
      }
      yield* wg.wait();
      expect(ends).toEqual([1, 2, 3]);
    },
    { clock: "jump" },
  );
});

test("SingleFlight: joining callers wait with Go's reason", async () => {
  const r = await report(function* () {
    const flights = new SingleFlight<void>();
    const never = new Chan();
    const load = function* () {
      yield* never.recv();
    };
    go(function* () {
      yield* flights.do("key", load);
    });
    yield* gosched();
    yield* flights.do("key", load);
  });
  expect(r.verdict).toBe("global-deadlock");
  expect(r.goroutines.map((g) => g.waitReason)).toEqual(["sync.WaitGroup.Wait", "chan receive"]);
});

test("SingleFlight: in every schedule explored no two runs of a key overlap, which a plain check would allow", async () => {
  const program = (isShared: boolean) =>
    function* () {
      const flights = new SingleFlight<number>();
      const wg = new WaitGroup();
      let running = 0;
      let runs = 0;
      function* load() {
        runs++;
        if (++running > 1) throw new Error("two at once");
        yield* gosched();
        running--;
        return runs;
      }
      for (let i = 0; i < 3; i++) {
        yield* wg.go(function* () {
          if (isShared) yield* flights.do("key", load);
          else yield* load(); // the planted bug
        });
      }
      yield* wg.wait();
      return runs;
    };
  for (const seed of ["a", "b"]) {
    const seen = await explore(program(true), { schedules: 300, seed, stopAt: "never" });
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2, 3]);
    expect((await explore(program(false), { schedules: 300, seed })).verdict).toBe("panic");
  }
});
