// The check of 00-start-here/wait: main returns only after the worker's last word, whatever the schedule, and others run
// meanwhile.
import { go, type Program } from "happens-before";
import { exercise, type Hints } from "happens-before/check";

type Submission = typeof import("../../../exercises/00-start-here/wait.js");

function checkWords(heard: string): void {
  if (heard === "working done") return;
  throw new Error(`main returned when ${heard === "" ? "nothing" : JSON.stringify(heard)} had been said`);
}

/** Runs the submission's main and returns what had been said when it returned. */
function said(x: Submission): Program<string[], string> {
  return {
    setup: () => [],
    *main(words) {
      yield* x.main((word) => words.push(word));
      return words.join(" ");
    },
    after: (_words, heard) => checkWords(heard),
  };
}

const SOMEBODY = "somebody else";

/** The same, and somebody else has something to say. */
function saidBesideOthers(x: Submission): Program<string[], string> {
  return {
    setup: () => [],
    *main(words) {
      go(function* other() {
        words.push(SOMEBODY);
      });
      yield* x.main((word) => words.push(word));
      return words.join(", ");
    },
    after: (_words, heard) =>
      checkWords(
        heard
          .split(", ")
          .filter((word) => word !== SOMEBODY)
          .join(" "),
      ),
  };
}

const COMMON: Hints = {
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
};

export default exercise<Submission>({
  id: "00-start-here/wait",
  properties: [
    {
      name: "every schedule says working and done before main returns",
      points: 1,
      lab: said,
      schedules: 500,
      expect: (seen) => (seen.verdict === "ok" ? undefined : seen.failure?.error?.message),
      hints: {
        ...COMMON,
        "wrong-result": [
          "Look at the lanes: main's lane ends while the worker still has something to do. What could main wait for?",
          "A WaitGroup counts the bodies started with `wg.go(…)`. `wait` returns when all of them have ended.",
          "The last line of main is `yield* wg.wait();` — with the star, or main does not wait.",
        ],
      },
      go: "var wg sync.WaitGroup\nwg.Go(func() { worker(say) })\nwg.Wait()",
    },
    {
      name: "the worker still lets others run between its words, and main waits all the same",
      points: 1,
      lab: saidBesideOthers,
      schedules: 500,
      expect({ verdict, outcomes, failure }) {
        if (verdict !== "ok") return failure?.error?.message;
        const isBetween = outcomes.some(({ result }) => result === `working, ${SOMEBODY}, done`);
        return isBetween ? undefined : "nobody else ever gets a turn between the worker's two words";
      },
      hints: {
        ...COMMON,
        "wrong-result": [
          "Two things must hold: main returns after the worker's last word, and others may run before it.",
          "`yield* gosched();` between the two words lets others run. To take it away does not make main wait.",
          "Leave `worker` as it was; the last line of main is `yield* wg.wait();`.",
        ],
      },
    },
  ],
});
