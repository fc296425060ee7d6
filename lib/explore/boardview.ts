// BoardView: one state of a run as the parts that a board shows: what everybody is about, and what is in every object.

import { Chan } from "../chan/index.js";
import { type G, isOperable, type Operable, Phase, placesOf, Status } from "../runtime/index.js";
import type { BoardGoroutine, BoardObject } from "./boarddata.js";
import { type BoardEars, shortValue } from "./boardears.js";
import type { RunNames } from "./boardnames.js";

/** What a state shows. */
export interface View {
  readonly goroutines: readonly BoardGoroutine[];
  readonly objects: readonly BoardObject[];
}

/** Describes the state that a run stands in. `atOf` knows where the operations stand that were created earlier. */
export function viewOf(ears: BoardEars, names: RunNames, state: unknown, atOf: (g: number) => string): View {
  const goroutines: BoardGoroutine[] = [];
  for (const g of ears.all) if (g !== undefined) goroutines.push(goroutineView(g, ears, atOf));
  const { objects, values } = placesOf(state);
  const own = new Set(objects.map(({ value }) => value));
  const shown = objects.map((place) => objectView(place.value as Operable, names.placed(place), ears));
  const plain = values.map(({ path, value }) => variable(path, value));
  const others = [...ears.used]
    .filter((object) => !own.has(object))
    .map((object) => objectView(object, names.placed({ path: object.label, value: object }), ears))
    .sort((a, b) => byName(a.name, b.name));
  return { goroutines, objects: [...shown, ...plain, ...others] };
}

function byName(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function variable(name: string, value: unknown, label = "variable"): BoardObject {
  return { name, label, kind: "variable", text: shortValue(value) };
}

function goroutineView(g: G, ears: BoardEars, atOf: (g: number) => string): BoardGoroutine {
  const { id, name } = g;
  const at = ears.placeOf(id) ?? atOf(id);
  if (ears.rt?.ending?.g === g || (g.status === Status.RUNNING && ears.failed.has(id))) {
    return { id, name, state: "failed", op: "", at };
  }
  if (g.status === Status.DEAD) return { id, name, state: "ended", op: "", at: "" };
  if (!g.hasStarted) return { id, name, state: "ready", op: "begin", at: "" };
  const { kind, object } = g;
  if (kind === null || object === null) return { id, name, state: "ready", op: "go on", at };
  if (g.status === Status.WAITING) {
    return { id, name, state: "waits", op: ears.words(g, kind, object, ears.waits.get(g)), at };
  }
  const op = ears.words(g, kind, object, g.phase === Phase.ANNOUNCED ? g.arg : undefined);
  if (g.phase !== Phase.PARKED) return { id, name, state: "ready", op, at };
  return { id, name, state: "ready", op: g.again === null ? `go on after ${op}` : `try again: ${op}`, at };
}

function objectView(object: Operable, name: string, ears: BoardEars): BoardObject {
  const { label } = object;
  const waiting = waitingFor(object, ears);
  const line = waiting.length === 0 ? {} : { waiting };
  if (object instanceof Chan) return { ...channelView(object, name, ears), ...line };
  const holders = ears.holders.get(object);
  if (holders !== undefined || LOCKS.test(label)) {
    const ids = (holders ?? []).map((h) => h.g);
    const text = lockText(holders ?? []);
    return { name, label, kind: "lock", text, ...(ids.length === 0 ? {} : { holders: ids }), ...line };
  }
  const value = peeked(object);
  if (value !== undefined) return { ...variable(name, value.is, label), ...line };
  return { name, label, kind: "other", text: otherText(object), ...line };
}

const LOCKS = /mutex$/;

function lockText(holders: readonly { readonly g: number; readonly isReader: boolean }[]): string {
  if (holders.length === 0) return "free";
  const ids = holders.map((h) => `g${h.g}`).join(", ");
  return holders.every((h) => h.isReader) ? `read by ${ids}` : `held by ${ids}`;
}

function channelView(chan: Chan<unknown>, name: string, ears: BoardEars): BoardObject {
  const items = chan.peek().map(shortValue);
  const closed = ears.closed.has(chan) ? "closed" : "";
  const size = chan.cap === 0 ? "unbuffered" : `${items.length} of ${chan.cap}`;
  const text = closed === "" ? size : chan.cap === 0 ? closed : `${size}, ${closed}`;
  return { name, label: "chan", kind: "channel", text, items, capacity: chan.cap };
}

/** A value that can be looked at without an operation. */
function peeked(object: Operable): { readonly is: unknown } | undefined {
  const { peek } = object as { peek?: () => unknown };
  return typeof peek === "function" && peek.length === 0 ? { is: peek.call(object) } : undefined;
}

/** What else objects tell of themselves. */
function otherText(object: Operable): string {
  const { counter, left, isDone, isBroken } = object as Partial<
    Record<"counter" | "left" | "isDone" | "isBroken", unknown>
  >;
  if (typeof counter === "number") return `counter ${counter}`;
  if (typeof left === "number") return `${left} left`;
  if (typeof isDone === "boolean") return isDone ? "done" : "not done";
  return isBroken === true ? "broken" : "";
}

/** Who waits for `object`, the longest first; a select waits for several. */
function waitingFor(object: Operable, ears: BoardEars): string[] {
  const all: string[] = [];
  for (const [g, arg] of ears.waits) {
    if (g.object === object) {
      const isSend = object instanceof Chan && g.kind?.name === "send";
      const what = object instanceof Chan ? (isSend ? ` sends ${shortValue(arg)}` : " receives") : "";
      all.push(`g${g.id}${what}`);
    } else if (g.kind?.name === "select" && Array.isArray(arg)) {
      for (const c of arg as ({ chan?: unknown; kind: string; value?: unknown } | null)[]) {
        if (c === null || !isOperable(c.chan) || c.chan !== object) continue;
        all.push(`g${g.id} ${c.kind === "send" ? `sends ${shortValue(c.value)}` : "receives"} (select)`);
      }
    }
  }
  return all;
}
