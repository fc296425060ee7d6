// trial: one submission in a child of its own, from its text to what is known about each property. What a check and a
// replay share.
import { randomUUID } from "node:crypto";
import { basename, join } from "node:path";
import { type CheckProgress, Grading } from "./grading.js";
import { type Ended, isolate, isolationOf } from "./isolate.js";
import type { Limits } from "./limits.js";
import type { Loaded } from "./load.js";
import type { Job } from "./message.js";
import type { Places } from "./places.js";
import { prepare } from "./prepare.js";
import type { Problem } from "./result.js";
import { boundaryFor, type IsolationWish } from "./sandbox.js";
import { submissionImports } from "./sandboximports.js";
import { makeScratch } from "./scratch.js";

export interface TrialOptions {
  readonly places: Places;
  readonly limits: Limits;
  readonly seed: string;
  /** What people type after `hb check`. */
  readonly name: string;
  readonly isolation: IsolationWish;
  /** Run these properties alone. */
  readonly only?: readonly number[];
  /** Play this schedule instead of exploring. */
  readonly schedule?: string;
  readonly onProgress?: ((progress: CheckProgress) => void) | undefined;
}

/** What became of a submission that could be run. */
export interface Trial {
  readonly grading: Grading;
  readonly ended: Ended;
  /** What was in force. */
  readonly isolation: readonly string[];
}

/** The text that the schedule strings of a property belong to. */
export function sourceOf(id: string, index: number, text: string): string {
  return `${id}#${index}\n${text}`;
}

/**
 * Compiles `text` and runs it beside the programs of its check; or says why it cannot be run.
 *
 * @throws {IsolationError} when a real boundary is wanted and there is none
 * @throws {InterruptError} `interrupted`, when the learner pressed stop
 */
export async function trial(
  loaded: Loaded,
  text: string,
  options: TrialOptions,
): Promise<Trial | { readonly problem: Problem }> {
  const { exercise, drivers, exports, visible } = loaded;
  const { places, limits, name, seed, onProgress } = options;
  const boundary = await boundaryFor(options.isolation);
  const module = runnable(text, `${basename(exercise.id)}.ts`);
  if ("problem" in module) return module;
  const { code, imports } = module;
  const scratch = makeScratch(places.scratch, basename(exercise.id), code, drivers);
  try {
    const { folder } = scratch;
    const hiddenFrom = visible.properties.length;
    const grading = new Grading({
      ...{ exercise, hiddenFrom, exports, limits, name, seed, folder, onProgress },
      root: places.root,
    });
    const modules = { submission: scratch.url, drivers: scratch.besides, imports };
    const isolation = {
      entry: childEntry(places),
      boundary,
      inside: { root: places.root, folder, files: loaded.files },
      limits,
      work: workOf(loaded),
    };
    const ended = await isolate(
      { ...jobOf(loaded, text, options), ...modules },
      {
        ...isolation,
        fuseMs: () => grading.fuseMs(),
        onMessage: (message) => grading.hear(message),
      },
    );
    return { grading, ended, isolation: isolationOf(isolation) };
  } finally {
    scratch.remove();
  }
}

interface Runnable {
  readonly code: string;
  /** Entries of the library. */
  readonly imports: readonly string[];
}

/** The module that the child loads, or why there is none. */
function runnable(text: string, fileName: string): Runnable | { readonly problem: Problem } {
  const prepared = prepare(text, fileName);
  if ("problem" in prepared) return prepared;
  const imports = submissionImports(prepared.code, text, fileName);
  return "verdict" in imports ? { problem: imports } : { code: prepared.code, imports };
}

function jobOf(
  { exercise, exports, visible }: Loaded,
  text: string,
  { limits, seed, only, schedule }: TrialOptions,
): Omit<Job, "submission" | "drivers" | "imports"> {
  const { loadMs, labMs, raceMs } = limits;
  const all = exercise.properties.map((_, index) => index);
  return {
    ...{ token: randomUUID(), exports, visible: visible.properties.length, loadMs, labMs, raceMs, seed },
    indexes: only ?? all,
    sources: all.map((index) => sourceOf(exercise.id, index, text)),
    ...(schedule === undefined ? {} : { schedule }),
  };
}

function workOf({ exercise: { properties } }: Loaded): { labs: number; races: number } {
  const labs = properties.filter(({ lab }) => lab !== undefined).length;
  return { labs, races: properties.length - labs };
}

/** The child is plain Node, so it runs what is built. */
function childEntry({ root }: Places): string {
  return join(root, ".build", "lib", "grade", "child.js");
}
