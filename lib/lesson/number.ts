// predictNumber: a guessed number beside the measured one; right is what comes near enough.
import { formatRatio, table } from "../plot/index.js";
import { alreadyShown, type Card, showCard } from "./card.js";
import { NOT_GUESSED, NOT_YET, SHOW_ME } from "./guess.js";
import { factorOf, formatUnit, type Unit } from "./unit.js";

/** What became of a guessed number. Plain data. */
export interface NumberPrediction {
  readonly id: string;
  readonly isGuessed: boolean;
  readonly guess?: number;
  readonly actual: number;
  /** How many times the larger is as large as the smaller; left out when one of them is nothing. */
  readonly factor?: number;
  readonly isRight: boolean;
}

/** How to ask. */
export interface NumberOptions {
  readonly unit: Unit;
  /** The factor up to which a guess is right, at least 1. Default 2: magnitudes are what one should know. */
  readonly within?: number | undefined;
  readonly title?: string | undefined;
}

/**
 * Shows a guessed number beside the true one. Right is a guess within a factor, 2 by default.
 *
 * @throws {TypeError} `` predictNumber "p99": expected a number, "?" or "show me" as the guess, got "32 ms" ``
 * @example
 * const seen = await predictNumber("p99", 32e6, 6.4e9, { unit: "ns" });
 * console.log(seen.isRight, seen.factor); // prints: false 200
 */
export async function predictNumber(
  id: string,
  guess: number | typeof NOT_YET | typeof SHOW_ME,
  actual: number,
  options: NumberOptions,
): Promise<NumberPrediction> {
  const made = numberOf(id, guess, actual, options.within ?? 2);
  showCard(numberCard(made, guess === SHOW_ME, options));
  const line = made.isGuessed ? (made.isRight ? "near enough" : "far off") : "not guessed";
  return alreadyShown(made, `prediction ${id}: ${line}`);
}

function numberOf(id: string, guess: unknown, actual: number, within: number): NumberPrediction {
  if (guess === NOT_YET || guess === SHOW_ME || guess === undefined) {
    return { id, isGuessed: false, actual, isRight: false };
  }
  if (typeof guess !== "number" || Number.isNaN(guess)) {
    const got = typeof guess === "string" ? JSON.stringify(guess) : String(guess);
    throw new TypeError(
      `predictNumber ${JSON.stringify(id)}: expected a number, "?" or "show me" as the guess, got ${got}`,
    );
  }
  const factor = factorOf(guess, actual);
  const isRight = factor === undefined ? guess === actual : factor <= within;
  return { id, isGuessed: true, guess, actual, ...(factor === undefined ? {} : { factor }), isRight };
}

function numberCard(
  made: NumberPrediction,
  isShown: boolean,
  { unit, within = 2, title }: NumberOptions,
): Card {
  const heading = title ?? `Your prediction: ${made.id}`;
  const it = formatUnit(made.actual, unit);
  if (made.guess === undefined) {
    return isShown
      ? { tone: "plain", badge: "shown", title: heading, lines: [`It is ${it}.`], notes: [] }
      : { tone: "open", badge: "not guessed yet", title: heading, lines: NOT_GUESSED, notes: [] };
  }
  const apart = made.factor === undefined ? "–" : formatRatio(made.factor);
  const side = made.guess < made.actual ? "too low" : "too high";
  return {
    tone: made.isRight ? "good" : "bad",
    badge: made.isRight ? "near enough" : side,
    title: heading,
    lines: [],
    table: table("", ["you said", "it is", "apart by"], [[formatUnit(made.guess, unit), it, apart]]),
    notes: [`Near enough is within a factor of ${within}.`],
  };
}
