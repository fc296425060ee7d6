// Mistakes with operations: made but never `yield*`-ed, named but never called, or asked in a way that cannot park.
import type ts from "typescript";
import { compiler } from "./compiler.js";
import { type Edit, type Findings, nameOfFunction, starEdits } from "./findings.js";
import { functionAround, isDelegation, isGenerator, isOperation } from "./goroutines.js";
import { callbackSentence } from "./mistakes-yield.js";
import { isOpFunction, isOpMethod, isStepMethod } from "./words.js";

/** Looks at one node. */
export function findOperationMistake(node: ts.Node, findings: Findings): void {
  const ts = compiler();
  if (isOperation(node, findings.names)) findForgottenYield(node, findings);
  if (isDelegation(node)) findMissingCall(node.expression, findings);
  if (ts.isExpressionStatement(node)) findMissingCall(node.expression, findings);
  if (ts.isForOfStatement(node)) findLoopOverChannel(node, findings);
  if (ts.isNewExpression(node)) findPromise(node, findings);
}

function findForgottenYield(call: ts.CallExpression, findings: Findings): void {
  const ts = compiler();
  const isStatement = ts.isExpressionStatement(call.parent);
  const around = functionAround(call);
  const goroutine = findings.goroutineAround(call);
  const isInGenerator = around !== undefined && isGenerator(around);
  if (goroutine !== undefined || (isInGenerator && isStatement && isSurelyOurs(call, findings))) {
    if (goroutine !== undefined && !isDropped(call, goroutine)) return;
    const needsParens = !(isStatement || isWholeValue(call));
    const edits: Edit[] = [{ at: call.getStart(), insert: needsParens ? "(yield* " : "yield* " }];
    if (needsParens) edits.push({ at: call.end, insert: ")" });
    findings.add(
      call,
      `\`${findings.show(call)}\` only describes an operation, and nothing performs it without \`yield*\`: ` +
        `write ${findings.corrected(...edits)}.`,
    );
  } else if (isStatement && isSurelyOurs(call, findings)) {
    findOutsideGoroutine(call, findings);
  }
}

/**
 * An operation of a class or function that this text itself imports. Without the import it may be the class of the
 * same name from "happens-before/threads", imported by an earlier cell: there `mu.lock();` is right.
 */
function isSurelyOurs(call: ts.CallExpression, findings: Findings): boolean {
  const ts = compiler();
  if (ts.isIdentifier(call.expression)) return findings.names.isImported(call.expression.text);
  if (!ts.isPropertyAccessExpression(call.expression)) return false;
  return findings.names.isImported(findings.names.meaningOf(call.expression.expression) ?? "");
}

function findOutsideGoroutine(call: ts.CallExpression, findings: Findings): void {
  const ts = compiler();
  const around = functionAround(call);
  const shown = `\`${findings.show(call)}\``;
  if (around === undefined) {
    findings.add(
      call,
      `${shown} may park a goroutine, and at the top level there is none: ` +
        `write \`yield* ${findings.show(call)}\` inside \`await run(function* () { … });\`.`,
    );
    return;
  }
  const outer = functionAround(around);
  if (outer !== undefined && findings.goroutines.has(outer) && ts.isCallExpression(around.parent)) {
    findings.add(call, callbackSentence(around.parent, around, findings, shown));
    return;
  }
  if (ts.isConstructorDeclaration(around) || ts.isAccessor(around)) return;
  findings.add(
    call,
    `${shown} only describes an operation, and ${nameOfFunction(around)} cannot perform it, because it is not a ` +
      `generator: write ${findings.corrected(...starEdits(around))} and \`yield* ${findings.show(call)}\`.`,
  );
}

/** True where the operation's value is used as if it were the result, or not at all. */
function isDropped(call: ts.CallExpression, goroutine: ts.FunctionLikeDeclaration): boolean {
  const ts = compiler();
  const { parent } = call;
  if (ts.isExpressionStatement(parent) || ts.isReturnStatement(parent) || ts.isTemplateSpan(parent))
    return true;
  if (ts.isVariableDeclaration(parent)) {
    return !(ts.isIdentifier(parent.name) && isMentionedElsewhere(parent.name, goroutine));
  }
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === call;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isPrefixUnaryExpression(parent))
    return true;
  if (ts.isBinaryExpression(parent))
    return isArithmetic(parent.operatorToken.kind) || isDiscard(parent, call);
  return ts.isCallExpression(parent) && /^console\.\w+$/.test(parent.expression.getText());
}

