// The table of real threads, as `npm run bench -- threads` prints it and its page shows it.
import { figure } from "../compare.js";
import type { Kind } from "../kind.js";
import { GO2, type Results } from "../results.js";
import type { Ratio } from "../summary.js";
import { threadContestants } from "./contestants.js";
import type { Target, ThreadRow } from "./row.js";
import { summarizeThreads, type ThreadLine } from "./summary.js";
import { THREADS } from "./table.js";

const DASH = "–";
const HEAD = [
  "row",
  "here",
  "Go p2",
  "here/p2",
  "target",
  "seen",
  "",
  "best npm",
  "here/npm",
  "Node",
  "here/Node",
];
const WIDTHS = [22, 7, 7, 18, 22, 18, 6, 22, 8, 7, 9];

/** Real threads. */
export const THREADS_KIND: Kind<ThreadRow> = {
  table: THREADS,
  folder: "threads",
  go: GO2,
  contestantsOf: threadContestants,
  head: padded(HEAD),
  lines: (row, results) =>
    summarizeThreads([row], results).flatMap((line) => [
      padded(cells(line)),
      ...line.failures.map((failure) => `  – ${failure}`),
    ]),
  verdict: (results) => verdict(summarizeThreads(THREADS, results)),
  markdown,
  legend: THREADS.map(({ name, what }) => `- \`${name}\`: ${what}.`).join("\n"),
};

function padded(columns: readonly string[]): string {
  return columns
    .map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[0] ?? 0) : cell.padStart(WIDTHS[i] ?? 0)))
    .join("  ");
}

function cells(line: ThreadLine): string[] {
  const { row, npm } = line;
  return [
    row.unit === "ns" ? row.name : `${row.name} (${row.unit})`,
    value(line.ours),
    value(line.go),
    ratio(line.toGo),
    target(row.target, row),
    ratio(line.judged),
    { met: "met", missed: "missed", unknown: DASH, none: "" }[line.outcome],
    npm === null ? DASH : `${npm.name} ${figure(npm.value)}`,
    npm === null || npm.ratio === null ? DASH : figure(npm.ratio.median),
    value(line.node),
    line.toNode === null ? DASH : figure(line.toNode.median),
  ];
}

function value(x: number | null): string {
  return x === null ? DASH : figure(x);
}

function ratio(x: Ratio | null): string {
  if (x === null) return DASH;
  return x.rounds === 1 ? figure(x.median) : `${figure(x.median)} (${figure(x.low)}-${figure(x.high)})`;
}

function target(wanted: Target | undefined, { unit }: ThreadRow): string {
  if (wanted === undefined) return DASH;
  if (wanted.of === "speedup") return `≥ ${wanted.atLeast} x ${wanted.row}`;
  if (wanted.of === "time") return `≤ ${wanted.atMost} ${unit}`;
  const most = wanted.atMost === 1 / 3 ? "1/3" : String(wanted.atMost);
  return `≤ ${most} of ${wanted.of === "go" ? "Go p2" : "Node"}`;
}

function verdict(lines: readonly ThreadLine[]): string {
  const judged = lines.filter(({ outcome }) => outcome === "met" || outcome === "missed");
  const missed = judged.filter(({ outcome }) => outcome === "missed");
  const npm = lines.filter((line) => line.npm !== null);
  const behind = npm.filter((line) => (line.npm?.ratio?.median ?? 0) >= 1);
  return [
    judged.length === 0
      ? "nothing to judge by"
      : `${judged.length - missed.length} of ${judged.length} targets met`,
    ...(missed.length === 0 ? [] : [`missed: ${missed.map(({ row }) => row.name).join(", ")}`]),
    npm.length === 0
      ? "no npm package took part"
      : behind.length === 0
        ? `faster than every npm package in all ${npm.length} rows that have one`
        : `an npm package is faster in ${behind.map(({ row, npm }) => `${row.name} (${npm?.name})`).join(", ")}`,
  ].join("; ");
}

function markdown(results: Results): string {
  const lines = summarizeThreads(THREADS, results);
  const { environment: e, parameters: p } = results;
  const stamp = [
    `${e.cores} cores (${e.cpu})`,
    e.platform,
    `Node ${e.node.replace(/^v/, "")}`,
    ...(e.go === undefined ? ["without Go"] : [e.go]),
    ...(e.commit === undefined ? [] : [`commit ${e.commit}`]),
    e.atIso.slice(0, 10),
    `${p.rounds} rounds of ${p.budgetMs} ms`,
    ...(Object.keys(p.peers).length === 0 ? ["without npm packages"] : []),
  ];
  const crowded = lines.filter(({ row }) => row.threads > e.cores).map(({ row }) => `\`${row.name}\``);
  return [
    `${stamp.join(", ")}. ns per operation unless the row says otherwise.`,
    ...(crowded.length === 0 ? [] : [`More threads than cores: ${crowded.join(", ")}.`]),
    "",
    `| ${HEAD.join(" | ")} |`,
    `|${HEAD.map(() => " --- |").join("")}`,
    ...lines.map((line) => `| ${cells(line).join(" | ")} |`),
    "",
    `**${verdict(lines)}.**`,
    ...lines.flatMap(({ row, failures }) => failures.map((failure) => `- \`${row.name}\`: ${failure}`)),
  ].join("\n");
}
