// Bypass: how often a thread of a role was passed over by the others, from the raw start and end of operations.
//
// Invariants:
//  I1. Only the part of a round counts in which every operation of every thread of the role was kept: the first operations of
//      each thread. What lies behind is neither guessed nor mixed in, and the length of the part is told.
//
// Rejected: a word that all threads of a role count in, because it would be the most contended word of all and hide what is measured.
import { type BypassData, longestBypass, type Turn } from "../stats/index.js";
import type { ThreadRecord } from "./threadplan.js";

/** The records of one role in one round. */
export interface RoleRecords {
  readonly records: readonly Pick<ThreadRecord, "ops" | "elapsedMs" | "spans" | "spanCount">[];
}

/** Returns the longest bypass over all rounds; undefined for one thread, and where not every operation was timed. */
export function bypassOf(rounds: readonly RoleRecords[]): BypassData | undefined {
  let [longest, seenMs] = [0, 0];
  for (const { records } of rounds) {
    if (records.length < 2 || records.some(({ ops, spanCount }) => ops !== spanCount)) return undefined;
    const untilMs = Math.min(...records.map(keptUntilMs));
    longest = Math.max(longest, longestBypass(records.map((record) => turnsOf(record, untilMs))));
    seenMs += untilMs;
  }
  return rounds.length === 0 ? undefined : { longest, seenMs };
}

/** I1. The end of the last operation that was kept; of the round when all were. */
function keptUntilMs({ spans, spanCount, elapsedMs }: RoleRecords["records"][number]): number {
  const kept = spans.length / 2;
  return spanCount <= kept ? elapsedMs : (spans[2 * kept - 1] as number);
}

/** Operations that began by `untilMs`; one that ended later has waited until then at least. */
function turnsOf({ spans, spanCount }: RoleRecords["records"][number], untilMs: number): Turn[] {
  const turns: Turn[] = [];
  for (let i = 0; i < Math.min(spanCount, spans.length / 2); i++) {
    const [begin, end] = [spans[2 * i] as number, spans[2 * i + 1] as number];
    if (begin >= untilMs) break;
    turns.push([begin, end]);
  }
  return turns;
}
