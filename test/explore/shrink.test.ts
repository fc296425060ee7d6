import { explore, gosched, type Program, report, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

/** Three goroutines of ten steps; it fails when the second one moves first. The rest is noise. */
const noisy: Program<{ first: string }, string> = {
  setup: () => ({ first: "" }),
  *main(s) {
    const wg = new WaitGroup();
    for (const name of ["a", "b", "c"]) {
      wg.go(function* () {
        if (s.first === "") s.first = name;
        for (let i = 0; i < 10; i++) yield* gosched();
      });
    }
    yield* wg.wait();
    return s.first;
  },
  after(_s, first) {
    if (first === "b") throw new Error("b was first");
  },
};

for (const seed of ["1", "2", "42"]) {
  test(`shrink: only the choice that the failure needs is left (seed ${seed})`, async () => {
    const { failure } = await explore(noisy, { seed, strategies: ["random"] });
    expect(failure?.schedule).toMatch(/^1\.(1-)?3\.[0-9a-f]{4}$/);
    expect((await report(noisy, { schedule: failure?.schedule as string })).error?.message).toBe(
      "b was first",
    );
  });
}

test("shrink: a failure that needs no choice at all has an empty schedule", async () => {
  const { failure } = await explore(function* () {
    yield* gosched();
    throw new Error("always");
  });
  expect(failure?.schedule).toMatch(/^1\.0\./);
});
