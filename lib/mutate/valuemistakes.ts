// Mistakes with values: a comparison or a sum that is wrong or almost right, a number that is off by one, the other truth.
import ts from "typescript";
import type { Mistake } from "./mutant.js";
import { replaced } from "./syntax.js";

const OTHER: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.PlusToken, "-"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.PlusEqualsToken, "-="],
  [ts.SyntaxKind.MinusEqualsToken, "+="],
]);

/** A comparison that is off by one, the other way round, or joined wrongly; less for more. */
export function otherOperator(node: ts.Node): Mistake[] {
  if (!ts.isBinaryExpression(node)) return [];
  const other = OTHER.get(node.operatorToken.kind);
  if (other === undefined) return [];
  const was = node.operatorToken.getText();
  return [{ edits: [replaced(node.operatorToken, other)], what: `${was} becomes ${other}` }];
}

/** `n++` counts down. */
export function otherDirection(node: ts.Node): Mistake[] {
  if (!ts.isPostfixUnaryExpression(node) && !ts.isPrefixUnaryExpression(node)) return [];
  const { operator, operand } = node;
  const was = operator === ts.SyntaxKind.PlusPlusToken ? "++" : "--";
  if (was === "--" && operator !== ts.SyntaxKind.MinusMinusToken) return [];
  const other = was === "++" ? "--" : "++";
  const text = ts.isPostfixUnaryExpression(node) ? operand.getText() + other : other + operand.getText();
  return [{ edits: [replaced(node, text)], what: `${was} becomes ${other}` }];
}

/** `return true` becomes `return false`, and the other way round. */
export function otherTruth(node: ts.Node): Mistake[] {
  const isTrue = node.kind === ts.SyntaxKind.TrueKeyword;
  if (!isTrue && node.kind !== ts.SyntaxKind.FalseKeyword) return [];
  return [{ edits: [replaced(node, String(!isTrue))], what: `${isTrue} becomes ${!isTrue}` }];
}

/** 0 becomes 1, other numbers become one more. */
export function offByOne(node: ts.Node): Mistake[] {
  if (!ts.isNumericLiteral(node)) return [];
  const value = Number(node.text.replaceAll("_", ""));
  return [{ edits: [replaced(node, String(value + 1))], what: `${node.text} becomes ${value + 1}` }];
}
