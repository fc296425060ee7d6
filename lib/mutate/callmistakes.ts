// Mistakes with calls: forgotten, the weaker one of two, an atomic step in two, another capacity, a wait too few, arguments
// and elements that change places or are missing.
import ts from "typescript";
import type { Mistake } from "./mutant.js";
import { calledAlone, methodCall, replaced, swapped, without } from "./syntax.js";

const FORGETTABLE: ReadonlySet<string> = new Set([
  "close",
  "done",
  "wait",
  "unlock",
  "rUnlock",
  "release",
  "signal",
  "broadcast",
  "cancel",
  "stop",
  "send",
  "recv",
]);

/** A call that others count on is forgotten. */
export function forgetCall(node: ts.Node): Mistake[] {
  const call = calledAlone(node);
  if (call === undefined || !FORGETTABLE.has(call.method)) return [];
  return [{ edits: [without(node)], what: `${call.receiver}.${call.method} is forgotten` }];
}

/** `broadcast` becomes `signal`: one is woken where all must be. */
export function wakeOne(node: ts.Node): Mistake[] {
  const call = methodCall(node);
  if (call?.method !== "broadcast" || ts.isYieldExpression(node)) return [];
  const { name } = call.call.expression as ts.PropertyAccessExpression;
  return [{ edits: [replaced(name, "signal")], what: "one is woken instead of all" }];
}

/** `yield* x.add(n)` becomes a load and a store; a compare-and-swap stores whatever it found. */
export function plainForAtomic(node: ts.Node): Mistake[] {
  if (!ts.isYieldExpression(node)) return [];
  const call = methodCall(node);
  if (call === undefined) return [];
  const { receiver, method } = call;
  const args = call.call.arguments.map((argument) => argument.getText());
  if (method === "add" && args.length === 1 && isAtomic(call.call)) {
    const text = `yield* ${receiver}.store((yield* ${receiver}.load()) + (${args[0]}))`;
    return [{ edits: [replaced(node, text)], what: `${receiver} is loaded and stored instead of added to` }];
  }
  if (method === "compareAndSwap" && args.length === 2) {
    const text = `(yield* ${receiver}.store(${args[1]}), true)`;
    return [{ edits: [replaced(node, text)], what: `${receiver} is stored without comparing` }];
  }
  return [];
}

/** A WaitGroup has an `add`, too. */
function isAtomic(call: ts.CallExpression): boolean {
  return (
    /Atomic/.test(call.getSourceFile().text) && !/\b(wg|group|all|done)\b/i.test(call.expression.getText())
  );
}

/** `Atomics.compareExchange` and `Atomics.add` of threads, in two steps. */
export function plainForAtomics(node: ts.Node): Mistake[] {
  const call = methodCall(node);
  if (call?.receiver !== "Atomics" || ts.isYieldExpression(node)) return [];
  const [array, index, ...rest] = call.call.arguments.map((argument) => argument.getText());
  if (call.method === "add" || call.method === "sub") {
    const sign = call.method === "add" ? "+" : "-";
    const text = `((${array}[${index}] = ${array}[${index}] ${sign} (${rest[0]})), ${array}[${index}])`;
    return [{ edits: [replaced(node, text)], what: "an atomic addition becomes a plain one" }];
  }
  if (call.method !== "compareExchange") return [];
  const text = `((${array}[${index}] = ${rest[1]}), ${rest[0]})`;
  return [{ edits: [replaced(node, text)], what: "a compare-exchange becomes a plain store" }];
}

/** A buffered channel becomes an unbuffered one, and the other way round. */
export function otherCapacity(node: ts.Node): Mistake[] {
  if (!ts.isNewExpression(node) || node.expression.getText() !== "Chan") return [];
  const [capacity] = node.arguments ?? [];
  if (capacity === undefined || capacity.getText() === "0") {
    const text = node.getText().replace(/\(\s*0?\s*\)$/, "(1)");
    return [{ edits: [replaced(node, text)], what: "an unbuffered channel has room for one" }];
  }
  return [{ edits: [replaced(capacity, "0")], what: "a buffered channel has no room" }];
}

/** `wg.go(body)` becomes a call of the body: one after the other. */
export function oneAfterTheOther(node: ts.Node): Mistake[] {
  const call = calledAlone(node);
  if (call?.method !== "go") return [];
  const [body, ...args] = call.call.arguments.map((argument) => argument.getText());
  const text = `yield* (${body})(${args.join(", ")});`;
  return [{ edits: [replaced(node, text)], what: "a goroutine becomes a call: its caller waits for it" }];
}

/** Two arguments of a call, or two elements of a list, change places: the cases of a select, what is expected and what is put. */
export function otherPlaces(node: ts.Node): Mistake[] {
  const list = listOf(node);
  return list.slice(1).map((second, i) => ({
    edits: swapped(list[i] as ts.Node, second),
    what: `${(list[i] as ts.Node).getText()} and ${second.getText()} change places`,
  }));
}

/** An argument or an element is missing. */
export function dropElement(node: ts.Node): Mistake[] {
  const list = listOf(node);
  return list.map((element, i) => {
    const start = element.getStart();
    const next = list[i + 1];
    const last = i > 0 && next === undefined ? (list[i - 1] as ts.Node).getEnd() : start; // with the comma before it
    const edit = { start: last, end: next?.getStart() ?? element.getEnd(), text: "" };
    return { edits: [edit], what: `${element.getText()} is missing` };
  });
}

/** The arguments of a call that has several; the elements of a list. */
function listOf(node: ts.Node): readonly ts.Node[] {
  if (ts.isArrayLiteralExpression(node)) return node.elements;
  return ts.isCallExpression(node) && node.arguments.length > 1 ? node.arguments : [];
}
