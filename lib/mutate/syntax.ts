// Syntax: what the operators ask about a program's tree.
import ts from "typescript";
import type { Edit } from "./mutant.js";

/** A call of a method: `yield* this.#mu.lock()`, with the receiver's text and the method's name. */
export interface MethodCall {
  readonly call: ts.CallExpression;
  readonly receiver: string;
  readonly method: string;
}

/** The method call that `node` is, if it is one, with or without `yield*` around it. */
export function methodCall(node: ts.Node): MethodCall | undefined {
  const call = ts.isYieldExpression(node) && node.expression !== undefined ? node.expression : node;
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const { expression, name } = call.expression;
  return { call, receiver: expression.getText(), method: name.text };
}

/** The method call that a statement consists of. */
export function calledAlone(statement: ts.Node): MethodCall | undefined {
  return ts.isExpressionStatement(statement) ? methodCall(statement.expression) : undefined;
}

/** Takes a node away; of a statement that stands alone where one is needed, an empty one stays. */
export function without(node: ts.Node): Edit {
  const needsOne = ts.isStatement(node) && !ts.isBlock(node.parent) && !ts.isSourceFile(node.parent);
  return { start: node.getStart(), end: node.getEnd(), text: needsOne ? ";" : "" };
}

export function replaced(node: ts.Node, text: string): Edit {
  return { start: node.getStart(), end: node.getEnd(), text };
}

/** Two nodes in each other's place. */
export function swapped(a: ts.Node, b: ts.Node): Edit[] {
  return [replaced(a, b.getText()), replaced(b, a.getText())];
}

/** The function that `node` stands in. */
export function functionAround(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at) && "body" in at) return at as ts.FunctionLikeDeclaration;
  }
  return undefined;
}

/** All nodes below and including `node`, outermost first; not what is below one that `isLeftOut`. */
export function* nodesOf(
  node: ts.Node,
  isLeftOut: (node: ts.Node) => boolean = () => false,
): Generator<ts.Node, void, undefined> {
  if (isLeftOut(node)) return;
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* nodesOf(child, isLeftOut);
}

/** True when running `node` calls somebody; what it only hands on, as in `() => f()`, is not run by it. */
export function calls(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isCallExpression(node)) return true;
  return ts.forEachChild(node, (child) => calls(child) || undefined) ?? false;
}

/** The names that a statement declares, as `a` and `b` in `const [a, b] = f();`. */
export function declaredBy(statement: ts.Node): string[] {
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ name }) => namesIn(name));
}

/** All names that stand below `node`, as `f` and `x` in `f(x)`. */
export function namesIn(node: ts.Node): string[] {
  return [...nodesOf(node)].filter(ts.isIdentifier).map(({ text }) => text);
}
