// Failure: makes the error that a team's caller sees of what happened on a thread.

import type { Ending } from "./crew.js";

/** A team could not go on for a reason outside its body: a deadline, a thread that died. */
export class TeamError extends Error {
  override readonly name = "TeamError";
}

/** The error for a thread that failed or died; `caller` was made where `team` was called. */
export function failureOf(
  ending: Exclude<Ending, { kind: "done" }>,
  id: number,
  count: number,
  caller: Error,
): unknown {
  if (ending.kind === "dead") {
    const error = new TeamError(`team: thread ${id} of ${count} died: ${ending.reason}`, {
      cause: ending.error,
    });
    error.stack = `${error.name}: ${error.message}\n${framesOf(caller)}`;
    return error;
  }
  const { thrown, stack } = ending;
  if (!(thrown instanceof Error)) {
    return new TeamError(`team: thread ${id} of ${count} threw ${String(thrown)}, which is not an Error`, {
      cause: thrown,
    });
  }
  if (stack !== undefined) thrown.stack = `${stack}\n    at thread ${id} of ${count}\n${framesOf(caller)}`;
  return thrown;
}

function framesOf(error: Error): string {
  return (error.stack ?? "").split("\n").slice(1).join("\n");
}
