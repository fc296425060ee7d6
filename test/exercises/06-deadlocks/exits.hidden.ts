// The hidden part of 06-deadlocks/exits: one warehouse, and all ways out one after the other.
import { type Go, gosched, type Program } from "happens-before";
import { exercise } from "happens-before/check";

type Submission = typeof import("../../../exercises/06-deadlocks/exits.js");
type Warehouse = InstanceType<Submission["Warehouse"]>;

const DAYS = [[0], [9, 1], [2], [1, 3, 1], [0, 5, 1], []] as const;

function* inspect({ pieces }: { readonly pieces: number }): Go {
  yield* gosched();
  if (pieces === 3) throw new RangeError("three is not allowed");
}

function everyWay(x: Submission): Program<Warehouse, string> {
  return {
    setup: () => new x.Warehouse(8),
    *main(warehouse): Go<string> {
      const words: string[] = [];
      for (const day of DAYS) {
        const orders = day.map((pieces) => ({ pieces }));
        try {
          words.push(String(yield* warehouse.ship(orders, inspect)));
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          words.push("error");
        }
        words.push(`(${yield* warehouse.left()})`);
      }
      return words.join(" ");
    },
  };
}

export default exercise<Submission>({
  id: "06-deadlocks/exits",
  properties: [
    {
      name: "six days in one warehouse, each with another way out",
      points: 1,
      lab: everyWay,
      schedules: 50,
      expect({ verdict, outcomes, failure }) {
        if (verdict !== "ok") return failure?.error?.message.split("\n")[0] ?? verdict;
        const wanted = "0 (8) 0 (8) 1 (6) error (5) 1 (0) 0 (0)";
        const wrong = outcomes.find(({ result }) => result !== wanted);
        return wrong === undefined ? undefined : `expected ${wanted}, got ${String(wrong.result)}`;
      },
      hints: {
        "global-deadlock": [
          "After one of the ways out the lock was still held.",
          "Is there an exit that your change does not cover? Then it was not one change.",
          "One `try` around the body of the loop, one `unlock` in its `finally`.",
        ],
        "wrong-result": [
          "The counts differ from what the starter's lines would give.",
          "Only the lock should change: what is skipped, what ends the day and what is thrown stay as they are.",
          "Leave the lines of the loop as they were and put `try … finally` around them.",
        ],
        fatal: [
          "A lock was given back that was not held.",
          "On some way the unlock runs twice.",
          "Keep one `unlock`, the one in the `finally`.",
        ],
      },
    },
  ],
});
