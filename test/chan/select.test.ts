import { Chan, explore, go, gosched, onDefault, report, run, select, WaitGroup } from "happens-before";
import { expect, expectTypeOf, test } from "vitest";

test("select: takes the case that can proceed and tells its index, value and ok", async () => {
  await run(function* () {
    const a = new Chan<number>(1);
    const b = new Chan<string>(1);
    yield* b.send("b");
    const got = yield* select(a.onRecv(), b.onRecv());
    expect(got).toEqual({ index: 1, value: "b", ok: true });
    if (got.index === 0) expectTypeOf(got.value).toEqualTypeOf<number | undefined>();
    else expectTypeOf(got.value).toEqualTypeOf<string | undefined>();
  });
});

test("select: with a default it never waits; a null case never proceeds", async () => {
  const got = await run(function* () {
    return yield* select(new Chan<number>().onRecv(), null, onDefault());
  });
  expect(got).toEqual({ index: 2, value: undefined, ok: false });
});

test("select: without cases it waits for ever, with Go's reason", async () => {
  await expect(
    run(function* () {
      yield* select();
    }),
  ).rejects.toThrow(/goroutine 1 \[select \(no cases\)\]/);
});

test("select: a waiting send case is taken by a receiver", async () => {
  const got = await run(function* () {
    const ch = new Chan<number>();
    const out = new Chan<unknown>(1);
    go(function* () {
      yield* out.send(yield* select(new Chan().onRecv(), ch.onSend(7)));
    });
    yield* gosched();
    return [yield* ch.recv(), yield* out.recv()];
  });
  expect(got).toEqual([7, { index: 1, value: undefined, ok: true }]);
});

test("select: only one case ever happens, and the losers leave their queues", async () => {
  const seen = await explore(
    function* () {
      const a = new Chan<number>();
      const b = new Chan<number>();
      const stop = new Chan<never>();
      const sent: string[] = [];
      const wg = new WaitGroup();
      wg.go(function* () {
        if ((yield* select(a.onSend(1), onDefault())).index === 0) sent.push("a");
      });
      wg.go(function* () {
        if ((yield* select(b.onSend(2), onDefault())).index === 0) sent.push("b");
      });
      go(function* () {
        yield* wg.wait();
        yield* stop.close();
      });
      const got = yield* select(a.onRecv(), b.onRecv(), stop.onRecv());
      yield* wg.wait();
      return `${["a", "b", "none"][got.index]}: ${sent.join()}`;
    },
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["a: a", "b: b", "none: "]);
});

test("select: both directions of the same channel do not meet each other", async () => {
  const r = await report(function* () {
    const ch = new Chan<number>();
    yield* select(ch.onSend(1), ch.onRecv());
  });
  expect(r.verdict).toBe("global-deadlock");
});

test("select: a send case on a closed channel panics when it is taken", async () => {
  await expect(
    run(function* () {
      const ch = new Chan<number>();
      ch.close();
      yield* select(ch.onSend(1));
    }),
  ).rejects.toThrow(/^panic: send on closed channel/);
});

for (const seed of ["1", "2", "42"]) {
  test(`select: of two ready cases each is taken within 10 sigma of half of 10,000 (seed ${seed})`, async () => {
    const taken = await run(
      function* () {
        const a = new Chan<number>(1);
        const b = new Chan<number>(1);
        const counts = [0, 0];
        for (let i = 0; i < 10_000; i++) {
          a.trySend(i);
          b.trySend(i);
          const got = yield* select(a.onRecv(), b.onRecv());
          counts[got.index] = (counts[got.index] as number) + 1;
        }
        return counts;
      },
      { seed },
    );
    const sigma = Math.sqrt(10_000 / 4);
    expect(Math.abs((taken[0] as number) - 5000)).toBeLessThan(10 * sigma);
    expect((taken[0] as number) + (taken[1] as number)).toBe(10_000);
  });
}
