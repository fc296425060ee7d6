// Outcome: what the caller of a run gets: main's result, or the error with which the run ended, told in the caller's terms.

import type { GoroutineData } from "../event/index.js";
import { DeadlockError, formatDump, MisuseError, parseStack } from "../runtime/index.js";
import { mapThreadStack, TeamError } from "../threads/index.js";
import type { Leavings } from "./entry.js";
import { Functions } from "./functions.js";
import { Heap, RunMemoryError } from "./heap.js";
import { Ended, S } from "./layout.js";
import { bodyNumber, type Ending, type Program } from "./program.js";
import { Values } from "./values.js";

/** How a run ended, for its caller. */
export type Outcome =
  | { readonly kind: "result"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown };

/** Objects of a run that is over lead nowhere. */
export const NO_OBJECTS = { isOne: (_: object): _ is never => false, at: () => ({ address: 0 }) };

/** Reads how `program` ended. `stopped` is why the host stopped it, if it did. */
export function outcomeOf(
  program: Program,
  ending: Ending,
  stopped: { readonly error: unknown } | undefined,
): Outcome {
  if (ending.how === Ended.RETURNED) return { kind: "result", value: resultOf(program) };
  if (ending.how === Ended.DEADLOCK) return { kind: "error", error: deadlock(ending.leavings) };
  if (ending.how === Ended.STOPPED && stopped !== undefined) return { kind: "error", error: stopped.error };
  return { kind: "error", error: tell(ending.failure?.error) };
}

function resultOf(program: Program): unknown {
  const { words, given } = program;
  const heap = new Heap(words);
  const values = new Values(words, heap, new Functions(words, heap), NO_OBJECTS, given);
  return values.get(words.i32[S.RESULT] as number);
}

/** The goroutines that were left, as in the laboratory's reports. */
export function goroutinesOf(leavings: readonly Leavings[]): GoroutineData[] {
  return leavings
    .flatMap(({ left }) => left)
    .sort((a, b) => a.id - b.id)
    .map(({ id, name, reason, waitMs, parent, stack }) => ({
      id,
      name,
      status: reason === "" ? "runnable" : "waiting",
      ...(reason === "" ? {} : { waitReason: reason }),
      waitMs,
      createdBy: parent,
      stack: parseStack(mapThreadStack(stack)).filter(({ file }) => !file.startsWith("hb-thread-")),
    }));
}

function deadlock(leavings: readonly Leavings[]): DeadlockError {
  return new DeadlockError(`all goroutines are asleep - deadlock!\n\n${formatDump(goroutinesOf(leavings))}`);
}

/** What a thread threw, without the frames of this room. */
function tell(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown ?? new TeamError("runThreads: the run had to stop");
  const error = sameClass(thrown);
  error.stack = withoutOurs(thrown.stack ?? "");
  return error;
}

/** A stack without the frames of this room. */
export function withoutOurs(stack: string): string {
  const ours = new RegExp(
    `[/\\\\]lib[/\\\\]mn[/\\\\]\\w+\\.[jt]s|hb-thread-${bodyNumber()}\\.js|\\(<anonymous>\\)$`,
  );
  return stack
    .split("\n")
    .filter((row) => !/^\s+at /.test(row) || !ours.test(row))
    .join("\n");
}

function sameClass(error: Error): Error {
  if (error.name === "MisuseError") return new MisuseError(error.message);
  if (error.name === "RunMemoryError") return new RunMemoryError(error.message);
  return error;
}
