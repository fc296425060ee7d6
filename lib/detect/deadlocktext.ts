// The words of a partial deadlock: who waits for what, who holds it, who else could have helped, what to do next.

import { type G, ObjectNames, type Operable, type Runtime, Status, stackOf } from "../runtime/index.js";
import type { Waiting, Waits } from "./deadlockwaits.js";
import { lockAdvice } from "./lockadvice.js";
import { edgeOf } from "./ordering.js";
import { causesOf, NEXT, pairAdvice } from "./waitadvice.js";
import { called, place, topOf } from "./words.js";

/** After this many lines goroutines are counted and not described: reports stay under 40 lines. */
const MOST_ROWS = 27;

/** Several lines: a summary (`first`, if it is known), two for each goroutine, the rule, the next step. */
export function deadlockText(rt: Runtime, found: readonly Waiting[], waits: Waits, first?: string): string {
  const names = new ObjectNames();
  const nameOf = (object: Operable): string => rt.trace?.nameOf(object) ?? names.nameOf(object);
  const stuck = new Set(found.map((w) => w.g));
  const rows: string[] = [];
  for (const [i, w] of found.entries()) {
    if (rows.length > MOST_ROWS) {
      rows.push(`  and ${found.length - i} more`);
      break;
    }
    rows.push(
      `  ${called(w.g)} waits for ${targets(w, nameOf)} (${w.kind.wait})${place(stackOf(w.g)[0])}`,
      ...because(w, waits, stuck),
      ...lostRows(w, waits),
    );
  }
  return [
    first ?? summary(rt, found),
    ...rows,
    ...(first === undefined ? rules(found) : []),
    advice(found, waits),
  ].join("\n");
}

/** The announcement that nobody heard, if there was one: a line. */
export function lostRows({ objects }: Waiting, waits: Waits): string[] {
  for (const object of objects) {
    const lost = waits.lostOn(object);
    if (lost === undefined) continue;
    const did = `${called(lost.g)} did ${lost.op}${place(topOf(lost.mark))}`;
    return [`    ${did} while nobody waited: that wake-up is lost`];
  }
  return [];
}

function summary(rt: Runtime, found: readonly Waiting[]): string {
  const many = found.length === 1 ? "one goroutine waits" : `${found.length} goroutines wait`;
  const others = rt.live.length - found.length;
  const rest = rt.mainIsDone
    ? "main has returned"
    : `${others === 1 ? "one other goes" : `${others} others go`} on`;
  return `partial deadlock: ${many} for ever, and ${rest}`;
}

function targets({ objects, kind }: Waiting, nameOf: (object: Operable) => string): string {
  if (kind.wait.endsWith("(nil chan)")) return "a nil channel";
  if (objects.length === 0) return "nothing";
  return objects.map(nameOf).join(", ");
}

/** Why nobody helps `w`: one line for each who could have. */
export function because(w: Waiting, waits: Waits, stuck: ReadonlySet<G>): string[] {
  if (w.wakers.length === 0)
    return [w.objects.length === 0 ? "    which never comes" : "    nobody else has ever used it"];
  const rows = w.wakers
    .slice(0, 3)
    .map((g) => `    ${w.isLock ? holder(w, g, waits) : `used by ${called(g)}, ${fate(g, stuck)}`}`);
  if (w.wakers.length > 3) rows.push(`    and ${w.wakers.length - 3} more`);
  return rows;
}

function holder(w: Waiting, g: G, waits: Waits): string {
  const lock = w.objects[0] as Operable;
  const held = waits.held.of(g).find((h) => h.lock === lock);
  if (held === undefined) return `${called(g)} is in line to write, and keeps new readers out`;
  const how = held.isShared ? "held for reading by" : "held by";
  const who = g === w.g ? "itself" : called(g);
  return `${how} ${who}${place(waits.takenAt(g, lock))}${g.status === Status.DEAD ? ", which has ended" : ""}`;
}

function fate(g: G, stuck: ReadonlySet<G>): string {
  if (g.status === Status.DEAD) return "which has ended";
  return stuck.has(g) ? "which waits, too" : "which goes on";
}

function rules(found: readonly Waiting[]): string[] {
  const rows: string[] = [];
  if (found.some((w) => w.isLock)) rows.push("A lock is given back by its holder.");
  if (found.some((w) => !w.isLock && w.objects.length > 0)) {
    rows.push("No goroutine that still goes on has ever used the rest of what they wait for.");
  }
  return rows;
}

function advice(found: readonly Waiting[], waits: Waits): string {
  const locks = found.filter((w) => w.isLock);
  const isRecursive = locks.some(({ g, kind, objects: [lock] }) => {
    const isReader = lock !== undefined && edgeOf(kind, lock) === "rLock";
    return isReader && waits.held.of(g).some((held) => held.lock === lock);
  });
  if (isRecursive)
    return "next: do not lock for reading twice in one goroutine; a writer in line between the two blocks both.";
  if (locks.some((w) => w.wakers.includes(w.g)))
    return "next: these locks are not reentrant; unlock before you lock again.";
  if (found.some((w) => w.objects.some((o) => waits.lostOn(o) !== undefined))) {
    return NEXT.look;
  }
  return lockAdvice(found) ?? pairAdvice(found) ?? causeAdvice(causesOf(found));
}

function causeAdvice(causes: readonly Waiting[]): string {
  const has = (label: string): boolean => causes.some((w) => w.objects.some((o) => o.label === label));
  if (causes.some(({ kind }) => kind.wait.endsWith("(nil chan)"))) return NEXT.nilChannel;
  if (has("waitgroup")) return NEXT.done;
  if (has("cond")) return "next: see who was to signal, and on which path it does not.";
  const isForsaken = ({ kind, wakers }: Waiting): boolean =>
    kind.name === "send" && wakers.every((g) => g.status === Status.DEAD);
  return causes.some(isForsaken)
    ? NEXT.send
    : "next: see who was to send, receive or close, and on which path it does not.";
}
