import { go, now, run, sleep, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

test("sleep: on the jump clock an hour takes no time and is exact", async () => {
  expect(
    await run(
      function* () {
        yield* sleep(3_600_000);
        return now();
      },
      { clock: "jump", strategy: "fifo" },
    ),
  ).toBe(3_600_000);
});

test("sleep: wakes in the order of deadlines, and of creation for equal ones", async () => {
  const order = await run(
    function* () {
      const order: string[] = [];
      const wg = new WaitGroup();
      for (const [name, ms] of [
        ["c", 30],
        ["a", 10],
        ["b1", 20],
        ["b2", 20],
      ] as const)
        wg.go(function* () {
          yield* sleep(ms);
          order.push(name);
        });
      yield* wg.wait();
      return order;
    },
    { clock: "jump", strategy: "fifo" },
  );
  expect(order).toEqual(["a", "b1", "b2", "c"]);
});

test("sleep: zero and less return at once", async () => {
  await run(
    function* () {
      yield* sleep(0);
      yield* sleep(-5);
      expect(now()).toBe(0);
    },
    { clock: "jump", strategy: "fifo" },
  );
});

test("sleep: NaN is refused by name", async () => {
  await run(function* () {
    expect(() => sleep(Number.NaN)).toThrow("sleep: expected `durationMs` to be a number, got NaN");
  });
});

test("sleep: 10,000 sleepers wake in order", async () => {
  const isSorted = await run(
    function* () {
      const woke: number[] = [];
      for (let i = 0; i < 10_000; i++)
        go(
          function* (ms: number) {
            yield* sleep(ms);
            woke.push(ms);
          },
          (i * 7919) % 10_007,
        );
      yield* sleep(20_000);
      return woke.length === 10_000 && woke.every((ms, i) => i === 0 || (woke[i - 1] as number) <= ms);
    },
    { clock: "jump", strategy: "fifo" },
  );
  expect(isSorted).toBe(true);
});
