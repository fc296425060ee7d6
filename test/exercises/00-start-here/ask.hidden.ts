// The hidden part of the check of 00-start-here/ask.
import { exercise, type Hints } from "happens-before/check";
import { askedOnce, type Submission } from "./ask-programs.js";

const HINTS: Hints = {
  "wrong-result": [
    "How often does your code ask each server, and where do the answers come from?",
    "A server is asked each time its function runs; an answer that was written down cannot be of another shop.",
    "Call each of the two parameters once, and return what they return.",
  ],
  "global-deadlock": [
    "Somebody waits for a thing that never comes. What does it count, or receive?",
    "Each `add` needs a `done`, each receive a send. `wg.go` counts by itself.",
    "`wg.go(function* () { b = yield* second(); });` and later `yield* wg.wait();`, and no `add`.",
  ],
  misuse: [
    "An operation was made, and nobody waited for it.",
    "An operation happens when it is given to the scheduler: `yield*` stands before it.",
    "Look for a line with `wait`, `send` or `recv` that has no star.",
  ],
  leak: [
    "Something that you started still waits when `ask` has returned.",
    "Who sends on a channel without a buffer waits until somebody receives.",
    "Receive every answer, or use a WaitGroup.",
  ],
  panic: [
    "Something was thrown that nobody caught.",
    "A server is a function that makes a generator: call it, and give it to the scheduler.",
    "`b = yield* second();` with the round brackets and the star.",
  ],
};

export default exercise<Submission>({
  id: "00-start-here/ask",
  properties: [
    {
      name: "each server is asked once, and says what it says",
      points: 1,
      lab: askedOnce,
      schedules: 200,
      expect({ verdict, outcomes }) {
        if (verdict !== "ok") return "asking did not end well";
        const wrong = outcomes.find(({ result }) => result !== "120,120 of 1 and 1");
        return wrong === undefined ? undefined : `expected 120,120 of 1 and 1, got ${String(wrong.result)}`;
      },
      hints: HINTS,
    },
  ],
});
