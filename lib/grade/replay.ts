// replay: one schedule of one submission again, with every step.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Report } from "../event/index.js";
import { sourceHash } from "../runtime/index.js";
import { CHECK_SEED, childEntry, sourceOf } from "./checktext.js";
import { Grading } from "./grading.js";
import { isolate } from "./isolate.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { loadExercise } from "./load.js";
import type { Message } from "./message.js";
import { coursePlaces, type Places, submissionFile } from "./places.js";
import { prepare } from "./prepare.js";
import type { Problem } from "./result.js";
import { cellFile, makeScratch } from "./scratch.js";

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
  const { exercise, driver, exports } = await loadExercise(id, places);
  const { text, index, from } = findSource(id, file, schedule, exercise.properties.length, places);
  const sources = exercise.properties.map((_, at) => sourceOf(id, at, text));
  const prepared = prepare(text, `${basename(id)}.ts`);
  if ("problem" in prepared) return { problem: prepared.problem, from, output: "" };
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
    if (outcome?.kind === "replayed") {
      return { property, report: outcome.report, from, output: ended.output };
    }
    const { problem } = grading.end(ended);
    const message = outcome?.kind === "threw" ? outcome.error.message : "the schedule was not played";
    return { problem: problem ?? { verdict: "check-failed", message }, from, output: ended.output };
  } finally {
    scratch.remove();
  }
}

/** The text and the property that the schedule belongs to. */
function findSource(
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
