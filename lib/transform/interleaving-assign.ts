// Writing accesses: `=`, `+=`, `??=`, `++`, `delete`, and `var x = …`.
import type {
  AnyNode,
  AssignmentExpression,
  Identifier,
  MemberExpression,
  UnaryExpression,
  UpdateExpression,
  VariableDeclarator,
} from "acorn";
import { rewritePatternAssignment } from "./interleaving-pattern.js";
import { isSeen, isStable, keyOf, readName } from "./interleaving-read.js";
import type { Rewriter } from "./interleaving-rewriter.js";
import type { Rope } from "./interleaving-rope.js";

/** What is assigned to: how to read it, and how to write a value into it. */
interface Target {
  /** Evaluates what the target consists of, once, and reads it. */
  first(): Rope;
  /** Reads what `first` or `open` has evaluated. */
  read(): Rope;
  /** Evaluates what the target consists of, once, then the value, then writes. */
  open(value: () => Rope): Rope;
  /** Writes when `first` has been evaluated. */
  write(value: Rope): Rope;
}

export function rewriteAssignment(rw: Rewriter, node: AssignmentExpression): Rope | undefined {
  const { left, right, operator } = node;
  if (left.type === "ObjectPattern" || left.type === "ArrayPattern") {
    return rewritePatternAssignment(rw, left, right);
  }
  const target = targetOf(rw, left as AnyNode);
  if (target === undefined) return undefined;
  const at = node.start;
  const value = (): Rope => named(rw, left as AnyNode, right);
  if (operator === "=") return target.open(value);
  const sign = operator.slice(0, -1);
  if (/^(?:&&|\|\||\?\?)$/.test(sign)) {
    return rw.join(at, "(", target.first(), ` ${sign} (`, target.write(value()), "))");
  }
  const sum = (): Rope => rw.join(at, target.read(), ` ${sign} (`, rw.emit(right), ")");
  return rw.join(at, "(", target.open(sum), ")");
}

/** @param isUsed false when nobody needs the value of the expression */
export function rewriteUpdate(rw: Rewriter, node: UpdateExpression, isUsed: boolean): Rope | undefined {
  const target = targetOf(rw, node.argument as AnyNode);
  if (target === undefined) return undefined;
  const at = node.start;
  const step = `${rw.hb}.${node.operator === "++" ? "up" : "down"}(`;
  if (node.prefix || !isUsed) {
    const next = target.open(() => rw.join(at, step, target.read(), ")"));
    return rw.join(at, "(", next, ")");
  }
  const old = rw.temporary();
  const first = target.first();
  return rw.join(
    at,
    `(${old} = ${rw.hb}.numeric(`,
    first,
    "), ",
    target.write(rw.made(`${step}${old})`, at)),
    `, ${old})`,
  );
}

export function rewriteDelete(rw: Rewriter, node: UnaryExpression): Rope | undefined {
  const { argument } = node;
  if (argument.type === "ChainExpression") {
    rw.cannotSee(node, "a `delete` with `?.` is not seen: test for null first");
    return rw.copied(node.start, node.end);
  }
  if (argument.type !== "MemberExpression" || !isSeen(rw, argument)) return undefined;
  noteWritten(rw, argument);
  const at = node.start;
  const [key = "", peek] = keyOf(rw, argument);
  const more = peek === undefined ? [] : [peek];
  const told = rw.call(at, "set", rw.argument(argument.object), key, "undefined", ...more);
  const name = argument.computed
    ? `[${rw.hb}.it.key]`
    : rw.join(at, ".", rw.copied(argument.property.start, argument.property.end));
  return rw.join(at, "delete (", told, `, ${rw.hb}.it.holder)`, name);
}

/** `var x = …` may run many times on one variable. */
export function rewriteVarInit(rw: Rewriter, node: VariableDeclarator): Rope | undefined {
  const parent = rw.reading.parents.get(node);
  const isVar = parent?.type === "VariableDeclaration" && parent.kind === "var";
  if (!isVar || node.id.type !== "Identifier" || node.init == null) return undefined;
  const { id, init } = node;
  const target = targetOf(rw, id);
  return target?.open(() => named(rw, id, init));
}

/** A value that is written into `left` as a whole; used by patterns too. */
export function assignTo(rw: Rewriter, left: AnyNode, value: Rope): Rope {
  const target = targetOf(rw, left);
  return target === undefined ? rw.join(left.start, rw.emit(left), " = ", value) : target.open(() => value);
}

