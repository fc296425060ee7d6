// Stacks: every `error.stack` of the process names the lines that people wrote: of cells, and of `lib/`.
//
// V8 asks `Error.prepareStackTrace` for the text of a stack when it is first read. Ours maps each frame. Code that puts
// its own function there gets frames with mapped positions.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { MapText } from "./cell.js";
import type { ExecuteMessage } from "./protocol.js";

type Prepare = (error: Error, frames: NodeJS.CallSite[]) => unknown;

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Source {
  /** Steps back to what was written, the last made first. */
  readonly maps: readonly MapText[];
  traces?: TraceMap[];
  readonly text?: string;
}

const cells = new Map<string, Source>();
const files = new Map<string, TraceMap | undefined>();

/** Makes the positions of a cell known. A cell with the same name replaces the older one. */
export function registerCell(message: Pick<ExecuteMessage, "file" | "maps" | "source">): void {
  cells.set(message.file, { maps: message.maps, text: message.source });
}

/** Returns a line of a cell, counting from 1. */
export function cellLine(file: string, line: number): string | undefined {
  return cells.get(file)?.text?.split(/\r?\n/)[line - 1];
}

/** Installs the mapping for this thread. `root` is the project's folder, whose built files lead back to `lib/`. */
export function installStacks(root: string): void {
  const built = join(root, ".build", "/");
  let own: Prepare | undefined;
  const prepare: Prepare = (error, frames) => {
    if (own !== undefined)
      return own(
        error,
        frames.map((frame) => mappedFrame(frame, built)),
      );
    const lines = frames.map((frame) => `\n    at ${frameText(frame, built)}`);
    return headOf(error) + lines.join("");
  };
  Object.defineProperty(Error, "prepareStackTrace", {
    get: () => prepare,
    set: (value: Prepare | undefined) => {
      own = value === prepare ? undefined : value;
    },
    configurable: true,
  });
}

function headOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "Error";
  }
}

function frameText(frame: NodeJS.CallSite, built: string): string {
  const text = String(frame);
  const from = frame.getFileName() ?? "";
  const place = mapped(frame, built);
  if (place === undefined) return text;
  const was = `${from}:${frame.getLineNumber()}:${frame.getColumnNumber()}`;
  return text.replace(was, `${place.file}:${place.line}:${place.column}`);
}

function mappedFrame(frame: NodeJS.CallSite, built: string): NodeJS.CallSite {
  const place = mapped(frame, built);
  if (place === undefined) return frame;
  return Object.create(frame, {
    ...bound(frame),
    getFileName: { value: () => place.file },
    getScriptNameOrSourceURL: { value: () => place.file },
    getLineNumber: { value: () => place.line },
    getColumnNumber: { value: () => place.column },
    toString: { value: () => frameText(frame, built) },
  }) as NodeJS.CallSite;
}

/** The methods of a call site work on the call site itself only. */
function bound(frame: NodeJS.CallSite): PropertyDescriptorMap {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(frame) as object));
  return Object.fromEntries(
    methods.map(([name, { value }]) => [
      name,
      { value: typeof value === "function" ? (value as () => unknown).bind(frame) : (value as unknown) },
    ]),
  );
}

function mapped(frame: NodeJS.CallSite, built: string): Place | undefined {
  const file = frame.getFileName();
  const line = frame.getLineNumber();
  const column = frame.getColumnNumber();
  if (typeof file !== "string" || line === null || column === null) return undefined;
  const cell = cells.get(file);
  if (cell !== undefined) return back({ file, line, column }, tracesOf(cell));
  const path = file.startsWith("file://") ? fileURLToPath(file) : file;
  if (!path.startsWith(built)) return undefined;
  const trace = traceOfFile(path);
  return trace === undefined ? undefined : back({ file: path, line, column }, [trace]);
}

function back(place: Place, traces: readonly TraceMap[]): Place | undefined {
  let { file, line, column } = place;
  for (const trace of traces) {
    const found = originalPositionFor(trace, { line, column: column - 1 });
    if (found.line === null) return undefined;
    ({ line } = found);
    column = found.column + 1;
    const { source } = found;
    if (source?.startsWith("/") === true) file = source;
  }
  return { file, line, column };
}

function tracesOf(cell: Source): TraceMap[] {
  cell.traces ??= cell.maps.map((map) => new TraceMap(map));
  return cell.traces;
}

function traceOfFile(path: string): TraceMap | undefined {
  if (files.has(path)) return files.get(path);
  const map = `${path}.map`;
  let trace: TraceMap | undefined;
  if (existsSync(map)) {
    const parsed = JSON.parse(readFileSync(map, "utf8")) as { sources: string[] };
    const sources = parsed.sources.map((source) => join(dirname(path), source));
    trace = new TraceMap({ ...parsed, sources } as unknown as ConstructorParameters<typeof TraceMap>[0]);
  }
  files.set(path, trace);
  return trace;
}
