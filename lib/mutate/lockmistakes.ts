// Mistakes with locks: dropped, in another order, for reading where it writes, held for longer than needed.
import ts from "typescript";
import type { Mistake } from "./mutant.js";
import { calledAlone, functionAround, methodCall, nodesOf, replaced, swapped, without } from "./syntax.js";

const TAKES: Readonly<Record<string, string>> = { lock: "unlock", rLock: "rUnlock" };
const GIVES: ReadonlySet<string> = new Set(["unlock", "rUnlock", "release"]);

/** `lock` and all unlocks of the same lock in that function go. */
export function dropLock(node: ts.Node): Mistake[] {
  const taken = calledAlone(node);
  const gives = taken === undefined ? undefined : TAKES[taken.method];
  if (taken === undefined || gives === undefined) return [];
  const body = functionAround(node)?.body;
  if (body === undefined) return [];
  const unlocks = [...nodesOf(body)].filter((other) => {
    const call = calledAlone(other);
    return call?.receiver === taken.receiver && call.method === gives;
  });
  return [{ edits: [without(node), ...unlocks.map(without)], what: `${taken.receiver} is not locked` }];
}

/** `a.lock(); b.lock()` become `b.lock(); a.lock()`. */
export function swapLocks(node: ts.Node): Mistake[] {
  if (!ts.isBlock(node)) return [];
  const taken = node.statements.filter((statement) => (calledAlone(statement)?.method ?? "") in TAKES);
  return taken.slice(1).map((second, i) => ({
    edits: swapped(taken[i] as ts.Statement, second),
    what: "two locks are taken in the other order",
  }));
}

/** A write lock becomes a read lock, with its unlocks. */
export function readLock(node: ts.Node): Mistake[] {
  const taken = methodCall(node);
  const body = functionAround(node)?.body;
  if (taken?.method !== "lock" || body === undefined) return [];
  const around = node.getSourceFile().text;
  if (!around.includes("RWMutex")) return [];
  const names = [...nodesOf(body)].flatMap((other) => {
    const call = methodCall(other);
    if (call === undefined || ts.isYieldExpression(other) || call.receiver !== taken.receiver) return [];
    const name = (call.call.expression as ts.PropertyAccessExpression).name;
    return call.method === "lock"
      ? [replaced(name, "rLock")]
      : call.method === "unlock"
        ? [replaced(name, "rUnlock")]
        : [];
  });
  return ts.isYieldExpression(node)
    ? [{ edits: names, what: `${taken.receiver} is locked for reading only` }]
    : [];
}

/** What follows an unlock happens before it: held across it. */
export function holdLonger(node: ts.Node): Mistake[] {
  if (!ts.isBlock(node)) return [];
  const { statements } = node;
  return statements.flatMap((statement, i) => {
    const next = statements[i + 1];
    const call = calledAlone(statement);
    if (call === undefined || next === undefined || !GIVES.has(call.method)) return [];
    return [{ edits: swapped(statement, next), what: `${call.receiver} is held for one statement more` }];
  });
}

/** `try { … } finally { unlock }` becomes `…; unlock`: not when something throws or returns. */
export function noFinally(node: ts.Node): Mistake[] {
  if (!ts.isTryStatement(node) || node.finallyBlock === undefined || node.catchClause !== undefined)
    return [];
  const inside = (block: ts.Block): string => block.getText().slice(1, -1);
  const text = `{${inside(node.tryBlock)}${inside(node.finallyBlock)}}`;
  return [{ edits: [replaced(node, text)], what: "what stood in finally happens only when nothing throws" }];
}
