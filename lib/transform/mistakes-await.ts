// Mistakes with `await`: in a goroutine body, in a function that is not async, or on an operation.
import type ts from "typescript";
import { compiler } from "./compiler.js";
import { type Findings, nameOfFunction } from "./findings.js";
import { functionAround, isGenerator, isOperation } from "./goroutines.js";
import { callbackSentence } from "./mistakes-yield.js";

/** Looks at one node. */
export function findAwaitMistake(node: ts.Node, findings: Findings): void {
  if (compiler().isForOfStatement(node) && node.awaitModifier !== undefined) findForAwait(node, findings);
  const use = awaitUse(node);
  if (use === undefined) return;
  const around = functionAround(node);
  if (around === undefined || isAsync(around)) findAwaitedOperation(use, around, findings);
  else if (isGenerator(around)) findAwaitInGenerator(use, around, findings);
  else findAwaitInPlainFunction(use, around, findings);
}

function findAwaitInPlainFunction(
  use: AwaitUse,
  around: ts.FunctionLikeDeclaration,
  findings: Findings,
): void {
  const call = around.parent;
  const outer = functionAround(around);
  if (outer !== undefined && findings.goroutines.has(outer) && compiler().isCallExpression(call)) {
    findings.add(use.node, callbackSentence(call, around, findings, "`await`"));
    return;
  }
  const reading = use.isCall ? "is read as a call of a function named `await`" : "is not allowed here";
  findings.add(
    use.node,
    `\`await\` ${reading}, because ${nameOfFunction(around)} is not async: write \`async\` before it, ` +
      `e.g. ${findings.corrected({ at: headOf(around), insert: "async " })}.`,
  );
}

interface AwaitUse {
  readonly node: ts.Node;
  readonly operand: ts.Expression;
  /** `await (x)` outside an async function is the call of a function. */
  readonly isCall: boolean;
}

function awaitUse(node: ts.Node): AwaitUse | undefined {
  const ts = compiler();
  if (ts.isAwaitExpression(node)) return { node, operand: node.expression, isCall: false };
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const [operand] = node.arguments;
  if (node.expression.text !== "await" || operand === undefined) return undefined;
  return { node, operand, isCall: true };
}

function isAsync(node: ts.FunctionLikeDeclaration): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === compiler().SyntaxKind.AsyncKeyword) ?? false;
}

/** Where `async` goes: before the function, after `export` and `static`. */
function headOf(node: ts.FunctionLikeDeclaration): number {
  const last = node.modifiers?.at(-1);
  const file = node.getSourceFile();
  if (last === undefined) return node.getStart(file);
  return last.end + (/^\s*/.exec(file.text.slice(last.end))?.[0].length ?? 0);
}

function findAwaitInGenerator(use: AwaitUse, around: ts.FunctionLikeDeclaration, findings: Findings): void {
  const { node, operand, isCall } = use;
  const start = node.getStart();
  const inner = withoutParens(operand);
  const reading = isCall ? "reads as a call of a function named `await`" : "cannot stand";
  if (isOperation(inner, findings.names)) {
    const fix = findings.corrected({ at: start, remove: "await".length, insert: "yield*" });
    const why = "because a goroutine waits by `yield*` and `await` would leave the scheduler";
    findings.add(node, `\`await\` ${reading} in a goroutine body, ${why}: write ${fix}.`);
    return;
  }
  if (!findings.goroutines.has(around)) {
    findings.add(
      node,
      `\`await\` ${reading} in a generator that is not async: use \`yield*\` in a goroutine body.`,
    );
    return;
  }
  const value = findings.show(inner);
  const isChain = inner.getText().length > 50;
  const fix = isChain
    ? "`yield* fromPromise(…)`"
    : findings.corrected({ at: start, remove: node.end - start, insert: `yield* fromPromise(${value})` });
  findings.add(
    node,
    `\`await\` ${reading} in a goroutine body, because it would stop every goroutine's scheduler: ` +
      `for a promise write ${fix}, which parks this goroutine only.`,
  );
}

function findAwaitedOperation(
  use: AwaitUse,
  around: ts.FunctionLikeDeclaration | undefined,
  findings: Findings,
): void {
  const ts = compiler();
  const operand = withoutParens(use.operand);
  if (around !== undefined && isGenerator(around) && findings.goroutines.has(around)) {
    findings.add(
      use.node,
      `${nameOfFunction(around)} is an async generator, and a goroutine body is a plain one: ` +
        "write `function*` without `async`, and `yield*` instead of `await`.",
    );
    return;
  }
  if (!isOperation(operand, findings.names)) return;
  const callee = operand.expression;
  const isKnown = ts.isIdentifier(callee)
    ? findings.names.isImported(callee.text)
    : ts.isPropertyAccessExpression(callee) && findings.names.meaningOf(callee.expression) !== undefined;
  if (!isKnown) return;
  findings.add(
    use.node,
    `\`${findings.show(operand)}\` is an operation and not a promise, so \`await\` does not perform it: ` +
      `write \`yield* ${findings.show(operand)}\` inside \`await run(function* () { … });\`.`,
  );
}

function findForAwait(node: ts.ForOfStatement, findings: Findings): void {
  const around = functionAround(node);
  if (around === undefined || !findings.goroutines.has(around)) return;
  findings.add(
    node,
    "`for await` cannot stand in a goroutine body: for a channel write " +
      `\`yield* ${findings.show(node.expression)}.forEach(function* (v) { … });\`.`,
  );
}

function withoutParens(node: ts.Expression): ts.Expression {
  return compiler().isParenthesizedExpression(node) ? withoutParens(node.expression) : node;
}
