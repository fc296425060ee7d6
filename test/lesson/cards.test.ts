// Cards: published figures, doubtful sentences, field rules, guessed numbers; as text, and as HTML for both themes.
import {
  cardHtml,
  cardText,
  checkRules,
  claims,
  claimTable,
  fieldClaim,
  fieldClaimCard,
  formatUnit,
  predictNumber,
  rules,
} from "happens-before/lesson";
import { installNotebookHost, type MimeBundle } from "happens-before/plot";
import { describe, expect, test } from "vitest";
import { printedHere } from "./printed.js";

const printed = printedHere();

describe("claims", () => {
  const rows = [
    {
      id: "FC-24",
      says: "a read",
      published: 47_000,
      unit: "ns" as const,
      conditions: "16 cores",
      yours: 9400,
    },
    {
      id: "FC-23",
      says: "P99",
      published: [32e6, 6.4e9] as const,
      unit: "ns" as const,
      conditions: "48 pods",
      yours: [2e6, 1e9] as const,
      yourConditions: "2 cores",
      holds: true,
      note: "A cliff, not a slope",
    },
    { id: "FC-25", says: "gain", published: "3.7x", conditions: "not said", yours: undefined },
  ];

  test("stand beside the own figures, in their units, with ratio and shape", () => {
    expect(claimTable(rows).rows).toEqual([
      ["FC-24", "a read", "47 µs", "9.4 µs", "0.2×", "cannot tell"],
      ["FC-23", "P99", "32 ms → 6.4 s (200×)", "2 ms → 1 s (500×)", "–", "yes"],
      ["FC-25", "gain", "3.7x", "not measured", "–", "not measured"],
    ]);
  });

  test("tell rows of one id apart by letters, and say a condition that they share once", () => {
    const row = (id: string, conditions: string) => ({ id, says: "a", published: 1, conditions, yours: 2 });
    const { rows: shown, notes } = claimTable([
      row("FC-5", "x"),
      row("FC-6", "x"),
      row("FC-5", "x"),
      row("FC-5", "y"),
    ]);
    expect(shown.map(([label]) => label)).toEqual(["FC-5 a", "FC-6", "FC-5 b", "FC-5 c"]);
    expect(notes).toEqual(["FC-5 a and FC-6 and FC-5 b, published: x.", "FC-5 c, published: y."]);
    const beside = claimTable([row("FC-5", "x"), row("FC-5", "x")]);
    expect(beside.notes).toEqual(["FC-5 a and b, published: x."]);
  });

  test("carry the conditions of both sides", () => {
    expect(claimTable(rows).notes).toEqual([
      "FC-24, published: 16 cores.",
      "FC-23, published: 48 pods. Here: 2 cores. A cliff, not a slope.",
      "FC-25, published: not said.",
    ]);
  });

  test("have no column for what no row says", () => {
    const plain = claimTable([{ id: "FC-1", says: "a", published: "b", conditions: "c", yours: "d" }]);
    expect(plain.columns).toEqual(["", "claim", "published", "here"]);
  });

  test("say how many were measured", async () => {
    await claims(rows, "Six structures");
    expect(printed()).toMatch(/^\[2 of 3 measured\] Six structures\n/);
  });

  for (const [value, unit, text] of [
    [0.047, "%", "4.7%"],
    [1_800_000, "/s", "1.8M/s"],
    [3 * 1024 ** 2, "bytes", "3 MiB"],
    [12, "bytes", "12 B"],
    [2.8, "×", "2.8×"],
  ] as const) {
    test(`${value} in ${unit} is ${text}`, () => expect(formatUnit(value, unit)).toBe(text));
  }
});

describe("fieldClaim", () => {
  const claim = { id: "FC-29", says: "RLock allocates", experiment: "100,000 locks", because: "0 B each" };

  for (const [holds, words] of [
    [true, "holds here"],
    [false, "does not hold here"],
    [undefined, "not settled here"],
  ] as const) {
    test(`${holds} is said as "${words}"`, async () => {
      expect(await fieldClaim({ ...claim, holds })).toEqual({ ...claim, holds });
      expect(printed()).toBe(
        `[${words}] Field claim, tested: FC-29\nThey say: “RLock allocates”\nWe tried: 100,000 locks.\nWe saw: 0 B each.\n`,
      );
    });
  }
});

