// Reading: what the directive has to know of a text before it rewrites it: who shares which variable, which generator
// functions are goroutines, which properties anybody writes.
import { type AnyNode, type Program, parse } from "acorn";
import { analyze, type Reference, type Scope, type Variable } from "eslint-scope";

/** A local or module variable that functions share and somebody writes. */
export interface Shared {
  readonly name: string;
  /** The constant beside it that stands for it: `hb.variable(…)`. */
  readonly companion: string;
  /** The scope that declares it. */
  readonly scope: Scope;
}

export interface Reading {
  readonly source: string;
  readonly program: Program;
  readonly parents: ReadonlyMap<AnyNode, AnyNode>;
  /** What each name that stands for a variable refers to, by its place. */
  readonly references: ReadonlyMap<number, Reference>;
  readonly shared: ReadonlyMap<Variable, Shared>;
  /** The shared variables that a node of the program declares. */
  readonly declaredBy: ReadonlyMap<AnyNode, readonly Shared[]>;
  readonly goroutines: ReadonlySet<AnyNode>;
  /** Begins no name in the text. */
  readonly prefix: string;
  readonly isCell: boolean;
}

/** Reads a module. @throws {SyntaxError} what acorn says, with `loc` */
export function readModule(source: string, isCell: boolean): Reading {
  const program = parse(source, {
    ecmaVersion: "latest",
    sourceType: "module",
    locations: true,
    ranges: true,
  });
  const scopes = analyze(program as unknown as Parameters<typeof analyze>[0], {
    ecmaVersion: 2022,
    sourceType: "module",
  });
  const references = new Map<number, Reference>();
  const variables: Variable[] = [];
  for (const scope of scopes.scopes) {
    variables.push(...scope.variables);
    for (const reference of scope.references) references.set(startOf(reference.identifier), reference);
  }
  let prefix = "__hb";
  while (source.includes(prefix)) prefix = `_${prefix}`;
  const { shared, declaredBy } = findShared(variables, prefix, isCell);
  const parents = parentsIn(program);
  const goroutines = findGoroutines(program, parents, references);
  return { source, program, parents, references, shared, declaredBy, goroutines, prefix, isCell };
}

/** The nodes directly inside a node, in the order of the text, each place once. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value])
      if (isNode(item)) found.push(item);
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  return found.filter((child, i) => i === 0 || child.start >= (found[i - 1] as AnyNode).end);
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"
  );
}

/** The place of a node that eslint-scope hands out: it is acorn's. */
export function startOf(node: unknown): number {
  return (node as { readonly start: number }).start;
}

export type FunctionNode = Extract<
  AnyNode,
  { type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression" }
>;

export function isFunction(node: AnyNode): node is FunctionNode {
  return /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/** A binding whose scope is the module: the module holds it. */
export function isModuleScope(scope: Scope): boolean {
  return scope.type === "module" || scope.type === "global";
}

function parentsIn(program: Program): Map<AnyNode, AnyNode> {
  const parents = new Map<AnyNode, AnyNode>();
  const open: AnyNode[] = [program];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const child of childrenOf(node)) {
      parents.set(child, node);
      open.push(child);
    }
  }
  return parents;
}

function findShared(
  variables: readonly Variable[],
  prefix: string,
  isCell: boolean,
): { shared: Map<Variable, Shared>; declaredBy: Map<AnyNode, Shared[]> } {
  const shared = new Map<Variable, Shared>();
  const declaredBy = new Map<AnyNode, Shared[]>();
  const counts = new Map<string, number>();
  for (const variable of variables) {
    if (!isMutable(variable) || !isShared(variable)) continue;
    if (isCell && isModuleScope(variable.scope)) continue; // a property of the cell's `exports`
    const place = placeOf(variable.scope);
    if (place === undefined) continue;
    const count = (counts.get(variable.name) ?? 0) + 1;
    counts.set(variable.name, count);
    const companion = `${prefix}_${variable.name}${count === 1 ? "" : `_${count}`}`;
    const found = { name: variable.name, companion, scope: variable.scope };
    shared.set(variable, found);
    declaredBy.set(place, [...(declaredBy.get(place) ?? []), found]);
  }
  return { shared, declaredBy };
}

function isMutable(variable: Variable): boolean {
  const kinds = ["Variable", "Parameter", "FunctionName", "CatchClause", "ClassName"];
  const isVariable = variable.defs.some(
    (definition) =>
      kinds.includes(definition.type) &&
      !(definition.type === "Variable" && definition.parent?.kind === "const"),
  );
  const written = (reference: Reference) => reference.isWrite() && reference.init !== true;
  return isVariable && variable.references.some(written);
}

