// clusters: submissions that went wrong in the same way. One cluster is one thing to explain to several people.
import type { PropertyResult } from "../grade/index.js";
import type { Row } from "./report.js";

/** A way to go wrong, and who went it. */
export interface Cluster {
  readonly exercise: string;
  /** The property that failed; undefined when it befell the whole submission. */
  readonly property?: string;
  readonly verdict: string;
  /** What the first of them was told. */
  readonly message: string;
  readonly students: readonly string[];
  /** How many of them left the starter as it was. */
  readonly untouched: number;
  /** A submission to open. */
  readonly example: { readonly student: string; readonly origin: string; readonly report?: string };
}

/** Groups what failed by exercise, property, verdict and message; numbers in a message do not count. */
export function clustersOf(rows: readonly Row[]): Cluster[] {
  const clusters = new Map<string, Cluster>();
  for (const row of rows) {
    for (const cluster of ofRow(row)) {
      const key = [cluster.exercise, cluster.property, cluster.verdict, shapeOf(cluster.message)].join("\n");
      const before = clusters.get(key);
      clusters.set(key, before === undefined ? cluster : joined(before, cluster));
    }
  }
  return [...clusters.values()].sort((a, b) => b.students.length - a.students.length);
}

function ofRow(row: Row): Cluster[] {
  const { result } = row;
  if (result === undefined || result.status === "pass") return [];
  if (result.problem !== undefined) {
    const { verdict, message } = result.problem;
    return [clusterOf(row, { verdict, message })];
  }
  return result.properties
    .filter(({ status }) => status !== "pass")
    .map((property) => ({ ...clusterOf(row, property), property: property.name }));
}

function clusterOf(
  { student, exercise, origin, isUntouched }: Row,
  { verdict, message, report }: Pick<PropertyResult, "verdict" | "message" | "report">,
): Cluster {
  return {
    exercise,
    verdict,
    message: message.split("\n")[0] ?? "",
    students: [student],
    untouched: isUntouched ? 1 : 0,
    example: { student, origin, ...(report === undefined ? {} : { report: withoutReplay(report.text) }) },
  };
}

/** The replay command is for whose text it is; it would play the reader's own file. */
function withoutReplay(text: string): string {
  return text.replace(/\n+replay: .*$/m, "");
}

/** An example that somebody wrote says more than the starter. */
function joined(before: Cluster, more: Cluster): Cluster {
  const isOnlyStarter = before.untouched === before.students.length;
  return {
    ...before,
    students: [...before.students, ...more.students],
    untouched: before.untouched + more.untouched,
    example: isOnlyStarter && more.untouched === 0 ? more.example : before.example,
    message: isOnlyStarter && more.untouched === 0 ? more.message : before.message,
  };
}

/** A message without what differs between two submissions with the same mistake. */
function shapeOf(message: string): string {
  return message.replace(/\d+/g, "#").replace(/\s+/g, " ");
}
