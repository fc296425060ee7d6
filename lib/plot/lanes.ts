// Lanes: a run as a table with a column for each goroutine and a row for each step, before any drawing.
//
// Invariants:
//  I1. Rows are the events in their order; only whole stretches in the middle are left out, and counted.
//  I2. A goroutine's lane begins where it was started and ends where it ended; between a park and its wake it waits.
//  I3. Columns that do not fit are named: nothing disappears without a word.
import type { EventData, GoroutineData, Position, Report } from "../event/index.js";
import { clip } from "./textwidth.js";
import { formatNs } from "./units.js";

export type LaneState = "absent" | "ready" | "waiting" | "ended";

export interface LaneColumn {
  readonly g: number;
  /** The name of its body, when known. */
  readonly name: string;
}

export interface LaneRow {
  readonly step: number;
  readonly g: number;
  /** `act`: did it; `wait`: began to wait; `wake`: went on; `start`, `end`, `panic` as they say. */
  readonly mark: "act" | "wait" | "wake" | "start" | "end" | "panic";
  readonly text: string;
  /** Virtual time, when the run used any and it moved since the row before: `20 ms`. */
  readonly time: string;
  readonly at?: Position;
  /** The state of every column's goroutine after this row. */
  readonly states: readonly LaneState[];
}

export interface LaneTable {
  readonly columns: readonly LaneColumn[];
  /** `number` stands for that many rows left out. */
  readonly rows: readonly (LaneRow | number)[];
  /** Goroutines without a column. */
  readonly others: readonly number[];
}

/** Makes the lanes of a report; `undefined` when it carries no events. */
export function lanesOf(report: Report, limits: { columns: number; rows: number }): LaneTable | undefined {
  const events = joined(report.events ?? []);
  if (events.length === 0) return undefined;
  const all = goroutinesOf(events);
  const shown = chooseColumns(report, events, all, limits.columns);
  const columns = shown.map((g) => ({ g, name: nameOf(g, report.goroutines, events) }));
  const states = new Map<number, LaneState>(all.map((g) => [g, g === 1 ? "ready" : "absent"]));
  let lastSpawned = 1;
  const rows: LaneRow[] = [];
  for (const event of events) {
    if (event.op === "go" && event.what === "done") {
      lastSpawned = spawnedBy(event, lastSpawned);
      if (states.has(lastSpawned)) states.set(lastSpawned, "ready");
    }
    states.set(event.g, stateAfter(event));
    if (!shown.includes(event.g)) continue;
    rows.push({
      step: event.step,
      g: event.g,
      mark: markOf(event),
      text: textOf(event, lastSpawned),
      time: report.virtualNs > 0 ? formatNs(event.atNs) : "",
      ...(event.at === undefined ? {} : { at: event.at }),
      states: shown.map((g) => states.get(g)!),
    });
  }
  return { columns, rows: timed(elided(rows, limits.rows)), others: all.filter((g) => !shown.includes(g)) };
}

/** An exit right after the goroutine's last operation is told in the same row. */
function joined(events: readonly EventData[]): (EventData & { ends?: boolean })[] {
  const rows: (EventData & { ends?: boolean })[] = [];
  for (const event of events) {
    const last = rows[rows.length - 1];
    const follows = last !== undefined && last.g === event.g && last.what !== "start" && last.what !== "park";
    if (event.what === "exit" && follows) rows[rows.length - 1] = { ...last, ends: true };
    else rows.push(event);
  }
  return rows;
}

/** The goroutine that a `go` started: its id when the trace says so, else the next one, as ids ascend. */
function spawnedBy(event: EventData, last: number): number {
  const told = Number(event.value);
  return Number.isInteger(told) && told > 1 ? told : last + 1;
}

function stateAfter(event: EventData & { ends?: boolean }): LaneState {
  if (event.ends || event.what === "exit" || event.what === "panic") return "ended";
  return event.what === "park" ? "waiting" : "ready";
}

function markOf(event: EventData & { ends?: boolean }): LaneRow["mark"] {
  switch (event.what) {
    case "park":
      return "wait";
    case "wake":
      return event.ends ? "end" : "wake";
    case "start":
      return "start";
    case "exit":
      return "end";
    case "panic":
      return "panic";
    case "done":
      return event.ends ? "end" : "act";
  }
}

