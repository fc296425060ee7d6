import { explore, gosched, IdempotencyKeys, run, sleep, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;

for (const seed of ["1", "2"]) {
  test(`IdempotencyKeys: three copies of one request have one effect and one answer (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({ keys: new IdempotencyKeys(), stock: 5, answers: [] as number[] }),
        *main(s) {
          const wg = new WaitGroup();
          for (let i = 0; i < 3; i++)
            wg.go(function* () {
              const answer = yield* s.keys.call(
                "order",
                function* (items: number) {
                  const before = s.stock;
                  yield* gosched();
                  s.stock = before - items;
                  return s.stock;
                },
                2,
              );
              s.answers.push(answer);
            });
          yield* wg.wait();
          return { stock: s.stock, answers: s.answers };
        },
      },
      { seed, schedules: 300, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual([{ stock: 3, answers: [3, 3, 3] }]);
  });
}

test("IdempotencyKeys: a set of seen keys, written after the effect, deducts twice, so the test above can fail", async () => {
  const seen = await explore(
    {
      setup: () => ({ seen: new Set<string>(), stock: 5 }),
      *main(s) {
        const wg = new WaitGroup();
        for (let i = 0; i < 2; i++)
          wg.go(function* () {
            if (s.seen.has("order")) return;
            yield* gosched();
            s.stock -= 2;
            s.seen.add("order");
          });
        yield* wg.wait();
        return s.stock;
      },
    },
    { schedules: 200, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 3]);
});

test("IdempotencyKeys: after a failure the waiters try in turn, one at a time", async () => {
  await run(function* () {
    const keys = new IdempotencyKeys();
    const wg = new WaitGroup();
    const seen: string[] = [];
    let attempts = 0;
    for (const name of ["a", "b", "c"])
      wg.go(function* () {
        try {
          const n = yield* keys.call("k", function* () {
            const mine = ++attempts;
            yield* sleep(1);
            if (mine < 2) throw new Error("down");
            return mine;
          });
          seen.push(`${name}: ${n}`);
        } catch (e) {
          seen.push(`${name}: ${(e as Error).message}`);
        }
      });
    yield* wg.wait();
    expect(seen.sort()).toEqual(["a: down", "b: 2", "c: 2"]);
    expect(attempts).toBe(2);
  }, JUMP);
});

test("IdempotencyKeys: answers are forgotten after keepMs, and their memory with them", async () => {
  await run(function* () {
    const keys = new IdempotencyKeys({ keepMs: 30_000 });
    let effects = 0;
    const deduct = function* () {
      return ++effects;
    };
    for (const atMs of [0, 1_000, 29_000, 31_000]) {
      yield* sleep(atMs === 31_000 ? 2_000 : atMs === 29_000 ? 28_000 : atMs);
      yield* keys.call("order", deduct);
    }
    expect(effects).toBe(2);
    yield* keys.call("other", deduct);
    yield* sleep(60_000);
    yield* keys.call("third", deduct);
    expect(keys.size).toBe(1);
  }, JUMP);
});

test("IdempotencyKeys: one key for two different requests is an error, while the first runs and after it", async () => {
  await run(function* () {
    const keys = new IdempotencyKeys();
    const wg = new WaitGroup();
    const pay = function* (amount: bigint) {
      yield* sleep(1);
      return amount;
    };
    const texts: string[] = [];
    wg.go(function* () {
      yield* keys.call("k", pay, 5n);
    });
    yield* gosched();
    for (let i = 0; i < 2; i++) {
      try {
        yield* keys.call("k", pay, 6n);
      } catch (e) {
        texts.push((e as Error).message);
      }
      yield* wg.wait();
    }
    const text = 'idempotency key "k": was used for another request';
    expect(texts).toEqual([text, text]);
  }, JUMP);
});

test("IdempotencyKeys: a plain function is refused and leaves the key free", async () => {
  await run(function* () {
    const keys = new IdempotencyKeys();
    let text = "";
    try {
      yield* keys.call("k", (() => 1) as never);
    } catch (e) {
      text = (e as Error).message;
    }
    expect(text).toBe("IdempotencyKeys: expected a generator function, got a plain one. Write `function*`.");
    expect(
      yield* keys.call("k", function* () {
        return 2;
      }),
    ).toBe(2);
  });
});

test("IdempotencyKeys: refuses bad arguments", async () => {
  expect(() => new IdempotencyKeys({ keepMs: -1 })).toThrow(
    new RangeError("IdempotencyKeys: expected `keepMs` to be a number >= 0, got -1"),
  );
  await expect(
    run(function* () {
      yield* new IdempotencyKeys().call(1 as never, function* () {});
    }),
  ).rejects.toThrow("IdempotencyKeys: expected `key` to be a string, got 1");
});
