// OrderPath: of all edges of a run, those that say what one goroutine knew of another when it made an access.

import type { OrderEdge, RaceData } from "../event/index.js";
import type { G, ObjectNames } from "../runtime/index.js";
import { type Arrow, type OrderLog, type Point, pointData } from "./orderlog.js";

/** Goroutines that are gone through in a search. */
const MOST_TRIED = 2_000;
/** Edges of a report: more would not be read. */
const MOST_EDGES = 12;

/** How the two accesses of a race lie in the order: the nearest edges between their goroutines, and what is missing. */
export function orderOf(
  log: OrderLog,
  now: Point,
  before: Point,
  names: ObjectNames,
): NonNullable<RaceData["order"]> {
  const arrows = new Set<Arrow>([...latestPath(log, now, before.g), ...latestPath(log, before, now.g)]);
  // Who was started later says where the two stand to each other when nothing else does.
  for (const { g } of [now, before]) {
    const [first] = log.into(g);
    if (first?.to.op === "start") arrows.add(first);
  }
  const edges = [...arrows].sort((a, b) => a.to.order - b.to.order).slice(-MOST_EDGES);
  const released = log.releaseAfter(before.g, before.order);
  return {
    accesses: [pointData(now, names), pointData(before, names)],
    edges: edges.map(
      (arrow): OrderEdge => ({ from: pointData(arrow.from, names), to: pointData(arrow.to, names) }),
    ),
    ...(released === undefined || released.order > now.order ? {} : { released: pointData(released, names) }),
  };
}

/** The edges over which the latest news of `goal` came to where `point` is; none when there was none. */
function latestPath(log: OrderLog, point: Point, goal: G): Arrow[] {
  /** How far into a goroutine `point` can see, and over which edge. */
  const seen = new Map<G, { order: number; via: Arrow | null }>([
    [point.g, { order: point.order, via: null }],
  ]);
  const done = new Set<G>();
  for (let tried = 0; tried < MOST_TRIED; tried++) {
    const at = furthest(seen, done);
    if (at === null) return [];
    if (at === goal) return pathTo(seen, goal);
    done.add(at);
    const { order } = seen.get(at) as { order: number };
    for (const arrow of log.into(at)) {
      if (arrow.to.order > order) continue;
      const known = seen.get(arrow.from.g);
      if (known === undefined || (known.order < arrow.from.order && !done.has(arrow.from.g)))
        seen.set(arrow.from.g, { order: arrow.from.order, via: arrow });
    }
  }
  return [];
}

/** Points further back cannot be seen through nearer ones: the latest is final. */
function furthest(seen: ReadonlyMap<G, { order: number }>, done: ReadonlySet<G>): G | null {
  let best: G | null = null;
  let most = -1;
  for (const [g, { order }] of seen) {
    if (order <= most || done.has(g)) continue;
    most = order;
    best = g;
  }
  return best;
}

function pathTo(seen: ReadonlyMap<G, { via: Arrow | null }>, goal: G): Arrow[] {
  const path: Arrow[] = [];
  for (let via = seen.get(goal)?.via ?? null; via !== null; via = seen.get(via.to.g)?.via ?? null) {
    path.push(via);
  }
  return path;
}
