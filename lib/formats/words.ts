// words: what the formats say about a property and about a whole submission, as plain text.
import type { CheckResult, PropertyResult } from "../grade/index.js";
import { cleanText } from "./text.js";

/** The property's name; never empty, on one line. */
export function nameOf(property: PropertyResult, index: number): string {
  return cleanText(property.name).replace(/\s+/g, " ").trim() || `check ${index + 1}`;
}

/** What was shown, or what is wrong, the failing interleaving, and how to play it again. */
export function propertyText(property: PropertyResult): string {
  const { status, verdict, message, shown, report, replay } = property;
  if (status === "pass") return cleanText(shown ?? "");
  const parts = [`${verdict}: ${message}`];
  if (report !== undefined) parts.push(report.text);
  if (replay !== undefined) parts.push(`Play it again: ${replay}`);
  return cleanText(parts.join("\n\n"));
}

/** What befell the submission as a whole, the first mistakes seen in its text, and what it printed. */
export function overallText(result: CheckResult): string {
  const parts = [problemText(result), missing(result), result.notes.join("\n"), printed(result)];
  return cleanText(parts.filter((part) => part !== "").join("\n\n"));
}

/** The problem with the line it stands in; empty when there is none. */
export function problemText({ problem }: CheckResult): string {
  if (problem === undefined) return "";
  const excerpt = problem.excerpt === undefined ? "" : `\n\n${problem.excerpt}`;
  return cleanText(`${problem.verdict}: ${problem.message}${excerpt}`);
}

function missing({ missingPoints = 0 }: CheckResult): string {
  if (missingPoints === 0) return "";
  return `${missingPoints} points belong to hidden checks, which this copy of the course does not have.`;
}

function printed({ output }: CheckResult): string {
  return output.trim() === "" ? "" : `It printed:\n${output.trimEnd()}`;
}

/** Seconds with at most three decimals. */
export function secondsOf(elapsedMs: number): number {
  return Math.round(Math.max(0, elapsedMs)) / 1000;
}
