// Mistakes with `yield`: no star behind it, no star on the function around it, or a callback in between.
import type ts from "typescript";
import { compiler } from "./compiler.js";
import { type Findings, nameOfFunction, starEdits } from "./findings.js";
import { functionAround, isGenerator, isOperation, starterOf } from "./goroutines.js";

/** A `yield`, however the parser understood it: outside a generator, `yield* x` is a product of two names. */
interface YieldUse {
  readonly node: ts.Node;
  readonly hasStar: boolean;
  readonly operand: ts.Expression | undefined;
}

/** Looks at one node. */
export function findYieldMistake(node: ts.Node, findings: Findings): void {
  const use = yieldUse(node);
  if (use === undefined) return;
  const around = functionAround(node);
  if (around === undefined) {
    findings.add(
      node,
      "`yield*` works only inside a generator function, and this line stands outside of any: " +
        "put it into `await run(function* () { … });`.",
    );
  } else if (isGenerator(around)) {
    if (!use.hasStar) findMissingYieldStar(use, around, findings);
  } else {
    findPlainFunction(use, around, findings);
  }
}

function yieldUse(node: ts.Node): YieldUse | undefined {
  const ts = compiler();
  if (ts.isYieldExpression(node)) {
    return { node, hasStar: node.asteriskToken !== undefined, operand: node.expression };
  }
  const isProduct = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AsteriskToken;
  if (!isProduct || !ts.isIdentifier(node.left) || node.left.text !== "yield") return undefined;
  return { node, hasStar: true, operand: node.right };
}

function findMissingYieldStar(use: YieldUse, around: ts.FunctionLikeDeclaration, findings: Findings): void {
  const { node, operand } = use;
  const evidence = findings.goroutines.get(around);
  const isOp = operand !== undefined && isKnownOperation(operand, findings);
  if (evidence === undefined && !isOp) return;
  if (operand === undefined) {
    if (evidence !== "certain") return;
    findings.add(
      node,
      "a bare `yield` is not a scheduling point, because the scheduler reads operations only: " +
        `write ${findings.corrected({ at: node.getStart(), remove: "yield".length, insert: "yield* gosched()" })}.`,
    );
    return;
  }
  if (evidence === "likely" && !isOperation(operand, findings.names)) return;
  const fix = findings.corrected({ at: node.getStart() + "yield".length, insert: "*" });
  findings.add(
    node,
    `\`yield\` only hands \`${findings.show(operand)}\` out of the generator and performs nothing, because the star ` +
      `is missing: write ${fix}.`,
  );
}

/** An operation of which the text itself says that it is ours. */
function isKnownOperation(operand: ts.Expression, findings: Findings): boolean {
  const ts = compiler();
  if (!isOperation(operand, findings.names)) return false;
  const callee = operand.expression;
  if (ts.isIdentifier(callee)) return findings.names.isImported(callee.text);
  return ts.isPropertyAccessExpression(callee) && findings.names.meaningOf(callee.expression) !== undefined;
}

function findPlainFunction(use: YieldUse, around: ts.FunctionLikeDeclaration, findings: Findings): void {
  const ts = compiler();
  const outer = functionAround(around);
  const call = around.parent;
  const isCallback = ts.isCallExpression(call) && call.arguments.includes(around as unknown as ts.Expression);
  if (
    outer !== undefined &&
    isGenerator(outer) &&
    isCallback &&
    starterOf(call, findings.names) === undefined
  ) {
    findings.add(use.node, callbackSentence(call, around, findings, "`yield*`"));
    return;
  }
  if (ts.isConstructorDeclaration(around) || ts.isAccessor(around)) {
    findings.add(use.node, "`yield*` cannot stand in a constructor or accessor: move it into a `*method()`.");
    return;
  }
  const fix = findings.corrected(...starEdits(around));
  const what = ts.isArrowFunction(around)
    ? `${nameOfFunction(around)} is an arrow function, and arrow functions cannot be generators`
    : `${nameOfFunction(around)} is not a generator function, because its star is missing`;
  findings.add(use.node, `\`yield*\` works only inside a generator, and ${what}: write ${fix}.`);
}

/** The sentence about a callback between an operation and its goroutine. */
export function callbackSentence(
  call: ts.CallExpression,
  callback: ts.FunctionLikeDeclaration,
  findings: Findings,
  what: string,
): string {
  const ts = compiler();
  const callee = call.expression;
  const method = ts.isPropertyAccessExpression(callee) ? callee.name.text : findings.show(callee);
  const start = `${what} belongs to the function that it stands in directly, and the callback of \`${method}\` is a function of its own`;
  const [item] = callback.parameters;
  if (ts.isPropertyAccessExpression(callee) && method === "forEach") {
    const list = findings.show(callee.expression);
    return `${start}: write the loop as \`for (const ${item?.name.getText() ?? "item"} of ${list}) { … }\`, which stays in the goroutine.`;
  }
  return `${start}: use a \`for\` loop, which stays in the goroutine.`;
}
