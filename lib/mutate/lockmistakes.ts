// Mistakes with locks: dropped, in another order, for reading where it writes, held for longer than needed.
import ts from "typescript";
import type { Edit, Mistake } from "./mutant.js";
import {
  calledAlone,
  calls,
  functionAround,
  methodCall,
  nodesOf,
  replaced,
  swapped,
  without,
} from "./syntax.js";

const TAKES: Readonly<Record<string, string>> = { lock: "unlock", rLock: "rUnlock" };
/** `mu.withLock(body)`: locked for as long as the body runs. */
const GUARDS: ReadonlySet<string> = new Set(["withLock", "withWrite", "withRead"]);
const GIVES: ReadonlySet<string> = new Set(["unlock", "rUnlock", "release"]);

/** `lock` and all unlocks of the same lock in that function go; of `withLock(body)` the body stays. */
export function dropLock(node: ts.Node): Mistake[] {
  const taken = calledAlone(node);
  if (taken !== undefined && GUARDS.has(taken.method)) return [unguarded(taken.call, taken.receiver)];
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

function unguarded(call: ts.CallExpression, receiver: string): Mistake {
  const body = call.arguments[0]?.getText() ?? "";
  return { edits: [replaced(call, `(${body})()`)], what: `${receiver} is not locked` };
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
  if (taken?.method === "withWrite" && !ts.isYieldExpression(node)) {
    const { name } = taken.call.expression as ts.PropertyAccessExpression;
    return [{ edits: [replaced(name, "withRead")], what: `${taken.receiver} is locked for reading only` }];
  }
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

/** What stands before a lock happens under it: a question to a slow bank, or a fetch, with the lock held. */
export function holdAcross(node: ts.Node): Mistake[] {
  if (!ts.isBlock(node)) return [];
  const { statements } = node;
  return statements.slice(1).flatMap((locking, i) => {
    const before = statements[i] as ts.Statement;
    const call = calledAlone(locking);
    if (call === undefined || !calls(before)) return [];
    const what = `${call.receiver} is held across what stood before it`;
    if (call.method in TAKES) return [{ edits: swapped(before, locking), what }];
    const [body] = call.call.arguments;
    if (!GUARDS.has(call.method) || body === undefined || !ts.isArrowFunction(body)) return [];
    return [{ edits: [without(before), intoBody(body, before.getText())], what }];
  });
}

/** `() => list.set(next)` becomes `() => { const next = fetch(); list.set(next); }`. */
function intoBody({ body }: ts.ArrowFunction, first: string): Edit {
  const rest = ts.isBlock(body) ? body.getText().slice(1, -1) : ` return ${body.getText()}; `;
  return replaced(body, `{ ${first}${rest}}`);
}

/** `try { … } finally { unlock }` becomes `…; unlock`: not when something throws or returns. */
export function noFinally(node: ts.Node): Mistake[] {
  if (!ts.isTryStatement(node) || node.finallyBlock === undefined || node.catchClause !== undefined)
    return [];
  const inside = (block: ts.Block): string => block.getText().slice(1, -1);
  const text = `{${inside(node.tryBlock)}${inside(node.finallyBlock)}}`;
  return [{ edits: [replaced(node, text)], what: "what stood in finally happens only when nothing throws" }];
}
