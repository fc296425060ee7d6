// Program: the text that runs on the measuring threads, and the operations that travel beside it.
//
// A thread's body sees only its parameters and the globals of JavaScript, so the measuring loop travels as one text.
// Each operation gets its arguments spelled out, `op(t, a0, a1)`: a spread would cost as much as a free lock.
//
// Invariants:
//  I1. Every role of every variant has a loop of its own text. Were it shared, V8 would inline the operation that it met
//      first and call the others, and whoever comes first would look faster.
import { createHash } from "node:crypto";
import { carry, FreeNameError, type Shareable, type Thread } from "../threads/index.js";
import {
  agreeOnStart,
  bucketCount,
  bucketIndex,
  clearRecorder,
  closedLoop,
  makeRecorder,
  measureThread,
  openLoop,
  pauseUntil,
  recordOp,
  recordWait,
  type ThreadPlan,
  type ThreadRecord,
} from "./loop.js";
import { makePlayer, zipfTable } from "./player.js";
import type { Scenario } from "./scenario.js";
import { threadUsage } from "./usage.js";
import { isSteady, type WarmWords, warmUp } from "./warmup.js";

/** Taken now: who grades a submission takes the global away from it. */
const FunctionOf = Function;

const TRAVELLERS = [
  bucketCount,
  bucketIndex,
  makeRecorder,
  clearRecorder,
  recordOp,
  recordWait,
  pauseUntil,
  closedLoop,
  openLoop,
  measureThread,
  agreeOnStart,
  zipfTable,
  makePlayer,
  threadUsage,
  isSteady,
  warmUp,
];

/** The operation of each role, ready to travel. */
export type Ops = Readonly<Record<string, Scenario["roles"][string]["op"]>>;

/** What runs on each thread of a round: thread `t.id` follows `plans[t.id]`. */
export type ThreadBody = (
  t: Thread,
  plans: readonly ThreadPlan[],
  ops: Ops,
  stop: Int32Array,
  start: BigInt64Array,
  warm: WarmWords,
  ...args: Shareable[]
) => ThreadRecord;

/** Puts the body of a variant together; `width` is how many values are shared. */
export function threadBody(variant: string, ops: Ops, width: number): ThreadBody {
  const names = Array.from({ length: width }, (_, i) => `a${i}`);
  const roles = Object.keys(ops);
  // I1. Threads keep what was compiled for a text, so an edited operation needs another text.
  const edition = createHash("sha1").update(Object.values(ops).map(String).join("\n")).digest("hex");
  const programs = roles.map(
    (role) => `${JSON.stringify(role)}: (op, plan) => {
${TRAVELLERS.map(String).join("\n")}
const count = { retries: 0 };
const player = makePlayer(t, plan.dice, count);
return measureThread(t, plan, { stop, start, warm }, () => op(${["player", ...names].join(", ")}), { count, usage: threadUsage, warmUp });
}`,
  );
  const text = `"use strict"; // variant ${JSON.stringify(variant)} ${edition}
const programs = {
${programs.join(",\n")}
};
const plan = plans[t.id];
return programs[plan.role](ops[plan.role], plan);`;
  return new FunctionOf("t", "plans", "ops", "stop", "start", "warm", ...names, text) as ThreadBody;
}

/**
 * Checks that the operations can travel, and marks them for it.
 *
 * @throws {FreeNameError} `` contend: role "reader" of "a": carry: `op` uses names that do not exist on another thread: price. … ``
 * @throws {TypeError} `contend: role "reader" of "a": expected an ordinary function, got an async function`
 */
export function carriedOps(variant: string, scenario: Scenario): Ops {
  const entries = Object.entries(scenario.roles).map(([role, { op }]) => {
    const where = `contend: role "${role}" of "${variant}"`;
    const kind = Object.prototype.toString.call(op).slice(8, -1);
    if (kind !== "Function") {
      throw new TypeError(`${where}: expected an ordinary function, got ${KINDS[kind] ?? kind}`);
    }
    try {
      return [role, carry(op)] as const;
    } catch (error) {
      if (error instanceof FreeNameError) throw new FreeNameError(`${where}: ${error.message}`, error.names);
      throw error;
    }
  });
  return Object.fromEntries(entries);
}

const KINDS: Readonly<Record<string, string>> = {
  AsyncFunction: "an async function",
  GeneratorFunction: "a generator function",
  AsyncGeneratorFunction: "an async generator function",
};
