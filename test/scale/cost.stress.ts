// No operation's cost grows with the length of a queue: measured up to a million. `HB_RECORD=1` keeps the figures in
// costs.json and draws the README anew.

import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { expect, test } from "vitest";
import { COSTS, type Cost } from "./costs.js";
import { exponent, MOST_EXPONENT, type Sample } from "./growth.js";
import { SEARCHED_QUEUE } from "./planted.js";
import { costPicture, costTable, type Recorded } from "./render.js";

const SIZES = [1000, 10_000, 100_000, 1_000_000];
const ROUNDS = 3;

/** The least of several measurements: what the operation costs when nothing else happens. */
async function samplesOf(cost: Cost): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const n of SIZES) {
    let ns = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) ns = Math.min(ns, await cost.measure(n));
    samples.push({ n, ns });
  }
  return samples;
}

const costs: Record<string, Sample[]> = {};

test.for(COSTS.map((cost) => [cost.name, cost] as const))(
  "%s: does not grow with n",
  async ([name, cost]) => {
    await cost.measure(1000); // compiles
    const samples = await samplesOf(cost);
    costs[name] = samples;
    expect(exponent(samples), JSON.stringify(samples)).toBeLessThan(MOST_EXPONENT);
  },
);

test("the planted search grows with n", async () => {
  const samples = await samplesOf(SEARCHED_QUEUE);
  costs[SEARCHED_QUEUE.name] = samples;
  expect(exponent(samples)).toBeGreaterThan(MOST_EXPONENT);
});

test.runIf(process.env["HB_RECORD"] === "1")("the figures are recorded", () => {
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node}, processor time, least of ${ROUNDS}`;
  const recorded: Recorded = { machine, costs };
  const here = (file: string): URL => new URL(file, import.meta.url);
  writeFileSync(here("costs.json"), `${JSON.stringify(recorded, null, 2)}\n`);
  writeFileSync(here("../../.github/cost-against-n.svg"), `${costPicture(recorded)}\n`);
  const readme = readFileSync(here("README.md"), "utf8");
  const [before] = readme.split("<!-- costs -->");
  writeFileSync(here("README.md"), `${before}<!-- costs -->\n\n${costTable(recorded)}\n`);
});
