// Programs made at random, and the hand-written ones, against the model: an independent reading of Go's rules that goes
// through every interleaving. Here nothing may happen that the model does not allow, and an exhaustive exploration must
// find all that it does.

import { expect, test } from "vitest";
import type { Description } from "./description.js";
import { exploredLikeModel } from "./exhausted.js";
import { randomPrograms } from "./generate.js";
import type { Fault } from "./interpret.js";
import { allOutcomes } from "./model.js";
import { ourOutcomes } from "./ours.js";
import { PROGRAMS } from "./programs/index.js";
import { readRecord } from "./record.js";

const PROGRAM_COUNT = 120;
const SAMPLES = randomPrograms(7, PROGRAM_COUNT);
const MOST_STATES = 30_000;
const RUNS = 12;

async function surplus(d: Description, model: ReadonlySet<string>, fault?: Fault): Promise<string[]> {
  const ours = await ourOutcomes(d, RUNS, fault);
  return [...ours].filter(([o]) => !model.has(o)).map(([o, { schedule }]) => `${o} (${schedule})`);
}

test(`random programs: in ${PROGRAM_COUNT} of them nothing happens that the model does not allow, under any strategy`, {
  timeout: 120_000,
}, async () => {
  let compared = 0;
  for (const d of SAMPLES) {
    const model = allOutcomes(d, MOST_STATES);
    if (model === null) continue;
    compared++;
    expect(await surplus(d, model), JSON.stringify(d)).toEqual([]);
  }
  expect(compared).toBeGreaterThan(PROGRAM_COUNT / 2);
});

test("random programs: an exhaustive exploration finds exactly the results of the model", async () => {
  const few = SAMPLES.slice(0, 40); // all of them: random.stress.ts
  expect(await exploredLikeModel(few, MOST_STATES)).toBeGreaterThan(few.length / 5);
}, 60_000);

const FAULTS: readonly Fault[] = ["buffers unbuffered channels", "close wakes with a value"];
for (const fault of FAULTS) {
  test(`random programs: the planted bug "${fault}" is found`, async () => {
    for (const d of SAMPLES) {
      const model = allOutcomes(d, MOST_STATES);
      if (model !== null && (await surplus(d, model, fault)).length > 0) return;
    }
    expect.fail("no program showed it");
  });
}

test("hand-written programs: where the model has all that is needed, it has the recorded outcomes exactly", () => {
  const { programs } = readRecord();
  let compared = 0;
  for (const d of PROGRAMS) {
    let model: Set<string> | null;
    try {
      model = allOutcomes(d, 100_000);
    } catch (error) {
      expect((error as Error).message).toMatch(/^the model has no /);
      continue;
    }
    if (model === null) continue;
    compared++;
    expect([...model].sort(), d.name).toEqual(programs[d.name]?.ours);
  }
  console.log(`hand-written programs: ${compared} of ${PROGRAMS.length} agree with the model`);
  expect(compared).toBeGreaterThan(30);
});
