// An exhaustive exploration of programs beside the model: it must find all that the model allows, and nothing else.
import { explore } from "happens-before";
import { expect } from "vitest";
import type { Description } from "./description.js";
import { interpret } from "./interpret.js";
import { allOutcomes } from "./model.js";

const MOST_SCHEDULES = 1500;

/** Compares, and returns how many of the programs were explored to their end. */
export async function exploredLikeModel(
  samples: readonly Description[],
  mostStates: number,
): Promise<number> {
  let complete = 0;
  let outcomes = 0;
  for (const d of samples) {
    const model = allOutcomes(d, mostStates);
    if (model === null) continue;
    const seen = await explore(interpret(d), {
      exhaustive: true,
      schedules: MOST_SCHEDULES,
      stopAt: "never",
      progress: () => {},
    });
    if (seen.schedules >= MOST_SCHEDULES) continue;
    const found = seen.outcomes.map((o) => o.result).sort();
    expect(
      found.filter((o) => !model.has(o)),
      JSON.stringify(d),
    ).toEqual([]);
    const results = [...model].filter((o) => !/^(panic|fatal error): /.test(o)).sort();
    if (results.length < model.size) expect(seen.verdict).not.toBe("ok");
    // A goroutine that panics after main has returned: Go is gone by then, here the run tells of it instead of the result.
    if ([...model].some((o) => o.startsWith("panic: "))) continue;
    complete++;
    outcomes += results.length;
    expect(found, JSON.stringify(d)).toEqual(results);
  }
  console.log(
    `random programs: ${complete} explored to the end, ${outcomes} results, all those of the model`,
  );
  return complete;
}
