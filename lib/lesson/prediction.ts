// Prediction: a learner's answers beside the true ones, as data and as a card.
//
// Invariants:
//  I1. Nothing of the truth stands in the card of somebody who has not guessed.
//  I2. An answer counts once, however often it was written; texts are compared without the spaces around them.
import { isDeepStrictEqual } from "node:util";
import { table } from "../plot/index.js";
import type { Card } from "./card.js";
import { type Guess, guessState, NOT_GUESSED } from "./guess.js";

/** One true answer. */
export interface TrueAnswer<T> {
  readonly result: T;
  /** A schedule that shows it. */
  readonly witness?: string;
}

/** The truth of a question, and how sure one is. */
export interface Truth<T> {
  readonly answers: readonly TrueAnswer<T>[];
  /** True when there are no other answers. */
  readonly isComplete: boolean;
  /** How it was found, in a sentence. */
  readonly claim: string;
}

/** What became of a guess. Plain data. */
export interface Prediction<T> {
  readonly id: string;
  /** False while the learner has not guessed, and when they only wanted to see. */
  readonly isGuessed: boolean;
  readonly right: readonly T[];
  /** True answers that were not guessed. */
  readonly missed: readonly TrueAnswer<T>[];
  /** Guessed answers that cannot be; of a sample: that were not seen. */
  readonly impossible: readonly T[];
  /** Right ones as a share of all that was guessed or true, 0 to 1. */
  readonly score: number;
  /** How the truth was found, in a sentence. Empty while nothing was guessed. */
  readonly claim: string;
}

/** What a card of a prediction may say besides. */
export interface PredictionWords<T> {
  readonly title?: string | undefined;
  /** Why this answer cannot be. */
  readonly why?: ((answer: T) => string | undefined) | undefined;
}

/** Compares a guess with the truth. */
export function predictionOf<T>(id: string, guess: Guess<T>, truth: Truth<T>): Prediction<T> {
  const state = guessState(`predict ${JSON.stringify(id)}`, guess);
  if (state === "not yet") {
    return { id, isGuessed: false, right: [], missed: [], impossible: [], score: 0, claim: "" };
  }
  const guessed = state === "show me" ? [] : distinct(guess as readonly T[]);
  const isTrue = (answer: T): boolean => truth.answers.some(({ result }) => isSame(result, answer));
  const right = guessed.filter(isTrue);
  const impossible = guessed.filter((answer) => !isTrue(answer));
  const missed = truth.answers.filter(({ result }) => !guessed.some((answer) => isSame(answer, result)));
  const all = right.length + impossible.length + missed.length;
  const score = all === 0 ? 1 : right.length / all;
  return { id, isGuessed: state === "guessed", right, missed, impossible, score, claim: truth.claim };
}

/** The card of a prediction. `notes` stand at its end. */
export function predictionCard<T>(
  prediction: Prediction<T>,
  truth: Truth<T>,
  words: PredictionWords<T> = {},
  notes: readonly string[] = [],
): Card {
  const title = words.title ?? `Your prediction: ${prediction.id}`;
  if (!prediction.isGuessed && prediction.claim === "") {
    return { tone: "open", badge: "not guessed yet", title, lines: NOT_GUESSED, notes: [] }; // I1
  }
  const hasWitness = truth.answers.some(({ witness }) => witness !== undefined);
  const columns = ["answer", "can it be?", "you", ...(hasWitness ? ["a schedule that shows it"] : [])];
  const shown = table("", columns, answerRows(prediction, truth, words, hasWitness));
  return { ...judged(prediction), title, lines: [], table: shown, notes: [truth.claim, ...notes] };
}

function answerRows<T>(
  { isGuessed, missed, impossible }: Prediction<T>,
  truth: Truth<T>,
  { why }: PredictionWords<T>,
  hasWitness: boolean,
): string[][] {
  const yes = truth.answers.map((answer) => {
    const you = missed.includes(answer) ? (isGuessed ? "✗ missed" : "–") : "✓ right";
    return [shownAnswer(answer.result), "yes", you, ...(hasWitness ? [answer.witness ?? "–"] : [])];
  });
  const no = impossible.map((answer) => {
    const verdict = truth.isComplete ? "no" : "not seen";
    const because = why?.(answer);
    const you = `✗ ${truth.isComplete ? "cannot be" : "not seen"}${because === undefined ? "" : `: ${because}`}`;
    return [shownAnswer(answer), verdict, you, ...(hasWitness ? ["–"] : [])];
  });
  return [...yes, ...no];
}

function judged<T>({
  isGuessed,
  right,
  missed,
  impossible,
  score,
}: Prediction<T>): Pick<Card, "tone" | "badge"> {
  if (!isGuessed) return { tone: "plain", badge: "shown" };
  const all = right.length + missed.length;
  if (score === 1) return { tone: "good", badge: all === 1 ? "right" : `all ${all} right` };
  const extra = impossible.length === 0 ? "" : `, ${impossible.length} too many`;
  return { tone: "bad", badge: `${right.length} of ${all}${extra}` };
}

/** The line that a prediction is when it is printed. */
export function predictionLine({
  id,
  isGuessed,
  score,
}: {
  id: string;
  isGuessed: boolean;
  score: number;
}): string {
  return `prediction ${id}: ${isGuessed ? `${Math.round(100 * score)}%` : "not guessed"}`;
}

/** An answer as people read it: texts as they are, the rest as JSON. */
export function shownAnswer(answer: unknown): string {
  if (typeof answer === "string") return answer === "" ? '""' : answer;
  try {
    const text = JSON.stringify(answer, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v));
    return text ?? String(answer);
  } catch {
    return String(answer);
  }
}

function distinct<T>(answers: readonly T[]): T[] {
  return answers.filter((answer, i) => answers.findIndex((other) => isSame(other, answer)) === i);
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === "string" && typeof b === "string") return a.trim() === b.trim();
  return Object.is(a, b) || isDeepStrictEqual(a, b);
}
