// Every exercise of the course: its check notices every typical mistake in its solution, or a reason is given why nobody
// could tell.
import { expect, test } from "vitest";
import { equivalentsOf } from "../../lib/cli/mutate.js";
import { coursePlaces, exerciseIds } from "../../lib/grade/index.js";
import { mutationScore } from "../../lib/mutate/index.js";

const places = coursePlaces();

for (const id of exerciseIds(places)) {
  test(`${id}: every mutant of the solution dies`, async () => {
    const { mutants, score, stale } = await mutationScore(id, {
      places,
      equivalents: equivalentsOf(id, places),
    });
    console.log(`${id}: ${(100 * score).toFixed(1)} % of ${mutants.length}`);
    expect(
      mutants.filter(({ fate }) => fate === "alive").map(({ key, line }) => `line ${line}: ${key}`),
    ).toEqual([]);
    expect(stale).toEqual([]);
  });
}
