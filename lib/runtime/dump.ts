// Goroutine dumps in Go's format.
//
// Source: Go src/runtime/traceback.go (goroutineheader, printcreatedby). Differs: frames are TypeScript
// positions, and the creator's line is known only in traced runs.

import type { GoroutineData } from "../event/index.js";
import { type G, Status } from "./g.js";
import type { Runtime } from "./runtime.js";
import { stackOf } from "./stack.js";

/** Describes one goroutine. `isFailing` marks the one whose error ended the run. */
export function describe(
  rt: Runtime,
  g: G,
  names: ReadonlyMap<number, string>,
  isFailing = false,
): GoroutineData {
  const isWaiting = g.status === Status.WAITING;
  const bubble = rt.bubbles?.of(g) ?? null;
  const createdAt = rt.trace?.spawnSite(g);
  const label = isWaiting && g.object !== null && g.object.label !== "" ? g.object : null;
  return {
    id: g.id,
    name: names.get(g.id) ?? g.name,
    status: isFailing ? "running" : g.statusWord,
    ...(isWaiting && g.kind !== null ? { waitReason: reason(rt, g, g.kind.wait) } : {}),
    ...(label === null ? {} : { waitingOn: rt.trace?.nameOf(label) ?? label.label }),
    waitMs: isWaiting
      ? ((bubble === null || bubble.root === g ? rt.nowNs : bubble.nowNs) - g.waitSinceNs) / 1e6
      : 0,
    ...(bubble === null ? {} : { bubble: bubble.id }),
    createdBy: g.createdBy,
    ...(createdAt === undefined ? {} : { createdAt }),
    stack: isFailing ? [] : stackOf(g),
  };
}

/** Go's wait reason; in a bubble it says whether the bubble alone can end the wait. */
function reason(rt: Runtime, g: G, wait: string): string {
  const bubble = rt.bubbles?.of(g);
  return bubble?.root === g || bubble?.isDurable(g) === true ? `${wait} (durable)` : wait;
}

/** All goroutines that are still there, by id. */
export function describeAll(rt: Runtime, failing: G | null): GoroutineData[] {
  const names = new Map(rt.live.map((g) => [g.id, g.name]));
  return rt.live
    .slice()
    .sort((a, b) => a.id - b.id)
    .map((g) => describe(rt, g, names, g === failing));
}

/**
 * Writes goroutines as Go does after a fatal error: `goroutine 1 [chan receive, 2 minutes]:`, the frames, the
 * creator; a blank line between two.
 */
export function formatDump(goroutines: readonly GoroutineData[]): string {
  const names = new Map(goroutines.map((g) => [g.id, g.name]));
  return goroutines.map((g) => formatGoroutine(g, names)).join("\n\n");
}

function formatGoroutine(g: GoroutineData, names: ReadonlyMap<number, string>): string {
  const minutes = Math.floor(g.waitMs / 60_000);
  const state = `${g.waitReason ?? g.status}${minutes >= 1 ? `, ${minutes} minutes` : ""}`;
  const bubble = g.bubble === undefined ? "" : `, synctest bubble ${g.bubble}`;
  const rows = [`goroutine ${g.id} [${state}${bubble}]:`];
  for (const at of g.stack) rows.push(`${at.name ?? g.name}(...)`, `\t${at.file}:${at.line}:${at.column}`);
  if (g.stack.length === 0) rows.push(`${g.name}(...)`);
  if (g.createdBy > 0) {
    rows.push(`created by ${names.get(g.createdBy) ?? "main"} in goroutine ${g.createdBy}`);
    if (g.createdAt !== undefined)
      rows.push(`\t${g.createdAt.file}:${g.createdAt.line}:${g.createdAt.column}`);
  }
  return rows.join("\n");
}
