// Waits of orders as 05-the-rwmutex-incident/profile measured them once: of the solution and of code that holds the lock through
// the fetch, on a quiet machine and beside four busy loops.
import { readFileSync } from "node:fs";
import type { Comparison } from "happens-before/bench";
import { coursePlaces, loadExercise, type RaceProperty } from "happens-before/check";
import { ID, WAITS } from "./profile05.js";

export const RECORDINGS = new URL("05-the-rwmutex-incident/profile.recordings.json", import.meta.url);

/** Of each variant, of each round, how many orders waited: `[upper end in ns, count]`. */
export type Recording = Readonly<Record<string, readonly (readonly (readonly [number, number])[])[]>>;

/** The property whose waits were recorded. */
export async function waitsProperty(): Promise<RaceProperty<unknown>> {
  const { exercise } = await loadExercise(ID, coursePlaces());
  const property = exercise.properties.find(({ name }) => name === WAITS);
  if (property?.race === undefined) throw new Error(`${ID}: nothing is measured`);
  return property;
}

/** What was recorded, by what it is of. */
export function recordings(): Readonly<Record<string, Recording>> {
  return JSON.parse(readFileSync(RECORDINGS, "utf8")) as Readonly<Record<string, Recording>>;
}

/** Keeps of a comparison what its check looks at, to the millisecond. */
export function recordingOf({ variants }: Comparison): Recording {
  return Object.fromEntries(
    variants.map(({ name, rounds }) => [
      name,
      rounds.map(({ roles }) => inWholeMs(roles["order"]?.corrected.buckets ?? [])),
    ]),
  );
}

function inWholeMs(buckets: readonly (readonly [number, number])[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const [ns, count] of buckets) {
    const wholeMs = Math.ceil(ns / 1e6) * 1e6;
    counts.set(wholeMs, (counts.get(wholeMs) ?? 0) + count);
  }
  return [...counts];
}

/** A comparison that says what was recorded, and nothing else. */
export function comparisonOf(recording: Recording): Comparison {
  const variants = Object.entries(recording).map(([name, all]) => {
    const rounds = all.map((buckets) => {
      const count = buckets.reduce((sum, [, count]) => sum + count, 0);
      return { roles: { order: { corrected: { count, buckets } } } };
    });
    return { name, rounds };
  });
  return { kind: "contend", variants, ratios: [], noise: { note: "" } } as unknown as Comparison;
}
