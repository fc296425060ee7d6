// Every exercise of the course: its check notices every typical mistake in its solution, or a reason is given why nobody
// could tell. `HB_SHARD=3/8` makes the third of eight parts of each exercise's mutants.
import { expect, test } from "vitest";
import { equivalentsOf, mutationText, shardOf } from "../../lib/cli/mutate.js";
import { coursePlaces, exerciseIds } from "../../lib/grade/index.js";
import { type MutationScore, mutationScore } from "../../lib/mutate/index.js";

const places = coursePlaces();
const shard = shardOf(process.env["HB_SHARD"]);
const scores: MutationScore[] = [];

for (const id of exerciseIds(places)) {
  test(`${id}: every mutant of the solution dies`, async () => {
    const scored = await mutationScore(id, { places, shard, equivalents: equivalentsOf(id, places) });
    scores.push(scored);
    expect(
      scored.mutants.filter(({ fate }) => fate === "alive").map(({ key, line }) => `line ${line}: ${key}`),
    ).toEqual([]);
    expect(scored.stale).toEqual([]);
  });
}

test("the score of the course", () => {
  console.log(mutationText(scores));
  expect(scores.map(({ id }) => id)).toEqual(exerciseIds(places));
});