/** True when writing to a name or a member is to be seen. */
export function isSeenTarget(rw: Rewriter, left: AnyNode): boolean {
  return left.type === "MemberExpression" ? isSeen(rw, left) : rw.accessOf(left) !== undefined;
}

/** An anonymous function gets its name from the variable that it is assigned to. */
export function named(rw: Rewriter, left: AnyNode, right: AnyNode): Rope {
  const isAnonymous =
    right.type === "ArrowFunctionExpression" ||
    ((right.type === "FunctionExpression" || right.type === "ClassExpression") && right.id == null);
  if (left.type !== "Identifier" || !isAnonymous) return rw.argument(right);
  return rw.join(right.start, `({ ${left.name}: `, rw.emit(right), ` }).${left.name}`);
}

function targetOf(rw: Rewriter, left: AnyNode): Target | undefined {
  if (!isSeenTarget(rw, left)) return undefined;
  return left.type === "MemberExpression"
    ? memberTarget(rw, left)
    : left.type === "Identifier"
      ? nameTarget(rw, left)
      : undefined;
}

function nameTarget(rw: Rewriter, left: Identifier): Target {
  const access = rw.accessOf(left);
  const at = left.start;
  const name = rw.copied(left.start, left.end);
  const write = (value: Rope): Rope => {
    if (access?.kind === "local")
      return rw.join(at, name, " = ", rw.call(at, "write", access.shared.companion, value));
    rw.written.add(left.name);
    return rw.join(at, name, " = ", rw.call(at, "set", "exports", JSON.stringify(left.name), value));
  };
  const read = (): Rope => readName(rw, left);
  return { first: read, read, open: (value) => write(value()), write };
}

function memberTarget(rw: Rewriter, left: MemberExpression): Target {
  noteWritten(rw, left);
  const at = left.start;
  const { object, property } = left;
  const isOne = isStable(rw, object);
  const holder: Rope = isOne ? rw.copied(object.start, object.end) : rw.made(rw.temporary(), at);
  const holderOnce: Rope = isOne ? holder : rw.join(at, "(", holder, " = ", rw.argument(object), ")");
  const [keyFirst = "", peek] = keyOf(rw, left);
  const key: string | Rope = left.computed ? rw.temporary() : keyFirst;
  const keyOnce = left.computed ? rw.join(at, `(${key as string} = `, keyFirst, ")") : keyFirst;
  const more = peek === undefined ? [] : [peek];
  const name = rw.copied(property.start, property.end);
  const member = (base: Rope, k: string | Rope): Rope =>
    left.computed ? rw.join(at, base, "[", k, "]") : rw.join(at, base, ".", name);
  const set = (value: Rope): Rope => rw.call(property.start, "set", holder, key, value, ...more);
  const get = (base: Rope, k: string | Rope): Rope =>
    rw.join(at, "(", rw.call(property.start, "get", base, k, ...more), ", ", member(holder, key), ")");
  return {
    first: () => get(holderOnce, keyOnce),
    read: () => get(holder, key),
    open: (value) => rw.join(at, member(holderOnce, keyOnce), " = ", set(value())),
    write: (value) => rw.join(at, member(holder, key), " = ", set(value)),
  };
}

/** Remembers which property is written: which ones to watch is known when the module is loaded. */
function noteWritten(rw: Rewriter, left: MemberExpression): void {
  const { property } = left;
  if (!left.computed)
    rw.written.add(`${property.type === "PrivateIdentifier" ? "#" : ""}${(property as Identifier).name}`);
  else if (property.type === "Literal" && typeof property.value === "string") rw.written.add(property.value);
  else rw.written.add(isNumeric(rw, property) ? "[]" : "*");
}

function isNumeric(rw: Rewriter, node: AnyNode): boolean {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "number";
    case "UpdateExpression":
      return true;
    case "BinaryExpression":
      return node.operator === "+"
        ? isNumeric(rw, node.left) && isNumeric(rw, node.right)
        : /^[-*/%|&^<>]+$/.test(node.operator);
    case "Identifier": {
      const definition = rw.reading.references.get(node.start)?.resolved?.defs[0];
      if (definition?.type !== "Variable") return false;
      const { init } = definition.node as unknown as { init: AnyNode | null };
      return init != null && init !== node && init.type !== "Identifier" && isNumeric(rw, init);
    }
    default:
      return false;
  }
}
