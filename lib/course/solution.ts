// solution: what a learner's text and the reference solution do differently, line by line.
import { structuredPatch } from "diff";
import { paints } from "./paint.js";

const CONTEXT_LINES = 3;

/**
 * The difference as lines: `- ` is the learner's, `+ ` the reference solution's. Blanks at the ends of lines do not
 * count. Equal texts give one sentence.
 */
export function solutionDiff(own: string, reference: string, hasColor: boolean): string[] {
  const c = paints(hasColor);
  const patch = structuredPatch("yours", "ours", tidy(own), tidy(reference), undefined, undefined, {
    context: CONTEXT_LINES,
  });
  if (patch.hunks.length === 0) return ["Your text is the reference solution's, to the letter."];
  const lines = [c.red("- yours"), c.green("+ the reference solution; yours is as right if it passes"), ""];
  for (const { oldStart, lines: hunk } of patch.hunks) {
    lines.push(c.cyan(`@@ line ${oldStart}`));
    for (const line of hunk) lines.push(painted(line, c));
  }
  return lines;
}

function painted(line: string, c: ReturnType<typeof paints>): string {
  if (line.startsWith("-")) return c.red(`- ${line.slice(1)}`);
  if (line.startsWith("+")) return c.green(`+ ${line.slice(1)}`);
  return `  ${line.slice(1)}`;
}

function tidy(text: string): string {
  return `${text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd()}\n`;
}
