// The words of a livelock: who runs in vain and at what, who waits for them, what to do.

import { type G, type ObjectNames, type Runtime, Status, stackOf } from "../runtime/index.js";
import type { Spin } from "./livelock.js";
import { called, place, topOf } from "./words.js";

/** More goroutines than this are counted and not described: reports stay under 40 lines. */
const MOST = 12;

/** Several lines: a summary, one for each who runs in vain, one for each who waits, the rule, the next step. */
export function livelockText(
  rt: Runtime,
  spins: readonly { g: G; spin: Spin }[],
  steps: number,
  names: ObjectNames,
): string {
  const who = spins.length === 1 ? "one goroutine runs" : `${spins.length} goroutines run`;
  const running = new Set(spins.map(({ g }) => g));
  const waiting = rt.live.filter((g) => !running.has(g)).sort((a, b) => a.id - b.id);
  return [
    `livelock: ${who} and nothing changes, for ${steps} steps now`,
    ...spins.slice(0, MOST).map(({ g, spin }) => spinRow(g, spin, names)),
    ...more(spins.length),
    ...waiting.slice(0, MOST).map((g) => waitRow(g, names)),
    ...more(waiting.length),
    "Everybody who can run has tried again and again, and no timer is pending that could bring a change.",
    advice(spins.map(({ spin }) => spin)),
  ].join("\n");
}

function spinRow(g: G, { tries, op, object, mark }: Spin, names: ObjectNames): string {
  const on = object === null || object.label === "" ? "" : ` on ${names.nameOf(object)}`;
  const last = op === "" ? "" : `, last with ${op}${on}${place(topOf(mark) ?? stackOf(g)[0])}`;
  return `  ${called(g)} has looked or tried ${tries} times in vain${last}`;
}

function waitRow(g: G, names: ObjectNames): string {
  if (g.status !== Status.WAITING || g.kind === null) return `  ${called(g)}`;
  const on = g.object === null || g.object.label === "" ? "" : ` for ${names.nameOf(g.object)}`;
  return `  ${called(g)} waits${on} (${g.kind.wait})${place(stackOf(g)[0])}`;
}

function more(count: number): string[] {
  return count > MOST ? [`  and ${count - MOST} more`] : [];
}

function advice(spins: readonly Spin[]): string {
  const triesLocks = spins.some(({ op, object }) => /lock/i.test(op) || /mutex/.test(object?.label ?? ""));
  if (triesLocks) {
    return "next: take the locks in one order and wait for them with `lock`; if you must try, wait a random time between two tries.";
  }
  if (spins.length === 1) {
    return "next: see who was to change what it looks at, and wait for that with a channel or a Cond instead of asking again and again.";
  }
  return "next: let one of them win: a fixed order, or a random wait between two tries; and wait with a channel or a Cond instead of asking again and again.";
}
