// Mutant: a text with one planted mistake.

/** A replacement of the characters from `start` up to before `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One planted mistake: its edits, which do not overlap, and what it is in words. */
export interface Mistake {
  readonly edits: readonly Edit[];
  /** What was done, as in `the lock is dropped`. */
  readonly what: string;
}

/** A text with one planted mistake. */
export interface Mutant {
  /** Names it for the list of equivalent ones: independent of where in the file it stands. */
  readonly key: string;
  readonly operator: string;
  readonly what: string;
  /** Of the first change, from 1. */
  readonly line: number;
  /** That line before. */
  readonly before: string;
  readonly text: string;
}

/** `text` with `edits` made. */
export function edited(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: put } of [...edits].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + put + result.slice(end);
  }
  return result;
}
