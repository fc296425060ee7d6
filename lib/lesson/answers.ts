// Answers: everything that a program can return, over all of its schedules where that fits, else over a sample.
import type { Exploration } from "../event/index.js";
import { type ExploreOptions, explore } from "../explore/index.js";
import type { Body, Program } from "../op/index.js";
import { render } from "../plot/index.js";
import type { Truth } from "./prediction.js";

/** How far to look. */
export interface SearchOptions extends Pick<ExploreOptions, "clock" | "maxSteps" | "detect"> {
  /** Schedules at most. Default 20,000, and 2,000 of a sample where these are not all. */
  schedules?: number;
  /** As for `explore`. Default `true`; `{ plain: true }` where plain variables matter everywhere. */
  exhaustive?: true | { preemptions?: number; plain?: boolean };
}

/** The truth, and what else the search saw. */
export interface Answers<T> extends Truth<T> {
  /** In words, when some schedules end without a result. */
  readonly trouble?: string;
}

const MOST = 20_000;
const SAMPLE = 2000;

/** Finds all results of a program; says what that is worth. */
export async function answersOf<S, T>(
  program: Program<S, T> | Body<[], T>,
  options: SearchOptions = {},
): Promise<Answers<T>> {
  const { schedules = MOST, exhaustive = true, ...rest } = options;
  const how: ExploreOptions = { ...rest, stopAt: "never" };
  const all = await explore(program, { ...how, exhaustive, schedules });
  const isBounded = exhaustive !== true && exhaustive.preemptions !== undefined;
  if (all.schedules < schedules && !isBounded)
    return { ...made(all.outcomes, true, wholeClaim(all)), ...troubleOf(all) };
  const sample = await explore(program, { ...how, schedules: Math.min(schedules, SAMPLE) });
  const outcomes = merged(all.outcomes, sample.outcomes);
  const count = all.schedules + sample.schedules;
  const claim = `Found in ${count} schedules, which are not all: what is missing here may still be possible.`;
  return { ...made(outcomes, false, claim), ...troubleOf(all.failure === undefined ? sample : all) };
}

type Outcomes<T> = Exploration<T>["outcomes"];

function made<T>(outcomes: Outcomes<T>, isComplete: boolean, claim: string): Truth<T> {
  const answers = outcomes.map(({ result, witness }) => ({ result, witness }));
  return { answers: answers.sort((a, b) => order(a.result, b.result)), isComplete, claim };
}

/** Texts and numbers in their order, so that the table does not depend on the search. */
function order(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [first, second] = [String(a), String(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function merged<T>(some: Outcomes<T>, others: Outcomes<T>): Outcomes<T> {
  const keyOf = (result: T): string => `${typeof result} ${JSON.stringify(result) ?? String(result)}`;
  const known = new Set(some.map(({ result }) => keyOf(result)));
  return [...some, ...others.filter(({ result }) => !known.has(keyOf(result)))];
}

function wholeClaim({ schedules }: Exploration<unknown>): string {
  const tried = schedules === 1 ? "There is one schedule" : `All schedules were tried (${schedules} runs)`;
  return `${tried}: there is no other answer.`;
}

function troubleOf({ failure }: Exploration<unknown>): { trouble?: string } {
  if (failure === undefined) return {};
  const title = render(failure, "text").split("\n", 1)[0] ?? failure.verdict;
  return { trouble: `Not every schedule ends well. ${title} — schedule ${failure.schedule}.` };
}