function isShared(variable: Variable): boolean {
  if (isModuleScope(variable.scope)) return true;
  const home = variable.scope.variableScope;
  return variable.references.some((reference) => reference.from.variableScope !== home);
}

/** The node before whose first statement a companion is declared; a loop or a switch is its own. */
function placeOf(scope: Scope): AnyNode | undefined {
  const block = scope.block as unknown as AnyNode;
  switch (scope.type) {
    case "module":
    case "global":
    case "block":
    case "for":
    case "switch":
    case "class-static-block":
      return block;
    case "catch":
      return block.type === "CatchClause" ? block.body : undefined;
    case "function":
      return isFunction(block) ? block : undefined;
    default:
      return undefined; // the name of a class or of a function expression inside itself cannot be written
  }
}

/**
 * The generator functions that are goroutines, or parts of one: all, except those that make values. A generator makes
 * values when it has a `yield` without star, is looped over or spread, is an iterator of an object, is async, or
 * delegates to one that does.
 */
function findGoroutines(
  program: Program,
  parents: ReadonlyMap<AnyNode, AnyNode>,
  references: ReadonlyMap<number, Reference>,
): Set<AnyNode> {
  const generators = new Set<AnyNode>();
  const makers = new Set<AnyNode>();
  const delegations: [from: AnyNode, to: AnyNode][] = [];
  const declared = (name: AnyNode): AnyNode | undefined => functionNamed(name, references);
  for (const node of [program, ...parents.keys()]) {
    if (isFunction(node) && node.generator) generators.add(node);
    if (isFunction(node) && node.generator && (node.async || isIteratorMethod(node, parents)))
      makers.add(node);
    if (node.type === "YieldExpression") {
      const around = functionAround(node, parents);
      const to = node.argument?.type === "CallExpression" ? declared(node.argument.callee) : undefined;
      if (around === undefined) continue;
      const isPlain =
        !node.delegate || /^(?:ArrayExpression|Literal|TemplateLiteral)$/.test(node.argument?.type ?? "");
      if (isPlain) makers.add(around);
      else if (to !== undefined) delegations.push([around, to]);
    }
    const consumed = consumedCall(node, parents);
    const maker = consumed === undefined ? undefined : declared(consumed);
    if (maker !== undefined) makers.add(maker);
  }
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (const [from, to] of delegations) {
      if (!makers.has(to) || makers.has(from)) continue;
      makers.add(from);
      isMore = true;
    }
  }
  return new Set([...generators].filter((node) => !makers.has(node)));
}

/** The name of a function whose result is looped over, spread, or asked for its `next`. */
function consumedCall(node: AnyNode, parents: ReadonlyMap<AnyNode, AnyNode>): AnyNode | undefined {
  if (node.type !== "CallExpression") return undefined;
  const parent = parents.get(node);
  if (parent === undefined) return undefined;
  const isLooped = parent.type === "ForOfStatement" && parent.right === node;
  const isTaken = parent.type === "VariableDeclarator" && parent.id.type === "ArrayPattern";
  const isAsked =
    parent.type === "MemberExpression" &&
    parent.object === node &&
    parent.property.type === "Identifier" &&
    parent.property.name === "next";
  const isGathered =
    parent.type === "CallExpression" &&
    parent.callee.type === "MemberExpression" &&
    parent.callee.property.type === "Identifier" &&
    parent.callee.property.name === "from";
  if (isLooped || isTaken || isAsked || isGathered || parent.type === "SpreadElement") return node.callee;
  return undefined;
}

function isIteratorMethod(node: AnyNode, parents: ReadonlyMap<AnyNode, AnyNode>): boolean {
  const parent = parents.get(node);
  if (parent?.type !== "Property" && parent?.type !== "MethodDefinition") return false;
  const { key } = parent;
  return (
    parent.computed &&
    key.type === "MemberExpression" &&
    key.object.type === "Identifier" &&
    key.object.name === "Symbol"
  );
}

function functionNamed(name: AnyNode, references: ReadonlyMap<number, Reference>): AnyNode | undefined {
  if (name.type !== "Identifier") return undefined;
  const definition = references.get(name.start)?.resolved?.defs[0];
  if (definition === undefined) return undefined;
  const node = definition.node as unknown as AnyNode;
  if (node.type === "VariableDeclarator") return node.init ?? undefined;
  return isFunction(node) ? node : undefined;
}

/** The function around a node; undefined at the top level. */
export function functionAround(node: AnyNode, parents: ReadonlyMap<AnyNode, AnyNode>): AnyNode | undefined {
  for (let at = parents.get(node); at !== undefined; at = parents.get(at)) if (isFunction(at)) return at;
  return undefined;
}
