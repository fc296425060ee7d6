import fc from "fast-check";
import { now, RetryBudget, retry, run } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump" } as const;

function failing(times: number) {
  let calls = 0;
  return function* () {
    if (++calls <= times) throw new Error(`failure ${calls}`);
    return calls;
  };
}

test("retry: the first success is returned without a delay", async () => {
  await run(function* () {
    expect(yield* retry(failing(0))).toBe(1);
    expect(now()).toBe(0);
  }, JUMP);
});

test("retry: delays grow by the factor up to the longest", async () => {
  await run(function* () {
    const delays: string[] = [];
    const value = yield* retry(failing(4), {
      attempts: 5,
      baseMs: 10,
      factor: 3,
      mostMs: 50,
      jitter: "none",
      onRetry: (error, attempt, delayMs) => delays.push(`${attempt} ${(error as Error).message}: ${delayMs}`),
    });
    expect(value).toBe(5);
    expect(delays).toEqual(["1 failure 1: 10", "2 failure 2: 30", "3 failure 3: 50", "4 failure 4: 50"]);
    expect(now()).toBe(140);
  }, JUMP);
});

test("retry: the last error is thrown as it is", async () => {
  await run(function* () {
    const error = new Error("mine");
    let caught: unknown;
    try {
      yield* retry(
        function* () {
          throw error;
        },
        { attempts: 2 },
      );
    } catch (e) {
      caught = e;
    }
    expect(caught).toBe(error);
  }, JUMP);
});

test("retry: an error that another attempt cannot mend is thrown at once", async () => {
  await run(function* () {
    let text = "";
    try {
      yield* retry(failing(9), { retryIf: (e) => (e as Error).message !== "failure 2" });
    } catch (e) {
      text = (e as Error).message;
    }
    expect(text).toBe("failure 2");
  }, JUMP);
});

test("retry: jitter stays within its bounds, differs between seeds and repeats with a seed", async () => {
  const delaysOf = (seed: string, jitter: "equal" | "full") =>
    run(
      function* () {
        const delays: number[] = [];
        yield* retry(failing(20), {
          attempts: 21,
          baseMs: 100,
          factor: 1,
          jitter,
          onRetry: (_e, _n, delayMs) => delays.push(delayMs),
        });
        return delays;
      },
      { ...JUMP, seed },
    );
  const full = await delaysOf("1", "full");
  const equal = await delaysOf("1", "equal");
  expect(Math.min(...full)).toBeGreaterThan(0);
  expect(Math.min(...full)).toBeLessThan(50);
  expect(Math.max(...full)).toBeLessThanOrEqual(100);
  expect(Math.min(...equal)).toBeGreaterThan(50);
  expect(Math.max(...equal)).toBeLessThanOrEqual(100);
  expect(await delaysOf("1", "full")).toEqual(full);
  expect(await delaysOf("2", "full")).not.toEqual(full);
});

test("RetryBudget: retries of any number of failing calls stay within burst + ratio · calls", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 20 }),
      fc.constantFrom(0.05, 0.1, 0.5, 1),
      async (calls, burst, ratio) => {
        await run(function* () {
          const budget = new RetryBudget({ burst, ratio });
          let attempts = 0;
          for (let i = 0; i < calls; i++) {
            try {
              yield* retry(
                function* () {
                  attempts++;
                  throw new Error("down");
                },
                { attempts: 4, baseMs: 0, budget },
              );
            } catch {
              expect(budget.balance).toBeGreaterThanOrEqual(0);
            }
          }
          expect(attempts - calls).toBeLessThanOrEqual(burst + ratio * calls + 1e-9);
        }, JUMP);
      },
    ),
    { numRuns: 60, seed: 4 },
  );
});

test("retry: without a budget three attempts each are three times the load, so the bound above can fail", async () => {
  await run(function* () {
    let attempts = 0;
    for (let i = 0; i < 20; i++) {
      try {
        yield* retry(
          function* () {
            attempts++;
            throw new Error("down");
          },
          { baseMs: 0 },
        );
      } catch {}
    }
    expect(attempts).toBe(60);
  }, JUMP);
});

test("RetryBudget: ten calls at a ratio of 0.1 pay for exactly one retry", () => {
  const budget = new RetryBudget({ burst: 1 });
  expect(budget.withdraw()).toBe(true);
  for (let i = 0; i < 9; i++) budget.deposit();
  expect(budget.withdraw()).toBe(false);
  budget.deposit();
  expect(budget.withdraw()).toBe(true);
  expect(budget.refused).toBe(1);
});

test.each([
  [{ attempts: 0 }, "retry: expected `attempts` to be an integer >= 1, got 0"],
  [{ factor: 0.5 }, "retry: expected `factor` to be a number >= 1, got 0.5"],
  [{ jitter: "some" as "full" }, "retry: expected `jitter` to be one of none, equal, full, got some"],
])("retry: refuses %j", async (options, text) => {
  await expect(
    run(function* () {
      yield* retry(failing(0), options);
    }),
  ).rejects.toThrow(text);
});
