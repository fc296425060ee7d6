// replay: one schedule of one submission again, with every step.
import { existsSync, readFileSync } from "node:fs";
import type { Report } from "../event/index.js";
import { sourceHash } from "../runtime/index.js";
import { CHECK_SEED } from "./checktext.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { loadExercise } from "./load.js";
import { coursePlaces, type Places, submissionFile } from "./places.js";
import type { Problem } from "./result.js";
import { cellFile } from "./scratch.js";
import { sourceOf, trial } from "./trial.js";

/** A schedule played again, or why it could not be. */
export type Replayed = {
  /** Whose text it was: the file, or the exercise's cell as it was checked last. */
  readonly from: string;
  /** What the submission printed. */
  readonly output: string;
} & ({ readonly property: string; readonly report: Report<unknown> } | { readonly problem: Problem });

/**
 * Plays `schedule` of the submission in `file`; or of the exercise's cell, when `file` is the learner's own and the
 * schedule is the cell's.
 *
 * @throws {RangeError} `this schedule belongs to another text: …`
 * @throws {InterruptError} `interrupted`
 */
export async function replayFile(
  id: string,
  file: string,
  schedule: string,
  places: Places = coursePlaces(),
): Promise<Replayed> {
  const loaded = await loadExercise(id, places);
  const { properties } = loaded.exercise;
  const { text, index, from } = findSource(id, file, schedule, properties.length, places);
  const options = { places, limits: DEFAULT_LIMITS, seed: CHECK_SEED, name: id, isolation: "auto" } as const;
  const tried = await trial(loaded, text, { ...options, only: [index], schedule });
  if ("problem" in tried) return { problem: tried.problem, from, output: "" };
  const { grading, ended } = tried;
  const { output } = ended;
  const outcome = grading.outcomes.get(index);
  if (outcome?.kind === "replayed") {
    return { property: properties[index]!.name, report: outcome.report, from, output };
  }
  const { problem } = grading.end(ended);
  const message = outcome?.kind === "threw" ? outcome.error.message : "the schedule was not played";
  return { problem: problem ?? { verdict: "check-failed", message }, from, output };
}

/** The text and the property that the schedule belongs to. */
export function findSource(
  id: string,
  file: string,
  schedule: string,
  properties: number,
  places: Places,
): { text: string; index: number; from: string } {
  const [, , hash, ...rest] = schedule.split(".");
  if (hash === undefined || rest.length > 0) {
    throw new RangeError(`expected a schedule like 1.2-1X3.7be1, got ${JSON.stringify(schedule)}`);
  }
  const cell = cellFile(places.scratch, id);
  const files = file === submissionFile(id, places) ? [file, cell] : [file];
  for (const candidate of files.filter((path) => existsSync(path))) {
    const text = readFileSync(candidate, "utf8");
    const from = candidate === cell ? "the notebook's cell, as it was checked last" : file;
    for (let index = 0; index < properties; index++) {
      if (sourceHash(sourceOf(id, index, text)) === hash) return { text, index, from };
    }
  }
  throw new RangeError(
    `this schedule belongs to another text: ${file} has changed since, or it was recorded on another exercise. Check again to get a new one.`,
  );
}
