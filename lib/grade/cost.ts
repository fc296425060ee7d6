// cost: what a check costs, for who writes it: where the time goes, and how far each property is from its limits.
//
// The seconds are those of a real check, in the child. The steps of a schedule are counted in this process, over a sample
// of schedules of the same programs: what is measured is a reference solution, which is trusted, unlike a submission.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Program } from "../op/index.js";
import { report } from "../runtime/index.js";
import { checkText } from "./checktext.js";
import type { Property } from "./exercise.js";
import { DEFAULT_LIMITS, MAX_STEPS } from "./limits.js";
import { loadExercise } from "./load.js";
import { coursePlaces, type Places } from "./places.js";
import { loadHere } from "./playable.js";
import type { PropertyResult, Status } from "./result.js";

/** How many schedules the steps are counted over. */
const SAMPLE = 20;

/** What one property costs. */
export interface PropertyCost {
  readonly name: string;
  readonly status: Status;
  readonly points: number;
  readonly elapsedMs: number;
  /** Of the time after which it is stopped, from 0 to 1. */
  readonly timeShare: number;
  /** The budget of a laboratory property. */
  readonly schedules?: number;
  /** Of one schedule: on average, at most, and the most as a share of what is allowed. */
  readonly steps?: { readonly mean: number; readonly most: number; readonly share: number };
}

export interface CheckCost {
  readonly id: string;
  readonly status: Status;
  /** Of the whole check, with its start. */
  readonly elapsedMs: number;
  /** The dearest first. */
  readonly properties: readonly PropertyCost[];
}

/**
 * Checks the text in `file`, which should be the reference solution, and returns what each property cost.
 *
 * **Cost:** one check, and 20 schedules of each laboratory property.
 * @throws {Error} when the exercise's check is not built
 */
export async function costOf(id: string, file: string, places: Places = coursePlaces()): Promise<CheckCost> {
  const text = readFileSync(file, "utf8");
  const { exercise } = await loadExercise(id, places);
  const { status, elapsedMs, properties } = await checkText(id, text, { places });
  const loaded = await loadHere(text, `${basename(id)}.ts`, places);
  const costs: PropertyCost[] = [];
  for (const [index, property] of properties.entries()) {
    const spec = exercise.properties[index];
    const steps = spec === undefined || "problem" in loaded ? undefined : await stepsOf(spec, loaded.exports);
    costs.push({
      ...timeOf(property, spec?.lab === undefined ? DEFAULT_LIMITS.raceMs : DEFAULT_LIMITS.labMs),
      ...(spec?.lab === undefined ? {} : { schedules: spec.schedules }),
      ...(steps === undefined ? {} : { steps }),
    });
  }
  costs.sort((a, b) => b.elapsedMs - a.elapsedMs);
  return { id, status, elapsedMs, properties: costs };
}

function timeOf({ name, status, maxPoints, elapsedMs }: PropertyResult, fuseMs: number): PropertyCost {
  return { name, status, points: maxPoints, elapsedMs, timeShare: elapsedMs / fuseMs };
}

async function stepsOf(spec: Property<unknown>, exports: object): Promise<PropertyCost["steps"]> {
  if (spec.lab === undefined) return undefined;
  const program: Program<unknown> = spec.lab(exports);
  let sum = 0;
  let most = 0;
  for (let seed = 0; seed < SAMPLE; seed++) {
    const how = { strategy: "random", seed: `${seed}`, clock: "free", maxSteps: MAX_STEPS } as const;
    const { steps } = await report(program, how);
    sum += steps;
    most = Math.max(most, steps);
  }
  return { mean: sum / SAMPLE, most, share: most / MAX_STEPS };
}
