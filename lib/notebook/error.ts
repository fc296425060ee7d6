// Error: what a cell threw, in Jupyter's three parts, with the line it happened in.
import { sep } from "node:path";
import { inspect } from "node:util";
import type { CellError } from "./cell.js";
import { cellLine } from "./stacks.js";

const FRAME = /^\s+at (?:(.*) \()?(.+?):(\d+):(\d+)\)?$/;
const CELL_FILE = /^(?:async )?(cell-[^\s/]*\.ts)$/;
const MOST_CAUSES = 8;

/** Describes anything that was thrown. Frames of Node and of the kernel are left out. */
export function describeError(thrown: unknown): CellError {
  if (!(thrown instanceof Error)) {
    const text = typeof thrown === "string" ? thrown : inspect(thrown);
    return { ename: "Thrown", evalue: text, traceback: [`Thrown: ${text}`] };
  }
  const ename = String(thrown.name || thrown.constructor.name);
  return { ename, evalue: String(thrown.message), traceback: tracebackOf(thrown, new Set()) };
}

function tracebackOf(error: Error, seen: Set<unknown>): string[] {
  seen.add(error);
  const stack = typeof error.stack === "string" ? error.stack : String(error);
  const rows = stack.split("\n");
  const first = rows.findIndex((row) => FRAME.test(row));
  const head = first === -1 ? rows : rows.slice(0, first);
  const frames = forLearner((first === -1 ? [] : rows.slice(first)).filter(isOfInterest).map(shortened));
  const lines = [...headWithName(error, head), ...excerpt(frames), ...frames];
  const inner = innerErrors(error);
  const details = Object.entries(error).filter(
    ([key, value]) => !["name", "message", "stack"].includes(key) && !inner.includes(value),
  );
  if (details.length > 0) lines.push(`  ${inspect(Object.fromEntries(details), { depth: 1 })}`);
  for (const cause of inner) {
    if (seen.has(cause) || seen.size > MOST_CAUSES) continue;
    const [top = "", ...rest] = cause instanceof Error ? tracebackOf(cause, seen) : [inspect(cause)];
    lines.push(`Caused by: ${top}`, ...rest);
  }
  return lines;
}

/** The head of a stack is fixed when the error is made; a name that was set later is put there. */
function headWithName(error: Error, head: readonly string[]): string[] {
  const now = String(error).split("\n");
  return head.length === 0 || now[0] !== head[0] ? now : [...head];
}

function innerErrors(error: Error): unknown[] {
  const many = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return error.cause === undefined ? many : [error.cause, ...many];
}

function isOfInterest(row: string): boolean {
  const file = FRAME.exec(row)?.[2];
  if (file === undefined)
    return !/^\s+at (?:new )?(?:async )?Promise\.|^\s+at (?:async )?Promise\b|<anonymous>\)?$/.test(row);
  return !/(?:^|\()(?:async )?node:/.test(file) && !/[\\/]lib[\\/]notebook[\\/]/.test(file);
}

/** Where the learner's own lines are in a stack, the library's are left out. */
function forLearner(frames: readonly string[]): readonly string[] {
  const own = frames.filter((row) => !/(?:^|[\s(])lib\/[^\s()]+\.ts:\d+:\d+\)?$/.test(row));
  return own.some((row) => CELL_FILE.test(FRAME.exec(row)?.[2] ?? "")) ? own : frames;
}

/** Paths of the project are shown from its root. */
function shortened(row: string): string {
  return row
    .replace(/(?:file:\/\/)?\/[^\s()]*?\/(lib\/[^\s()]+\.ts:\d+:\d+)/, "$1")
    .replaceAll(`${process.cwd()}${sep}`, "");
}

/** The line of the innermost frame in a cell, with a caret under the place. */
function excerpt(frames: readonly string[]): string[] {
  for (const frame of frames) {
    const [, , file = "", line = "", column = ""] = FRAME.exec(frame) ?? [];
    const cell = CELL_FILE.exec(file)?.[1];
    const text = cell === undefined ? undefined : cellLine(cell, Number(line));
    if (text === undefined) continue;
    const shown = text.replaceAll("\t", " ");
    return [`  ${cell}:${line}`, `    ${shown}`, `    ${" ".repeat(Math.max(0, Number(column) - 1))}^`];
  }
  return [];
}
