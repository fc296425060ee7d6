// The hidden check of 02-memory-model-and-data-races/chain: days with other numbers of shops.
import type { Exploration, Program } from "happens-before";
import { exercise } from "happens-before/check";
import { type Day, dayWith, oneStock, type Seen, type Submission } from "./chain-programs.js";

const COUNTED: [string, string, string] = [
  "How many shops there are stands in the constructor. Is it used?",
  "Who counts to two is right on a day with two shops: with three somebody is forgotten, with one somebody waits for nobody.",
  "`this.shops` is how many the evening has to hear from, and how much room their channel needs.",
];

/** A day with one shop, then a day with three. */
function otherDays(x: Submission): Program<readonly Day[], readonly Seen[]> {
  const days = [dayWith(x, 1, oneStock), dayWith(x, 3, oneStock)];
  return {
    setup: () => days.map((day) => day.setup()),
    *main(states) {
      const seen: Seen[] = [];
      for (const [i, day] of days.entries()) seen.push(yield* day.main(states[i] as Day));
      return seen;
    },
  };
}

export default exercise<Submission>({
  id: "02-memory-model-and-data-races/chain",
  properties: [
    {
      name: "a day with one shop and a day with three run through as well",
      points: 1,
      lab: otherDays,
      schedules: 300,
      expect({ verdict, outcomes }: Exploration<unknown>) {
        if (verdict === "race") return "two parts of a day use the stock, and nothing orders them";
        if (verdict !== "ok") return "a day with one shop, or with three, does not run through";
        const days = outcomes.flatMap(({ result }) => result as readonly Seen[]);
        const isRight = days.every(({ read, left }) => left === 0 && read.every((pieces) => pieces === 99));
        return isRight
          ? undefined
          : "a shop read another number than 99, or something was left in the evening";
      },
      hints: {
        race: COUNTED,
        "global-deadlock": COUNTED,
        "wrong-result": COUNTED,
        leak: COUNTED,
        livelock: COUNTED,
        "out-of-steps": COUNTED,
        panic: COUNTED,
      },
    },
  ],
});
