// Compare: has anything become slower since an older run?
//
// Absolute times depend on the machine, so ratios are compared: to Go where both runs have it, else to the arithmetic loop
// that every process of ours times beside its row.
//
// Invariants:
//  I1. Beyond the spread: a row counts as worse only when its best round is worse than the older run's worst round, and
//      its median by more than SMALLEST_CHANGE. With 5 rounds on either side, chance alone does that once in 252 rows.
import { type Entry, GO1, OURS, type Results } from "./results.js";
import { type Ratio, ratioOf, spread } from "./summary.js";

/** Smaller changes of the median are not reported. */
export const SMALLEST_CHANGE = 0.1;
/** With fewer rounds nothing can lie beyond the spread. */
const FEWEST_ROUNDS = 3;

export interface Change {
  readonly row: string;
  readonly against: "Go" | "the calibration loop";
  readonly before: Ratio;
  readonly after: Ratio;
}

export interface Compared {
  readonly worse: readonly Change[];
  readonly better: readonly Change[];
  /** Rows that both runs have, with too few rounds to tell. */
  readonly untold: readonly string[];
}

/** Compares all rows that both runs have; `go` says which Go is the measure. */
export function compare(before: Results, after: Results, go = GO1): Compared {
  const worse: Change[] = [];
  const better: Change[] = [];
  const untold: string[] = [];
  for (const row of Object.keys(after.rows)) {
    const change = changeOf(row, before, after, go);
    if (change === null) continue;
    if (Math.min(change.before.rounds, change.after.rounds) < FEWEST_ROUNDS) untold.push(row);
    else if (isWorse(change.before, change.after)) worse.push(change);
    else if (isWorse(change.after, change.before)) better.push(change);
  }
  return { worse, better, untold };
}

function isWorse(before: Ratio, after: Ratio): boolean {
  return after.low > before.high && after.median > before.median * (1 + SMALLEST_CHANGE); // I1
}

function changeOf(row: string, before: Results, after: Results, go: string): Change | null {
  const old = before.rows[row];
  const now = after.rows[row];
  if (old === undefined || now === undefined) return null;
  const toGo = pair(ratioOf(old[OURS], old[go]), ratioOf(now[OURS], now[go]));
  if (toGo !== null) return { row, against: "Go", ...toGo };
  const toLoop = pair(toCalibration(old[OURS]), toCalibration(now[OURS]));
  return toLoop === null ? null : { row, against: "the calibration loop", ...toLoop };
}

function pair(before: Ratio | null, after: Ratio | null): { before: Ratio; after: Ratio } | null {
  return before === null || after === null ? null : { before, after };
}

function toCalibration(entry: Entry | undefined): Ratio | null {
  return spread(
    (entry?.samples ?? []).flatMap(({ value, calibrationNs }) =>
      calibrationNs === undefined ? [] : [value / calibrationNs],
    ),
  );
}

/** What the comparison says, one line each. */
export function describeComparison({ worse, better, untold }: Compared): string[] {
  const say = ({ row, against, before, after }: Change, word: string): string =>
    `${row}: ${word}, ${figure(before.median)} (${figure(before.low)}-${figure(before.high)}) of ${against} before, ` +
    `${figure(after.median)} (${figure(after.low)}-${figure(after.high)}) now`;
  return [
    ...worse.map((change) => say(change, "worse")),
    ...better.map((change) => say(change, "better")),
    ...(untold.length === 0 ? [] : [`too few rounds to tell: ${untold.join(", ")}`]),
    worse.length === 0
      ? "no row became worse"
      : `${worse.length} ${worse.length === 1 ? "row" : "rows"} became worse`,
  ];
}

/** A number with three digits that count. */
export function figure(value: number): string {
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value.toFixed(2);
}
