// The screen of watch mode, line by line, in windows of any width.
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { progressBar } from "../../lib/course/bar.js";
import { aboutOf } from "../../lib/course/course.js";
import { keysOf } from "../../lib/course/keys.js";
import type { Model } from "../../lib/course/model.js";
import { screenLines } from "../../lib/course/screen.js";
import { solutionDiff } from "../../lib/course/solution.js";
import { clipLine, columnsOf, wrapLine } from "../../lib/plot/ansi.js";
import { reportLines } from "../../lib/plot/reportlines.js";
import { IDS, model, result, state } from "./models.js";

const [A] = IDS;
const window = (columns: number, hasColor = false) => ({
  columns,
  rows: 24,
  hasColor,
  shorten: (path: string) => path.replace("/course/", ""),
});

const SCENES: Record<string, Model> = {
  failing: model({ result: result(A, "fail"), hint: 1 }),
  done: model({ result: result(A, "pass"), state: state(A) }),
  checking: model({ phase: "checking" }),
  list: model({ state: state(A), view: { kind: "list", filter: "all", query: "", isTyping: false, at: 1 } }),
  keys: model({ view: { kind: "keys" } }),
  reset: model({ view: { kind: "confirm-reset", id: A, back: { kind: "exercise" } } }),
  finished: model({ isFinished: true, state: state(...IDS), at: 2 }),
  note: model({
    result: result(A, "fail"),
    note: "Not done yet: it has to pass first. h gives a hint, l another exercise.",
  }),
};

