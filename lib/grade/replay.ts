// replay: one schedule of one submission again, with every step.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Report } from "../event/index.js";
import { sourceHash } from "../runtime/index.js";
import { CHECK_SEED, childEntry, sourceOf } from "./checktext.js";
import { Grading } from "./grading.js";
import { isolate } from "./isolate.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { loadExercise } from "./load.js";
import type { Message } from "./message.js";
import { coursePlaces, type Places } from "./places.js";
import { prepare } from "./prepare.js";
import type { Problem } from "./result.js";
import { makeScratch } from "./scratch.js";

/** A schedule played again, or why it could not be. */
export type Replayed =
  | { readonly property: string; readonly report: Report<unknown>; readonly output: string }
  | { readonly problem: Problem; readonly output: string };

/**
 * Plays `schedule` of the submission in `file`.
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
  const text = readFileSync(file, "utf8");
  const { exercise, driver, exports } = await loadExercise(id, places);
  const sources = exercise.properties.map((_, index) => sourceOf(id, index, text));
  const index = propertyOf(schedule, sources, file);
  const prepared = prepare(text, `${basename(id)}.ts`);
  if ("problem" in prepared) return { problem: prepared.problem, output: "" };
  const scratch = makeScratch(places.scratch, basename(id), prepared.code);
  const limits = DEFAULT_LIMITS;
  const { folder } = scratch;
  const grading = new Grading({
    exercise,
    exports,
    limits,
    name: id,
    seed: CHECK_SEED,
    folder,
    root: places.root,
  });
  try {
    const { loadMs, labMs, raceMs } = limits;
    const times = { loadMs, labMs, raceMs, seed: CHECK_SEED };
    const job = {
      token: randomUUID(),
      submission: scratch.url,
      driver,
      exports,
      indexes: [index],
      sources,
      schedule,
      ...times,
    };
    const ended = await isolate(job, {
      entry: childEntry(places),
      cwd: folder,
      limits,
      isFrozen: exercise.properties.every(({ lab }) => lab !== undefined),
      fuseMs: () => grading.fuseMs(),
      onMessage: (message: Message) => grading.hear(message),
    });
    const outcome = grading.outcomes.get(index);
    const property = exercise.properties[index]!.name;
    if (outcome?.kind === "replayed") return { property, report: outcome.report, output: ended.output };
    const { problem } = grading.end(ended);
    const message = outcome?.kind === "threw" ? outcome.error.message : "the schedule was not played";
    return { problem: problem ?? { verdict: "check-failed", message }, output: ended.output };
  } finally {
    scratch.remove();
  }
}

/** The property whose text the schedule belongs to. */
function propertyOf(schedule: string, sources: readonly string[], file: string): number {
  const parts = schedule.split(".");
  if (parts.length !== 3) {
    throw new RangeError(`expected a schedule like 1.2-1X3.7be1, got ${JSON.stringify(schedule)}`);
  }
  const index = sources.findIndex((source) => sourceHash(source) === parts[2]);
  if (index < 0) {
    throw new RangeError(
      `this schedule belongs to another text: ${file} has changed since, or it was recorded on another exercise. Check again to get a new one.`,
    );
  }
  return index;
}
