// hb bench compare: a measurement of before against one of after; fails when something got slower.
import { type Comparison, loadComparison, type Regression, regression } from "../bench/index.js";
import { formatNs, formatRate, formatRatio, table, tableText } from "../plot/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import type { Output } from "./output.js";

export interface CompareWords {
  readonly anyMachine?: boolean;
  readonly json?: boolean;
}

/**
 * Prints a row for each figure and the decision; returns the exit code: 1 when a row is slower, 3 when no row can be told.
 *
 * @throws {UsageError} what `loadComparison` and `regression` refuse, and a file that cannot be read
 */
export async function compareCommand(
  before: string,
  after: string,
  words: CompareWords,
  out: Output,
): Promise<number> {
  const runs = [await load(before), await load(after)] as const;
  const found = compare(runs[0], runs[1], words.anyMachine === true);
  out.print(words.json === true ? JSON.stringify(found, undefined, 2) : textOf(found));
  if (found.isSlower) return EXIT.failed;
  return found.isUnknown ? EXIT.unknown : EXIT.ok;
}

async function load(path: string): Promise<Comparison> {
  try {
    return await loadComparison(path);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function compare(before: Comparison, after: Comparison, anyMachine: boolean): Regression {
  try {
    return regression(before, after, { anyMachine });
  } catch (error) {
    const isMachine = (error as Error).message.includes("one machine");
    throw new UsageError(`${(error as Error).message}${isMachine ? " (--any-machine compares them)" : ""}`);
  }
}

function textOf({ rows, noise, notes, isSlower, isUnknown }: Regression): string {
  const columns = ["variant", "role", "", "before", "after", "after / before", "95% interval", "decision"];
  const cells = rows.map((row) => {
    const figure = row.metric === "ops" ? formatRate : formatNs;
    const interval =
      row.confidence === 0 ? "too few rounds" : `${formatRatio(row.low)} to ${formatRatio(row.high)}`;
    return [
      row.variant,
      row.role,
      row.metric,
      figure(row.before),
      figure(row.after),
      formatRatio(row.ratio),
      interval,
      row.outcome,
    ];
  });
  const slower = rows.filter((row) => row.outcome === "slower").length;
  const decision = isSlower
    ? `Slower: ${slower} of ${rows.length} figures.`
    : isUnknown
      ? "Cannot tell: every figure is too noisy, or has fewer than three rounds."
      : "Nothing is shown to be slower.";
  const told = noise.note === "" ? [] : [noise.note];
  return tableText(table("Before and after", columns, cells, [...notes, ...told, decision]));
}