/** An operation may be kept in a variable and performed later: `const op = ch.recv(); … yield* op`. */
function isMentionedElsewhere(name: ts.Identifier, goroutine: ts.FunctionLikeDeclaration): boolean {
  const ts = compiler();
  const isUse = (node: ts.Node): boolean => {
    if (isDelegation(node) && ts.isIdentifier(node.expression) && node.expression.text === name.text)
      return true;
    const isArgument = ts.isCallExpression(node) && !/^console\./.test(node.expression.getText());
    if (isArgument && node.arguments.some((value) => ts.isIdentifier(value) && value.text === name.text))
      return true;
    return ts.forEachChild(node, isUse) ?? false;
  };
  return ts.forEachChild(goroutine, isUse) ?? false;
}

function isArithmetic(kind: ts.SyntaxKind): boolean {
  const { SyntaxKind } = compiler();
  return (
    (kind >= SyntaxKind.LessThanToken && kind <= SyntaxKind.CaretToken) ||
    kind === SyntaxKind.AmpersandAmpersandToken ||
    kind === SyntaxKind.QuestionQuestionToken
  );
}

/** `x = ch.recv()` keeps the description instead of the value. */
function isDiscard(parent: ts.BinaryExpression, call: ts.CallExpression): boolean {
  const { SyntaxKind, isExpressionStatement } = compiler();
  const isAssignment =
    parent.operatorToken.kind >= SyntaxKind.FirstAssignment &&
    parent.operatorToken.kind <= SyntaxKind.LastAssignment;
  return isAssignment && parent.right === call && isExpressionStatement(parent.parent);
}

/** True where `yield* x` needs no parentheses. */
function isWholeValue(call: ts.CallExpression): boolean {
  const ts = compiler();
  const { parent } = call;
  if (ts.isBinaryExpression(parent)) return isDiscard(parent, call);
  return !(ts.isPropertyAccessExpression(parent) || ts.isPrefixUnaryExpression(parent));
}

function findMissingCall(expression: ts.Expression, findings: Findings): void {
  const ts = compiler();
  if (findings.goroutineAround(expression) === undefined) return;
  const isName =
    ts.isIdentifier(expression) && isOpFunction(expression.text) && findings.names.isOurs(expression.text);
  const isMethod = ts.isPropertyAccessExpression(expression) && isOurMethod(expression, findings);
  if (!isName && !isMethod) return;
  findings.add(
    expression,
    `\`${findings.show(expression)}\` names the operation without calling it, because the parentheses are missing: ` +
      `write ${findings.corrected({ at: expression.end, insert: "()" })}.`,
  );
}

function isOurMethod(expression: ts.PropertyAccessExpression, findings: Findings): boolean {
  const meaning = findings.names.meaningOf(expression.expression);
  const name = expression.name.text;
  return meaning !== "foreign" && (isOpMethod(name, meaning) || isStepMethod(name, meaning));
}

function findLoopOverChannel(loop: ts.ForOfStatement, findings: Findings): void {
  const { names } = findings;
  const { expression } = loop;
  const isReceive = isOperation(expression, names) && findings.goroutineAround(loop) !== undefined;
  if (!isReceive && names.meaningOf(expression) !== "Chan") return;
  findings.add(loop, channelLoopSentence(loop, findings));
}

/** The sentence about `for (const v of ch)`. */
export function channelLoopSentence(loop: ts.ForOfStatement, findings: Findings): string {
  const ts = compiler();
  const [variable] = ts.isVariableDeclarationList(loop.initializer) ? loop.initializer.declarations : [];
  const callee = ts.isCallExpression(loop.expression) ? loop.expression.expression : loop.expression;
  const channel =
    ts.isPropertyAccessExpression(callee) && callee !== loop.expression ? callee.expression : loop.expression;
  const name = variable?.name.getText() ?? "v";
  return (
    "`for…of` cannot park a goroutine, so a channel has no iterator: " +
    `write \`yield* ${findings.show(channel)}.forEach(function* (${name}) { … });\`.`
  );
}

function findPromise(node: ts.NewExpression, findings: Findings): void {
  const ts = compiler();
  if (!ts.isIdentifier(node.expression) || node.expression.text !== "Promise") return;
  if (findings.goroutineAround(node) === undefined) return;
  for (let at: ts.Node = node.parent; at !== undefined && !ts.isFunctionLike(at); at = at.parent) {
    if (ts.isCallExpression(at)) return; // Handed to somebody who may know what to do with it.
  }
  findings.add(
    node,
    "a promise cannot park a goroutine, and in controlled runs nobody settles it: use a `Chan` to wait for another " +
      "goroutine, `yield* sleep(ms)` to wait for time, or `yield* fromPromise(promise)` for the host.",
  );
}
