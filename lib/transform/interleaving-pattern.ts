// Patterns: values that are taken apart. A declaration reads its source, then takes it apart natively. An assignment to
// targets that others see becomes single assignments, in the order of the pattern.
//
// Limits: an array pattern takes all its values before the first target is written; only an iterator that looks at the
// targets could tell.
import type { AnyNode, ForInStatement, ForOfStatement, Pattern, VariableDeclarator } from "acorn";
import { assignTo, isSeenTarget, named } from "./interleaving-assign.js";
import { ITERATED, isNew } from "./interleaving-read.js";
import { childrenOf } from "./interleaving-reading.js";
import type { Rewriter } from "./interleaving-rewriter.js";
import type { Rope } from "./interleaving-rope.js";

interface Shape {
  readonly keys: (readonly [string] | readonly [string, Shape])[];
  rest?: true;
  isArray?: true;
}

/** `const { a, b } = o` */
export function rewritePicked(rw: Rewriter, node: VariableDeclarator): Rope | undefined {
  const { id, init } = node;
  if (id.type === "Identifier" || init == null) return undefined;
  return rw.join(node.start, rw.emit(id as AnyNode), " = ", picked(rw, id as AnyNode, init));
}

/** The value that a pattern takes apart, after what it takes has been read. */
function picked(rw: Rewriter, pattern: AnyNode, value: AnyNode): Rope {
  const rope = rw.argument(value);
  return isNew(value) ? rope : rw.call(value.start, "pick", rope, JSON.stringify(shapeOf(pattern)));
}

function shapeOf(pattern: AnyNode): Shape {
  const shape: Shape = { keys: [] };
  const add = (key: string, value: AnyNode): void => {
    const inner = value.type === "AssignmentPattern" ? value.left : value;
    const isNested = inner.type === "ObjectPattern" || inner.type === "ArrayPattern";
    shape.keys.push(isNested ? [key, shapeOf(inner)] : [key]);
  };
  if (pattern.type === "ArrayPattern") {
    shape.isArray = true;
    pattern.elements.forEach((element, i) => {
      if (element?.type === "RestElement") shape.rest = true;
      else if (element !== null) add(String(i), element as AnyNode);
    });
  } else if (pattern.type === "ObjectPattern") {
    for (const property of pattern.properties) {
      if (property.type === "RestElement") shape.rest = true;
      else if (!property.computed) add(keyName(property.key), property.value as AnyNode);
    }
  }
  return shape;
}

function keyName(key: AnyNode): string {
  return key.type === "Identifier" ? key.name : String((key as { value?: unknown }).value);
}

/** `[a, o.p] = list` */
export function rewritePatternAssignment(rw: Rewriter, pattern: AnyNode, right: AnyNode): Rope {
  const value = picked(rw, pattern, right);
  if (!hasSeenTarget(rw, pattern)) return rw.join(pattern.start, rw.emit(pattern), " = ", value);
  const whole = rw.temporary();
  const parts: Rope[] = [];
  assign(rw, pattern, rw.made(whole, pattern.start), parts);
  const list = parts.flatMap((part) => [part, rw.made(", ", pattern.start)]);
  return rw.join(pattern.start, `(${whole} = `, value, ", ", list, `${whole})`);
}

function hasSeenTarget(rw: Rewriter, node: AnyNode): boolean {
  switch (node.type) {
    case "Identifier":
    case "MemberExpression":
      return isSeenTarget(rw, node);
    case "AssignmentPattern":
      return hasSeenTarget(rw, node.left as AnyNode);
    case "Property":
      return hasSeenTarget(rw, node.value as AnyNode);
    case "RestElement":
      return hasSeenTarget(rw, node.argument as AnyNode);
    case "ArrayPattern":
    case "ObjectPattern":
      return childrenOf(node).some((child) => hasSeenTarget(rw, child));
    default:
      return false;
  }
}