function textOf(event: EventData & { ends?: boolean }, spawned: number): string {
  const ends = event.ends ? ", ends" : "";
  switch (event.what) {
    case "start":
      return "starts";
    case "exit":
      return "ends";
    case "panic":
      return `panic: ${(event.value ?? "").replace(/^'(.*)'$/, "$1")}`;
    case "park":
      return operation(event);
    case "wake":
      return `${operation(event)}${wokenBy(event)}${ends}`;
    case "done":
      return `${event.op === "go" ? `go g${spawned}` : operation(event)}${ends}`;
  }
}

/** Time wakes a sleeper, not a goroutine: then there is nobody to name. */
function wokenBy(event: EventData): string {
  return event.peer === undefined || event.peer === event.g ? "" : ` ← g${event.peer}`;
}

const SENDS = ["send", "store", "swap", "compareAndSwap", "write"];
const RECEIVES = ["recv", "recvOk", "load", "read", "select"];

/** `send chan#1 (42)`, `recv chan#1 = 42`, `lock mutex#1`. */
function operation(event: EventData): string {
  const object = event.object === undefined || event.object.startsWith("#") ? "" : ` ${event.object}`;
  const { op, value } = event;
  if (value === undefined) return `${op}${object}`;
  if (SENDS.includes(op)) return `${op}${object} (${value})`;
  // While it waits, a receiver has no value yet.
  if (RECEIVES.includes(op)) return event.what === "park" ? `${op}${object}` : `${op}${object} = ${value}`;
  if (op === "sleep") return `sleep (${value} ms)`;
  return op === "add" ? `${op}${object} (${value})` : `${op}${object}`;
}

function goroutinesOf(events: readonly EventData[]): number[] {
  return [...new Set(events.map((event) => event.g))].sort((a, b) => a - b);
}

/** Who is named in a finding comes first, then main, then whoever did most. */
function chooseColumns(
  report: Report,
  events: readonly EventData[],
  all: readonly number[],
  limit: number,
): number[] {
  if (all.length <= limit) return [...all];
  const named = new Set(report.findings.flatMap((finding) => finding.goroutines));
  const count = (g: number): number => events.filter((event) => event.g === g).length;
  const rank = (g: number): number => (named.has(g) ? 1e9 : g === 1 ? 1e8 : count(g));
  return [...all]
    .sort((a, b) => rank(b) - rank(a) || a - b)
    .slice(0, limit)
    .sort((a, b) => a - b);
}

/** The name a goroutine's body has: from the report, or from the function its operations stand in. */
function nameOf(g: number, goroutines: readonly GoroutineData[], events: readonly EventData[]): string {
  const told = goroutines.find((data) => data.id === g)?.name;
  if (told !== undefined && told !== "") return told;
  if (g === 1) return "main";
  const name = events.find((event) => event.g === g && event.at?.name !== undefined)?.at?.name ?? "";
  return name.replace(/^Module\./, ""); // an export that was called through its module
}

/** Leaves out the middle: how it began matters, how it ended matters more. */
function elided(rows: readonly LaneRow[], limit: number): (LaneRow | number)[] {
  if (rows.length <= limit) return [...rows];
  const head = Math.floor((limit - 1) / 3);
  const tail = limit - 1 - head;
  return [...rows.slice(0, head), rows.length - head - tail, ...rows.slice(rows.length - tail)];
}

/** The time stands only where it moved, or where rows before were left out. */
function timed(rows: readonly (LaneRow | number)[]): (LaneRow | number)[] {
  return rows.map((row, i) => {
    const before = rows[i - 1];
    if (typeof row === "number" || before === undefined || typeof before === "number") return row;
    return row.time === before.time ? { ...row, time: "" } : row;
  });
}

/** The line that names who has no lane, if anybody: numbers, clipped to `width` characters. */
export function notShown({ others }: LaneTable, width: number): string[] {
  if (others.length === 0) return [];
  return [`not shown: goroutine${others.length === 1 ? "" : "s"} ${clip(others.join(", "), width)}`];
}
