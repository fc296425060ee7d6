// GoDump: reads the goroutine dumps that real Go programs print, from a panic, a SIGQUIT, a deadlock, or /debug/pprof.
//
// A dump is pasted from anywhere: a log with a prefix on every row, the end of a test's output, race reports around it.
// So nothing here fails: rows that are no part of a dump are left out.
//
// Source: Go src/runtime/traceback.go (goroutineheader, printcreatedby, printArgs), 1.19 to 1.26; before 1.21 the creator's
// number is missing. Frames of Go have no column: it reads as 1.

import type { GoroutineData, Position } from "./report.js";

/** One value in a frame's arguments. `isSure` is false where Go prints `?`: the register may have been used again. */
export interface GoArg {
  readonly value: number;
  readonly isSure: boolean;
}

/** One frame of a Go stack. */
export interface GoFrame {
  /** With its package: `main.(*Cache).Get`. */
  readonly func: string;
  /** The words of the arguments, flat; empty when the call was inlined (`...`). */
  readonly args: readonly GoArg[];
  readonly file: string;
  readonly line: number;
}

/** A goroutine of a dump: what a report says of one, and what only Go knows. */
export interface GoGoroutine extends GoroutineData {
  readonly frames: readonly GoFrame[];
  /** The function that started it, e.g. `main.main`; left out for main. */
  readonly creator?: string;
  readonly isLockedToThread: boolean;
  /** Found by the garbage collector: nobody can wake it any more. */
  readonly isLeaked: boolean;
  /** In a synctest bubble: only the bubble can end the wait. */
  readonly isDurable: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** One side of a race report. */
export interface GoAccess {
  /** `Read`, `Previous write`, … in Go's words. */
  readonly what: string;
  readonly address: number;
  readonly goroutine: number;
  readonly frames: readonly GoFrame[];
}

/** What a text from a Go program says about its goroutines. Plain data. */
export interface GoDump {
  /** The row that says why, e.g. `fatal error: all goroutines are asleep - deadlock!`. */
  readonly headline?: string;
  readonly goroutines: readonly GoGoroutine[];
  /** The accesses of each `WARNING: DATA RACE`. */
  readonly races: readonly (readonly GoAccess[])[];
}

const HEADER = /^(.*?)goroutine (\d+)(?: gp=\S+)?(?: m=\S+)?(?: mp=\S+)? \[(.*?)\](?: \{(.*)\})?:\s*$/;
const HEADLINE = /(?:fatal error|panic|SIG[A-Z]+): .*/;
const CREATED = /^created by (.+?)(?: in goroutine (\d+))?$/;
const PLACE = /^\s+(\S.*?):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?$/;
const CALL = /^\s*(\S.*)\(([^()]*)\)$/;
const ACCESS = /^(\S.*) at 0x([0-9a-f]+) by (?:main goroutine|goroutine (\d+)):$/;

function argsOf(text: string): GoArg[] {
  return [...text.matchAll(/0x([0-9a-f]+)(\?)?/g)].map((m) => ({
    value: Number.parseInt(m[1] as string, 16),
    isSure: m[2] === undefined,
  }));
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const m of text.matchAll(/"?([^",:]+)"?: ?"((?:[^"\\]|\\.)*)"/g))
    labels[(m[1] as string).trim()] = m[2] as string;
  return labels;
}

/** The frames from row `at` on, up to a row that is neither a call nor its place. */
function framesFrom(rows: readonly string[], at: number): { frames: GoFrame[]; next: number } {
  const frames: GoFrame[] = [];
  let next = at;
  for (;;) {
    const row = rows[next];
    if (row !== undefined && (/frames elided\.\.\.$/.test(row) || /stack unavailable/.test(row))) {
      next++;
      continue;
    }
    const call = CALL.exec(row ?? "");
    const place = PLACE.exec(rows[next + 1] ?? "");
    if (call === null || place === null) return { frames, next };
    frames.push({
      func: call[1] as string,
      args: argsOf(call[2] as string),
      file: place[1] as string,
      line: Number(place[2]),
    });
    next += 2;
  }
}

function positionOf(frame: GoFrame): Position {
  return { file: frame.file, line: frame.line, column: 1, name: frame.func };
}

const STATUS: Readonly<Record<string, GoroutineData["status"]>> = {
  running: "running",
  runnable: "runnable",
  dead: "dead",
  idle: "dead",
};

function goroutineFrom(
  header: RegExpExecArray,
  frames: readonly GoFrame[],
  after: readonly string[],
): GoGoroutine {
  const inside = header[3] as string;
  const labels = /,? labels:\{(.*)\}/.exec(inside);
  const [state = "", ...notes] = inside.replace(labels?.[0] ?? "", "").split(", ");
  const reason = state.replace(/ \((?:leaked|scan|durable)\)/g, "");
  const note = (what: RegExp) => notes.map((n) => what.exec(n)?.[1]).find((n) => n !== undefined);
  const bubble = note(/^synctest bubble (\d+)$/);
  const created = CREATED.exec(after[0] ?? "");
  const place = created === null ? null : PLACE.exec(after[1] ?? "");
  const status = STATUS[reason] ?? "waiting";
  return {
    id: Number(header[2]),
    name: frames.at(-1)?.func ?? created?.[1] ?? "",
    status,
    ...(status === "waiting" ? { waitReason: reason } : {}),
    waitMs: Number(note(/^(\d+) minutes$/) ?? 0) * 60_000,
    ...(bubble === undefined ? {} : { bubble: Number(bubble) }),
    createdBy: Number(created?.[2] ?? 0),
    ...(created === null ? {} : { creator: created[1] as string }),
    ...(place === null ? {} : { createdAt: { file: place[1] as string, line: Number(place[2]), column: 1 } }),
    stack: frames.map(positionOf),
    frames,
    isLockedToThread: notes.includes("locked to thread"),
    isLeaked: state.includes("(leaked)"),
    isDurable: state.includes("(durable)"),
    labels: labelsOf(labels?.[1] ?? header[4] ?? ""),
  };
}

/** The accesses of the race report that begins after row `at`. */
function raceFrom(rows: readonly string[], at: number): GoAccess[] {
  const accesses: GoAccess[] = [];
  for (let i = at + 1; i < rows.length && !(rows[i] as string).startsWith("===="); i++) {
    const m = ACCESS.exec(rows[i] as string);
    if (m === null) continue;
    accesses.push({
      what: m[1] as string,
      address: Number.parseInt(m[2] as string, 16),
      goroutine: Number(m[3] ?? 1),
      frames: framesFrom(rows, i + 1).frames,
    });
  }
  return accesses;
}

/**
 * Reads the goroutines (and race reports) in a text that a Go program printed. Takes the forms of Go 1.19 to 1.27, also
 * with `GOTRACEBACK=system`, from `/debug/pprof/goroutine?debug=2`, and from logs with a prefix of fixed length on
 * every row. What is no part of a dump is left out; a text without a dump gives no goroutines.
 *
 * **Cost:** O(length of the text).
 *
 * @example
 * const dump = parseGoDump(`goroutine 18 [chan send, 3 minutes]:
 * main.fetch(0xc000012345)
 * 	/srv/main.go:41 +0x2c
 * created by main.main in goroutine 1
 * 	/srv/main.go:12 +0x1d`);
 * const [g] = dump.goroutines;
 * console.log(g.id, g.waitReason, g.waitMs / 60_000, g.creator);
 * // prints: 18 chan send 3 main.main
 */
export function parseGoDump(text: string): GoDump {
  if (typeof text !== "string") {
    throw new TypeError(`parseGoDump: expected \`text\` to be a string, got ${typeof text}`);
  }
  const rows = text.split(/\r?\n/);
  const goroutines: GoGoroutine[] = [];
  const races: GoAccess[][] = [];
  let headline: string | undefined;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as string;
    if (row === "WARNING: DATA RACE") races.push(raceFrom(rows, at));
    headline ??= HEADLINE.exec(row)?.[0];
    const header = HEADER.exec(row);
    if (header === null) continue;
    const prefix = (header[1] as string).length;
    const body: string[] = [];
    for (let i = at + 1; i < rows.length; i++) {
      const rest = (rows[i] as string).slice(prefix);
      if (rest.trim() === "") break;
      body.push(rest);
    }
    const { frames, next } = framesFrom(body, 0);
    goroutines.push(goroutineFrom(header, frames, body.slice(next, next + 2)));
    at += next;
  }
  return { ...(headline === undefined ? {} : { headline }), goroutines, races };
}
