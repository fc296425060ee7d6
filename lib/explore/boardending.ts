// BoardEnding: how a run ended, in the few lines that a board has room for.

import type { Finding, Report } from "../event/index.js";
import type { BoardEnding } from "./boarddata.js";
import { shortValue } from "./boardears.js";
import type { Seen } from "./search.js";

/** Lines of one finding; of all of them. */
const MOST_LINES = 6;
const MOST_IN_ALL = 14;

/** What `seen` showed. */
export function endingOf<T>(seen: Seen<T>): BoardEnding {
  if (seen.verdict === "ok") {
    const { result } = seen.rt;
    return { verdict: "ok", lines: result === undefined ? [] : [`main returned ${shortValue(result)}`] };
  }
  const report = seen.report();
  const lines = inOrder(report).flatMap((finding) => linesOf(finding, report));
  return { verdict: report.verdict, lines: lines.slice(0, MOST_IN_ALL) };
}

/** Those that made the verdict come first. */
function inOrder({ findings, verdict }: Report): Finding[] {
  return [...findings.filter((f) => f.verdict === verdict), ...findings.filter((f) => f.verdict !== verdict)];
}

function linesOf({ verdict, message }: Finding, report: Report): string[] {
  const [first = "", ...rest] = message
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const head = verdict === report.verdict ? first : `also ${verdict}: ${first}`;
  return [head, ...rest.slice(0, MOST_LINES - 1)];
}
