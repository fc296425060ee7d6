// The words of a leak: who is left behind, in groups that were started at the same line and wait at the same one; why
// nobody will wake them; who still runs and so is not counted.

import {
  type G,
  isQuiet,
  ObjectNames,
  type Operable,
  type Runtime,
  Status,
  stackOf,
} from "../runtime/index.js";
import { because, lostRows } from "./deadlocktext.js";
import type { Waiting, Waits } from "./deadlockwaits.js";
import { lockAdvice } from "./lockadvice.js";
import { edgeOf } from "./ordering.js";
import { causesOf, NEXT, pairAdvice } from "./waitadvice.js";
import { called, many, place } from "./words.js";

/** With more goroutines than this nobody is asked who could wake whom. */
const MOST_WAITING = 5_000;
/** More groups than this are counted and not described: reports stay under 40 lines. */
const MOST_GROUPS = 5;
/** Numbers of goroutines shown of a group, and goroutines that still run. */
const MOST_NAMED = 5;

/** Goroutines that were started at one place and wait at one place. */
interface Group {
  readonly members: G[];
  readonly where: string;
}

/** Several lines: a summary, a few for each group, who still runs, the rule, the next step. */
export function leakText(rt: Runtime, leaked: readonly G[], waits: Waits): string {
  const names = rt.trace?.names ?? new ObjectNames();
  const waiting = new Map((rt.live.length > MOST_WAITING ? [] : waits.all(rt)).map((w) => [w.g, w]));
  const isBlocked = (g: G): boolean => waiting.has(g) || (g.status === Status.WAITING && isQuiet(rt));
  const running = leaked.filter((g) => !isBlocked(g)).length;
  const gone = new Set(leaked);
  const blocked = [...waiting.values()].filter((w) => gone.has(w.g));
  const causes = new Set(causesOf(blocked).map(({ g }) => g));
  const isCause = (g: G): boolean => (waiting.has(g) ? causes.has(g) : isBlocked(g));
  const groups = groupsOf(leaked, waits);
  const rows = groups
    .slice(0, MOST_GROUPS)
    .flatMap((group) => groupRows(group, waiting.get(group.members[0] as G), waits, gone, names));
  if (groups.length > MOST_GROUPS) rows.push(`  and in ${many(groups.length - MOST_GROUPS, "more place")}`);
  return [
    summary(leaked.length, running),
    ...rows,
    ...others(rt, gone),
    rule(rt, running),
    lockAdvice(blocked) ??
      pairAdvice(blocked) ??
      advice(leaked.find(isCause) ?? leaked.find(isBlocked), waits),
  ].join("\n");
}

function summary(all: number, running: number): string {
  const who = all === 1 ? "one goroutine is" : `${all} goroutines are`;
  if (running === 0) return `leak: main returned and ${who} blocked for ever`;
  const how = all === running ? "left running" : `left behind, ${running} of them running`;
  return `leak: main returned and ${who} ${how}`;
}

function groupsOf(leaked: readonly G[], waits: Waits): Group[] {
  const groups = new Map<string, Group>();
  for (const g of leaked) {
    const where = place(stackOf(g)[0]);
    const key = [g.name, startedAt(g, waits), g.kind?.wait, g.object?.label, where].join("\n");
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { members: [g], where });
    else known.members.push(g);
  }
  return [...groups.values()].sort((a, b) => b.members.length - a.members.length);
}

function startedAt(g: G, waits: Waits): string {
  return place(g.rt.trace?.spawnSite(g) ?? waits.startedAt(g));
}

function groupRows(
  { members, where }: Group,
  w: Waiting | undefined,
  waits: Waits,
  gone: ReadonlySet<G>,
  names: ObjectNames,
): string[] {
  const [g] = members as [G];
  const rows = [`  ${whoOf(members)} ${doing(members, w, names)}${where}`];
  const [parent] = waits.parentsOf(g);
  if (parent !== undefined) rows.push(`    started${startedAt(g, waits)} by ${called(parent)}`);
  if (w === undefined) return rows;
  const others = w.wakers.filter((other) => !members.includes(other));
  rows.push(...because({ ...w, wakers: others }, waits, gone), ...lostRows(w, waits));
  return rows;
}

function whoOf(members: readonly G[]): string {
  const [first] = members as [G];
  if (members.length === 1) return called(first);
  const ids = members.slice(0, MOST_NAMED).map((g) => g.id);
  const more = members.length > MOST_NAMED ? ", …" : "";
  return `${members.length} goroutines ${JSON.stringify(first.name)} (${ids.join(", ")}${more})`;
}

function doing(members: readonly G[], w: Waiting | undefined, names: ObjectNames): string {
  const [g] = members as [G];
  const s = members.length === 1 ? "s" : "";
  if (g.status !== Status.WAITING || g.kind === null) return `still run${s}`;
  if (w !== undefined && w.objects.length === 0) return `wait${s} for nothing (${g.kind.wait})`;
  const objects: readonly Operable[] = w?.objects ?? (g.object === null ? [] : [g.object]);
  const labels = objects.filter((object) => object.label !== "").map((object) => names.nameOf(object));
  const isSame = members.every((other) => other.object === g.object);
  const what = labels.length === 0 ? "" : ` for ${labels.join(", ")}${isSame ? "" : " or the like"}`;
  return `wait${s}${what} (${g.kind.wait})`;
}

/** Who is left and is no leak. */
function others(rt: Runtime, gone: ReadonlySet<G>): string[] {
  const rest = rt.live.filter((g) => !gone.has(g)).sort((a, b) => a.id - b.id);
  if (rest.length === 0) return [];
  const shown = rest.slice(0, MOST_NAMED).map(called).join(", ");
  const more = rest.length > MOST_NAMED ? ` and ${rest.length - MOST_NAMED} more` : "";
  return [`not counted, for they still run, can be woken, or are ignored: ${shown}${more}`];
}

function rule(rt: Runtime, running: number): string {
  if (running > 0) return "Nothing tells those that run to end: they go on until the process does.";
  if (isQuiet(rt)) return "Nobody runs any more, and no timer is pending: nobody can wake them.";
  return "No goroutine that still runs has ever used what they wait for.";
}

function advice(g: G | undefined, waits: Waits): string {
  if (g === undefined || g.kind === null || g.object === null) {
    return "next: give it a way to end, a context or a channel that is closed, and wait for it with a WaitGroup.";
  }
  const { kind, object } = g;
  if (object.label === "cond" || waits.lostOn(object)?.op === "send") {
    return NEXT.look;
  }
  const edge = edgeOf(kind, object);
  if (edge === "lock" || edge === "rLock") {
    return NEXT.unlock;
  }
  if (object.label === "waitgroup") return NEXT.done;
  if (kind.wait.endsWith("(nil chan)")) {
    return NEXT.nilChannel;
  }
  if (kind.name === "send") {
    return NEXT.send;
  }
  if (kind.name === "recv" || kind.name === "recvOk") {
    return "next: close the channel when nothing more will be sent, on every path, also after an error.";
  }
  return "next: add a case that ends the wait: a context's done(), or a channel that is closed.";
}
