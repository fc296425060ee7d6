// Summary: from raw samples to one line per row. Ratios are taken round by round, because what slows the machine down
// in a round slows both down; a line shows their median and the smallest and largest.
import { median } from "../../lib/stats/index.js";
import { type Entry, GO1, GO2, HOST, OURS, type Results, type RowEntries } from "./results.js";
import type { Row } from "./row.js";

/** A ratio, round by round. */
export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

export type Outcome = "met" | "missed" | "unknown";

export interface Line {
  readonly row: Row;
  /** Medians, in the row's unit; null where a contestant has none. */
  readonly ours: number | null;
  readonly go1: number | null;
  readonly go2: number | null;
  /** The fastest npm package, or Node itself. */
  readonly peer: { readonly name: string; readonly value: number } | null;
  readonly toGo1: Ratio | null;
  readonly toGo2: Ratio | null;
  readonly toPeer: Ratio | null;
  /** Against the fastest npm package. */
  readonly toNpm: { readonly name: string; readonly ratio: Ratio } | null;
  /** Against another row of the library, where the row has such a target. */
  readonly toRow: Ratio | null;
  readonly outcome: Outcome;
  /** `<contestant>: <why it gave nothing>`. */
  readonly failures: readonly string[];
}

/** One line for every row of `table` that was measured. **Cost:** O(samples). */
export function summarize(table: readonly Row[], results: Results): Line[] {
  return table.flatMap((row) => {
    const entries = results.rows[row.name];
    return entries === undefined ? [] : [lineOf(row, entries, results)];
  });
}

function lineOf(row: Row, entries: RowEntries, results: Results): Line {
  const ours = entries[OURS];
  const peer = bestPeer(entries);
  const toGo1 = ratioOf(ours, entries[GO1]);
  const toGo2 = ratioOf(ours, entries[GO2]);
  const toRow = row.targetOf === undefined ? null : ratioOf(ours, results.rows[row.targetOf.row]?.[OURS]);
  const judged = [judge(toGo1, row.target)];
  if (row.targetP2 !== undefined) judged.push(judge(toGo2, row.targetP2));
  if (row.targetOf !== undefined) judged.push(judge(toRow, row.targetOf.ratio));
  return {
    row,
    ours: middle(ours),
    go1: middle(entries[GO1]),
    go2: middle(entries[GO2]),
    peer,
    toGo1,
    toGo2,
    toPeer: peer === null ? null : ratioOf(ours, entries[peer.name]),
    toNpm: npmRatio(entries),
    toRow,
    outcome: judged.includes("missed") ? "missed" : judged.includes("unknown") ? "unknown" : "met",
    failures: Object.entries(entries).flatMap(([name, { failure }]) =>
      failure === undefined ? [] : [`${name}: ${failure}`],
    ),
  };
}

function judge(ratio: Ratio | null, target: number): Outcome {
  if (ratio === null) return "unknown";
  return ratio.median <= target ? "met" : "missed";
}

/** The peer with the smallest median among those that were in as many rounds as any. */
export function bestPeer(
  entries: RowEntries,
  isWanted: (name: string) => boolean = () => true,
): { name: string; value: number } | null {
  const peers = Object.entries(entries).filter(
    ([name]) => ![OURS, GO1, GO2].includes(name) && isWanted(name),
  );
  const most = Math.max(0, ...peers.map(([, entry]) => entry.samples.length));
  let best: { name: string; value: number } | null = null;
  for (const [name, entry] of peers) {
    const value = middle(entry);
    if (value === null || entry.samples.length < most) continue;
    if (best === null || value < best.value) best = { name, value };
  }
  return best;
}

function npmRatio(entries: RowEntries): Line["toNpm"] {
  const npm = bestPeer(entries, (name) => name !== HOST);
  const ratio = npm === null ? null : ratioOf(entries[OURS], entries[npm.name]);
  return npm === null || ratio === null ? null : { name: npm.name, ratio };
}

function middle(entry: Entry | undefined): number | null {
  if (entry === undefined || entry.samples.length === 0) return null;
  return median(entry.samples.map((sample) => sample.value));
}

/** `a` / `b` in every round in which both were measured; null when there is none. */
export function ratioOf(a: Entry | undefined, b: Entry | undefined): Ratio | null {
  const ofB = new Map(b?.samples.map((sample) => [sample.round, sample.value]));
  return spread(
    (a?.samples ?? []).flatMap(({ round, value }) => {
      const other = ofB.get(round);
      return other === undefined ? [] : [value / other];
    }),
  );
}

/** Median, smallest and largest; null of none. */
export function spread(values: readonly number[]): Ratio | null {
  if (values.length === 0) return null;
  return {
    median: median(values),
    low: Math.min(...values),
    high: Math.max(...values),
    rounds: values.length,
  };
}
