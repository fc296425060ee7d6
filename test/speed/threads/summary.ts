// Summary of the rows of real threads: from raw samples to one line per row. Ratios are taken round by round.
import { median } from "../../../lib/stats/index.js";
import { type Entry, GO2, HOST, OURS, type Results } from "../results.js";
import { bestPeer, type Outcome, type Ratio, ratioOf } from "../summary.js";
import type { Target, ThreadRow } from "./row.js";

export interface ThreadLine {
  readonly row: ThreadRow;
  /** Medians, in the row's unit; null where a contestant has none. */
  readonly ours: number | null;
  readonly go: number | null;
  readonly node: number | null;
  readonly toGo: Ratio | null;
  readonly toNode: Ratio | null;
  /** The fastest npm package, and the ratio to it. */
  readonly npm: { readonly name: string; readonly value: number; readonly ratio: Ratio | null } | null;
  /** What the target speaks of, round by round; null without target or where it could not be measured. */
  readonly judged: Ratio | null;
  readonly outcome: Outcome | "none";
  readonly failures: readonly string[];
}

/** One line for every row of `table` that was measured. **Cost:** O(samples). */
export function summarizeThreads(table: readonly ThreadRow[], results: Results): ThreadLine[] {
  return table.flatMap((row) => (results.rows[row.name] === undefined ? [] : [lineOf(row, results)]));
}

function lineOf(row: ThreadRow, results: Results): ThreadLine {
  const entries = results.rows[row.name] ?? {};
  const npm = bestPeer(entries, (name) => name !== HOST);
  const judged = row.target === undefined ? null : figureOf(row.target, row, results);
  return {
    row,
    ours: middle(entries[OURS]),
    go: middle(entries[GO2]),
    node: middle(entries[HOST]),
    toGo: ratioOf(entries[OURS], entries[GO2]),
    toNode: ratioOf(entries[OURS], entries[HOST]),
    npm: npm === null ? null : { ...npm, ratio: ratioOf(entries[OURS], entries[npm.name]) },
    judged,
    outcome: row.target === undefined ? "none" : judge(row.target, judged),
    failures: Object.entries(entries).flatMap(([name, { failure }]) =>
      failure === undefined ? [] : [`${name}: ${failure}`],
    ),
  };
}

/** The number that a target limits, in every round. */
function figureOf(target: Target, row: ThreadRow, results: Results): Ratio | null {
  const entries = results.rows[row.name] ?? {};
  if (target.of === "go") return ratioOf(entries[OURS], entries[GO2]);
  if (target.of === "node") return ratioOf(entries[OURS], entries[HOST]);
  // The throughput of this row by that of the other one is the time of the other one by that of this.
  if (target.of === "speedup") return ratioOf(results.rows[target.row]?.[OURS], entries[OURS]);
  const ones = (entries[OURS]?.samples ?? []).map(({ round }) => ({ round, value: 1 }));
  return ratioOf(entries[OURS], { samples: ones });
}

function judge(target: Target, judged: Ratio | null): Outcome {
  if (judged === null) return "unknown";
  const isMet = target.of === "speedup" ? judged.median >= target.atLeast : judged.median <= target.atMost;
  return isMet ? "met" : "missed";
}

function middle(entry: Entry | undefined): number | null {
  if (entry === undefined || entry.samples.length === 0) return null;
  return median(entry.samples.map((sample) => sample.value));
}