describe("every scene", () => {
  for (const [name, scene] of Object.entries(SCENES)) {
    test(`${name}: no line is wider than the window, in 20 to 120 columns`, () => {
      for (let columns = 20; columns <= 120; columns += 5) {
        for (const hasColor of [false, true]) {
          for (const line of screenLines(scene, window(columns, hasColor))) {
            expect(columnsOf(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
          }
        }
      }
    });

    test(`${name}: colour carries no meaning of its own`, () => {
      const plain = screenLines(scene, window(80));
      const coloured = screenLines(scene, window(80, true)).map(stripVTControlCharacters);
      expect(coloured).toEqual(plain);
    });
  }
});

test("an exercise that fails: the verdict, the lanes, the hint, how far, where, which keys", () => {
  expect(screenLines(SCENES["failing"] as Model, window(76)).join("\n")).toBe(`FAIL  0 of 2 points  01-first/a

✗ no pair of transfers blocks for ever  0/2
  global-deadlock: two transfers in opposite directions must both finish,
  whatever the scheduler does with them

GLOBAL DEADLOCK: all goroutines are asleep

  main                    left                    right                    …
  ●                       lock(a)                 lock(b)                  …

Hint 1: Look closely.
The next hint: press h
(… : a wider window shows all of it)

Progress: [>------------------------------------------------]  0/3 exercises
Current exercise: workspace/exercises/01-first/a.ts
h:hint / r:again / l:list / c:check-all / p:player / x:reset / ?:keys /
q:quit`);
});

test("one that is done: what to do next; n stands first among the keys", () => {
  const text = screenLines(SCENES["done"] as Model, window(100)).join("\n");
  expect(text).toContain(
    "Exercise done ✓\nKeep trying things out, compare with our solution (s), or go on with n.",
  );
  expect(text).toMatch(/^n:next \/ h:hint/m);
});

test("the list of 40 columns and of 80", () => {
  expect(screenLines(SCENES["list"] as Model, window(40))).toEqual([
    "  Exercise",
    "  ✓  01-first/a",
    "> ·  01-first/b",
    "  ·  02-second/c",
    "",
    "Progress: [####>--------]  1/3 exercises",
    "3 exercises",
    "↑↓ move · enter open · x reset",
    "d done · p pending · / search · q back",
  ]);
  expect(screenLines(SCENES["list"] as Model, window(80))[2]).toBe(
    "> PENDING  01-first/b   What 01-first/b is about.",
  );
});

test("a long list scrolls so that the selected row is in it", () => {
  const [first] = model().exercises;
  const exercises = Array.from({ length: 200 }, (_, n) => ({ ...first!, id: `unit/${n}` }));
  for (const at of [0, 3, 100, 199]) {
    const lines = screenLines(
      model({ exercises, view: { kind: "list", filter: "all", query: "", isTyping: false, at } }),
      window(60),
    );
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.find((line) => line.startsWith(">"))).toMatch(new RegExp(`^> PENDING {2}unit/${at}\\b`));
  }
});

describe("pieces", () => {
  test("the bar is full only at the end", () => {
    expect(progressBar(0, 14, 40)).toBe("Progress: [>-----------]  0/14 exercises");
    expect(progressBar(13, 14, 80)).toContain(">");
    expect(progressBar(14, 14, 80)).not.toContain(">");
    expect(progressBar(0, 0, 80)).toContain("0/0");
    expect(progressBar(1, 2, 11)).toBe("[##>--] 1/2");
  });

  test("keys: letters, arrows in both forms, control keys; unknown sequences are nothing", () => {
    expect(keysOf("nh")).toEqual(["n", "h"]);
    expect(keysOf("\u001b[A\u001bOB\u001b[1~\u001b[5~")).toEqual(["up", "down", "home", "page-up"]);
    expect(keysOf("\r\u007f\u0003\u001a\u0004\u001b")).toEqual([
      "enter",
      "backspace",
      "interrupt",
      "suspend",
      "end-of-input",
      "escape",
    ]);
    expect(keysOf("\u001b[15~\u001b[1;5Cq")).toEqual(["q"]);
    expect(keysOf("é世")).toEqual(["é", "世"]);
  });

  test("what an exercise is about: its first sentence", () => {
    expect(aboutOf("// exercise: 90-x/a\n// Money must not appear. And so on.\n// Check: x\nimport")).toBe(
      "Money must not appear.",
    );
    expect(aboutOf("// exercise: 90-x/a\n// One line\n// and another\ncode")).toBe("One line and another");
    expect(aboutOf("code")).toBe("");
  });

  test("wrapping and clipping keep all letters, and the colours to the letters they were on", () => {
    const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
    const word = fc.string({ minLength: 1, maxLength: 12 }).map((text) => text.replace(/[^a-z0-9]/gi, "w"));
    const coloured = fc.tuple(word, fc.boolean()).map(([text, isRed]) => (isRed ? red(text) : text));
    fc.assert(
      fc.property(
        fc.array(coloured, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 4, max: 40 }),
        (words, columns) => {
          const line = words.join(" ");
          const pieces = wrapLine(line, columns);
          for (const piece of pieces) expect(columnsOf(piece)).toBeLessThanOrEqual(columns);
          const letters = (text: string): string => stripVTControlCharacters(text).replaceAll(" ", "");
          expect(letters(pieces.join(""))).toBe(letters(line));
          expect(columnsOf(clipLine(line, columns))).toBeLessThanOrEqual(columns);
        },
      ),
      { numRuns: 300, seed: 1 },
    );
    expect(wrapLine(`a ${red("bb cc")} d`, 5)).toEqual([
      "a \u001b[31mbb\u001b[0m",
      "\u001b[31mcc\u001b[39m d",
    ]);
  });

  test("a report keeps its sentences whole in a narrow window, and cuts its lanes", () => {
    const waits = '  goroutine 2 "deliver" waits for mutex#3 at deliver.ts:21, held by goroutine 3';
    const lane = "   5  ○ wait mutex#1  │               │       deliver.ts:21";
    const lines = reportLines([waits, lane], 40);
    expect(lines).toEqual([
      '  goroutine 2 "deliver" waits for',
      "  mutex#3 at deliver.ts:21, held by",
      "  goroutine 3",
      "   5  ○ wait mutex#1  │               │…",
    ]);
  });

  test("a wide character takes two columns", () => {
    expect(columnsOf("世界")).toBe(4);
    expect(clipLine("世界世界", 5)).toBe("世界…");
  });

  test("the difference to the solution: both sides, and one sentence when there is none", () => {
    expect(solutionDiff("a\nmine\nc\n", "a\nours\nc\n", false)).toEqual([
      "- yours",
      "+ the reference solution; yours is as right if it passes",
      "",
      "@@ line 1",
      "  a",
      "- mine",
      "+ ours",
      "  c",
    ]);
    expect(solutionDiff("a  \n", "a\n\n", false)).toEqual([
      "Your text is the reference solution's, to the letter.",
    ]);
  });
});