describe("rules", () => {
  test("a kept rule, a broken one and a check that throws are told apart", async () => {
    const seen = await checkRules([
      { rule: "kept", check: () => undefined },
      { rule: "broken", check: async () => "order.ts:7 holds it for 2 s" },
      {
        rule: "throws",
        check() {
          throw new Error("no profile");
        },
      },
    ]);
    expect(seen).toEqual([
      { rule: "kept", isKept: true },
      { rule: "broken", isKept: false, problem: "order.ts:7 holds it for 2 s" },
      { rule: "throws", isKept: false, problem: "the check itself failed: no profile" },
    ]);
  });

  test("are shown with what failed where, and throw nothing", async () => {
    await rules([
      { rule: "no I/O under a lock", check: () => "reload: fetch under rwmutex#1" },
      { rule: "never copy a lock", check: () => undefined },
    ]);
    expect(printed()).toMatch(/^\[1 of 2 kept\] Field rules\n/);
    expect(printed()).toMatch(/1 +no I\/O under a lock +✗\sbroken +reload: fetch under rwmutex#1/);
    expect(printed()).toMatch(/2 +never copy a lock +✓\skept/);
  });
});

describe("predictNumber", () => {
  test("is right within a factor of two, above and below", async () => {
    const near = await Promise.all(
      [51, 100, 199, 49, 201].map((guess) => predictNumber("n", guess, 100, { unit: "count" })),
    );
    expect(near.map((n) => n.isRight)).toEqual([true, true, true, false, false]);
  });

  test("shows both numbers, how far they are apart, and on which side", async () => {
    await predictNumber("p99", 32e6, 6.4e9, { unit: "ns" });
    expect(printed()).toMatch(/^\[too low\] Your prediction: p99\n/);
    expect(printed()).toMatch(/32 ms +6\.4 s +200×/);
  });

  test("nothing at all is right when it is guessed exactly", async () => {
    expect((await predictNumber("n", 0, 0, { unit: "count" })).isRight).toBe(true);
    expect((await predictNumber("n", 1, 0, { unit: "count" })).isRight).toBe(false);
  });

  test('gives nothing away while the guess is "?"', async () => {
    expect((await predictNumber("n", "?", 4711, { unit: "count" })).isGuessed).toBe(false);
    expect(printed()).not.toMatch(/4.?711/);
  });

  test("a text is refused by name", async () => {
    await expect(predictNumber("p99", "32 ms" as "?", 1, { unit: "ns" })).rejects.toThrow(
      'predictNumber "p99": expected a number, "?" or "show me" as the guess, got "32 ms"',
    );
  });
});

describe("a card", () => {
  const card = fieldClaimCard({
    id: "FC-1",
    says: "<b>fast</b>",
    experiment: "x ".repeat(90).trim(),
    holds: false,
    because: "y",
  });

  test("escapes what it is given, and needs neither script nor style sheet", () => {
    const html = cardHtml(card);
    expect(html).toContain("&lt;b&gt;fast&lt;/b&gt;");
    expect(html).not.toMatch(/<script|<style|class="(?!hb-lesson)/);
  });

  test("breaks long sentences for a terminal", () => {
    for (const line of cardText(card).split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("goes to the notebook as HTML and text where there is one", async () => {
    const shown: MimeBundle[] = [];
    installNotebookHost({
      display: (bundle) => shown.push(bundle),
      exerciseText: () => undefined,
      root: "/",
    });
    try {
      await fieldClaim({ id: "FC-1", says: "a", experiment: "b", holds: true, because: "c" });
    } finally {
      Reflect.deleteProperty(globalThis, Symbol.for("happens-before.host"));
    }
    expect(shown.map((bundle) => Object.keys(bundle))).toEqual([["text/html", "text/plain"]]);
    expect(printed()).toBe("");
  });
});
