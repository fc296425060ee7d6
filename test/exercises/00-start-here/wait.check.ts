// The check of 00-start-here/wait: main returns only after the worker's last word, whatever the schedule.
import type { Program } from "happens-before";
import { exercise } from "happens-before/check";

type Submission = typeof import("../../../exercises/00-start-here/wait.js");

/** Runs the submission's main and returns what had been said when it returned. */
function said(x: Submission): Program<string[], string> {
  return {
    setup: () => [],
    *main(words) {
      yield* x.main((word) => words.push(word));
      return words.join(" ");
    },
    after(_words, heard) {
      if (heard === "working done") return;
      throw new Error(`main returned when ${heard === "" ? "nothing" : JSON.stringify(heard)} had been said`);
    },
  };
}

export default exercise<Submission>({
  id: "00-start-here/wait",
  properties: [
    {
      name: "every schedule says working and done before main returns",
      points: 2,
      lab: said,
      schedules: 500,
      expect: (seen) => (seen.verdict === "ok" ? undefined : seen.failure?.error?.message),
      hints: {
        "wrong-result": [
          "Look at the lanes: main's lane ends while the worker still has something to do. What could main wait for?",
          "A WaitGroup counts the bodies started with `wg.go(…)`. `wait` returns when all of them have ended.",
          "The last line of main is `yield* wg.wait();` — with the star, or main does not wait.",
        ],
        "global-deadlock": [
          "Everybody waits and nobody can end it. Who was to wake main?",
          "A counter that was raised by `add` without a matching `done` never reaches zero. `wg.go` does both for you.",
          "Leave out `wg.add(…)`: `wg.go(worker, say)` already counts the worker.",
        ],
        misuse: [
          "An operation was created but nobody waited for it.",
          "An operation only happens when it is given to the scheduler: write `yield*` before it.",
          "Write `yield* wg.wait();`.",
        ],
      },
      go: "var wg sync.WaitGroup\nwg.Go(func() { worker(say) })\nwg.Wait()",
    },
  ],
});
