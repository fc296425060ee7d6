// The hidden part of the check of 00-start-here/payments.
import { exercise, type Hints } from "happens-before/check";
import { paysInTwoShops, type Submission } from "./payments-programs.js";

const HINTS: Hints = {
  "wrong-result": [
    "What if there are two shops, and more customers?",
    "Each shop has its own count, and its own lock; only what the bank accepts is counted.",
    "Keep count and lock as private fields of the class, and ask the bank before both.",
  ],
  "global-deadlock": [
    "What if there are two shops, and a bank refuses?",
    "On every way out of `pay` the lock is free.",
    "Hold the lock for the read and the write only.",
  ],
  race: [
    "Two payments of one shop are at its count at the same time.",
    "Reading and writing must be one step, or stand under one lock of the shop.",
    "An AtomicInt32 adds in one step.",
  ],
  fatal: [
    "A lock was let go that nobody held.",
    "Each way through `pay` takes the lock once and lets it go once.",
    "One `lock` before the read, one `unlock` after the write, and nothing else.",
  ],
  misuse: [
    "An operation was made, and nobody waited for it.",
    "An operation happens when it is given to the scheduler: `yield*` stands before it.",
    "Look for a line with `lock`, `read` or `write` that has no star.",
  ],
  diverged: [
    "Two runs of the same schedule differ: something of the first is still there in the second.",
    "Each schedule begins with new shops. What does your code keep outside of them?",
    "Make the lock and the count fields of the class.",
  ],
};

export default exercise<Submission>({
  id: "00-start-here/payments",
  properties: [
    {
      name: "two shops count five customers, one of them refused, each its own",
      points: 1,
      lab: paysInTwoShops,
      schedules: 300,
      expect({ verdict, outcomes }) {
        if (verdict !== "ok") return `two shops did not end well: ${verdict}`;
        const wrong = outcomes.find(({ result }) => result !== "2 and 2");
        return wrong === undefined ? undefined : `expected 2 and 2, and got ${String(wrong.result)}`;
      },
      hints: HINTS,
    },
  ],
});
