// All of the programs made at random, explored to their end, against the model.
import { expect, test } from "vitest";
import { exploredLikeModel } from "./exhausted.js";
import { randomPrograms } from "./generate.js";

test("random programs: an exhaustive exploration of 400 finds exactly the results of the model", async () => {
  const samples = randomPrograms(7, 400);
  expect(await exploredLikeModel(samples, 30_000)).toBeGreaterThan(samples.length / 5);
});
