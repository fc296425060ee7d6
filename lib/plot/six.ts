// Six: the six-structure table as a table and as pictures.
import {
  type SixResult,
  type SixRow,
  sixAdvice,
  sixComparison,
  sixRows,
  sixScaling,
} from "../bench/index.js";
import { type Figure, figure } from "./figure.js";
import { measuredNotes } from "./measured.js";
import { seriesStyle } from "./palette.js";
import { type Table, table } from "./table.js";
import type { BarTrace } from "./trace.js";
import { formatNs, formatRatio } from "./units.js";

const SCALING: Readonly<Record<string, string>> = {
  "more together": "more",
  "less together": "less",
  "no difference shown": "the same",
  "too noisy to tell": "cannot tell",
};

/**
 * Makes the six-structure table: ns for an operation of all threads together, and what a reader on a fixed schedule waits beside
 * short writes and beside one long write. Rows of real Go follow, where they were measured. What to choose stands below.
 */
export function sixTable(result: SixResult, title = "Six structures"): Table {
  const columns = [
    "structure",
    "read, 1 thread",
    `read, ${result.threads}`,
    `95/5, ${result.threads}`,
    `50/50, ${result.threads}`,
    "short writes p99",
    "long write p50",
    "long write p99",
    "max",
    "p99 uncorrected",
  ];
  const rows = sixRows(result).map((row) => [row.structure, ...cells(row)]);
  const go = (result.go?.rows ?? []).map((row) => [`Go ${row.structure}`, ...cells(row)]);
  const advice = sixAdvice(result).map(
    ({ question, choose, isSure }) => `${question}: ${isSure ? choose.join(" or ") : "cannot tell"}.`,
  );
  const scaling = sixScaling(result).map(
    ({ structure, ratio, decision }) => `${structure} ${formatRatio(ratio)} (${SCALING[decision]})`,
  );
  return table(
    title,
    columns,
    [...rows, ...go],
    [
      `Long write: held for ${result.holdMs} ms; a reader is due every ${result.readEveryUs} µs, and waits are counted from then.`,
      ...(result.go === undefined ? [] : [`Go: ${result.go.version}, GOMAXPROCS ${result.go.procs}.`]),
      ...advice,
      `Reads of ${result.threads} threads together, against one: ${scaling.join(", ")}.`,
      ...measuredNotes(sixComparison(result, "read"), { metrics: [] }),
    ],
  );
}

/**
 * Makes a bar chart of the table: `speed` shows ns for an operation by kind of work, `waits` the corrected p99 of readers beside
 * short writes and beside the long one, and what a stop-watch shows of the latter. Logarithmic.
 *
 * @throws {RangeError} `` sixFigure: expected `what` to be speed or waits, got "all" ``
 */
export function sixFigure(result: SixResult, what: "speed" | "waits" = "waits"): Figure {
  if (what !== "speed" && what !== "waits") {
    throw new RangeError(`sixFigure: expected \`what\` to be speed or waits, got ${JSON.stringify(what)}`);
  }
  const rows = sixRows(result);
  const { threads, holdMs } = result;
  const series: [name: string, ns: (row: SixRow) => number][] =
    what === "speed"
      ? [
          ["read, 1 thread", (row) => row.readAloneNs],
          [`read, ${threads} threads`, (row) => row.readNs],
          ["95/5", (row) => row.mixed95Ns],
          ["50/50", (row) => row.mixed50Ns],
        ]
      : [
          ["short writes", (row) => row.short.p99Ns],
          [`one write held ${holdMs} ms`, (row) => row.long.p99Ns],
          ["the same, uncorrected", (row) => row.long.serviceP99Ns],
        ];
  const traces = series.map(
    ([name, ns], i): BarTrace => ({
      type: "bar",
      name,
      x: rows.map(({ structure }) => structure),
      y: rows.map((row) => ns(row) / 1e9),
      marker: { color: seriesStyle(i).color },
    }),
  );
  const title = what === "speed" ? "Time of an operation, all threads together" : "What readers wait: p99";
  return figure(
    traces,
    {
      barmode: "group",
      xaxis: { type: "category" },
      yaxis: { type: "log", title: { text: "seconds" }, tickformat: "~s", ticksuffix: "s" },
    },
    {
      title,
      alt: `${title}. ${rows.map((row) => `${row.structure}: ${series.map(([name, ns]) => `${name} ${formatNs(ns(row))}`).join(", ")}`).join("; ")}.`,
      table: sixTable(result),
      notes: measuredNotes(sixComparison(result, what === "speed" ? "read" : "long write"), { metrics: [] }),
    },
  );
}

function cells(row: SixRow): string[] {
  return [
    row.readAloneNs,
    row.readNs,
    row.mixed95Ns,
    row.mixed50Ns,
    row.short.p99Ns,
    row.long.p50Ns,
    row.long.p99Ns,
    row.long.maxNs,
    row.long.serviceP99Ns,
  ].map(formatNs);
}
