// Rendering: the table for a terminal, and for the README between two markers.
import { figure } from "./compare.js";
import { HOST, type Results } from "./results.js";
import type { Row } from "./row.js";
import { type Line, type Ratio, summarize } from "./summary.js";

export const START = "<!-- table: written by npm run bench -- --render -->";
export const END = "<!-- end of table -->";

const DASH = "–";

/** The cells of one line, as both tables show them. */
export function cells(line: Line): string[] {
  const { row } = line;
  return [
    row.unit === "ns" ? row.name : `${row.name} (${row.unit})`,
    value(line.ours),
    value(line.go1),
    value(line.go2),
    ratio(line.toGo1),
    target(row),
    { met: "met", missed: "missed", unknown: DASH }[line.outcome],
    row.targetOf !== undefined ? ratio(line.toRow) : line.toGo2 === null ? DASH : figure(line.toGo2.median),
    line.peer === null ? DASH : `${line.peer.name} ${figure(line.peer.value)}`,
    line.toPeer === null ? DASH : figure(line.toPeer.median),
  ];
}

export const HEAD = [
  "row",
  "here",
  "Go p1",
  "Go p2",
  "here/p1",
  "target",
  "",
  "here/p2",
  "best peer",
  "here/peer",
];

function value(x: number | null): string {
  return x === null ? DASH : figure(x);
}

function ratio(x: Ratio | null): string {
  if (x === null) return DASH;
  return x.rounds === 1 ? figure(x.median) : `${figure(x.median)} (${figure(x.low)}-${figure(x.high)})`;
}

function target(row: Row): string {
  const more = [
    ...(row.targetP2 === undefined ? [] : [`${row.targetP2} of p2`]),
    ...(row.targetOf === undefined ? [] : [`${row.targetOf.ratio} of ${row.targetOf.row}`]),
  ];
  return [`≤ ${row.target}`, ...more].join(", ");
}

/** One line of the terminal's table; `widths` as {@link WIDTHS}. */
export function terminalLine(columns: readonly string[]): string {
  return columns
    .map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[0] ?? 0) : cell.padStart(WIDTHS[i] ?? 0)))
    .join("  ");
}

const WIDTHS = [26, 7, 7, 7, 18, 8, 7, 7, 26, 9];

/** How many targets were met, of how many that could be judged; and rows in which a peer is faster. */
export function verdict(lines: readonly Line[]): string {
  const judged = lines.filter((line) => line.outcome !== "unknown");
  const met = judged.filter((line) => line.outcome === "met");
  const node = lines.filter((line) => line.peer?.name === HOST && (line.toPeer?.median ?? 0) >= 1);
  return [
    judged.length === 0 ? "no Go to judge by" : `${met.length} of ${judged.length} targets met`,
    npmVerdict(lines),
    ...(node.length === 0
      ? []
      : [`Node itself is faster in ${node.map((line) => line.row.name).join(", ")}`]),
  ].join("; ");
}

function npmVerdict(lines: readonly Line[]): string {
  const all = lines.flatMap(({ row, toNpm }) => (toNpm === null ? [] : [{ row, ...toNpm }]));
  const behind = all.filter(({ ratio: { median } }) => median >= 1);
  if (all.length === 0) return "no npm package took part";
  if (behind.length === 0) return `faster than every npm package in all ${all.length} rows that have one`;
  return `an npm package is faster in ${behind.map(({ row, name }) => `${row.name} (${name})`).join(", ")}`;
}

/** The Markdown between the markers. The same results give the same text. */
export function markdown(table: readonly Row[], results: Results): string {
  const lines = summarize(table, results);
  const { environment: e, parameters: p } = results;
  const stamp = [
    `${e.cores} cores (${e.cpu})`,
    e.platform,
    `Node ${e.node.replace(/^v/, "")}`,
    ...(e.go === undefined ? [] : [e.go]),
    ...(e.commit === undefined ? [] : [`commit ${e.commit}`]),
    e.atIso.slice(0, 10),
    `${p.rounds} rounds of ${p.budgetMs} ms${p.clock === "cpu" ? " of processor time, on a busy machine" : ""}`,
    ...(Object.keys(p.peers).length === 0 ? ["without npm packages"] : []),
  ];
  const missed = lines.filter((line) => line.outcome === "missed" || line.failures.length > 0);
  return [
    `${stamp.join(", ")}. ns per operation unless the row says otherwise.`,
    "",
    `| ${HEAD.join(" | ")} |`,
    `|${HEAD.map(() => " --- |").join("")}`,
    ...lines.map((line) => `| ${cells(line).join(" | ")} |`),
    "",
    `**${verdict(lines)}.**`,
    ...missed.flatMap((line) => missedLines(line)),
  ].join("\n");
}

function missedLines(line: Line): string[] {
  const failures = line.failures.map((failure) => `- \`${line.row.name}\`: ${failure}`);
  if (line.outcome !== "missed" || line.toGo1 === null || line.ours === null) return failures;
  const aim = (line.ours / line.toGo1.median) * line.row.target;
  const { unit } = line.row;
  const cost = `${figure(line.ours)} ${unit}, the target would be ${figure(aim)} ${unit}`;
  return [
    `- \`${line.row.name}\` missed: ${cost}${line.toGo1.median < 1 ? "; still faster than Go" : ""}.`,
    ...failures,
  ];
}

/**
 * Puts the table between the markers of a README.
 *
 * @throws {RangeError} `README: expected the markers …`
 */
export function insert(readme: string, text: string): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) throw new RangeError(`README: expected the markers ${START} and ${END}`);
  return `${readme.slice(0, start)}${START}\n\n${text}\n\n${readme.slice(end)}`;
}
