// Mistakes at the start of a goroutine: a body that is called already, or one that is no generator function.
import type ts from "typescript";
import { compiler } from "./compiler.js";
import { type Findings, starEdits } from "./findings.js";
import { isGenerator, isOperation, starterOf } from "./goroutines.js";
import { visitAll } from "./names.js";

/** Looks at one node. */
export function findStartMistake(node: ts.Node, findings: Findings): void {
  const ts = compiler();
  const starter = starterOf(node, findings.names);
  if (starter === undefined || !ts.isCallExpression(node)) return;
  const [body] = node.arguments;
  if (body === undefined) return;
  if (ts.isCallExpression(body)) findCalledBody(starter, body, findings);
  else if (ts.isArrowFunction(body) || ts.isFunctionExpression(body))
    findPlainBody(starter, body, body, findings);
  else if (ts.isIdentifier(body)) {
    const declared = findings.names.functionOf(body.text);
    if (declared !== undefined) findPlainBody(starter, declared, body, findings);
  }
}

/** `go(worker(1))` hands over a generator object, and `go` wants the function. */
function findCalledBody(starter: string, body: ts.CallExpression, findings: Findings): void {
  const ts = compiler();
  if (!ts.isIdentifier(body.expression)) return;
  const declared = findings.names.functionOf(body.expression.text);
  if (declared === undefined || !isGenerator(declared)) return;
  const values = body.arguments.map((value) => findings.show(value));
  findings.add(
    body,
    `\`${starter}\` calls the body itself, so it needs the function and its arguments, not \`${findings.show(body)}\`: ` +
      `write \`${starter}(${[body.expression.text, ...values].join(", ")})\`.`,
  );
}

function findPlainBody(
  starter: string,
  body: ts.FunctionLikeDeclaration,
  place: ts.Node,
  findings: Findings,
): void {
  const ts = compiler();
  if (isGenerator(body)) return;
  const isAsync = body.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) ?? false;
  // `() => worker(1)` returns a goroutine body's generator: that is right.
  if (!isAsync && !holdsOperation(body, findings)) return;
  const what = isAsync
    ? "an async function"
    : ts.isArrowFunction(body)
      ? "an arrow function"
      : "a plain function";
  const rest = isAsync ? ", and `yield*` instead of `await` inside" : ", and `yield*` before its operations";
  findings.add(
    place,
    `\`${starter}\` needs a generator function and got ${what}, which cannot stop and go on as a goroutine does: ` +
      `write ${findings.corrected(...starEdits(body))}${rest}.`,
  );
}

/** True when a block body makes operations of its own. */
function holdsOperation(body: ts.FunctionLikeDeclaration, findings: Findings): boolean {
  const ts = compiler();
  if (body.body === undefined || !ts.isBlock(body.body)) return false;
  let holds = false;
  visitAll(body.body, (node) => {
    if (isOperation(node, findings.names) && ts.isExpressionStatement(node.parent)) holds = true;
  });
  return holds;
}
