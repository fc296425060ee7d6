// Stacks as positions in the source that a person wrote: frames of this library and of Node are left out.

import { fileURLToPath } from "node:url";
import type { Position } from "../event/index.js";
import type { G } from "./g.js";
import { Phase, probeStack } from "./g.js";

// lib/ as source and as built; both have the project root two or three folders above this file.
const HERE = fileURLToPath(new URL("..", import.meta.url)).replaceAll("\\", "/");
const ROOT = HERE.replace(/(?:\.build\/)?lib\/$/, "");
const OWN = [`${ROOT}lib/`, `${ROOT}.build/lib/`];

/** What resumes a goroutine: the frames from here on belong to whoever started the run. */
const BELOW = /\/runtime\/drive\.[jt]s|\bprobeStack\b/;

const FRAME = /^\s*at (?:(.*?) \()?((?:file:\/\/)?[^()]*?):(\d+):(\d+)\)?$/;

function cleanName(name: string): string {
  return name
    .replace(/^(?:async |new )/, "")
    .replace(/^Object\./, "")
    .replace(/\.next$/, "")
    .replace(/ \[as .*\]$/, "");
}

/** Reads the text of `Error.stack`. */
export function parseStack(stack: string): Position[] {
  const positions: Position[] = [];
  for (const row of stack.split("\n")) {
    const m = FRAME.exec(row);
    if (m === null || row.includes("at async ")) continue; // who awaits the run is not on the stack
    const file = (m[2] as string).startsWith("file://") ? fileURLToPath(m[2] as string) : (m[2] as string);
    if (BELOW.test(row) && OWN.some((folder) => file.startsWith(folder))) break;
    if (
      file.startsWith("node:") ||
      OWN.some((folder) => file.startsWith(folder)) ||
      file.includes("/node_modules/")
    ) {
      continue;
    }
    const name = cleanName(m[1] ?? "");
    positions.push({ file, line: Number(m[3]), column: Number(m[4]), ...(name === "" ? {} : { name }) });
  }
  return positions;
}

/** The innermost frame of a stack, as V8 writes it (`Mutex.lock`), if that is a function of this library. */
export function ownTop(stack: string): string | undefined {
  const row = stack.split("\n").find((line) => FRAME.test(line));
  const m = row === undefined ? null : FRAME.exec(row);
  if (m === null) return undefined;
  const file = (m[2] as string).startsWith("file://") ? fileURLToPath(m[2] as string) : (m[2] as string);
  return OWN.some((folder) => file.startsWith(folder)) ? cleanName(m[1] ?? "") : undefined;
}

/** Where a program stood, not yet read. */
export type StackMark = Readonly<Pick<Error, "stack">>;

/** Marks where the program stands. The engine writes its text when `positionsOf` asks, most are never asked for. */
export function markStack(frames = 40): StackMark {
  const limit = Error.stackTraceLimit;
  Reflect.set(Error, "stackTraceLimit", frames); // where intrinsics are frozen, a flag has set it
  const mark = new Error();
  Reflect.set(Error, "stackTraceLimit", limit);
  return mark;
}

/** The positions of a mark, innermost first. Tens of microseconds. */
export function positionsOf(mark: StackMark): Position[] {
  return parseStack(mark.stack ?? "");
}

/** The positions above the caller, innermost first. Tens of microseconds: only for traces and reports. */
export function captureStack(): Position[] {
  return positionsOf(markStack());
}

/**
 * The stack of a goroutine that is parked, without any cost before it was asked for: its generators are resumed
 * down to the goroutine's own iterator, which takes the stack and parks again.
 */
export function stackOf(g: G): Position[] {
  if (
    !g.hasStarted ||
    (g.phase !== Phase.PARKED && g.phase !== Phase.ANNOUNCED && g.phase !== Phase.FINISHED)
  )
    return [];
  let positions: Position[] = [];
  probeStack(g, () => {
    positions = captureStack();
  });
  return positions;
}
