// Reading accesses: names, members, calls, optional chains, spreads.
import type { AnyNode, CallExpression, ChainExpression, MemberExpression, SpreadElement } from "acorn";
import { isFunction } from "./interleaving-reading.js";
import type { Rewriter } from "./interleaving-rewriter.js";
import type { Rope } from "./interleaving-rope.js";

/** Methods of Array, Map and Set that change the whole. */
const CHANGES = new Set([
  ...["push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "copyWithin"],
  ...["set", "add", "delete", "clear"],
]);
/** Those that look at the whole. */
const LOOKS = new Set([
  ...["map", "filter", "forEach", "reduce", "reduceRight", "some", "every", "find", "findIndex", "findLast"],
  ...[
    "findLastIndex",
    "includes",
    "indexOf",
    "lastIndexOf",
    "join",
    "slice",
    "concat",
    "at",
    "flat",
    "flatMap",
  ],
  ...["has", "get", "entries", "keys", "values", "toSorted", "toReversed", "toSpliced"],
]);
/** Methods of an array that return it. */
const RETURNS_ITSELF = new Set(["sort", "reverse", "fill", "copyWithin"]);

/** What is looked at when a value is iterated, as the library is told it. */
export const ITERATED = `{"keys":[],"isArray":true}`;

/** A variable that is read: announced, then read. */
export function rewriteName(rw: Rewriter, node: AnyNode & { readonly name: string }): Rope | undefined {
  const access = rw.accessOf(node);
  if (access === undefined || rw.reading.references.get(node.start)?.isRead() !== true) return undefined;
  if (access.kind === "cell" && isCalledOrTyped(rw, node)) return undefined;
  return readName(rw, node);
}

/** The value of a name that has an access. */
export function readName(rw: Rewriter, node: AnyNode): Rope {
  const access = rw.accessOf(node);
  if (access === undefined) return rw.copied(node.start, node.end);
  const told =
    access.kind === "local"
      ? rw.call(node.start, "read", access.shared.companion)
      : rw.call(node.start, "get", "exports", JSON.stringify(access.name));
  return rw.join(node.start, "(", told, ", ", rw.copied(node.start, node.end), ")");
}

/** A function of an earlier cell, or a name that may not exist. */
function isCalledOrTyped(rw: Rewriter, node: AnyNode): boolean {
  const parent = rw.reading.parents.get(node);
  if (parent?.type === "CallExpression" || parent?.type === "NewExpression") return parent.callee === node;
  return parent?.type === "TaggedTemplateExpression" || parent?.type === "UnaryExpression";
}

/** `o.p`, read. */
export function rewriteMember(rw: Rewriter, node: MemberExpression): Rope {
  return isSeen(rw, node) ? readMember(rw, node, rw.argument(node.object)) : rw.copy(node);
}

function readMember(rw: Rewriter, node: MemberExpression, object: Rope): Rope {
  const at = node.start;
  const read = rw.call(node.property.start, "get", object, ...keyOf(rw, node));
  const name = node.computed
    ? `[${rw.hb}.it.key]`
    : ["." as const, rw.copied(node.property.start, node.property.end)];
  return rw.join(
    at,
    "(",
    read,
    `, ${rw.hb}.it.holder)`,
    typeof name === "string" ? name : rw.join(at, ...name),
  );
}

/** The key of a member as an argument; for a private name also a function that looks at it. */
export function keyOf(rw: Rewriter, node: MemberExpression): Rope[] {
  const { property } = node;
  const at = property.start;
  if (node.computed) return [rw.join(at, `${rw.hb}.key(`, rw.argument(property), ")")];
  if (property.type === "PrivateIdentifier") {
    const name = `#${property.name}`;
    return [rw.made(JSON.stringify(name), at), rw.made(`(o) => o.${name}`, at)];
  }
  return [rw.made(JSON.stringify((property as { name?: string }).name ?? ""), at)];
}

/** False for what no two goroutines share, or what is not a variable: globals, modules, `super`, a local literal. */
export function isSeen(rw: Rewriter, node: MemberExpression): boolean {
  const { object } = node;
  if (rw.place.mode === "none" || object.type === "Super" || object.type === "MetaProperty") return false;
  if (object.type !== "Identifier") return !isNew(object);
  const reference = rw.reading.references.get(object.start);
  if (reference === undefined || object.name === "arguments") return false;
  if (reference.resolved === null) return !(object.name in globalThis);
  const definition = reference.resolved.defs[0];
  if (definition === undefined) return false;
  const isNamespace = (definition.node as unknown as AnyNode).type === "ImportNamespaceSpecifier";
  return !isNamespace && !staysHere(rw, object);
}

/** True for an expression that makes a value which nobody else has. */
export function isNew(node: AnyNode): boolean {
  return /^(?:ArrayExpression|ObjectExpression|Literal|TemplateLiteral)$/.test(node.type) || isFunction(node);
}

/** True for a constant that holds a new object which never leaves the function: only its members are used. */
function staysHere(rw: Rewriter, name: AnyNode): boolean {
  const variable = rw.reading.references.get(name.start)?.resolved;
  const definition = variable?.defs[0];
  if (variable == null || definition?.type !== "Variable" || definition.parent?.kind !== "const")
    return false;
  const { init } = definition.node as unknown as { init: AnyNode | null };
  if (init?.type !== "ObjectExpression" && init?.type !== "ArrayExpression") return false;
  return variable.references.every((reference) => {
    if (reference.init === true) return true;
    if (reference.from.variableScope !== variable.scope.variableScope) return false;
    const at = reference.identifier as unknown as AnyNode;
    const parent = rw.reading.parents.get(at);
    if (parent?.type !== "MemberExpression" || parent.object !== at) return false;
    const above = rw.reading.parents.get(parent);
    return !(above?.type === "CallExpression" && above.callee === parent) || isOwnMethod(parent);
  });
}

function isOwnMethod(node: MemberExpression): boolean {
  const name = methodName(node);
  return (CHANGES.has(name) || LOOKS.has(name)) && !RETURNS_ITSELF.has(name);
}

function methodName(node: MemberExpression): string {
  return !node.computed && node.property.type === "Identifier" ? node.property.name : "";
}

/** True for an expression that has the same value whenever it is evaluated in this activation. */
export function isStable(rw: Rewriter, node: AnyNode): boolean {
  if (node.type === "ThisExpression") return true;
  if (node.type !== "Identifier" || rw.accessOf(node) !== undefined) return false;
  const variable = rw.reading.references.get(node.start)?.resolved;
  return variable?.references.every((one) => !one.isWrite() || one.init === true) ?? false;
}

/** A call. A method of an array, a map or a set is an access to the whole of it. */
export function rewriteCall(rw: Rewriter, node: CallExpression): Rope {
  const { callee } = node;
  const isMethod = callee.type === "MemberExpression";
  const name = isMethod ? methodName(callee) : "";
  if (!isMethod || !(CHANGES.has(name) || LOOKS.has(name)) || !isSeen(rw, callee)) {
    const args = rw.list(node.arguments as AnyNode[], callee.end, node.end);
    return [rw.copied(node.start, callee.start), isMethod ? rw.copy(callee) : rw.emit(callee), args];
  }
  const at = callee.property.start;
  const method = rw.join(at, ".", rw.copied(callee.property.start, callee.property.end));
  const isChange = CHANGES.has(name);
  if (isChange) rw.written.add("length").add("size");
  if (rw.place.mode !== "goroutine") {
    const holder = rw.call(at, "contents", rw.argument(callee.object), String(isChange));
    return rw.join(at, holder, method, "(", ...argumentList(rw, node), ")");
  }
  const isOne = isStable(rw, callee.object);
  const holder: Rope = isOne
    ? rw.copied(callee.object.start, callee.object.end)
    : rw.made(rw.temporary(), at);
  const object = isOne ? holder : rw.join(at, "(", holder, " = ", rw.argument(callee.object), ")");
  return [object, method, rw.join(at, "(", ...argumentList(rw, node, tail(rw, at, holder, isChange)), ")")];
}

/** `...(yield* hb.contents(o, true))`: nothing, announced when all arguments are there. */
function tail(rw: Rewriter, at: number, holder: Rope, isChange: boolean): Rope {
  return rw.join(at, "...", rw.call(at, "contents", holder, String(isChange)));
}

function argumentList(rw: Rewriter, node: CallExpression, ...more: readonly Rope[]): (string | Rope)[] {
  const args = [...(node.arguments as AnyNode[]).map((arg) => rw.argument(arg)), ...more];
  return args.flatMap((arg, i) => (i === 0 ? [arg] : [", ", arg]));
}

/** `a?.b.c`: becomes conditions, so that every read in it stands alone. */
export function rewriteChain(rw: Rewriter, node: ChainExpression): Rope {
  if (endsInSuper(node.expression)) return rw.copied(node.start, node.end);
  const heads: Rope[] = [];
  const value = link(rw, node.expression, heads);
  return rw.join(node.start, "(", heads, value, ")");
}

function endsInSuper(node: AnyNode): boolean {
  if (node.type === "MemberExpression") return endsInSuper(node.object);
  if (node.type === "CallExpression") return endsInSuper(node.callee);
  return node.type === "Super";
}

/** One link; `heads` takes the conditions before it. */
function link(rw: Rewriter, node: AnyNode, heads: Rope[]): Rope {
  if (node.type === "MemberExpression") {
    const object = holderOf(rw, node, heads);
    return isSeen(rw, node) ? readMember(rw, node, object) : plainMember(rw, node, object);
  }
  if (node.type !== "CallExpression") return rw.argument(node);
  const at = node.start;
  const { callee } = node;
  const isMethod = callee.type === "MemberExpression";
  if (!isMethod) {
    const called = node.optional
      ? condition(rw, at, link(rw, callee, heads), heads)
      : link(rw, callee, heads);
    return rw.join(at, called, "(", ...argumentList(rw, node), ")");
  }
  const object = holderOf(rw, callee, heads);
  if (!node.optional)
    return rw.join(at, plainMember(rw, callee, object), "(", ...argumentList(rw, node), ")");
  const self = rw.temporary();
  const method = plainMember(rw, callee, rw.join(at, `(${self} = `, object, ")"));
  const called = condition(rw, at, method, heads);
  const args = node.arguments.length === 0 ? [] : [", ", ...argumentList(rw, node)];
  return rw.join(at, called, `.call(${self}`, ...args, ")");
}

function holderOf(rw: Rewriter, node: MemberExpression, heads: Rope[]): Rope {
  const object = link(rw, node.object, heads);
  return node.optional ? condition(rw, node.start, object, heads) : object;
}

function condition(rw: Rewriter, at: number, value: Rope, heads: Rope[]): Rope {
  const kept = rw.temporary();
  heads.push(rw.join(at, `(${kept} = `, value, ") == null ? void 0 : "));
  return rw.made(kept, at);
}

function plainMember(rw: Rewriter, node: MemberExpression, object: Rope): Rope {
  const { property } = node;
  if (node.computed) return rw.join(property.start, "(", object, ")[", rw.emit(property), "]");
  return rw.join(property.start, "(", object, ").", rw.copied(property.start, property.end));
}

/** `...o` */
export function rewriteSpread(rw: Rewriter, node: SpreadElement): Rope {
  const isObject = rw.reading.parents.get(node)?.type === "ObjectExpression";
  const value = rw.argument(node.argument);
  const at = node.start;
  return rw.join(at, "...", isObject ? rw.call(at, "spread", value) : rw.call(at, "pick", value, ITERATED));
}
