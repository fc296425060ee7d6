// The check of 06-deadlocks/exits: after each of the five ways out the lock is free and the count is right, and the lock
// still does what it is there for.
import {
  Chan,
  type Exploration,
  type Go,
  go,
  gosched,
  type Program,
  type Verdict,
  WaitGroup,
} from "happens-before";
import { exercise, type Hints } from "happens-before/check";

type Submission = typeof import("../../../exercises/06-deadlocks/exits.js");
type Warehouse = InstanceType<Submission["Warehouse"]>;

/** What a day in the warehouse comes to. */
interface Day {
  readonly shipped: number | string;
  readonly left: number;
}

const BROKEN = "this one is broken";

/** Looks at an order while others run; refuses orders of 4. */
function* inspect({ pieces }: { readonly pieces: number }): Go {
  yield* gosched();
  if (pieces === 4) throw new Error(BROKEN);
}

/** Ships `pieces` from five, then looks what is left: whoever took the lock along has stopped the clock. */
function ships(x: Submission, pieces: readonly number[], wanted: Day): Program<Warehouse, Day> {
  return {
    setup: () => new x.Warehouse(5),
    *main(warehouse) {
      let shipped: number | string;
      try {
        shipped = yield* warehouse.ship(
          pieces.map((count) => ({ pieces: count })),
          inspect,
        );
      } catch (error) {
        if (!(error instanceof Error) || error.message !== BROKEN) throw error;
        shipped = `the error: ${error.message}`;
      }
      return { shipped, left: yield* warehouse.left() };
    },
    after(_warehouse, { shipped, left }) {
      if (shipped !== wanted.shipped) {
        throw new Error(`orders of ${pieces.join(", ")} of 5: expected ${wanted.shipped}, got ${shipped}`);
      }
      if (left !== wanted.left) {
        throw new Error(
          `orders of ${pieces.join(", ")} of 5: expected ${wanted.left} to be left, got ${left}`,
        );
      }
    },
  };
}

/** Two ship from the same five pieces at once. */
function beside(x: Submission): Program<Warehouse, { shipped: number; left: number }> {
  return {
    setup: () => new x.Warehouse(5),
    *main(warehouse) {
      const wg = new WaitGroup();
      let shipped = 0;
      for (let i = 0; i < 2; i++) {
        yield* wg.go(function* shipper() {
          const mine = yield* warehouse.ship([{ pieces: 3 }], inspect);
          shipped += mine; // in one line it would be read before the wait and written after it
        });
      }
      yield* wg.wait();
      return { shipped, left: yield* warehouse.left() };
    },
    after(_warehouse, { shipped, left }) {
      if (shipped === 1 && left === 2) return;
      throw new Error(`two orders of 3 of 5 pieces: ${shipped} were shipped, and ${left} pieces are left`);
    },
  };
}

/** What somebody was told, and whether an order was under way when they were. */
interface Asked {
  readonly left: number;
  readonly isUnderWay: boolean;
}

/** Somebody asks what is left while an order is inspected. */
function askedMeanwhile(x: Submission): Program<Warehouse, Asked> {
  return {
    setup: () => new x.Warehouse(5),
    *main(warehouse) {
      const began = new Chan<null>();
      const answers = new Chan<Asked>(1);
      let isUnderWay = false;
      go(function* asks() {
        yield* began.recv();
        const left = yield* warehouse.left();
        yield* answers.send({ left, isUnderWay });
      });
      yield* warehouse.ship([{ pieces: 0 }, { pieces: 2 }], function* slowly() {
        isUnderWay = true;
        yield* began.send(null);
        for (let turn = 0; turn < 3; turn++) yield* gosched();
        isUnderWay = false;
      });
      return (yield* answers.recv()) ?? { left: Number.NaN, isUnderWay };
    },
    after(_warehouse, { left, isUnderWay }) {
      if (isUnderWay)
        throw new Error(`an order was under way, and somebody was told that ${left} pieces are left`);
      if (left !== 3)
        throw new Error(`an order of 2 of 5 was shipped, and somebody was told that ${left} are left`);
    },
  };
}

/** Says `waits` when goroutines wait for ever, else what the explorer found. */
function judgedBy(waits: string): (seen: Exploration<unknown>) => string | undefined {
  const stuck: readonly Verdict[] = ["global-deadlock", "partial-deadlock", "livelock", "out-of-steps"];
  return ({ verdict, failure }) => {
    if (verdict === "ok") return undefined;
    if (stuck.includes(verdict)) return waits;
    if (verdict === "leak") return "a goroutine is left behind that waits for ever";
    return failure?.error?.message.split("\n")[0] ?? verdict;
  };
}

