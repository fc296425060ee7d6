// The skeleton of a unit: the files that each unit has, small and sound, so that a new one begins green and is
// rewritten piece by piece. Texts only; `new-unit.mjs` writes them.
//
// The order of the lesson's parts is the course's: story, break it, see it, why, fix it, what the reports claim,
// exercise, field rules.

const FENCE = "```";

/**
 * Returns the files of a new unit by their paths.
 *
 * @param {string} unit `07-channels`
 * @returns {Record<string, string>}
 */
export function skeletonOf(unit) {
  const id = `${unit}/sum`;
  return {
    [`notebooks/${unit}.md`]: lesson(unit, id),
    [`exercises/${id}.ts`]: exercise(id, STARTER),
    [`solutions/${id}.ts`]: exercise(id, SOLUTION),
    [`test/exercises/${id}-programs.ts`]: programs(id),
    [`test/exercises/${id}.check.ts`]: check(id),
    [`test/exercises/${id}.hidden.ts`]: hidden(id),
    [`test/notebook/curriculum/${unit.slice(0, 2)}.ts`]: proofs(unit),
  };
}

/** `07-channels` → `Channels`. */
function titleOf(unit) {
  const words = unit.slice(3).replaceAll("-", " ");
  return words[0].toUpperCase() + words.slice(1);
}

function lesson(unit, id) {
  return `---
jupyter:
  jupytext:
    text_representation:
      extension: .md
      format_name: markdown
      format_version: '1.3'
      jupytext_version: 1.19.6
  kernelspec:
    display_name: TypeScript (Happens-Before)
    language: typescript
    name: happens-before
---

# ${titleOf(unit)}

(The story, in two paragraphs: what ran, what happened, what it cost, how long nobody knew why. True, with its figures.)

## Commit yourself first

(One question that a clever newcomer gets wrong. The guess stands alone in its cell, above the program.)

${FENCE}typescript id="your-guess"
import type { Guess } from "happens-before/lesson";

const mySums: Guess<number> = "?"; // for example [3]
${FENCE}

${FENCE}typescript id="guess-judged"
import { Chan, go } from "happens-before";
import { predict } from "happens-before/lesson";

function* twoSenders() {
  const ch = new Chan<number>();
  for (const n of [1, 2]) {
    go(function* sender() {
      yield* ch.send(n);
    });
  }
  return ((yield* ch.recv()) ?? 0) * 10 + ((yield* ch.recv()) ?? 0);
}
await predict("sums", mySums, twoSenders);
${FENCE}

## Break it

(The bug happens in front of the reader, with a schedule that replays it.)

${FENCE}typescript id="broken"
import { explore } from "happens-before";

const broken = await explore(function* main() {
  const ch = new Chan<number>();
  yield* ch.send(1);
});
if (broken.verdict !== "global-deadlock") throw new Error("a send that nobody receives must wait");
broken.failure?.schedule;
${FENCE}

## See it

${FENCE}typescript id="seen"
import { explorationDiagram, show } from "happens-before/plot";

await show(explorationDiagram(broken));
${FENCE}

And by hand: one board a unit.

${FENCE}typescript id="board"
import { playBoard } from "happens-before";

await show(playBoard(twoSenders, { title: "Two senders" }));
${FENCE}

## Why

(The algorithm, in the words of the code: link to \`lib/\`.)

## Fix it

(Each fix, measured beside the broken version, or proved on all schedules.)

## What the reports claim

${FENCE}typescript id="claims"
import { claims, fieldClaim } from "happens-before/lesson";

await claims([
  { id: "FC-00", says: "a figure of a report", published: "12 ns", conditions: "as they say", yours: undefined },
]);
await fieldClaim({
  id: "FC-00",
  says: "a doubtful sentence",
  experiment: "nothing yet",
  holds: undefined,
  because: "the experiment is not written",
});
${FENCE}

## Exercise

${FENCE}typescript exercise="${id}"
${FENCE}

${FENCE}typescript check="${id}" points=3
import { check } from "happens-before/check";

await check("${id}");
${FENCE}

In the terminal: \`npx hb check ${id}\`.

## Field rules

${FENCE}typescript id="rules-checked"
import { rules } from "happens-before/lesson";

await rules([
  {
    rule: "Every send has somebody who receives.",
    async check() {
      const seen = await explore(twoSenders);
      return seen.verdict === "ok" ? undefined : \`\${seen.verdict}, schedule \${seen.failure?.schedule}\`;
    },
  },
]);
${FENCE}
`;
}

const STARTER = `  // TODO: receive until the channel is closed and empty.
  throw new Error(\`not implemented: sum of what a channel with \${values.len} values will deliver\`);
}
`;

