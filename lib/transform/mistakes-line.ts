// Mistakes of line ends: a line that begins with `(` is taken for the arguments of the line before.
import type ts from "typescript";
import { compiler } from "./compiler.js";
import type { Findings } from "./findings.js";

/** Looks at one node: `const a = 5⏎(await f()).x` calls 5. */
export function findLineMistake(node: ts.Node, findings: Findings): void {
  const ts = compiler();
  if (!ts.isCallExpression(node) || node.questionDotToken !== undefined) return;
  const { file } = findings;
  const callee = node.expression;
  const end = node.typeArguments?.end ?? callee.end;
  const paren = file.text.indexOf("(", end);
  if (paren === -1 || !file.text.slice(end, paren).includes("\n")) return;
  // Indented further than the statement, it is meant as an argument list.
  const statement = statementAround(node);
  const columnOf = (at: number) => file.getLineAndCharacterOfPosition(at).character;
  if (columnOf(paren) > columnOf(statement.getStart(file))) return;
  const line = findings.corrected({ at: callee.end, insert: ";" });
  findings.add(
    callee,
    "the next line begins with `(`, so the two lines are read as one call, because this one has no semicolon: " +
      `write ${line}.`,
  );
}

function statementAround(node: ts.Node): ts.Node {
  const ts = compiler();
  let at = node;
  while (at.parent !== undefined && !ts.isStatement(at)) at = at.parent;
  return at;
}
