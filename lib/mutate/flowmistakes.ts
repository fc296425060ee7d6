// Mistakes in the flow: if for while, a branch that is wrong, another way out of a loop, a return that comes early, a
// statement too few or in the wrong place.
import ts from "typescript";
import type { Mistake } from "./mutant.js";
import { declaredBy, functionAround, namesIn, replaced, swapped, without } from "./syntax.js";

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

/** Of a loop over many only the first turn is made. */
export function firstOnly(node: ts.Node): Mistake[] {
  const isBounded = ts.isForOfStatement(node) || (ts.isForStatement(node) && node.condition !== undefined);
  if (!isBounded) return [];
  const { statement } = node;
  const inside = ts.isBlock(statement) ? statement.getText().slice(1, -1) : ` ${statement.getText()} `;
  return [{ edits: [replaced(statement, `{${inside}break; }`)], what: "the loop makes one turn" }];
}

/** `continue` for `break`, and the other way round. */
export function otherExit(node: ts.Node): Mistake[] {
  if (ts.isContinueStatement(node))
    return [{ edits: [replaced(node, "break;")], what: "the loop ends, instead of its turn" }];
  if (ts.isBreakStatement(node))
    return [{ edits: [replaced(node, "continue;")], what: "the turn ends, instead of the loop" }];
  return [];
}

/** A branch is never, or always, taken. */
export function branch(node: ts.Node): Mistake[] {
  const condition = ts.isIfStatement(node)
    ? node.expression
    : ts.isConditionalExpression(node)
      ? node.condition
      : undefined;
  if (condition === undefined) return [];
  return ["true", "false"].map((value) => ({
    edits: [replaced(condition, value)],
    what: `the condition is always ${value}`,
  }));
}

/** Returns before the last thing is done; with the value, where it returns one. */
export function earlyReturn(node: ts.Node): Mistake[] {
  if (!ts.isBlock(node) || functionAround(node)?.body !== node) return [];
  const last = node.statements.at(-1);
  const value = last !== undefined && ts.isReturnStatement(last) ? last.expression : undefined;
  const skipped = node.statements.at(value === undefined ? -1 : -2);
  if (skipped === undefined || node.statements[0] === skipped) return [];
  if (value === undefined && returnsValue(node)) return [];
  if (value !== undefined && declaredBy(skipped).length > 0) return []; // the value needs it
  const start = skipped.getStart();
  const what = `it returns before the last ${value === undefined ? "statement" : "thing is done"}`;
  const back = value === undefined ? "return;" : `return ${value.getText()};`;
  return [{ edits: [{ start, end: start, text: `if (1) ${back} ` }], what }];
}

function returnsValue(body: ts.Block): boolean {
  return /\breturn\s+[^;\s]/.test(body.getText());
}

/** A statement, or a whole loop, is left out. */
export function dropStatement(node: ts.Node): Mistake[] {
  const isDroppable = ts.isExpressionStatement(node) || ts.isThrowStatement(node) || isLoop(node);
  if (!isDroppable || functionAround(node) === undefined) return [];
  return [{ edits: [without(node)], what: "a statement is left out" }];
}

/** Two neighbours change places. */
export function swapStatements(node: ts.Node): Mistake[] {
  if (!ts.isBlock(node)) return [];
  const { statements } = node;
  return statements.slice(1).flatMap((second, i) => {
    const first = statements[i] as ts.Statement;
    if (!isMovable(first) || !isMovable(second)) return [];
    const names = new Set(namesIn(second));
    if (declaredBy(first).some((name) => names.has(name))) return []; // it could not run at all
    return [{ edits: swapped(first, second), what: "two statements change places" }];
  });
}

function isMovable(node: ts.Statement): boolean {
  return ts.isExpressionStatement(node) || ts.isVariableStatement(node) || isLoop(node);
}

function isLoop(node: ts.Node): boolean {
  return ts.isForOfStatement(node) || ts.isForStatement(node) || ts.isWhileStatement(node);
}
