// BoardEnding: how a run ended, in the few lines that a board has room for.

import type { Finding, Report, Verdict } from "../event/index.js";
import type { BoardEnding } from "./boarddata.js";
import { shortValue } from "./boardears.js";
import type { View } from "./boardview.js";
import type { Seen } from "./search.js";

/** Lines of one finding; of all of them. */
const MOST_LINES = 6;
const MOST_IN_ALL = 14;

/** Verdicts about goroutines that wait: the board tells of them in its own names. */
const ABOUT_WAITING: readonly Verdict[] = ["global-deadlock", "partial-deadlock", "leak"];

/** What `seen` showed, which ended in the state of `view`. */
export function endingOf<T>(seen: Seen<T>, view: View): BoardEnding {
  if (seen.verdict === "ok") {
    const { result } = seen.rt;
    return { verdict: "ok", lines: result === undefined ? [] : [`main returned ${shortValue(result)}`] };
  }
  const report = seen.report();
  const lines = inOrder(report).flatMap((finding) => linesOf(finding, report, view));
  return { verdict: report.verdict, lines: lines.slice(0, MOST_IN_ALL) };
}

/** Those that made the verdict come first. */
function inOrder({ findings, verdict }: Report): Finding[] {
  return [...findings.filter((f) => f.verdict === verdict), ...findings.filter((f) => f.verdict !== verdict)];
}

function linesOf({ verdict, message }: Finding, report: Report, view: View): string[] {
  const [first = "", ...rest] = message
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  if (ABOUT_WAITING.includes(verdict)) {
    const head = first.replace(/(deadlock!|for ever):? .*$/, "$1");
    const advice = rest.filter((line) => line.startsWith("next: "));
    return [marked(verdict, head, report), ...waitingLines(view), ...advice];
  }
  return [marked(verdict, first, report), ...rest.slice(0, MOST_LINES - 1)];
}

function marked(verdict: Verdict, line: string, report: Report): string {
  return verdict === report.verdict ? line : `also ${verdict}: ${line}`;
}

/** Who waits for what, and who has it. */
function waitingLines({ goroutines, objects }: View): string[] {
  const nameOf = (id: number): string => `g${id} ${goroutines.find((g) => g.id === id)?.name ?? ""}`.trim();
  return goroutines
    .filter((g) => g.state === "waits")
    .map(({ id, op, at }) => {
      const holders = objects
        .filter((object) => object.waiting?.some((text) => text.split(" ")[0] === `g${id}`))
        .flatMap((object) => object.holders ?? []);
      const held = holders.length === 0 ? "" : `, held by ${[...new Set(holders)].map(nameOf).join(", ")}`;
      return `  ${nameOf(id)} waits: ${op}${held}${at === "" ? "" : ` (${at})`}`;
    });
}
