// The check of 05-the-rwmutex-incident/rules: each rule names the violations that were planted, and nothing else.
import { exercise, type Hints } from "happens-before/check";
import { answersOf, judgedBy, log } from "./rules-logs.js";

type Submission = typeof import("../../../exercises/05-the-rwmutex-incident/rules.js");

const ORDER = ["config", "prices", "stock"];
const LIMIT_MS = 100;

/** The reload of the incident, and the same with the I/O moved out. */
const INCIDENT = log("0 g1 lock prices", "0 g1 fetch", "2300 g1 fetched", "2301 g1 unlock prices");
const MENDED = log("0 g1 fetch", "2300 g1 fetched", "2300 g1 lock prices", "2301 g1 unlock prices");

const HELD = [
  INCIDENT,
  MENDED,
  log("0 g1 lock config", "10 g1 lock prices", "40 g1 unlock prices", "300 g1 unlock config"),
];
const FETCHED = [
  INCIDENT,
  MENDED,
  log("0 g1 lock config", "5 g1 rLock stock", "6 g1 fetch", "20 g1 fetched"),
];
const TAKEN = [
  log("0 g1 lock prices", "1 g1 lock config"),
  log("0 g1 lock config", "1 g1 lock prices", "2 g1 lock stock"),
  log("0 g1 lock stock", "1 g1 unlock stock", "2 g1 lock config"),
];

const hints = (nudge: string, idea: string, answer: string): Hints => ({
  "wrong-result": [nudge, idea, answer],
  "not-implemented": [
    "Go through the log once, from top to bottom, and keep what you need to know in a Map.",
    nudge,
    idea,
  ],
  panic: [
    "The rule threw on one of the logs. What is there that need not be there?",
    "A log may be empty, and then `log.at(-1)` is undefined. A fetch has no `lock`.",
    'Give both a value: `log.at(-1)?.atMs ?? 0`, and `const { lock = "" } = line`.',
  ],
});

export default exercise<Submission>({
  id: "05-the-rwmutex-incident/rules",
  hiddenPoints: 3,
  properties: [
    {
      name: "a write lock that was held too long is named, and no other",
      points: 2,
      lab: (x) => answersOf(HELD, (lines) => x.heldTooLong(lines, LIMIT_MS)),
      schedules: 1,
      expect: judgedBy("heldTooLong", HELD, [["prices"], [], ["config"]]),
      hints: hints(
        "For each lock: when did somebody get it for writing, and when did they give it back?",
        "A Map from the lock's name to the time of its `lock`; at its `unlock` the difference tells. Several locks are held at a time, so one variable for all is not enough.",
        "`since.set(lock, atMs)` at `lock`; at `unlock` `if (atMs - since.get(lock)! > limitMs) found.add(lock);`, and what is left at the end was never given back.",
      ),
    },
    {
      name: "a lock that was held during a fetch is named, and no other",
      points: 2,
      lab: (x) => answersOf(FETCHED, (lines) => x.fetchedUnder(lines)),
      schedules: 1,
      expect: judgedBy("fetchedUnder", FETCHED, [["prices"], [], ["config", "stock"]]),
      hints: hints(
        "At a `fetch`: which locks does the goroutine that fetches hold at that moment?",
        "A Map from the goroutine to the list of what it holds. Read locks count as well: they keep writers waiting.",
        "At `fetch`: `for (const held of holds.get(goroutine) ?? []) found.add(held);`.",
      ),
    },
    {
      name: "a lock that was taken against the documented order is named, and no other",
      points: 2,
      lab: (x) => answersOf(TAKEN, (lines) => x.againstOrder(lines, ORDER)),
      schedules: 1,
      expect: judgedBy("againstOrder", TAKEN, [["prices before config"], [], []]),
      hints: hints(
        "At each `lock` and `rLock`: what does this goroutine hold already, and where do both stand in `order`?",
        "`order.indexOf(held) > order.indexOf(lock)` is against the order, if `order` names both. What was given back is not held.",
        "For each `held` of this goroutine: `if (at >= 0 && order.indexOf(held) > at) found.add(held + ' before ' + lock);` with `const at = order.indexOf(lock);`.",
      ),
    },
  ],
});
