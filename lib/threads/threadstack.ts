// ThreadStack: turns the stack of a thread into one that names the files and lines that people wrote.
//
// On the thread a body is a text without a file: its frames say `hb-thread-3.js:2:7`, line 2 of the text. Here each is moved to
// where the text stands in its script, and from there to the source: by whoever formats stacks on this thread (a
// notebook's kernel, a test runner), else by the script's own source map.
//
// A function stands where it stands, and asking takes a tenth of a second where many scripts are loaded: so each is asked for once.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { originalOf } from "./carry.js";
import { type Location, locate } from "./locate.js";

const FRAME = /^(\s+at (?:.* \()?)hb-thread-(\d+)\.js:(\d+):(\d+)(\)?)$/;
/** Frames of our own and of Node under a body: they tell the reader nothing. */
const UNDER_BODY = /^\s+at .*(threads[/\\](worker|team|crew)\.[jt]s|node:internal|node:events)/;

type Prepare = (error: Error, frames: readonly unknown[]) => unknown;

/** Where functions stand that were asked for. */
const located = new WeakMap<object, Location | undefined>();
/** Their scripts' source maps, read. */
const traces = new WeakMap<Location, TraceMap>();

/** Returns `stack` of a thread with the frames of bodies in terms of their source. */
export function mapThreadStack(stack: string): string {
  return stack
    .split("\n")
    .filter((line) => !UNDER_BODY.test(line))
    .map((line) => {
      const [, lead, number, row, column, end] = FRAME.exec(line) ?? [];
      if (lead === undefined || number === undefined) return line;
      const at = locationOf(Number(number));
      return at === undefined ? line : frame(lead, end ?? "", at, placeIn(at, Number(row), Number(column)));
    })
    .join("\n");
}

function locationOf(number: number): Location | undefined {
  const original = originalOf(number);
  if (original === undefined) return undefined;
  if (!located.has(original))
    located.set(original, locate(original, Function.prototype.toString.call(original)));
  return located.get(original);
}

/** Position `row`:`column` of a text that stands at `at`. */
function placeIn(at: Location, row: number, column: number): Location {
  return { ...at, line: at.line + row - 1, column: row === 1 ? at.column + column - 1 : column };
}

function frame(lead: string, end: string, at: Location, place: Location): string {
  const line = `${lead}${place.file}:${place.line}:${place.column}${end}`;
  try {
    return formattedHere(lead, end, place) ?? mappedBySourceMap(lead, end, at, place) ?? line;
  } catch {
    return line; // a source map that cannot be read: the position in the code that ran
  }
}

/** The frame as this thread's own formatter writes it; undefined when there is none, or it does not know the file. */
function formattedHere(lead: string, end: string, place: Location): string | undefined {
  const { prepareStackTrace } = Error as unknown as { prepareStackTrace?: Prepare | undefined };
  if (typeof prepareStackTrace !== "function") return undefined;
  // The inspector gives an address also where the script was loaded under a path.
  const files = place.file.startsWith("file:") ? [place.file, fileURLToPath(place.file)] : [place.file];
  for (const file of files) {
    const text = `${lead.replace(/^\s+at /, "")}${file}:${place.line}:${place.column}${end}`;
    const formatted = String(prepareStackTrace(new Error(), [new CallSite(text, { ...place, file })]));
    const frame = formatted.split("\n    at ").at(-1);
    if (frame !== undefined && frame !== text) return `    at ${frame}`;
  }
  return undefined;
}

function mappedBySourceMap(lead: string, end: string, at: Location, place: Location): string | undefined {
  if (at.sourceMapUrl === "") return undefined;
  const trace = traces.get(at) ?? traceOf(at);
  traces.set(at, trace);
  const found = originalPositionFor(trace, { line: place.line, column: place.column - 1 });
  if (found.line === null || found.source === null) return undefined;
  const file = found.source.startsWith("file:") ? fileURLToPath(found.source) : found.source;
  return `${lead}${file}:${found.line}:${found.column + 1}${end}`;
}

function traceOf({ sourceMapUrl, file }: Location): TraceMap {
  const url = new URL(sourceMapUrl, file);
  const text = url.protocol === "data:" ? dataOf(url) : readFileSync(url, "utf8");
  return new TraceMap(text, url.protocol === "data:" ? file : url.href);
}

function dataOf(url: URL): string {
  const [kind = "", data = ""] = url.pathname.split(/,(.*)/s);
  return kind.endsWith(";base64") ? Buffer.from(data, "base64").toString("utf8") : decodeURIComponent(data);
}

/** A stand-in for V8's CallSite at a place where no call was made on this thread. Formatters copy its prototype. */
class CallSite {
  readonly #text: string;
  readonly #place: Location;

  constructor(text: string, place: Location) {
    this.#text = text;
    this.#place = place;
  }

  getFileName(): string {
    return this.#place.file;
  }
  getScriptNameOrSourceURL(): string {
    return this.#place.file;
  }
  getLineNumber(): number {
    return this.#place.line;
  }
  getColumnNumber(): number {
    return this.#place.column;
  }
  getFunctionName(): string | null {
    return /^(.*) \(/.exec(this.#text)?.[1] ?? null;
  }
  getTypeName(): null {
    return null;
  }
  getMethodName(): null {
    return null;
  }
  getThis(): undefined {
    return undefined;
  }
  getFunction(): undefined {
    return undefined;
  }
  getEvalOrigin(): undefined {
    return undefined;
  }
  getPromiseIndex(): null {
    return null;
  }
  isNative(): boolean {
    return false;
  }
  isEval(): boolean {
    return false;
  }
  isConstructor(): boolean {
    return false;
  }
  isToplevel(): boolean {
    return true;
  }
  isAsync(): boolean {
    return false;
  }
  isPromiseAll(): boolean {
    return false;
  }
  toString(): string {
    return this.#text;
  }
}