const COMMON: Hints = {
  fatal: [
    "A lock was given back that was not held. The report says where.",
    "On some way the unlock runs twice: once in its old place, and once in the new one. Or it runs without a lock before it.",
    "One `lock` directly before the `try`, one `unlock` in its `finally`, and no other: both inside of the loop.",
  ],
  "global-deadlock": [
    "The lock is held by somebody who has gone on. Which line took it, and which way led out?",
    "`continue`, `break`, `return` and a throw all skip what stands below them. One thing in the language is skipped by none of them.",
    "`yield* this.#mu.lock(); try { … } finally { yield* this.#mu.unlock(); }`, around the body of the loop.",
  ],
  "wrong-result": [
    "Count by hand: how many orders were shipped, how many pieces left the shelf, and who was told?",
    "The change should be about the lock only: what is skipped, what ends the day and what is thrown stay as they are.",
    "Leave the lines of the loop as they were, put `try {` before them and `} finally { yield* this.#mu.unlock(); }` behind them.",
  ],
  panic: [
    "Something was thrown that should not have been. The line is named above.",
    "The error of `inspect` belongs to the caller of `ship`; other errors come from the change.",
    "Use `finally`, which lets the error go on its way; no `catch` is needed.",
  ],
  diverged: [
    "Two runs of the same schedule differ: something of the first is still there in the second.",
    "Every schedule begins with a new Warehouse. What does your code keep outside of it?",
    "Keep the lock and the pieces in private fields of the class.",
  ],
  leak: [
    "A goroutine that your code started still waits when everything is over.",
    "`ship` needs nobody else: it can lock, look, ship and unlock itself.",
    "Leave out the `go`, and unlock in a `finally`.",
  ],
};

export default exercise<Submission>({
  id: "06-deadlocks/exits",
  hiddenPoints: 1,
  properties: [
    {
      name: "after an order that is skipped the lock is free",
      points: 1,
      lab: (x) => ships(x, [0, 2, 0], { shipped: 1, left: 3 }),
      schedules: 50,
      expect: judgedBy("after an order that is skipped, the next `lock` waits for ever"),
      hints: COMMON,
      go: "defer mu.Unlock() runs at the end of the function, not of the loop's turn: put the turn into a func",
    },
    {
      name: "after an order that is too large the lock is free",
      points: 1,
      lab: (x) => ships(x, [2, 9, 1], { shipped: 1, left: 3 }),
      schedules: 50,
      expect: judgedBy("after an order that is too large, nobody can lock any more"),
      hints: COMMON,
    },
    {
      name: "after the order that empties the shelf the lock is free",
      points: 1,
      lab: (x) => ships(x, [2, 2, 1, 1], { shipped: 3, left: 0 }),
      schedules: 50,
      expect: judgedBy("after the order that empties the shelf, nobody can lock any more"),
      hints: COMMON,
    },
    {
      name: "after an inspection that throws the lock is free, and the caller has the error",
      points: 1,
      lab: (x) => ships(x, [1, 4, 1], { shipped: `the error: ${BROKEN}`, left: 4 }),
      schedules: 50,
      expect: judgedBy("after an inspection that throws, nobody can lock any more"),
      hints: {
        ...COMMON,
        "wrong-result": [
          "`inspect` has thrown. Who was told?",
          "A `catch` that does not throw again makes an order that failed look like one that was never placed.",
          "Use `finally` in place of `catch`: the lock is given back, and the error goes on to the caller.",
        ],
      },
    },
    {
      name: "two who ship at once never ship more than there is",
      points: 1,
      lab: beside,
      schedules: 200,
      expect: judgedBy("two who ship at once wait for ever"),
      hints: {
        ...COMMON,
        "wrong-result": [
          "Both have looked before either took. Find the two looks in the lanes.",
          "The lock has to be held from the look at `#pieces` to its change, the inspection between them included.",
          "One `lock` before the first `if`, one `unlock` in the `finally` behind the last.",
        ],
      },
    },
    {
      name: "who asks what is left waits for the order under way",
      points: 1,
      lab: askedMeanwhile,
      schedules: 200,
      expect: judgedBy("who asks what is left waits for ever"),
      hints: {
        ...COMMON,
        "wrong-result": [
          "An order is inspected, and somebody wants to know what is left. What would a number that is told now be worth?",
          "`left` and `ship` use the same lock: until the order is shipped or not, nobody can say what is left.",
          "Leave `left` as it was: `lock`, read, `unlock`; and in `ship` hold the lock from the first `if` to the `finally`.",
        ],
      },
    },
  ],
});
