// Cell: what goes into the execution of one cell and what comes out of it, as plain data.
//
// The kernel (over ZeroMQ) and the headless run (over nothing) both speak these types, so neither knows the other.
import type { MimeBundle } from "../plot/index.js";

export type { MimeBundle };

/** Something that a cell showed while it ran, or later. */
export type CellOutput =
  | { readonly kind: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
      /** `update` replaces the output that was shown with the same `displayId`. */
      readonly kind: "display" | "update";
      readonly data: MimeBundle;
      readonly metadata: MimeBundle;
      readonly displayId?: string;
    };

/** How a cell ended. */
export type CellOutcome =
  | { readonly status: "ok"; readonly result?: MimeBundle }
  | { readonly status: "error"; readonly error: CellError };

/** An error with Jupyter's three parts. */
export interface CellError {
  /** The class of the error, e.g. `TypeError`, `CompileError`, `InterruptError`. */
  readonly ename: string;
  readonly evalue: string;
  /** Lines for people: what, where in which cell, and the causes. */
  readonly traceback: readonly string[];
}

/** One step from what runs back to what was written: a source map as JSON text. */
export type MapText = string;

const EXERCISE = /^\uFEFF?\s*\/\/ exercise: *(\S+)/;

/** Returns the exercise that a cell belongs to: its first line is `// exercise: 05-the-rwmutex-incident/snapshot`. */
export function exerciseOf(source: string): string | undefined {
  return EXERCISE.exec(source)?.[1];
}
