import {
  AtomicInt32,
  Chan,
  explore,
  type GeneratedCalls,
  type Go,
  generatedCalls,
  Mutex,
  models,
  report,
} from "happens-before";
import { expect, test } from "vitest";

/** A counter whose addition is one step, under a lock, or two steps (planted). */
class Counter {
  readonly #n = new AtomicInt32();
  readonly #mu = new Mutex();
  *inOneStep(by: number): Go<number> {
    return yield* this.#n.add(by);
  }
  *locked(by: number): Go<number> {
    yield* this.#mu.lock();
    const sum = yield* this.inTwoSteps(by);
    yield* this.#mu.unlock();
    return sum;
  }
  *inTwoSteps(by: number): Go<number> {
    const seen = yield* this.#n.load();
    yield* this.#n.store(seen + by);
    return seen + by;
  }
}

type Input = { readonly op: "addAndGet"; readonly by: number };

function counting(how: "inOneStep" | "locked" | "inTwoSteps", seed = "1") {
  return generatedCalls<Counter, number, Input, number | undefined>({
    make: () => new Counter(),
    model: models.counter() as GeneratedCalls<Counter, number, Input, number | undefined>["model"],
    generate: (below) => ({ op: "addAndGet", by: 1 + below(5) }),
    perform: (counter, { by }) => counter[how](by),
    seed,
  });
}

test.each(["inOneStep", "locked"] as const)(
  "generated: a counter that adds %s is linearizable under every seed",
  async (how) => {
    for (const seed of ["1", "2", "3"]) {
      expect((await explore(counting(how, seed), { schedules: 300 })).verdict).toBe("ok");
    }
  },
);

test("generated: a counter that adds in two steps is found (planted), drawn, and its schedule replays", async () => {
  const { verdict, failure } = await explore(counting("inTwoSteps"), { schedules: 300 });
  expect(verdict).toBe("wrong-result");
  expect(failure?.error?.message).toMatch(/^counter: not linearizable; at most \d of 9 operations/);
  expect(failure?.error?.message).toMatch(/fits nowhere/);
  const again = await report(counting("inTwoSteps"), { schedule: failure?.schedule ?? "" });
  expect(again.error?.message).toBe(failure?.error?.message);
});

test("generated: the operations follow from the seed", async () => {
  const drawn = (seed: string): string[] => {
    const seen: string[] = [];
    generatedCalls({
      make: () => new Chan<number>(9),
      model: models.queue<number>(),
      generate(below, client) {
        const input = below(2) === 0 ? { op: "push" as const, value: below(100) } : { op: "pop" as const };
        seen.push(`${client} ${JSON.stringify(input)}`);
        return input;
      },
      *perform(): Go<number | undefined> {
        return undefined;
      },
      seed,
    });
    return seen;
  };
  expect(drawn("a")).toEqual(drawn("a"));
  expect(drawn("a")).not.toEqual(drawn("b"));
  expect(drawn("a")).toHaveLength(9);
});

test.each([
  [{ clients: 0 }, "generatedCalls: expected `clients` to be an integer >= 1, got 0"],
  [{ operations: 1.5 }, "generatedCalls: expected `operations` to be an integer >= 1, got 1.5"],
])("generated: refuses %o", (wrong, message) => {
  const calls = { make: () => 0, model: models.counter(), generate: () => ({ op: "read" as const }) };
  expect(() =>
    generatedCalls({
      ...calls,
      *perform(): Go<number | undefined> {
        return 0;
      },
      ...wrong,
    }),
  ).toThrow(new RangeError(message));
});
