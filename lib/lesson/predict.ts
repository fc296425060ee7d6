// predict: the learner commits to an answer, then the machine computes it.
//
// Source: predict, run, investigate (PRIMM; Sentance and Waite, 2017): who has committed to an answer looks at the
// true one with other eyes. So nothing of the truth is shown before.
import type { Body, Program } from "../op/index.js";
import { lanes, show } from "../plot/index.js";
import { report } from "../runtime/index.js";
import { type Answers, answersOf, type SearchOptions } from "./answers.js";
import { alreadyShown, showCard } from "./card.js";
import { type Guess, guessState } from "./guess.js";
import {
  type Prediction,
  type PredictionWords,
  predictionCard,
  predictionLine,
  predictionOf,
  shownAnswer,
} from "./prediction.js";

/** How to ask. */
export interface PredictOptions<T> extends SearchOptions {
  /** Stands above the table. Default: the id. */
  title?: string;
  /** Why an answer that cannot be cannot be; shown beside it. */
  why?(answer: T): string | undefined;
}

const UNSEEN = { answers: [], isComplete: false, claim: "" };

/**
 * Compares what a learner thinks a program can return with what it can: every schedule is tried where that fits into
 * the budget, else a sample, and the card says which. Shows what was right, what was missed with a schedule (and the
 * lanes of the first), and what cannot be. Throws nothing for a wrong guess.
 *
 * While the guess is `"?"`, nothing is computed and nothing is given away.
 *
 * **Cost:** 10 to 50 microseconds a schedule.
 * **Limits:** as `explore`: the program owns its state. Where plain variables matter in other places than after
 * `gosched`, a sleep and the start of a goroutine, pass `exhaustive: { plain: true }`.
 * @throws {TypeError} `` predict "words": expected a list such as ["ab"], "?" or "show me" as the guess, got 3 ``
 * @example
 * const program = function* () {
 *   const ch = new Chan<string>(2);
 *   for (const name of ["a", "b"]) go(function* () { yield* ch.send(name); });
 *   return `${yield* ch.recv()}${yield* ch.recv()}`;
 * };
 * const { right, missed, score } = await predict("two-sends", ["ab"], program);
 * console.log(right.join(), missed.map((answer) => answer.result).join(), score); // prints: ab ba 0.5
 */
export async function predict<S, T>(
  id: string,
  guess: Guess<T>,
  program: Program<S, T> | Body<[], T>,
  options: PredictOptions<T> = {},
): Promise<Prediction<T>> {
  const { title, why, ...search } = options;
  const isOpen = guessState(`predict ${JSON.stringify(id)}`, guess) === "not yet";
  const truth: Answers<T> = isOpen ? UNSEEN : await answersOf(program, search);
  const prediction = predictionOf(id, guess, truth);
  const first = prediction.missed[0];
  const notes = truth.trouble === undefined ? [] : [truth.trouble];
  if (prediction.isGuessed && first !== undefined) {
    notes.push(`How ${shownAnswer(first.result)} comes about, which you missed:`);
  }
  showCard(predictionCard(prediction, truth, { title, why }, notes));
  if (prediction.isGuessed && first?.witness !== undefined) await showWitness(program, first.witness);
  return alreadyShown(prediction, predictionLine(prediction));
}

/** The lanes of one schedule. */
export async function showWitness<S, T>(
  program: Program<S, T> | Body<[], T>,
  schedule: string,
): Promise<void> {
  await show(lanes(await report(program, { schedule, trace: true })));
}

/**
 * Compares a guess with a truth that was computed or measured in the notebook: which structures let readers wait,
 * which of five situations are fair.
 *
 * @example
 * const seen = await predictSet("who-waits", ["Mutex"], ["Mutex", "RWMutex"]);
 * console.log(seen.missed.length, seen.impossible.length); // prints: 1 0
 */
export async function predictSet<T>(
  id: string,
  guess: Guess<T>,
  truth: readonly T[],
  options: PredictionWords<T> & { readonly claim?: string | undefined } = {},
): Promise<Prediction<T>> {
  const { claim = "Computed or measured above, on this machine." } = options;
  const whole = { answers: truth.map((result) => ({ result })), isComplete: true, claim };
  const prediction = predictionOf(id, guess, whole);
  showCard(predictionCard(prediction, whole, options));
  return alreadyShown(prediction, predictionLine(prediction));
}
