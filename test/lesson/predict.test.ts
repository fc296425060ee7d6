// predict: what a learner thinks beside what every schedule shows.

import { inspect } from "node:util";
import { Chan, go, gosched, report, WaitGroup } from "happens-before";
import { predict, predictSet } from "happens-before/lesson";
import { describe, expect, test } from "vitest";
import { printedHere } from "./printed.js";

const printed = printedHere();

/** Two goroutines say two letters each. */
function* words() {
  const wg = new WaitGroup();
  let word = "";
  const say = function* (first: string, second: string) {
    word += first;
    yield* gosched();
    word += second;
  };
  wg.go(say, "a", "b");
  wg.go(say, "x", "y");
  yield* wg.wait();
  return word;
}

const ALL = ["abxy", "axby", "axyb", "xaby", "xayb", "xyab"];

describe("predict", () => {
  test("finds the six words of two times two letters, whoever guessed what", async () => {
    const seen = await predict("words", [...ALL].reverse(), words);
    expect([seen.score, seen.isGuessed, seen.right.length, seen.missed, seen.impossible]).toEqual([
      1,
      true,
      6,
      [],
      [],
    ]);
    expect(printed()).toMatch(/^\[all 6 right\] Your prediction: words\n/);
    expect(printed()).toMatch(/All schedules were tried \(\d+ runs\): there is no other answer\./);
  });

  test("tells right, missed and impossible answers apart, and shows a schedule of what was missed", async () => {
    const guess = ["abxy", "xyab", "axby", "xaby", "bayx", " abxy "];
    const seen = await predict("words", guess, words, {
      why: (word) => (word.indexOf("b") < word.indexOf("a") ? "a comes before b" : undefined),
    });
    expect(seen.right).toEqual(["abxy", "xyab", "axby", "xaby"]);
    expect(seen.missed.map((answer) => answer.result)).toEqual(["axyb", "xayb"]);
    expect(seen.impossible).toEqual(["bayx"]);
    expect(seen.score).toBeCloseTo(4 / 7);
    expect(printed()).toContain("[4 of 6, 1 too many]");
    expect(printed()).toMatch(/bayx +no +✗ cannot be: a comes before b/);
    expect(printed()).toContain("How axyb comes about, which you missed:");
    expect(printed()).toMatch(/replay: report\(program, \{ schedule: "\S+" \}\)/);
  });

  test("the schedule of a missed answer replays to that answer", async () => {
    const { missed } = await predict("words", ["abxy"], words);
    for (const { result, witness } of missed) {
      const again = await report(words, witness === undefined ? {} : { schedule: witness });
      expect(again.result).toBe(result);
    }
  });

  for (const open of ["?", [], ["?"], ["abxy", "?"]] as const) {
    test(`gives nothing away while the guess is ${JSON.stringify(open)}`, async () => {
      const seen = await predict("words", open, words);
      expect([seen.isGuessed, seen.score]).toEqual([false, 0]);
      expect(printed()).toContain("[not guessed yet]");
      for (const word of ALL) expect(printed()).not.toContain(word);
      expect(JSON.stringify(seen)).not.toMatch(/axby|xyab/);
    });
  }

  test('"show me" shows the answers and scores nothing', async () => {
    const seen = await predict("words", "show me", words);
    expect(seen.isGuessed).toBe(false);
    expect(printed()).toMatch(/^\[shown\]/);
    for (const word of ALL) expect(printed()).toContain(word);
  });

  test("says of a program that is too large that it has seen a part of it", async () => {
    const seen = await predict("words", ["nothing of it"], words, { schedules: 3 });
    expect(seen.claim).toMatch(/^Found in \d+ schedules, which are not all/);
    expect(printed()).toMatch(/nothing of it +not seen +✗ not seen/);
  });

  test("says when some schedules do not come to an end", async () => {
    const program = function* () {
      const ch = new Chan<number>();
      const done = new Chan<void>(1);
      go(function* sender() {
        yield* gosched();
        yield* ch.send(1);
      });
      go(function* closer() {
        yield* done.send();
      });
      yield* gosched();
      const isEarly = done.len === 0;
      if (isEarly) yield* new Chan<void>().recv();
      return yield* ch.recv();
    };
    const seen = await predict("late", [1], program);
    expect(seen.score).toBe(1);
    expect(printed()).toMatch(/Not every schedule ends well\. .*DEADLOCK/);
  });

  test("a value that is no list is refused by name", async () => {
    await expect(predict("words", 3 as unknown as string[], words)).rejects.toThrow(
      'predict "words": expected a list such as ["ab"], "?" or "show me" as the guess, got 3',
    );
  });

  test("as the value of a cell it shows nothing more, and printed() it is one line", async () => {
    const seen = await predict("words", ["abxy"], words);
    const display = (seen as unknown as Record<symbol, () => unknown>)[Symbol.for("Jupyter.display")];
    expect(display?.()).toBeUndefined();
    expect(inspect(seen)).toBe("prediction words: 17%");
  });
});

describe("predictSet", () => {
  test("compares with a truth that was measured, objects by their content", async () => {
    const seen = await predictSet("stock", [{ left: 1 }, { left: 3 }], [{ left: 1 }, { left: 2 }]);
    expect([seen.right, seen.impossible, seen.missed]).toEqual([
      [{ left: 1 }],
      [{ left: 3 }],
      [{ result: { left: 2 } }],
    ]);
    expect(printed()).toMatch(/\{"left":2\} +yes +✗ missed/);
  });
});
