// Guess: what a learner commits to before the answer is computed, and how one sees that they have not yet.

/** Stands where nobody has guessed yet: the cell runs, and gives nothing away. */
export const NOT_YET = "?";

/** The way out for who does not want to guess: the answer is shown, and nothing is scored. */
export const SHOW_ME = "show me";

/**
 * A list of answers; `"?"` while the learner has not guessed, which a list that is empty or holds a `"?"` says as well;
 * `"show me"` to see the answer without a guess.
 */
export type Guess<T> = readonly T[] | typeof NOT_YET | typeof SHOW_ME;

/** How far the learner is. */
export type GuessState = "guessed" | "not yet" | "show me";

/**
 * Tells how far a learner is with a list of answers. With `mayBeEmpty`, an empty list is an answer: nobody, none.
 *
 * @throws {TypeError} `` predict "words": expected a list such as ["ab"], "?" or "show me" as the guess, got 3 ``
 */
export function guessState(what: string, guess: Guess<unknown>, mayBeEmpty = false): GuessState {
  if (guess === NOT_YET || guess === undefined) return "not yet";
  if (guess === SHOW_ME) return "show me";
  if (!Array.isArray(guess)) {
    const got = typeof guess === "string" ? JSON.stringify(guess) : String(guess);
    throw new TypeError(`${what}: expected a list such as ["ab"], "?" or "show me" as the guess, got ${got}`);
  }
  const list: readonly unknown[] = guess;
  if (list.includes(NOT_YET)) return "not yet";
  return list.length === 0 && !mayBeEmpty ? "not yet" : "guessed";
}

/** What a cell says to somebody who has not guessed. */
export const NOT_GUESSED: readonly string[] = [
  "You have not guessed yet, so nothing is given away. Write down what you think, and run the cell again: a wrong guess costs nothing and is remembered best.",
  `No idea, and no wish to guess? Put "${SHOW_ME}" in the place of the guess.`,
];
