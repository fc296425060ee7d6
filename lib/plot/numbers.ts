// Numbers: what a figure says without being seen: a sentence and a table, from its traces alone.
import { type Table, table } from "./table.js";
import type { Datum, Layout, Trace } from "./trace.js";
import { significant } from "./units.js";

/** Returns one sentence on what the picture shows. */
export function describe(title: string, data: readonly Trace[], layout: Layout): string {
  const y = layout.yaxis?.title?.text ?? "y";
  const x = layout.xaxis?.title?.text ?? "x";
  const names = data.filter((t) => t.showlegend !== false && t.name !== undefined).map((t) => t.name);
  const points = data.reduce((sum, t) => sum + t.x.length, 0);
  const series = names.length > 1 ? `, ${names.length} series (${names.join(", ")})` : "";
  return `${title}: ${points} points of ${y} by ${x}${series}`;
}

/** Rows of numbers that a person can still read; beyond that a figure gives each series' extent. */
const MAX_ROWS = 24;

/** Returns the numbers of any figure: every point when they are few, otherwise each series' extent. */
export function numbersOf(data: readonly Trace[], layout: Layout): Table {
  const x = layout.xaxis?.title?.text ?? "x";
  const y = layout.yaxis?.title?.text ?? "y";
  const rows: string[][] = [];
  const points = data.reduce(
    (sum, t) => sum + (t.type === "heatmap" ? t.x.length * t.y.length : t.x.length),
    0,
  );
  const isShort = points <= MAX_ROWS;
  data.forEach((trace, i) => {
    const name = trace.name ?? (data.length > 1 ? `series ${i + 1}` : "");
    const values = pairs(trace);
    if (isShort) for (const [at, value] of values) rows.push([name, printed(at), printed(value)]);
    else rows.push([name, `${values.length} points`, extent(values.map(([, value]) => value))]);
  });
  if (rows.every((row) => row[0] === ""))
    return table(
      "",
      [x, y],
      rows.map((row) => row.slice(1)),
    );
  return table("", ["series", x, y], rows);
}

function pairs(trace: Trace): [Datum, number | null][] {
  if (trace.type === "box") return trace.x.map((x, i) => [x, trace.median[i]!]);
  if (trace.type === "heatmap") {
    return trace.z.flatMap((row, r) =>
      row.map((value, c): [Datum, number | null] => [`${trace.x[c] ?? c}, ${trace.y[r] ?? r}`, value]),
    );
  }
  return trace.x.map((x, i) => [x, trace.y[i] ?? null]);
}

function printed(value: Datum | null): string {
  return typeof value === "number" ? significant(value, 4) : (value ?? "–");
}

function extent(values: readonly (number | null)[]): string {
  const known = values.filter((v): v is number => v !== null && Number.isFinite(v));
  if (known.length === 0) return "–";
  const low = known.reduce((a, b) => Math.min(a, b));
  const high = known.reduce((a, b) => Math.max(a, b));
  return `${significant(low, 4)} … ${significant(high, 4)}`;
}
