// doctorLines: what the doctor found, as text.
import { wrapLine } from "../plot/index.js";
import type { Finding } from "./doctor.js";
import { paints } from "./paint.js";

const MARKS = { ok: "✓", warn: "!", fail: "✗" } as const;

/** A line for each question; under it what to do, where something is to be done. */
export function doctorLines(findings: readonly Finding[], columns: number, hasColor: boolean): string[] {
  const c = paints(hasColor);
  const paint = { ok: c.green, warn: c.yellow, fail: c.red };
  const width = Math.max(0, ...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, status, found, todo }) => [
    ...beside(`${paint[status](MARKS[status])} ${name.padEnd(width)}  `, found, width + 4, columns),
    ...(todo === undefined ? [] : todo.split("\n").flatMap((line) => wrapLine(`    → ${line}`, columns))),
  ]);
  const count = (status: Finding["status"]): number =>
    findings.filter((finding) => finding.status === status).length;
  return [...lines, "", summary(count("fail"), count("warn"))];
}

/** A text in its column; under its name where the window is too narrow for two. */
function beside(head: string, text: string, indent: number, columns: number): string[] {
  if (columns < 2 * indent) return wrapLine(`${head}${text}`, columns);
  return wrapLine(text, columns - indent).map((line, n) => `${n === 0 ? head : " ".repeat(indent)}${line}`);
}

function summary(failed: number, warned: number): string {
  if (failed > 0) return "The course cannot work like this; see the lines with ✗.";
  return warned === 0
    ? "All is well."
    : "The course works; what is marked with ! is left out or less precise.";
}
