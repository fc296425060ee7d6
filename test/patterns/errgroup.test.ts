// Go's own tests of golang.org/x/sync/errgroup, all five: by what they check.
import {
  background,
  Chan,
  type Context,
  cause,
  explore,
  Group,
  goexit,
  gosched,
  now,
  report,
  run,
  sleep,
} from "happens-before";
import { expect, test } from "vitest";

const first = new Error("errgroup_test: 1");
const second = new Error("errgroup_test: 2");

for (const options of [{ clock: "jump" }, { clock: "jump", strategy: "random" }] as const) {
  const how = "strategy" in options ? "controlled" : "direct";

  test(`Group: wait returns the first error, once and for all [TestZeroGroup] [${how}]`, async () => {
    const cases = [[], [null], [first], [first, null], [first, null, second]] as (Error | null)[][];
    await run(function* () {
      for (const errors of cases) {
        const group = new Group();
        let firstError: Error | null = null;
        for (const error of errors) {
          yield* group.go(function* () {
            return error;
          });
          firstError ??= error;
          expect(yield* group.wait()).toBe(firstError);
        }
      }
    }, options);
  });

  test(`Group: its context ends with the first error, or with wait [TestWithContext] [${how}]`, async () => {
    await run(function* () {
      for (const [errors, want] of [
        [[], null],
        [[null], null],
        [[first], first],
        [[first, null], first],
        [[null, first], first],
      ] as [(Error | null)[], Error | null][]) {
        const [group, ctx] = Group.withContext(background());
        for (const error of errors) {
          yield* group.go(function* () {
            return error;
          });
        }
        expect(yield* group.wait()).toBe(want);
        expect(ctx.done().tryRecv()).toEqual({ value: undefined, ok: false });
        expect(ctx.err()?.message).toBe("context canceled");
      }
    }, options);
  });

  test(`Group: tryGo starts nothing over the limit [TestTryGo] [${how}]`, async () => {
    await run(function* () {
      const group = new Group();
      const ch = new Chan<number>();
      group.setLimit(3);
      for (let i = 0; i < 3; i++) {
        expect(
          group.tryGo(function* () {
            yield* ch.recv();
          }),
        ).toBe(true);
      }
      const nothing = function* () {};
      expect(group.tryGo(nothing)).toBe(false);
      yield* ch.send(1);
      while (!group.tryGo(nothing)) yield* gosched();
      yield* ch.close();
      expect(yield* group.wait()).toBe(null);

      group.setLimit(1);
      expect(group.tryGo(nothing)).toBe(true);
      yield* group.wait();
      group.setLimit(0);
      expect(group.tryGo(nothing)).toBe(false);
      group.setLimit(-1);
      for (let i = 0; i < 50; i++) expect(group.tryGo(nothing)).toBe(true);
      yield* group.wait();
    }, options);
  });

  test(`Group: go waits for a free place [TestGoLimit] [${how}]`, async () => {
    await run(function* () {
      const group = new Group();
      group.setLimit(3);
      let active = 0;
      let most = 0;
      for (let i = 0; i < 16; i++) {
        yield* group.go(function* () {
          most = Math.max(most, ++active);
          yield* sleep(1);
          active--;
        });
      }
      expect(yield* group.wait()).toBe(null);
      expect(most).toBe(3);
      expect(now()).toBe(6);
    }, options);
  });

  test(`Group: the first error is the cause [TestCancelCause] [${how}]`, async () => {
    await run(function* () {
      for (const [errors, want] of [
        [[], null],
        [[null], null],
        [[first], first],
        [[null, second, null], second],
      ] as [(Error | null)[], Error | null][]) {
        const [group, ctx] = Group.withContext(background());
        for (const error of errors) {
          yield* group.go(function* () {
            return error;
          });
        }
        expect(yield* group.wait()).toBe(want);
        expect(cause(ctx)?.message).toBe(want?.message ?? "context canceled");
      }
    }, options);
  });

  test(`Group: goexit in a body ends its part only [${how}]`, async () => {
    await run(function* () {
      const group = new Group();
      group.setLimit(1);
      yield* group.go(function* () {
        yield* goexit();
      });
      yield* group.go(function* () {
        return first;
      });
      expect(yield* group.wait()).toBe(first);
    }, options);
  });
}

test("Group: changing the limit while goroutines are active panics with Go's text", async () => {
  const r = await report(function* () {
    const group = new Group();
    yield* group.go(function* () {
      yield* sleep(1);
    });
    yield* group.go(function* () {
      yield* sleep(1);
    });
    group.setLimit(1);
  });
  expect(r.error?.message).toMatch(
    /^errgroup: modify limit while 2 goroutines in the group are still active$/,
  );
});

test("Group: a panic in a body ends the run, wait does not return", async () => {
  const r = await report(function* () {
    const group = new Group();
    yield* group.go(function* () {
      throw new Error("boom");
    });
    yield* group.wait();
  });
  expect(r.verdict).toBe("panic");
  expect(r.error?.message).toMatch(/^boom$/);
});

test("Group: bad arguments name expectation and value", async () => {
  await run(function* () {
    const group = new Group();
    expect(() => group.setLimit(1.5)).toThrow("Group.setLimit: expected `n` to be an integer, got 1.5");
    expect(() => group.go(undefined as never)).toThrow(
      new TypeError("Group.go: expected `body` to be a generator function, got undefined"),
    );
    expect(() => Group.withContext(null as unknown as Context)).toThrow(
      "cannot create context from nil parent",
    );
  });
});

test("Group: a limit that nobody can get under is a deadlock with Go's wait reason", async () => {
  const r = await report(function* () {
    const group = new Group();
    group.setLimit(0);
    yield* group.go(function* () {});
  });
  expect(r.verdict).toBe("global-deadlock");
  expect(r.goroutines[0]).toMatchObject({ waitReason: "chan send", waitingOn: "errgroup" });
});

test("Group: in every schedule explored the error that wait returns is the cause, and both can be first", async () => {
  for (const seed of ["a", "b"]) {
    const seen = await explore(
      function* () {
        const [group, ctx] = Group.withContext(background());
        for (const error of [first, second]) {
          yield* group.go(function* () {
            yield* gosched();
            return error;
          });
        }
        const err = yield* group.wait();
        if (err !== cause(ctx)) throw new Error("the cause is another error");
        return err?.message;
      },
      { schedules: 200, seed, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result).sort()).toEqual([first.message, second.message]);
  }
});
