// Places: functions, blocks, loops and class members: where code runs, and what has to be declared there.
//
// What stands for a shared variable is declared where the variable is: once per activation, per block, per round of a
// loop. A temporary variable is declared in the function that uses it.
import type { AnyNode } from "acorn";
import { rewriteUpdate } from "./interleaving-assign.js";
import { childrenOf, type FunctionNode, isFunction, type Shared } from "./interleaving-reading.js";
import type { Mode, Place, Rewriter } from "./interleaving-rewriter.js";
import type { Rope } from "./interleaving-rope.js";

export function rewriteFunction(rw: Rewriter, node: FunctionNode): Rope {
  const mode: Mode = rw.reading.goroutines.has(node) ? "goroutine" : "plain";
  const { body } = node;
  const place: Place = { mode, temporaries: [] };
  const parts: Rope[] = [];
  let at = node.start;
  for (const param of node.params) {
    parts.push(rw.copied(at, param.start), parameterOf(rw, param));
    at = param.end;
  }
  if (body.type === "BlockStatement") {
    const open = endOfDirectives(body.body, body.start + 1);
    const rest = body.body.filter((statement) => statement.start >= open);
    const inner = rw.within(place, () => rw.list(rest, open, node.end));
    const head = headOf(rw, node, place);
    const close = head !== "" && open > body.start + 1 ? ";" : "";
    return [...parts, rw.copied(at, open), rw.made(close + head, open), inner];
  }
  const inner = rw.within(place, () => rw.emit(body));
  const head = headOf(rw, node, place);
  if (head === "") return [...parts, rw.copied(at, body.start), inner, rw.copied(body.end, node.end)];
  const arrow = rw.reading.source.lastIndexOf("=>", body.start) + 2;
  const value = [rw.copied(arrow, body.start), inner, rw.copied(body.end, node.end)];
  return [...parts, rw.copied(at, arrow), rw.join(arrow, ` {${head} return (`, value, "); }")];
}

/** What a function declares at its start. */
function headOf(rw: Rewriter, node: AnyNode, { temporaries }: Place): string {
  const names = temporaries.length === 0 ? "" : ` let ${temporaries.join(", ")};`;
  return names + declarationsOf(rw, node, "const");
}

/** Parameters: nothing is seen in them but default values. */
function parameterOf(rw: Rewriter, node: AnyNode): Rope {
  return rw.within({ mode: "none", temporaries: [] }, () => defaultsOf(rw, node));
}

function defaultsOf(rw: Rewriter, node: AnyNode): Rope {
  if (node.type === "AssignmentPattern") {
    const { left, right } = node;
    const value = [rw.copied(left.end, right.start), rw.apart(right), rw.copied(right.end, node.end)];
    return [defaultsOf(rw, left), value];
  }
  if (isFunction(node)) return rw.emit(node);
  const parts: Rope[] = [];
  let at = node.start;
  for (const child of childrenOf(node)) {
    parts.push(rw.copied(at, child.start), defaultsOf(rw, child));
    at = child.end;
  }
  return [...parts, rw.copied(at, node.end)];
}

export function rewriteField(rw: Rewriter, node: Extract<AnyNode, { type: "PropertyDefinition" }>): Rope {
  const { key, value } = node;
  const head = [
    rw.copied(node.start, key.start),
    node.computed ? rw.emit(key) : rw.copied(key.start, key.end),
  ];
  if (value === null || value === undefined) return [...head, rw.copied(key.end, node.end)];
  const isOnce = node.static && rw.place.mode === "none";
  const inner = isOnce ? rw.emit(value) : rw.apart(value);
  return [...head, rw.copied(key.end, value.start), inner, rw.copied(value.end, node.end)];
}

export function rewriteStaticBlock(rw: Rewriter, node: Extract<AnyNode, { type: "StaticBlock" }>): Rope {
  const place: Place = { mode: rw.place.mode === "none" ? "none" : "plain", temporaries: [] };
  const open = rw.reading.source.indexOf("{", node.start) + 1;
  const inner = rw.within(place, () => rw.list(node.body, open, node.end));
  return [rw.copied(node.start, open), rw.made(headOf(rw, node, place), open), inner];
}

/** A block with declarations at its start. */
export function rewriteBlock(rw: Rewriter, node: AnyNode): Rope {
  const head = declarationsOf(rw, node, "const");
  const at = node.start + 1;
  return [rw.copied(node.start, at), rw.made(head, at), rw.list(childrenOf(node), at, node.end)];
}

export function rewriteSwitch(rw: Rewriter, node: AnyNode): Rope {
  const head = declarationsOf(rw, node, "const");
  return head === "" ? rw.copy(node) : rw.join(node.start, `{${head} `, rw.copy(node), " }");
}

/** The variables of a loop are new in every round, and so are those that stand for them. */
export function rewriteFor(rw: Rewriter, node: Extract<AnyNode, { type: "ForStatement" }>): Rope {
  const shared = rw.reading.declaredBy.get(node) ?? [];
  const { init, test, update, body } = node;
  const at = node.start;
  const names = shared.map(({ companion }) => `${companion}, `).join("");
  const fresh = (sign: string): string =>
    shared.map((one) => `${one.companion} ${sign} ${variableOf(rw, one)}, `).join("");
  const head = init == null ? "" : shared.length === 0 ? rw.emit(init) : initOf(rw, init, names);
  const value = test == null ? (shared.length === 0 ? "" : "true") : rw.emit(test);
  const next = update == null ? (shared.length === 0 ? "" : "0") : unused(rw, update);
  return rw.join(at, "for (", head, "; ", fresh("??="), value, "; ", fresh("="), next, ") ", rw.emit(body));
}

function unused(rw: Rewriter, node: AnyNode): Rope {
  if (node.type === "UpdateExpression" && rw.place.mode !== "none") {
    return rewriteUpdate(rw, node, false) ?? rw.copy(node);
  }
  return rw.emit(node);
}

function initOf(rw: Rewriter, init: AnyNode, names: string): Rope {
  const [first] = childrenOf(init);
  if (first === undefined) return rw.emit(init);
  const rest = rw.copy(init);
  const flat = Array.isArray(rest) ? (rest as readonly Rope[]) : [rest];
  return [flat[0] as Rope, rw.made(names, init.start), ...flat.slice(1)];
}

export function declarationsOf(rw: Rewriter, node: AnyNode, word: string): string {
  const shared = rw.reading.declaredBy.get(node) ?? [];
  return shared.map((one) => ` ${word} ${one.companion} = ${variableOf(rw, one)};`).join("");
}

function variableOf(rw: Rewriter, { name }: Shared): string {
  return `${rw.hb}.variable(${JSON.stringify(name)}, () => ${name})`;
}

function isDirective(node: AnyNode): boolean {
  return node.type === "ExpressionStatement" && typeof node.directive === "string";
}

function endOfDirectives(statements: readonly AnyNode[], start: number): number {
  return statements.filter(isDirective).at(-1)?.end ?? start;
}