/** Assigns `value`, a name of ours, to a target or to the parts of a pattern. */
function assign(rw: Rewriter, target: AnyNode, value: Rope, parts: Rope[]): void {
  const at = target.start;
  switch (target.type) {
    case "AssignmentPattern": {
      const left = target.left as AnyNode;
      const fallback = named(rw, left, target.right);
      const chosen = rw.join(at, "(", value, " === void 0 ? ", fallback, " : ", value, ")");
      if (left.type !== "ObjectPattern" && left.type !== "ArrayPattern") {
        assign(rw, left, chosen, parts);
        return;
      }
      const kept = rw.temporary();
      parts.push(rw.join(at, `${kept} = `, chosen));
      assign(rw, left, rw.made(kept, at), parts);
      return;
    }
    case "ArrayPattern":
      assignArray(rw, target.elements, at, value, parts);
      return;
    case "ObjectPattern":
      assignObject(rw, target.properties, at, value, parts);
      return;
    default:
      parts.push(assignTo(rw, target, value));
  }
}

function assignArray(
  rw: Rewriter,
  elements: readonly (Pattern | null)[],
  at: number,
  value: Rope,
  parts: Rope[],
): void {
  const kept = elements.map((element) => (element === null ? "" : rw.temporary()));
  const names = elements.map((element, i) => `${element?.type === "RestElement" ? "..." : ""}${kept[i]}`);
  const end = elements.at(-1) === null ? "," : "";
  parts.push(rw.join(at, `[${names.join(", ")}${end}] = `, value));
  elements.forEach((element, i) => {
    if (element === null) return;
    const target = (element.type === "RestElement" ? element.argument : element) as AnyNode;
    assign(rw, target, rw.made(kept[i] as string, at), parts);
  });
}

type Properties = Extract<AnyNode, { type: "ObjectPattern" }>["properties"];

/** One property after the other, as the language does; with a rest, which must know all keys, all at once. */
function assignObject(rw: Rewriter, properties: Properties, at: number, value: Rope, parts: Rope[]): void {
  const hasRest = properties.at(-1)?.type === "RestElement";
  const groups = properties.length === 0 || hasRest ? [properties] : properties.map((property) => [property]);
  for (const group of groups) {
    const kept = group.map(() => rw.temporary());
    const list = group.flatMap((property, i) => {
      const key =
        property.type === "RestElement"
          ? rw.made("...", at)
          : property.computed
            ? rw.join(at, "[", rw.emit(property.key), "]: ")
            : rw.join(at, rw.copied(property.key.start, property.key.end), ": ");
      return [key, rw.made(`${kept[i]}${i === group.length - 1 ? "" : ", "}`, at)];
    });
    parts.push(rw.join(at, "({ ", list, " } = ", value, ")"));
    group.forEach((property, i) => {
      const target = (property.type === "RestElement" ? property.argument : property.value) as AnyNode;
      assign(rw, target, rw.made(kept[i] as string, at), parts);
    });
  }
}

/** `for (… of …)` and `for (… in …)`. `head` declares what stands for the variables of the loop. */
export function rewriteLoopHead(rw: Rewriter, node: ForOfStatement | ForInStatement, head: string): Rope {
  const left = node.left as AnyNode;
  const isOf = node.type === "ForOfStatement";
  const isAwait = isOf && node.await;
  const isTold =
    rw.place.mode !== "none" &&
    isOf &&
    !isAwait &&
    node.right.type !== "CallExpression" &&
    !isNew(node.right);
  const value = rw.argument(node.right);
  const right = isTold ? rw.call(node.right.start, "pick", value, ITERATED) : value;
  const word = isOf ? "of" : "in";
  const isAssigned =
    left.type !== "VariableDeclaration" && rw.place.mode !== "none" && hasSeenTarget(rw, left);
  const parts: Rope[] = [];
  let target: Rope;
  if (isAssigned) {
    const kept = rw.temporary();
    target = rw.made(kept, left.start);
    assign(rw, left, target, parts);
  } else {
    target = rw.emit(left);
  }
  const opening = rw.join(node.start, `for ${isAwait ? "await " : ""}(`, target, ` ${word} `, right, ") ");
  const body = rw.emit(node.body);
  if (head === "" && !isAssigned) return [opening, body];
  const assignments = parts.flatMap((part) => [part, rw.made("; ", node.start)]);
  return rw.join(node.start, opening, `{${head} `, assignments, body, " }");
}
