// Rounds: contestants in turn, row by row. Whoever fails is out of that row, with the reason; the others go on.
import type { Contestant, How } from "./contestants.js";
import { type Entry, HOST, type RowEntries, type Sample } from "./results.js";
import type { Row } from "./row.js";

/** Peers this many times slower than the fastest one after the first round are not measured again. */
export const OUT_OF_THE_RUNNING = 1.3;

export interface RoundOptions extends How {
  readonly rounds: number;
  /** Called before each process with its contestant. */
  onProcess?(contestant: { readonly name: string }, round: number): void;
}

interface Growing<R> {
  readonly contestant: Contestant<R>;
  readonly samples: Sample[];
  failure?: string;
}

/** Measures one row. Never rejects for what a contestant does. */
export async function measureRow<R = Row>(
  row: R,
  contestants: readonly Contestant<R>[],
  options: RoundOptions,
): Promise<RowEntries> {
  const all: Growing<R>[] = contestants.map((contestant) => ({ contestant, samples: [] }));
  for (let round = 0; round < options.rounds; round++) {
    for (const each of inTurn(stillIn(all), round)) {
      options.onProcess?.(each.contestant, round);
      try {
        each.samples.push({ round, ...(await each.contestant.measure(row, options)) });
      } catch (error) {
        each.failure = error instanceof Error ? error.message : String(error);
      }
    }
  }
  return Object.fromEntries(all.map((each) => [each.contestant.name, entryOf(each)]));
}

/** Another one begins in every round, so that nobody always runs in the same place. */
function inTurn<T>(list: readonly T[], round: number): T[] {
  const first = list.length === 0 ? 0 : round % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

function stillIn<R>(all: readonly Growing<R>[]): Growing<R>[] {
  // Node itself and the npm packages are two races: the best of either stays.
  const fastest = (isHost: boolean): number =>
    Math.min(
      ...all
        .filter(({ contestant: { isPeer, name } }) => isPeer && (name === HOST) === isHost)
        .map(({ samples }) => samples[0]?.value ?? Number.POSITIVE_INFINITY),
    );
  const [fastestPackage, fastestHost] = [fastest(false), fastest(true)];
  return all.filter(({ contestant: { isPeer, name }, samples: [first], failure }) => {
    if (failure !== undefined) return false;
    if (!isPeer || first === undefined) return true;
    return first.value <= (name === HOST ? fastestHost : fastestPackage) * OUT_OF_THE_RUNNING;
  });
}

function entryOf({ samples, failure }: Growing<unknown>): Entry {
  return { samples, ...(failure === undefined ? {} : { failure }) };
}
