// Mistakes in the flow: if for while, a condition that is wrong or almost right, a return that comes early, a statement too
// few or in the wrong place, a number that is off by one.
import ts from "typescript";
import type { Mistake } from "./mutant.js";
import { functionAround, replaced, swapped, without } from "./syntax.js";

/** Looks once where it has to look again. */
export function ifForWhile(node: ts.Node): Mistake[] {
  if (!ts.isWhileStatement(node)) return [];
  const text = `if (${node.expression.getText()}) ${node.statement.getText()}`;
  if (/\b(break|continue)\b/.test(node.statement.getText())) return [];
  return [{ edits: [replaced(node, text)], what: "the condition is looked at once" }];
}

/** A loop without a condition of its own runs once. */
export function onceForEver(node: ts.Node): Mistake[] {
  if (!ts.isForStatement(node) || node.condition !== undefined) return [];
  return [
    {
      edits: [
        {
          start: node.getStart(),
          end: node.statement.getStart(),
          text: "for (let once = 0; once < 1; once++) ",
        },
      ],
      what: "what is tried again and again is tried once",
    },
  ];
}

const OTHER: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
]);

/** A comparison that is off by one, the other way round, or joined wrongly. */
export function otherComparison(node: ts.Node): Mistake[] {
  if (!ts.isBinaryExpression(node)) return [];
  const other = OTHER.get(node.operatorToken.kind);
  if (other === undefined) return [];
  const was = node.operatorToken.getText();
  return [{ edits: [replaced(node.operatorToken, other)], what: `${was} becomes ${other}` }];
}

/** A branch is never, or always, taken. */
export function branch(node: ts.Node): Mistake[] {
  if (!ts.isIfStatement(node)) return [];
  return ["true", "false"].map((value) => ({
    edits: [replaced(node.expression, value)],
    what: `the condition is always ${value}`,
  }));
}

/** Returns before the last thing is done. */
export function earlyReturn(node: ts.Node): Mistake[] {
  if (!ts.isBlock(node) || node.statements.length < 2) return [];
  const around = functionAround(node);
  if (around?.body !== node || returnsValue(node)) return [];
  const last = node.statements[node.statements.length - 1] as ts.Statement;
  const start = last.getStart();
  return [
    { edits: [{ start, end: start, text: "if (1) return; " }], what: "it returns before the last statement" },
  ];
}

function returnsValue(body: ts.Block): boolean {
  return /\breturn\s+[^;\s]/.test(body.getText());
}

/** A statement is left out. */
export function dropStatement(node: ts.Node): Mistake[] {
  const isDroppable = ts.isExpressionStatement(node) || ts.isThrowStatement(node);
  if (!isDroppable || functionAround(node) === undefined) return [];
  return [{ edits: [without(node)], what: "a statement is left out" }];
}

/** Two neighbours change places. */
export function swapStatements(node: ts.Node): Mistake[] {
  if (!ts.isBlock(node)) return [];
  const { statements } = node;
  return statements.slice(1).flatMap((second, i) => {
    const first = statements[i] as ts.Statement;
    if (!ts.isExpressionStatement(first) || !ts.isExpressionStatement(second)) return [];
    return [{ edits: swapped(first, second), what: "two statements change places" }];
  });
}

/** 0 becomes 1, other numbers become one more. */
export function offByOne(node: ts.Node): Mistake[] {
  if (!ts.isNumericLiteral(node) || functionAround(node) === undefined) return [];
  const value = Number(node.text.replaceAll("_", ""));
  return [{ edits: [replaced(node, String(value + 1))], what: `${node.text} becomes ${value + 1}` }];
}
