import fc from "fast-check";
import { Chan, explore, go, gosched, PanicError, run, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

for (const capacity of [0, 1, 2, 7]) {
  test(`Chan: 100 values arrive in order (capacity ${capacity})`, async () => {
    const got = await run(function* () {
      const ch = new Chan<number>(capacity);
      go(function* () {
        for (let i = 0; i < 100; i++) yield* ch.send(i);
        ch.close();
      });
      const seen: number[] = [];
      yield* ch.forEach(function* (v) {
        seen.push(v);
      });
      return seen;
    });
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test(`Chan: a send waits exactly when the buffer is full and nobody receives (capacity ${capacity})`, async () => {
    const r = await run(function* () {
      const ch = new Chan<number>(capacity);
      let sent = 0;
      go(function* () {
        for (;;) {
          yield* ch.send(0);
          sent++;
        }
      });
      for (let i = 0; i < 3; i++) yield* gosched();
      return [sent, ch.len, ch.cap];
    });
    expect(r).toEqual([capacity, capacity, capacity]);
  });
}

test("Chan: a receive on a closed channel gives what is buffered, then undefined with ok false, for ever", async () => {
  const got = await run(function* () {
    const ch = new Chan<string>(2);
    yield* ch.send("a");
    ch.close();
    return [yield* ch.recvOk(), yield* ch.recvOk(), yield* ch.recv(), ch.tryRecv()];
  });
  expect(got).toEqual([
    { value: "a", ok: true },
    { value: undefined, ok: false },
    undefined,
    { value: undefined, ok: false },
  ]);
});

test("Chan: close wakes every waiting receiver", async () => {
  const got = await run(function* () {
    const ch = new Chan<number>();
    const wg = new WaitGroup();
    const seen: unknown[] = [];
    for (let i = 0; i < 3; i++)
      wg.go(function* () {
        seen.push(yield* ch.recvOk());
      });
    yield* gosched();
    ch.close();
    yield* wg.wait();
    return seen;
  });
  expect(got).toEqual(Array(3).fill({ value: undefined, ok: false }));
});

test("Chan: close makes every waiting sender panic with Go's text", async () => {
  const got = await run(function* () {
    const ch = new Chan<number>();
    const wg = new WaitGroup();
    const seen: string[] = [];
    for (let i = 0; i < 2; i++)
      wg.go(function* () {
        try {
          yield* ch.send(i);
        } catch (error) {
          seen.push((error as Error).message);
        }
      });
    yield* gosched();
    ch.close();
    yield* wg.wait();
    return seen;
  });
  expect(got).toEqual(["send on closed channel", "send on closed channel"]);
});

test("Chan: misuse panics with Go's texts", async () => {
  await run(function* () {
    const ch = new Chan<number>(1);
    ch.close();
    expect(() => ch.close()).toThrow(new PanicError("close of closed channel"));
    expect(() => ch.trySend(1)).toThrow(new PanicError("send on closed channel"));
    expect(() => ch.send(1)).toThrow(new PanicError("send on closed channel"));
  });
});

test("Chan: closing twice panics at the call also when the first close was only noted", async () => {
  const seen = await explore(function* () {
    const ch = new Chan();
    ch.close();
    try {
      ch.close();
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  });
  expect(seen.outcomes.map((o) => o.result)).toEqual(["close of closed channel"]);
});

test("Chan: a bad capacity names expectation and value", () => {
  expect(() => new Chan(-1)).toThrow("Chan: expected `capacity` to be an integer >= 0, got -1");
  expect(() => new Chan(1.5)).toThrow("Chan: expected `capacity` to be an integer >= 0, got 1.5");
});

test("Chan: waiting receivers are served first come, first served", async () => {
  const got = await run(
    function* () {
      const ch = new Chan<number>();
      const order: string[] = [];
      const wg = new WaitGroup();
      for (const name of ["a", "b", "c"])
        wg.go(function* () {
          order.push(`${name}${yield* ch.recv()}`);
        });
      yield* gosched();
      for (let i = 0; i < 3; i++) yield* ch.send(i);
      yield* wg.wait();
      return order;
    },
    { strategy: "fifo" },
  );
  expect(got).toEqual(["a0", "b1", "c2"]);
});

test("Chan: nothing is lost, doubled or reordered per sender, whatever the schedule (property)", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 3 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 }),
      fc.string(),
      async (capacity, counts, seed) => {
        const seen = await explore(
          {
            setup: () => new Chan<string>(capacity),
            *main(ch) {
              const wg = new WaitGroup();
              counts.forEach((count, s) => {
                wg.go(function* () {
                  for (let i = 0; i < count; i++) yield* ch.send(`${s}:${i}`);
                });
              });
              go(function* closer() {
                yield* wg.wait();
                yield* ch.close();
              });
              const got: string[] = [];
              yield* ch.forEach(function* (v) {
                got.push(v);
              });
              return got;
            },
            after(_ch, got) {
              counts.forEach((count, s) => {
                const mine = got.filter((v) => v.startsWith(`${s}:`));
                if (mine.join() !== Array.from({ length: count }, (_, i) => `${s}:${i}`).join())
                  throw new Error(`sender ${s}: ${mine.join()}`);
              });
            },
          },
          { seed, schedules: 20 },
        );
        expect(seen.verdict).toBe("ok");
      },
    ),
    { seed: 1, numRuns: 60 },
  );
});
