// The check of 00-start-here/payments: nothing is lost, a refusal stops nobody, nobody waits for another's bank.
import type { Exploration, Verdict } from "happens-before";
import { exercise, type Hints } from "happens-before/check";
import { paysBesideRefused, paysThreeTimes, paysTogether, type Submission } from "./payments-programs.js";

const STUCK: readonly Verdict[] = ["global-deadlock", "partial-deadlock", "livelock", "out-of-steps"];

/** Says `stuck` where payments wait for ever, and else what the run's end says. */
function counts(stuck: string): (seen: Exploration<unknown>) => string | undefined {
  return ({ verdict, failure }) => {
    if (STUCK.includes(verdict)) return stuck;
    if (verdict === "wrong-result") return failure?.error?.message;
    return verdict === "ok" ? undefined : `the payments did not end well: ${verdict}`;
  };
}

const COMMON: Hints = {
  "wrong-result": [
    "In the lanes, find the payment that is not counted: who read the counter before it, and who wrote after it?",
    "Between the reading and the writing nobody else may count. Either they are one step, or a lock keeps the others out.",
    "`yield* bank();` first, and then `yield* this.#count.add(1);`, which is one step.",
  ],
  race: [
    "Two payments are at the count at the same time. What keeps the second one away?",
    "Either reading and writing are one step, or a lock keeps the others out.",
    "`yield* this.#count.add(1);` of an AtomicInt32 is one step.",
  ],
  fatal: [
    "A lock was let go that nobody held.",
    "Each way through `pay` takes the lock once and lets it go once.",
    "One `lock`, one `unlock` on every way out; or no lock, and one step.",
  ],
  misuse: [
    "An operation was made, and nobody waited for it. The line is named above.",
    "An operation happens when it is given to the scheduler: `yield*` stands before it.",
    "`yield* this.#count.add(1);`, with the star.",
  ],
  diverged: [
    "Two runs of the same schedule differ: something of the first is still there in the second.",
    "Each schedule begins with a new Shop. What does your code keep outside of it?",
    "Keep everything in private fields of the class.",
  ],
};

export default exercise<Submission>({
  id: "00-start-here/payments",
  hiddenPoints: 1,
  properties: [
    {
      name: "every payment that the bank accepts is counted",
      points: 2,
      lab: paysThreeTimes,
      schedules: 500,
      expect: counts("a payment waits for ever"),
      hints: {
        ...COMMON,
        "global-deadlock": [
          "Everybody waits for a lock. Who has it?",
          "After a `lock` comes an `unlock`, on every way out of `pay`.",
          "With `yield* this.#count.add(1);` there is no lock to forget.",
        ],
      },
      go: "count.Add(1) // count is an atomic.Int32",
    },
    {
      name: "a payment that the bank refuses is told to its caller, and stops nobody",
      points: 1,
      lab: paysBesideRefused,
      schedules: 300,
      expect: counts("after a refusal the other payment waits for ever"),
      hints: {
        ...COMMON,
        "global-deadlock": [
          "The bank threw. Which line of `pay` was not reached any more?",
          "A lock that is taken before the bank is asked stays taken when the bank throws.",
          "Ask the bank before you lock, or take no lock at all: `yield* this.#count.add(1);`.",
        ],
      },
      go: "mu.Lock()\ndefer mu.Unlock()",
    },
    {
      name: "nobody waits for another customer's bank",
      points: 1,
      lab: paysTogether,
      schedules: 300,
      expect: counts(
        "a customer waits for another one's bank; here a bank answers only when both were asked",
      ),
      hints: {
        ...COMMON,
        "global-deadlock": [
          "Look at the last rows: one customer waits for a lock, and the one who has it waits for the bank.",
          "What does the lock protect? The count. Does the bank need the count?",
          "`yield* bank();` stands first, outside of every lock.",
        ],
      },
    },
  ],
});
