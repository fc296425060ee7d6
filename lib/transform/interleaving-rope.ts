// Rope: new text made of pieces of an old one, with the map that leads back.
//
// Invariants:
//  I1. New text has no line breaks, so a line of the new text is the same line of the old one.
//  I2. Every character leads somewhere: copied text to itself, new text to the place that it was made for.
//
// Rejected: magic-string (an access is copied twice into its read and its write, and nested edits that begin at the
// same character depend on the order of the calls).
import { originalPositionFor, type TraceMap } from "@jridgewell/trace-mapping";

/** A piece of the old text. */
export interface Copied {
  readonly from: number;
  readonly to: number;
}

/** New text, made for a place in the old one. */
export interface Made {
  readonly text: string;
  readonly at: number;
}

export type Rope = Copied | Made | readonly Rope[];

interface Segment {
  readonly line: number;
  readonly column: number;
  readonly source: number;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

/** The text of a rope and its source map. */
export interface Woven {
  readonly code: string;
  /** JSON text of a source map, version 3. */
  readonly map: string;
}

/** What the map names: the old text under `file`, or, through `inner`, what the old text was made from. */
export interface Origin {
  readonly file: string;
  readonly inner?: TraceMap;
}

/** Joins a rope. */
export function weave(rope: Rope, old: string, origin: Origin): Woven {
  const pieces: string[] = [];
  const segments: Segment[] = [];
  const lines = lineStarts(old);
  const here = { line: 0, column: 0 };
  const mark = (offset: number): void => {
    const at = positionIn(lines, offset);
    const found = through(at, origin.inner);
    if (found !== undefined) segments.push({ ...here, source: 0, ...found });
  };
  const add = (text: string): void => {
    pieces.push(text);
    const rows = text.split("\n");
    here.column = rows.length === 1 ? here.column + text.length : (rows.at(-1) as string).length;
    here.line += rows.length - 1;
  };
  const walk = (part: Rope): void => {
    if (Array.isArray(part)) for (const inner of part as readonly Rope[]) walk(inner);
    else if ("text" in part) {
      if (part.text === "") return;
      mark((part as Made).at);
      add((part as Made).text);
    } else {
      const { from, to } = part as Copied;
      // A mark at every word, so that a position in the middle of a line leads to its own word.
      for (const word of old.slice(from, to).matchAll(/\n|[\w$#]+|[^\w$#\n]+/g)) {
        if (word[0] !== "\n") mark(from + word.index);
        add(word[0]);
      }
    }
  };
  walk(rope);
  const sources = [origin.file];
  const map = { version: 3, sources, names: [], mappings: encode(segments) };
  return { code: pieces.join(""), map: JSON.stringify(map) };
}

function through(
  at: { line: number; column: number },
  inner: TraceMap | undefined,
): { sourceLine: number; sourceColumn: number } | undefined {
  if (inner === undefined) return { sourceLine: at.line, sourceColumn: at.column };
  const found = originalPositionFor(inner, { line: at.line + 1, column: at.column });
  return found.line === null ? undefined : { sourceLine: found.line - 1, sourceColumn: found.column };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Line and column, both from 0. */
function positionIn(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, column: offset - (starts[low] as number) };
}

/** The `mappings` of a source map: differences in base 64, five bits a digit, the lowest bit for the sign. */
function encode(segments: readonly Segment[]): string {
  const rows: string[][] = [];
  const last = { column: 0, source: 0, sourceLine: 0, sourceColumn: 0 };
  for (const segment of segments) {
    while (rows.length <= segment.line) {
      rows.push([]);
      last.column = 0;
    }
    const keys = ["column", "source", "sourceLine", "sourceColumn"] as const;
    (rows[segment.line] as string[]).push(keys.map((key) => digits(segment[key] - last[key])).join(""));
    Object.assign(last, segment);
  }
  return rows.map((row) => row.join(",")).join(";");
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function digits(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += BASE64[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}
