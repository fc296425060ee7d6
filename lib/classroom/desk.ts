// Desk: somebody who grades texts: processes of this machine, or workers behind a queue.
import type { CheckResult } from "../grade/index.js";

/** A text for a desk. */
export interface Task {
  /** Of course, text and settings (`Course.key`): the same key is the same work. */
  readonly key: string;
  readonly exercise: string;
  readonly text: string;
  readonly seed: string;
  /** Real threads are measured: nothing else may run beside it on that machine. */
  readonly isMeasured: boolean;
}

/** Grades. Both forms of desk behave alike, so a class does not know which one it has. */
export interface Desk {
  /**
   * Grades one text.
   *
   * @throws {DeskError} when the grader itself failed, after its retries; says why in one sentence
   * @throws {DOMException} `AbortError`, when the desk was closed before
   */
  grade(task: Task): Promise<CheckResult>;
  /** Drops what is not finished and ends what this desk started. */
  close(): Promise<void>;
}

/** The grader failed, not the submission. */
export class DeskError extends Error {
  override readonly name = "DeskError";
}

/** For what is dropped when a desk closes. */
export function closedError(): DOMException {
  return new DOMException("the desk was closed before this was graded", "AbortError");
}