const SOLUTION = `  let total = 0;
  // forEach ends when the channel is closed and empty.
  yield* values.forEach(function* (value) {
    total += value;
  });
  return total;
}
`;

function exercise(id, body) {
  return `// exercise: ${id}
// Add what a channel delivers, until it is closed and everything that was sent has come.
// Check: npx hb check ${id}
// Fails: not implemented
import type { Chan, Go } from "happens-before";

/** Returns the sum of all values that \`values\` delivers before it is closed. */
export function* sum(values: Chan<number>): Go<number> {
${body}`;
}

function programs(id) {
  const name = id.split("/")[1];
  return `// Programs of the checks of ${id}. Visible and hidden checks share them; what is expected stands there.
import { Chan, type Program, WaitGroup } from "happens-before";

/** The submission. */
export type Submission = typeof import("../../../exercises/${id}.js");

/** Two senders, each with two values; somebody closes the channel when both are done. */
export function sendsFour(x: Submission, capacity: number): Program<Chan<number>, number> {
  return {
    setup: () => new Chan<number>(capacity),
    *main(ch) {
      const senders = new WaitGroup();
      const closer = new WaitGroup();
      const send = function* sender(a: number, b: number) {
        yield* ch.send(a);
        yield* ch.send(b);
      };
      senders.go(send, 1, 2);
      senders.go(send, 3, 4);
      closer.go(function* closer() {
        yield* senders.wait();
        yield* ch.close();
      });
      const total = yield* x.${name}(ch);
      yield* closer.wait();
      return total;
    },
  };
}
`;
}

function check(id) {
  return `// The check of ${id}: (one sentence).
import { exercise, type Hints } from "happens-before/check";
import { type Submission, sendsFour } from "./sum-programs.js";

const HINTS: Hints = {
  "not-implemented": [
    "What tells you that no more values come?",
    "A closed channel delivers what is still in it, and then says that it is closed.",
    "\`yield* values.forEach(function* (value) { total += value; });\` ends when the channel is closed and empty.",
  ],
  "wrong-result": [
    "Which value is missing, or counted twice?",
    "Stop when the channel is closed and empty, not when there is nothing in it right now.",
    "\`forEach\` does both: it waits for the next value, and ends with the channel.",
  ],
  "global-deadlock": [
    "Who waits, and for whom? The lines above say it.",
    "A sender waits until somebody receives: receive as long as the channel is open.",
    "Do not leave before the channel is closed.",
  ],
  misuse: [
    "An operation was made, and nobody waited for it. The line is named above.",
    "An operation happens when it is given to the scheduler: \`yield*\` stands before it.",
    "\`yield* values.forEach(…);\`, with the star.",
  ],
};

export default exercise<Submission>({
  id: "${id}",
  hiddenPoints: 1,
  properties: [
    {
      name: "all values of two senders are in the sum, whatever the schedule",
      points: 2,
      lab: (x) => sendsFour(x, 0),
      schedules: 300,
      expect({ verdict, outcomes, failure }) {
        if (verdict !== "ok") return failure?.error?.message.split("\\n")[0] ?? verdict;
        const wrong = outcomes.find(({ result }) => result !== 10);
        return wrong === undefined ? undefined : \`sent 1, 2, 3, 4; the sum was \${String(wrong.result)}\`;
      },
      hints: HINTS,
      go: "for v := range values { total += v }",
    },
  ],
});
`;
}

function hidden(id) {
  return `// The hidden part of the check of ${id}.
import { exercise } from "happens-before/check";
import { type Submission, sendsFour } from "./sum-programs.js";

export default exercise<Submission>({
  id: "${id}",
  properties: [
    {
      name: "values that lie in the buffer when the channel is closed are in the sum",
      points: 1,
      lab: (x) => sendsFour(x, 4),
      schedules: 300,
      expect({ verdict, outcomes }) {
        if (verdict !== "ok") return \`a buffered channel did not end well: \${verdict}\`;
        const wrong = outcomes.find(({ result }) => result !== 10);
        return wrong === undefined ? undefined : \`the sum was \${String(wrong.result)}, not 10\`;
      },
      hints: {
        "wrong-result": [
          "What if a value lies in the buffer when the channel is closed?",
          "Closed is not empty.",
          "\`forEach\` ends when the channel is closed and empty.",
        ],
        "not-implemented": [
          "What tells you that no more values come?",
          "A closed channel delivers what is still in it.",
          "\`yield* values.forEach(…)\` ends when it is closed and empty.",
        ],
      },
    },
  ],
});
`;
}

function proofs(unit) {
  return `// Unit ${unit.slice(0, 2)}: what it brings to life, and what proves it. Its rows stand in rows.ts; the test names what is missing.
import type { UnitProofs } from "./unit.js";

export const unit: UnitProofs = {
  lesson: "${unit}",
  ids: {},
};
`;
}
