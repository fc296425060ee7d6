// debug: one schedule of an exercise in this very process, for a debugger: breakpoints stand in the learner's own file.
//
// Nothing holds the code: it is the learner's own, on the learner's machine, as in any debugger.
import { open, url, waitForDebugger } from "node:inspector";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import type { Report } from "../event/index.js";
import type { Program } from "../op/index.js";
import { report } from "../runtime/index.js";
import { compileModule } from "../transform/index.js";
import { MAX_STEPS } from "./limits.js";
import { loadExercise } from "./load.js";
import type { Places } from "./places.js";
import { prepare } from "./prepare.js";
import { findSource } from "./replay.js";
import type { Problem } from "./result.js";
import { makeScratch } from "./scratch.js";
import { sourceOf } from "./trial.js";

export interface DebugOptions {
  readonly places: Places;
  /** Where to listen when no debugger is attached yet; 0 takes any free port. */
  readonly port: number;
  /** Hears the address for a debugger, before the wait for one. */
  onListen(address: string): void;
}

/**
 * Plays `schedule` of the learner's `file` with a debugger attached. Where none is (a terminal, not an editor), it
 * opens a port, waits for one, and stops in the first line of the file.
 *
 * @throws {RangeError} as `replayFile`, when the schedule belongs to another text
 */
export async function debugSchedule(
  id: string,
  file: string,
  schedule: string,
  options: DebugOptions,
): Promise<{ readonly property: string; readonly report: Report<unknown> } | { readonly problem: Problem }> {
  const { exercise, visible } = await loadExercise(id, options.places);
  const { text, index } = findSource(id, file, schedule, exercise.properties.length, options.places);
  if (index >= visible.properties.length)
    throw new RangeError("a hidden property cannot be played in a debugger");
  const prepared = prepare(text, `${basename(id)}.ts`);
  if ("problem" in prepared) return prepared;
  const isAlone = url() === undefined;
  const code = compileModule(text, pathToFileURL(file).href).code; // no guards in its loops, and the real place
  const scratch = makeScratch(options.places.scratch, basename(id), isAlone ? `debugger;${code}` : code);
  try {
    if (isAlone) listen(options);
    const x = (await import(/* @vite-ignore */ scratch.url)) as Record<string, unknown>;
    const property = visible.properties[index];
    if (property?.lab === undefined) throw new RangeError("a measured property has no schedules");
    const how = {
      schedule,
      source: sourceOf(id, index, text),
      clock: "free",
      maxSteps: MAX_STEPS,
      trace: true,
    } as const;
    return { property: property.name, report: await report(property.lab(x) as Program<unknown>, how) };
  } finally {
    scratch.remove();
  }
}

function listen({ port, onListen }: DebugOptions): void {
  open(port, "127.0.0.1");
  onListen(url() ?? "");
  waitForDebugger();
}
