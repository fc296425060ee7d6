// Layered: places for the boxes and arrows of a directed graph, from top to bottom, as `dot` does it.
//
// Invariants:
//  I1. No two boxes overlap, and no label overlaps a box or another label: a label is a box of its own, on a rank between
//      the two ends of its arrow.
//  I2. The same graph gives the same places: ties are broken by the order of nodes and edges as given.
//
// Source: Sugiyama, Tagawa, Toda (1981); Gansner, Koutsofios, North, Vo, "A Technique for Drawing Directed Graphs"
// (1993). Differs: ranks by longest paths, places by isotonic regression; enough for some dozens of boxes.
// Rejected: dagre and elkjs (0.3 and 1.4 MB for graphs of ten boxes); Graphviz (not installed where people learn).
import { levels } from "./levels.js";

/** A box to be placed; sizes in pixels. */
export interface Sized {
  readonly id: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** An arrow between two different boxes, with room for its words. */
export interface SizedEdge {
  readonly from: string;
  readonly to: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Where everything stands. Boxes and labels by their centres. */
export interface Placed {
  readonly boxes: ReadonlyMap<string, Spot>;
  /** In the order of the edges: the way from the border of one box to that of the other, and the label. */
  readonly ways: readonly { readonly points: readonly Spot[]; readonly label: Spot }[];
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A box, a label, or a bend of an arrow: what stands on a rank. */
export interface Vertex {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rank: number;
  readonly up: Vertex[];
  readonly down: Vertex[];
  x: number;
}

const GAP_X_PX = 22;
const GAP_Y_PX = 13;
const SWEEPS = 16;

/** Places a graph. **Cost:** O(sweeps x (boxes + length of the arrows)). */
export function layered(nodes: readonly Sized[], edges: readonly SizedEdge[]): Placed {
  const rankOf = levels(
    nodes.map((node) => node.id),
    edges,
  );
  const most = Math.max(0, ...rankOf.values());
  const ranks: Vertex[][] = Array.from({ length: 2 * most + 1 }, () => []);
  const add = (rank: number, widthPx: number, heightPx: number): Vertex => {
    const vertex: Vertex = { widthPx, heightPx, rank, up: [], down: [], x: 0 };
    ranks[rank]!.push(vertex);
    return vertex;
  };
  const boxes = new Map(
    nodes.map((node) => [node.id, add(2 * (rankOf.get(node.id) as number), node.widthPx, node.heightPx)]),
  );
  const chains = edges.map((edge) =>
    chainOf(edge, boxes.get(edge.from) as Vertex, boxes.get(edge.to) as Vertex, add),
  );
  order(ranks);
  for (let sweep = 0; sweep < SWEEPS; sweep++) settle(ranks, sweep);
  return spots(ranks, boxes, chains);
}

/** An arrow as the vertices between its ends, from its tail to its head, and which of them carries the words. */
interface Chain {
  readonly tail: Vertex;
  readonly head: Vertex;
  readonly between: readonly Vertex[];
  readonly label: Vertex;
}

function chainOf(
  { widthPx, heightPx }: SizedEdge,
  tail: Vertex,
  head: Vertex,
  add: (rank: number, widthPx: number, heightPx: number) => Vertex,
): Chain {
  const step = tail.rank < head.rank ? 1 : -1;
  const between: Vertex[] = [];
  for (let rank = tail.rank + step; rank !== head.rank; rank += step) {
    const isLabel = between.length === 0;
    between.push(add(rank, isLabel ? widthPx : 6, isLabel ? heightPx : 0));
  }
  const all = [tail, ...between, head];
  for (let i = 1; i < all.length; i++) {
    const [upper, lower] = step > 0 ? [all[i - 1]!, all[i]!] : [all[i]!, all[i - 1]!];
    upper.down.push(lower);
    lower.up.push(upper);
  }
  return { tail, head, between, label: between[0]! };
}

/** Sorts each rank by where its neighbours stand, and keeps the order with the fewest crossings. */
function order(ranks: Vertex[][]): void {
  const number = (): void => {
    for (const rank of ranks) {
      rank.forEach((vertex, i) => {
        vertex.x = i;
      });
    }
  };
  number();
  let best = ranks.map((rank) => [...rank]);
  let fewest = crossings(ranks);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const rank of isDown ? ranks : [...ranks].reverse()) {
      const wish = new Map(rank.map((v) => [v, middle(isDown ? v.up : v.down) ?? v.x]));
      rank.sort((a, b) => wish.get(a)! - wish.get(b)! || a.x - b.x);
      rank.forEach((vertex, i) => {
        vertex.x = i;
      });
    }
    const count = crossings(ranks);
    if (count >= fewest) continue;
    fewest = count;
    best = ranks.map((rank) => [...rank]);
  }
  ranks.splice(0, ranks.length, ...best);
  number();
}

function middle(neighbours: readonly Vertex[]): number | undefined {
  if (neighbours.length === 0) return undefined;
  return neighbours.reduce((sum, vertex) => sum + vertex.x, 0) / neighbours.length;
}

function crossings(ranks: readonly (readonly Vertex[])[]): number {
  let count = 0;
  for (const rank of ranks) {
    const lines = rank.flatMap((upper) => upper.down.map((lower) => [upper.x, lower.x] as const));
    for (const [i, [a, b]] of lines.entries()) {
      for (const [c, d] of lines.slice(i + 1)) if ((a - c) * (b - d) < 0) count++;
    }
  }
  return count;
}

/** Moves every vertex to the middle of its neighbours, as near as the others of its rank let it. */
function settle(ranks: readonly Vertex[][], sweep: number): void {
  const isDown = sweep % 2 === 0;
  for (const rank of isDown ? ranks : [...ranks].reverse()) {
    const wish = rank.map((v) => {
      if (sweep === 0) return v.rank === 0 ? v.x : (middle(v.up) ?? v.x);
      return middle(sweep < SWEEPS - 2 ? (isDown ? v.up : v.down) : [...v.up, ...v.down]) ?? v.x;
    });
    place(rank, wish);
  }
}

/** Isotonic regression (pool adjacent violators): the nearest places to `wish` that keep order and distance. */
function place(rank: readonly Vertex[], wish: readonly number[]): void {
  const offsets: number[] = [0];
  for (let i = 1; i < rank.length; i++) {
    offsets.push(offsets[i - 1]! + (rank[i - 1]!.widthPx + rank[i]!.widthPx) / 2 + GAP_X_PX);
  }
  const pools: { sum: number; count: number }[] = [];
  wish.forEach((at, i) => {
    pools.push({ sum: at - offsets[i]!, count: 1 });
    while (pools.length > 1 && mean(pools.at(-2)!) > mean(pools.at(-1)!)) {
      const last = pools.pop()!;
      pools.at(-1)!.sum += last.sum;
      pools.at(-1)!.count += last.count;
    }
  });
  const free = pools.flatMap((pool) => Array.from({ length: pool.count }, () => mean(pool)));
  rank.forEach((vertex, i) => {
    vertex.x = free[i]! + offsets[i]!;
  });
}

function mean({ sum, count }: { sum: number; count: number }): number {
  return sum / count;
}

function spots(
  ranks: readonly Vertex[][],
  boxes: ReadonlyMap<string, Vertex>,
  chains: readonly Chain[],
): Placed {
  const all = ranks.flat();
  const left = Math.min(0, ...all.map((v) => v.x - v.widthPx / 2));
  const right = Math.max(0, ...all.map((v) => v.x + v.widthPx / 2));
  const middles: number[] = [];
  let y = 0;
  for (const rank of ranks) {
    const height = Math.max(0, ...rank.map((v) => v.heightPx));
    middles.push(y + height / 2);
    y += height + GAP_Y_PX;
  }
  const spot = (v: Vertex): Spot => ({ x: v.x - left, y: middles[v.rank]! });
  const ports = portsOf(chains);
  const ways = chains.map((chain) => {
    const sign = chain.tail.rank < chain.head.rank ? 1 : -1;
    const end = (v: Vertex, side: number): Spot => {
      const { x, y: middleY } = spot(v);
      return { x: x + ports(chain, v), y: middleY + (side * v.heightPx) / 2 };
    };
    const points = [end(chain.tail, sign), ...chain.between.map(spot), end(chain.head, -sign)];
    return { points, label: spot(chain.label) };
  });
  const centres = new Map([...boxes].map(([id, vertex]) => [id, spot(vertex)]));
  return { boxes: centres, ways, widthPx: right - left, heightPx: Math.max(0, y - GAP_Y_PX) };
}

/** Where on its box an arrow begins or ends: those of one side stand beside each other, in the order of where they lead. */
function portsOf(chains: readonly Chain[]): (chain: Chain, box: Vertex) => number {
  const sides = new Map<Vertex, { up: [Chain, number][]; down: [Chain, number][] }>();
  const note = (box: Vertex, next: Vertex, chain: Chain): void => {
    const side = sides.get(box) ?? { up: [], down: [] };
    sides.set(box, side);
    (next.rank < box.rank ? side.up : side.down).push([chain, next.x]);
  };
  for (const chain of chains) {
    note(chain.tail, chain.between[0] ?? chain.head, chain);
    note(chain.head, chain.between.at(-1) ?? chain.tail, chain);
  }
  for (const { up, down } of sides.values()) for (const list of [up, down]) list.sort((a, b) => a[1] - b[1]);
  return (chain, box) => {
    const side = sides.get(box);
    const list = [side?.up ?? [], side?.down ?? []].find((ends) => ends.some(([own]) => own === chain)) ?? [];
    const index = list.findIndex(([own]) => own === chain);
    return ((index + 1) / (list.length + 1) - 0.5) * box.widthPx * 0.8;
  };
}
