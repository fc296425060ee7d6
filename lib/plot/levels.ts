// Levels: the rank of each node of a directed graph, so that as many arrows as possible point down.
//
// Invariants:
//  I1. The two ends of an arrow never have the same rank.

interface Arrow {
  readonly from: string;
  readonly to: string;
}

/**
 * Returns a rank from 0 for each node. Arrows that close a cycle, met first in the order of nodes and edges, point up.
 *
 * **Cost:** O(nodes x edges) at most.
 */
export function levels(ids: readonly string[], edges: readonly Arrow[]): Map<string, number> {
  const down = acyclic(ids, edges);
  const rank = new Map(ids.map((id) => [id, 0]));
  const at = (id: string): number => rank.get(id) as number;
  // Longest paths from above: at most as many rounds as there are nodes.
  for (let round = 0, moved = true; moved && round < ids.length; round++) {
    moved = false;
    for (const { from, to } of down) {
      if (at(to) > at(from)) continue;
      rank.set(to, at(from) + 1);
      moved = true;
    }
  }
  // What nothing points to stands right above what it points to.
  for (const id of ids) {
    if (down.some((edge) => edge.to === id)) continue;
    const below = down.filter((edge) => edge.from === id).map((edge) => at(edge.to));
    if (below.length > 0) rank.set(id, Math.min(...below) - 1);
  }
  return rank;
}

/** The edges with those of a cycle that lead back turned round. Depth first, from nodes that nothing points to. */
function acyclic(ids: readonly string[], edges: readonly Arrow[]): Arrow[] {
  const state = new Map<string, "open" | "done">();
  const result: Arrow[] = [];
  const visit = (id: string): void => {
    state.set(id, "open");
    for (const edge of edges) {
      if (edge.from !== id) continue;
      const next = state.get(edge.to);
      result.push(next === "open" ? { from: edge.to, to: id } : edge);
      if (next === undefined) visit(edge.to);
    }
    state.set(id, "done");
  };
  const isRoot = (id: string): boolean => !edges.some((edge) => edge.to === id);
  for (const id of [...ids.filter(isRoot), ...ids]) if (!state.has(id)) visit(id);
  return result;
}
