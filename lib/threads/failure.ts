// Failure: makes the error that a team's caller sees of what happened on a thread.

import { ChannelError } from "./channelerror.js";
import type { Ending } from "./crew.js";
import { LockError } from "./thread.js";
import { mapThreadStack } from "./threadstack.js";

/** A team could not go on for a reason outside its body: a deadline, a thread that died. */
export class TeamError extends Error {
  override readonly name = "TeamError";
}

/** Where `team` was called. */
export interface CallerStack {
  stack?: string;
}

/** The error for a thread that failed or died. */
export function failureOf(
  ending: Exclude<Ending, { kind: "done" }>,
  id: number,
  count: number,
  caller: CallerStack,
): unknown {
  if (ending.kind === "dead") {
    return teamError(`team: thread ${id} of ${count} died: ${ending.reason}`, caller, ending.error);
  }
  if (ending.error === undefined) {
    const what = `team: thread ${id} of ${count} threw ${ending.text}, which is not an Error`;
    return teamError(what, caller, ending.thrown);
  }
  const { name, message, stack, properties } = ending.error;
  const error = Object.assign(sameClass(ending.thrown, name, mapThreadStack(message)), properties);
  if (error.name !== name)
    Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
  error.stack = `${mapThreadStack(stack)}\n    at thread ${id} of ${count}\n${framesOf(caller)}`;
  return error;
}

/** An error of the class it had on its thread, for JavaScript's classes and ours; else an Error. */
function sameClass(thrown: unknown, name: string, message: string): Error {
  if (name === "LockError") return new LockError(message);
  if (name === "ChannelError") return new ChannelError(message);
  return thrown instanceof Error ? thrown : new Error(message);
}

/** A TeamError whose stack is that of the call of `team`. */
export function teamError(message: string, caller: CallerStack, cause?: unknown): TeamError {
  const error = new TeamError(message, cause === undefined ? undefined : { cause });
  error.stack = `${error.name}: ${message}\n${framesOf(caller)}`;
  return error;
}

function framesOf(caller: CallerStack): string {
  return (caller.stack ?? "").split("\n").slice(1).join("\n");
}
