// Protocol: the messages between the session and the process in which its cells run.
//
// Two processes, because a cell may do anything: block its thread for ever, use all memory, kill itself. The session's
// side keeps the types, the learner's outputs and the way to say what happened.
//
// Invariants:
//  I1. Messages of one execution arrive in order; `done` is the last but for late outputs of leftover tasks.
//  I2. An execution is named by its number; numbers only grow.
import type { CellOutcome, CellOutput, MapText } from "./cell.js";

/** One cell, ready to run. */
export interface ExecuteMessage {
  readonly type: "execute";
  readonly id: number;
  /** The name of the cell in stacks, e.g. `cell-3.ts`. */
  readonly file: string;
  readonly code: string;
  readonly maps: readonly MapText[];
  /** What the learner wrote. */
  readonly source: string;
  /** True sends stderr to stdout: automatic graders take any stderr for a failure. */
  readonly isGraded: boolean;
}

export type ToProcess =
  | ExecuteMessage
  /** Ends execution `id`, or all leftover tasks and workers when `id` is 0. */
  | { readonly type: "interrupt"; readonly id: number }
  | { readonly type: "exercise"; readonly id: string; readonly text: string };

export type FromProcess =
  | { readonly type: "ready" }
  | { readonly type: "output"; readonly id: number; readonly output: CellOutput }
  | { readonly type: "done"; readonly id: number; readonly outcome: CellOutcome };

/** The id of an interrupt that comes while no cell runs. */
export const NO_CELL = 0;

/** The file descriptor on which the process hears of interrupts even while its main thread is blocked. */
export const INTERRUPT_FD = 4;
