// The check of 00-start-here/ask: both servers are asked at once, and the answers keep their order.
import { exercise, type Hints } from "happens-before/check";
import { askedInOrder, askedTogether, type Submission } from "./ask-programs.js";

const COMMON: Hints = {
  misuse: [
    "An operation was made, and nobody waited for it. The line is named above.",
    "An operation happens when it is given to the scheduler: `yield*` stands before it.",
    "Write `yield* wg.wait();`, and `yield* second()` inside of the goroutine.",
  ],
  leak: [
    "`ask` has returned, and a goroutine that it started still waits. For what?",
    "Who sends on a channel without a buffer waits until somebody receives. Does somebody, for every value that is sent?",
    "With a WaitGroup there is nothing to receive: `wg.go(function* () { b = yield* second(); });` and later `yield* wg.wait();`.",
  ],
  panic: [
    "Something was thrown that nobody caught. The line is named above.",
    "A server is a function that makes a generator: call it, and give it to the scheduler.",
    "`b = yield* second();` with the round brackets and the star.",
  ],
};

export default exercise<Submission>({
  id: "00-start-here/ask",
  hiddenPoints: 1,
  properties: [
    {
      name: "both servers are asked before one has to answer",
      points: 2,
      lab: askedTogether,
      schedules: 200,
      expect({ verdict, outcomes }) {
        if (verdict === "global-deadlock" || verdict === "partial-deadlock") {
          return "one server was asked, and the other not before it had answered; here each answers only when both were asked";
        }
        if (verdict !== "ok") return "asking both did not end well";
        const wrong = outcomes.find(({ result }) => result !== "250,300");
        return wrong === undefined
          ? undefined
          : `the servers say 250 and 300, and ask returned ${String(wrong.result)}`;
      },
      hints: {
        ...COMMON,
        "global-deadlock": [
          "Look at the last rows: main waits inside of one server. Who could ask the other one meanwhile?",
          "A goroutine of its own for one of the two questions: `wg.go(…)` starts it and goes on at once.",
          "`wg.go(function* () { b = yield* second(); });` then `const a = yield* first();` then `yield* wg.wait();`.",
        ],
        "wrong-result": [
          "One of the answers was not there yet when `ask` returned. What could it wait for?",
          "A goroutine goes on beside the others. `wg.wait()` returns when all that `wg.go` has started have ended.",
          "Put `yield* wg.wait();` before the `return`.",
        ],
      },
      go: "var wg sync.WaitGroup\nwg.Go(func() { b = second() })\na := first()\nwg.Wait()",
    },
    {
      name: "the first server's answer comes first, whoever is faster",
      points: 1,
      lab: askedInOrder,
      schedules: 300,
      expect({ verdict, outcomes }) {
        if (verdict !== "ok") return "asking two servers of different speed did not end well";
        const wrong = outcomes.find(({ result }) => result !== "250,300");
        return wrong === undefined
          ? undefined
          : `the servers say 250 and 300, and ask returned ${String(wrong.result)}`;
      },
      hints: {
        ...COMMON,
        "global-deadlock": [
          "Everybody waits. What for, and who should have brought it?",
          "Who receives twice needs two who send; a WaitGroup whose counter was raised by hand needs as many `done`.",
          "Leave out `wg.add(…)` and `wg.done()`: `wg.go` does both.",
        ],
        "wrong-result": [
          "Which answer stands in the wrong place, or is missing? Look at the row in which it was written.",
          "Whoever answers first is received first from a channel. Give each answer a place of its own: a variable, or its own channel.",
          "`let b = 0;` before, `b = yield* second();` in the goroutine, and after `yield* wg.wait();` it is there: `return [a, b];`.",
        ],
      },
    },
  ],
});
