// present: results for people, and nothing of the submission's as markup.
import { expect, test } from "vitest";
import { type CheckResult, resultAnsi, resultHtml, resultText } from "../../lib/grade/index.js";

const result: CheckResult = {
  id: "90-fixture/x",
  status: "fail",
  points: 1,
  maxPoints: 3,
  properties: [
    {
      name: "first",
      status: "pass",
      points: 1,
      maxPoints: 1,
      verdict: "ok",
      message: "",
      hints: [],
      shown: "nothing wrong in 5 schedules",
      elapsedMs: 1,
    },
    {
      name: "second <b>",
      status: "fail",
      points: 0,
      maxPoints: 2,
      verdict: "wrong-result",
      message: "expected 1, got <script>alert(1)</script>",
      hints: ["look", "think", "write"],
      replay: "npx hb replay 90-fixture/x 1.0.abcd",
      report: { text: "LANES", ansi: "LANES IN COLOUR", svg: "<svg/>" },
      elapsedMs: 1,
    },
  ],
  notes: [],
  output: "printed\n",
  isolation: [],
  elapsedMs: 10,
};

test("the text shows verdict, points, message, lanes and output, and how to get a hint", () => {
  expect(resultText(result).split("\n")).toEqual([
    "FAIL  1 of 3 points  90-fixture/x",
    "",
    "✓ first  1/1  nothing wrong in 5 schedules",
    "✗ second <b>  0/2",
    "  wrong-result: expected 1, got <script>alert(1)</script>",
    "",
    "LANES",
    "",
    "It printed:",
    "  printed",
    "",
    "A hint: npx hb check 90-fixture/x --hint 1",
  ]);
});

test("of a deadlock whose report follows, the message says only what the report does not; of the others, where to see it", () => {
  const [, failed] = result.properties;
  const rows = [
    "they wait in a circle",
    "all goroutines are asleep - deadlock! goroutine 1 waits",
    "  goroutine 1 waits for mutex#1",
    "    held by goroutine 2 at x.ts:2:3",
    "  goroutine 2 waits for chan#1",
    "    nobody else has ever used it",
    "  goroutine 3 waits for mutex#2",
    "    held by goroutine 4, which has ended",
    "next: take the locks in one order everywhere.",
  ];
  const deadlock = { ...failed!, verdict: "global-deadlock" as const, message: rows.join("\n") };
  const { report: _, ...without } = deadlock;
  const told = (property: typeof without): string[] =>
    resultText({ ...result, properties: [property] })
      .split("\n")
      .slice(3, 3 + rows.length);
  expect(told(deadlock).slice(0, 6)).toEqual([
    "  global-deadlock: they wait in a circle",
    "    goroutine 2 waits for chan#1",
    "      nobody else has ever used it",
    "    goroutine 3 waits for mutex#2",
    "      held by goroutine 4, which has ended",
    "",
  ]);
  expect(told(without).slice(0, 4)).toEqual([
    "  global-deadlock: they wait in a circle",
    "  next: take the locks in one order everywhere.",
    `  who, where and in which order: ${failed!.replay}`,
    "",
  ]);
  const { replay, ...lost } = without;
  expect(replay).toMatch(/^npx hb replay /);
  const all = [`  global-deadlock: ${rows[0]}`, ...rows.slice(1).map((row) => `  ${row}`)];
  expect(told(lost)).toEqual(all);
  const short = { ...without, message: rows.slice(0, 5).join("\n") };
  expect(told(short).slice(0, 5)).toEqual(all.slice(0, 5));
});

test("hints are shown up to the stage asked for", () => {
  const text = resultText(result, { hint: 2 });
  expect(text).toContain("Hint 1: look\nHint 2: think\nThe next hint: npx hb check 90-fixture/x --hint 3");
  expect(text).not.toContain("write");
  expect(resultText(result, { hint: 3 })).toContain("Hint 3: write");
});

test("only the coloured form has escape sequences", () => {
  const esc = String.fromCharCode(27);
  expect(resultText(result)).not.toContain(esc);
  expect(resultAnsi(result)).toContain(`${esc}[31m✗`);
  expect(resultAnsi(result)).toContain("LANES IN COLOUR");
});

test("the HTML needs no script, shows a badge and folds the hints, and escapes what the submission said", () => {
  const html = resultHtml(result);
  expect(html).toContain('class="hb-verdict hb-fail">FAIL<');
  expect(html.match(/<details class="hb-hint">/g)).toHaveLength(3);
  expect(html).toContain("data:image/svg+xml;base64,");
  expect(html).not.toContain("<script");
  expect(html).toContain("&lt;script&gt;");
});

test("what the submission prints cannot command the terminal", () => {
  const esc = String.fromCharCode(27);
  const rude = { ...result, output: `${esc}[2J${esc}]0;title\u0007clear\rme\n` };
  expect(resultText(rude)).toContain("\n  clearme\n");
  expect(resultText(rude)).not.toContain(esc);
});

const alone = (property: Partial<CheckResult["properties"][number]>): CheckResult => ({
  ...result,
  properties: [{ ...(result.properties[0] as CheckResult["properties"][number]), ...property }],
});

test("a long message is folded below its first lines, a short one is not", () => {
  const failed = { status: "fail", verdict: "race" } as const;
  const short = resultHtml(alone({ ...failed, message: "no order\nwrite\nread\nadvice" }));
  expect(short).not.toContain("<details><summary>write");
  const long = resultHtml(alone({ ...failed, message: "no order\na <b>\nc\nd\ne\nf" }));
  expect(long).toContain("</b>: no order<details><summary>a &lt;b&gt;</summary>");
});

test("many ratios of a property that passes are one line, the rest is folded", () => {
  const shown = "ops of x: a is 2 times b; ops of x: c is 3 times b; ops of x: d is 4 times b";
  const html = resultHtml(alone({ shown }));
  expect(html).toContain("<summary>measured: 3 ratios</summary>");
  expect(resultText(alone({ shown }))).toContain("a is 2 times b, and 2 more (--json shows them)");
});

test("how schedules were chosen stands in a tooltip", () => {
  const html = resultHtml(alone({ shown: "nothing wrong in 5 schedules (random, seed 1)" }));
  expect(html).toContain('title="random, seed 1">nothing wrong in 5 schedules</span>');
});

test("a message that begins with its verdict does not say it twice", () => {
  const stub = { status: "fail", verdict: "not-implemented", message: "not implemented: sell" } as const;
  expect(resultText(alone(stub))).toContain("\n  not implemented: sell\n");
  expect(resultHtml(alone(stub))).not.toContain("not-implemented");
});
