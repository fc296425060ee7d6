// remember: a check leaves its trace in the learner's progress, wherever it was made.
//
// Only the learner's own work counts: the file in `workspace/exercises`, or a notebook that lies in the workspace. A
// check of a solution, a headless run of a lesson or an autograder's run changes nothing.
import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type CheckedIn, type CourseState, failingSchedule, withCheck, withHint } from "./coursestate.js";
import type { CheckResult } from "./result.js";
import { StateFile } from "./statefile.js";

/** The learner's state below `root`. */
export function courseState(root: string, onNote?: (text: string) => void): StateFile {
  return new StateFile(join(root, "workspace", "state.json"), onNote);
}

/** Whether `path` is the learner's own: inside `workspace/exercises` or `workspace/notebooks` of `root`. */
export function isLearners(root: string, path: string): boolean {
  return ["exercises", "notebooks"].some((name) => {
    const folder = join(root, "workspace", name);
    const inside = relative(folder, path);
    return existsSync(folder) && inside !== ".." && !inside.startsWith(`..${sep}`);
  });
}

/**
 * Adds a check, and the hints shown with it, to the learner's progress. A folder that cannot be written costs the
 * progress, not the verdict: then `onNote` hears why.
 */
export function rememberCheck(
  root: string,
  result: CheckResult,
  where: CheckedIn,
  { hints = 0, onNote = () => {} }: { hints?: number; onNote?: (text: string) => void } = {},
): CourseState | undefined {
  try {
    return courseState(root, onNote).update((state) => {
      const at = new Date().toISOString();
      const { id, status } = result;
      const checked = withCheck(state, { id, status, where, at, schedule: failingSchedule(result) });
      return withHint(checked, id, hints);
    });
  } catch (error) {
    onNote(`Your progress was not kept: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
