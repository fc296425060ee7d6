// Message: what travels between the grader and the child that holds a submission.
//
// The job goes in through standard input, once, and carries a fresh token. Messages come out through file
// descriptor 3, a line each, and every line begins with that token. The submission shares the process, may write
// to any descriptor and print what it likes; without the token it is not believed.
import type { ErrorData, Exploration, Report } from "../event/index.js";
import type { Comparison } from "../stats/index.js";
import { decode, encode } from "./plain.js";

/** What the child is told. */
export interface Job {
  readonly token: string;
  /** File URL of the compiled submission. */
  readonly submission: string;
  /** Entries of the library that the submission imports. */
  readonly imports: readonly string[];
  /** File URLs of modules whose default exports hold the properties' programs; together they are all, in order. */
  readonly drivers: readonly string[];
  /** How many properties are visible; what a submission prints while a later one runs is nobody's to see. */
  readonly visible: number;
  /** The names that the submission must export; without them no property runs. */
  readonly exports: readonly string[];
  /** Which properties to run, by index. */
  readonly indexes: readonly number[];
  /** When the submission is asked to stop, per phase; the grader kills it somewhat later. */
  readonly loadMs: number;
  readonly labMs: number;
  readonly raceMs: number;
  readonly seed: string;
  /** For each property, the text that its schedule strings belong to. */
  readonly sources: readonly string[];
  /** Play this one schedule of the one property, instead of exploring. */
  readonly schedule?: string;
}

/** What one property left behind. */
export type Outcome =
  | { readonly kind: "explored"; readonly exploration: Exploration<unknown> }
  | { readonly kind: "measured"; readonly comparison: Comparison }
  | { readonly kind: "replayed"; readonly report: Report<unknown> }
  | { readonly kind: "threw"; readonly error: ErrorData };

/** What the child says. */
export type Message =
  /** The library is loaded; the submission comes next. */
  | { readonly kind: "ready" }
  | { readonly kind: "loaded"; readonly exports: readonly string[] }
  | { readonly kind: "load-failed"; readonly error: ErrorData }
  | { readonly kind: "start"; readonly index: number }
  | {
      readonly kind: "property";
      readonly index: number;
      readonly outcome: Outcome;
      readonly elapsedMs: number;
    }
  | { readonly kind: "progress"; readonly text: string; readonly done: number; readonly total: number }
  /** Nothing is left to do, but the work is not done: an await that nobody will ever answer. */
  | { readonly kind: "idle" }
  | { readonly kind: "broken"; readonly error: ErrorData }
  | { readonly kind: "done" };

/** Writes a message as a line of the channel. */
export function toLine(token: string, message: Message): string {
  return `${token} ${encode(message)}\n`;
}

/** Reads a line of the channel; undefined when it does not carry the token or is not a message. */
export function fromLine(token: string, line: string): Message | undefined {
  if (!line.startsWith(`${token} `)) return undefined;
  try {
    const message = decode(line.slice(token.length + 1));
    const isMessage = typeof message === "object" && message !== null && "kind" in message;
    return isMessage ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}
