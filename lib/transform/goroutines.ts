// Goroutines: which functions of a text are goroutine bodies, as far as its syntax tells.
//
// Evidence, each sufficient for a generator function: its return type is `Go`; it is passed to `run`, `go`, `report`,
// `explore` or `wg.go`, in place or by name; it is `main` of a program; a goroutine delegates to it; it `yield*`s an
// operation of the API. Ordinary generators show none of these.
import type ts from "typescript";
import { compiler } from "./compiler.js";
import { type Names, visitAll } from "./names.js";
import { isOpFunction, isOpMethod, isStarter } from "./words.js";

/** How sure we are: `certain` by type or use, `likely` by an operation inside. */
export type Evidence = "certain" | "likely";
type GeneratorFunction = (ts.FunctionDeclaration | ts.FunctionExpression | ts.MethodDeclaration) & {
  readonly asteriskToken: ts.AsteriskToken;
};
export type Goroutines = ReadonlyMap<ts.Node, Evidence>;

/** How many functions that delegate to each other, each declared before its caller, are followed. */
const DEEPEST_DELEGATION = 20;

/** Finds all goroutine bodies. */
export function findGoroutines(file: ts.SourceFile, names: Names): Goroutines {
  const found = new Map<ts.Node, Evidence>();
  const claim = (node: ts.Node | undefined, evidence: Evidence): boolean => {
    if (node === undefined || !isGenerator(node) || found.has(node)) return false;
    found.set(node, evidence);
    return true;
  };
  visitAll(file, (node) => {
    if (isGenerator(node) && (returnsGo(node) || isMainOfProgram(node))) claim(node, "certain");
    for (const body of startedBodies(node, names)) claim(body, "certain");
  });
  for (let round = 0, isMore = true; isMore && round < DEEPEST_DELEGATION; round++) {
    isMore = false;
    visitAll(file, (node) => {
      for (const body of delegatedBodies(node, names, found)) if (claim(body, "certain")) isMore = true;
    });
  }
  visitAll(file, (node) => {
    if (isDelegation(node) && isOperation(node.expression, names)) claim(functionAround(node), "likely");
  });
  return found;
}

/** True for `function*` and `*method`, async ones too. */
export function isGenerator(node: ts.Node): node is GeneratorFunction {
  const ts = compiler();
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node)) {
    return node.asteriskToken !== undefined;
  }
  return false;
}

/** The nearest function around a node; undefined at the top level. */
export function functionAround(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
  const ts = compiler();
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at)) return at as ts.FunctionLikeDeclaration;
    if (ts.isClassStaticBlockDeclaration(at) || ts.isPropertyDeclaration(at)) return undefined;
  }
  return undefined;
}

/** `yield* expression`, where it is parsed as such. */
export function isDelegation(
  node: ts.Node,
): node is ts.YieldExpression & { readonly expression: ts.Expression } {
  return (
    compiler().isYieldExpression(node) && node.asteriskToken !== undefined && node.expression !== undefined
  );
}

/** True for a call that makes an operation of the API: `ch.recv()`, `sleep(5)`. */
export function isOperation(node: ts.Node, names: Names): node is ts.CallExpression {
  const ts = compiler();
  if (!ts.isCallExpression(node)) return false;
  const callee = node.expression;
  if (ts.isIdentifier(callee)) return isOpFunction(callee.text) && names.isOurs(callee.text);
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const meaning = names.meaningOf(callee.expression);
  return meaning !== "foreign" && isOpMethod(callee.name.text, meaning);
}

/** The name of the starter that a call calls: `run`, `go`, …, or `go` of a known wait group. */
export function starterOf(node: ts.Node, names: Names): string | undefined {
  const ts = compiler();
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  if (ts.isIdentifier(callee))
    return isStarter(callee.text) && names.isOurs(callee.text) ? callee.text : undefined;
  const isWaitGroup =
    ts.isPropertyAccessExpression(callee) &&
    callee.name.text === "go" &&
    names.meaningOf(callee.expression) === "WaitGroup";
  return isWaitGroup ? callee.getText() : undefined;
}

function startedBodies(node: ts.Node, names: Names): ts.Node[] {
  const ts = compiler();
  if (!ts.isCallExpression(node) || starterOf(node, names) === undefined) return [];
  const [body] = node.arguments;
  if (body === undefined) return [];
  if (ts.isIdentifier(body)) return [names.functionOf(body.text)].filter((found) => found !== undefined);
  return [body];
}

function delegatedBodies(node: ts.Node, names: Names, found: Goroutines): ts.Node[] {
  const ts = compiler();
  if (!isDelegation(node) || !ts.isCallExpression(node.expression)) return [];
  const around = functionAround(node);
  if (around === undefined || !found.has(around)) return [];
  const { expression: callee, arguments: values } = node.expression;
  const called = ts.isIdentifier(callee) ? names.functionOf(callee.text) : undefined;
  return [called, ...values].filter((value) => value !== undefined);
}

function returnsGo(node: ts.FunctionLikeDeclaration): boolean {
  const text = node.type?.getText() ?? "";
  return /^Go(<|$)/.test(text) || /^Generator<\s*Wait\b/.test(text);
}

function isMainOfProgram(node: ts.FunctionLikeDeclaration): boolean {
  const ts = compiler();
  const holder = ts.isMethodDeclaration(node) ? node : node.parent;
  if (!ts.isMethodDeclaration(holder) && !ts.isPropertyAssignment(holder)) return false;
  if (holder.name.getText() !== "main" || !ts.isObjectLiteralExpression(holder.parent)) return false;
  return holder.parent.properties.some((property) => property.name?.getText() === "setup");
}
