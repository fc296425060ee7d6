// The hidden part of 05-the-rwmutex-incident/rules: limits, several goroutines, locks that are never given back, locks that
// nobody ordered. What is expected stands in `expect` only.
import { exercise } from "happens-before/check";
import { answersOf, judgedBy, log } from "./rules-logs.js";

type Submission = typeof import("../../../exercises/05-the-rwmutex-incident/rules.js");

const ORDER = ["config", "prices", "stock"];
const LIMIT_MS = 100;

/** A rule that throws on one of the logs. */
const THROWN: [string, string, string] = [
  "The rule threw on one of the logs. What is there that need not be there?",
  "A log may be empty, and then `log.at(-1)` is undefined. A fetch has no `lock`.",
  'Give both a value: `log.at(-1)?.atMs ?? 0`, and `const { lock = "" } = line`.',
];

const HELD = [
  log("0 g1 lock prices", "100 g1 unlock prices"),
  log("0 g1 rLock prices", "900 g1 rUnlock prices"),
  log("0 g1 lock stock", "5 g2 fetch", "200 g2 fetched"),
  log("0 g1 lock stock", "90 g1 unlock stock", "95 g2 lock stock", "180 g2 unlock stock"),
  log("0 g1 lock stock", "90 g1 unlock stock", "95 g2 lock stock", "280 g2 unlock stock"),
  log("0 g1 lock prices", "10 g2 lock stock", "150 g3 lock config", "180 g3 fetch"),
  log("0 g1 lock prices", "100 g2 fetch"),
  log(),
];
const FETCHED = [
  log("0 g1 lock prices", "1 g2 fetch", "50 g2 fetched", "51 g1 unlock prices"),
  log("0 g1 rLock prices", "1 g1 rLock prices", "2 g1 rUnlock prices", "3 g1 fetch", "4 g1 fetched"),
  log("0 g1 lock stock", "1 g1 unlock stock", "2 g1 fetch", "3 g1 fetched"),
  log("0 g1 fetch", "1 g1 fetched", "2 g1 fetch", "3 g1 fetched"),
  log(),
];
const TAKEN = [
  log("0 g1 lock stock", "1 g2 lock config"),
  log("0 g1 lock stock", "1 g1 lock journal", "2 g1 unlock journal"),
  log("0 g1 lock journal", "1 g1 rLock stock", "2 g1 rLock config"),
  log("0 g1 lock stock", "1 g1 lock prices", "2 g1 lock config"),
  log("0 g1 rLock prices", "1 g1 rLock prices"),
  log("0 g1 lock config", "1 g1 lock prices", "2 g1 unlock config", "3 g1 unlock prices"),
  log("0 g1 lock stock", "1 g1 lock journal", "2 g1 unlock journal", "3 g1 lock config"),
  log(),
];

export default exercise<Submission>({
  id: "05-the-rwmutex-incident/rules",
  properties: [
    {
      name: "heldTooLong: exactly the limit, readers, a lock that is never given back",
      points: 1,
      lab: (x) => answersOf(HELD, (lines) => x.heldTooLong(lines, LIMIT_MS)),
      schedules: 1,
      expect: judgedBy("heldTooLong", HELD, [[], [], ["stock"], [], ["stock"], ["prices", "stock"], [], []]),
      hints: {
        panic: THROWN,
        "wrong-result": [
          "The log stands above. How long was each lock held for *writing*, and by whom?",
          "`longer than` is not `as long as`; readers do not count; and who never gives it back holds it up to the last line.",
          "After the loop: `for (const [lock, tookAtMs] of since) if (endMs - tookAtMs > limitMs) found.add(lock);`.",
        ],
      },
    },
    {
      name: "fetchedUnder: other goroutines' locks, a read lock that is held twice",
      points: 1,
      lab: (x) => answersOf(FETCHED, (lines) => x.fetchedUnder(lines)),
      schedules: 1,
      expect: judgedBy("fetchedUnder", FETCHED, [[], ["prices"], [], [], []]),
      hints: {
        panic: THROWN,
        "wrong-result": [
          "The log stands above. What does the goroutine that fetches hold itself?",
          "Locks of other goroutines do not count. A read lock that was taken twice and given back once is still held.",
          "Take one entry out of the list at an unlock, not all of that name: `mine.filter((_, i) => i !== mine.lastIndexOf(lock))`.",
        ],
      },
    },
    {
      name: "againstOrder: other goroutines, locks that have no place, more than two",
      points: 1,
      lab: (x) => answersOf(TAKEN, (lines) => x.againstOrder(lines, ORDER)),
      schedules: 1,
      expect: judgedBy("againstOrder", TAKEN, [
        [],
        [],
        ["stock before config"],
        ["stock before prices", "stock before config", "prices before config"],
        [],
        [],
        ["stock before config"],
        [],
      ]),
      hints: {
        panic: THROWN,
        "wrong-result": [
          "The log stands above. Which pairs did one goroutine hold together, and which of them does `order` name?",
          "`indexOf` gives -1 for a lock that `order` does not name: -1 is smaller than every place. And a goroutine may hold more than one lock when it gets the next.",
          "`const at = order.indexOf(lock);`, and for *each* `held` of this goroutine `if (at >= 0 && order.indexOf(held) > at)`.",
        ],
      },
    },
  ],
});
