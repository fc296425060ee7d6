// What a teacher reads of a class: the report's figures, the table and the page, made from records alone.
import { describe, expect, test } from "vitest";
import {
  type ClassRecord,
  classCsv,
  classPage,
  classReport,
  feedbackPage,
  type Manifest,
} from "../../lib/classroom/index.js";
import { PAGE_COLOURS } from "../../lib/classroom/page-style.js";
import type { CheckResult, PropertyResult } from "../../lib/grade/index.js";

const EXERCISE = "06-deadlocks/transfer";

function property(name: string, more: Partial<PropertyResult> = {}): PropertyResult {
  return {
    name,
    status: "pass",
    points: 2,
    maxPoints: 2,
    verdict: "ok",
    message: "",
    hints: [],
    elapsedMs: 5,
    ...more,
  };
}

const failed = (name: string, message: string, verdict: PropertyResult["verdict"] = "global-deadlock") =>
  property(name, { status: "fail", points: 0, verdict, message, hints: ["one", "two", "three"] });

function record(student: string, properties: PropertyResult[], more: Partial<ClassRecord> = {}): ClassRecord {
  const sum = (of: "points" | "maxPoints") => properties.reduce((total, one) => total + one[of], 0);
  const result: CheckResult = {
    id: EXERCISE,
    status: properties.every(({ status }) => status === "pass") ? "pass" : "fail",
    points: sum("points"),
    maxPoints: sum("maxPoints"),
    properties,
    notes: [],
    output: "",
    isolation: [],
    elapsedMs: 1_000,
  };
  const origin = `${student}/transfer.ts`;
  const place = { student, exercise: EXERCISE, origin, key: student };
  return { version: 1, ...place, isUntouched: false, text: "export {};", result, ...more };
}

function manifest(records: readonly ClassRecord[], more: Partial<Manifest> = {}): Manifest {
  const expected = records.map(({ student, exercise, key, origin }) => ({ student, exercise, key, origin }));
  const students = [...new Set(records.map(({ student }) => student))];
  return { version: 1, course: "c", seed: "1", students, expected, unrecognised: [], ...more };
}

const CLASS = [
  record("ada", [property("no pair blocks"), property("money stays")]),
  record("bob", [failed("no pair blocks", "goroutine 3 waits for mutex#1"), property("money stays")]),
  record("eve", [failed("no pair blocks", "goroutine 4 waits for mutex#2"), property("money stays")]),
  record("dan", [
    failed("no pair blocks", "a panic", "panic"),
    failed("money stays", "got 5, expected 10", "wrong-result"),
  ]),
];

const report = (records = CLASS, more: Partial<Manifest> = {}) =>
  classReport(manifest(records, more), records, []);

describe("the report of a class", () => {
  test("says who is stuck where, the fewest points first", () => {
    const [first, ...rest] = report().standings;
    expect(first).toMatchObject({
      student: "dan",
      points: 0,
      maxPoints: 4,
      stuckAt: { exercise: EXERCISE, verdict: "panic" },
    });
    expect(rest.map(({ student }) => student)).toEqual(["bob", "eve", "ada"]);
    expect(rest.at(-1)?.stuckAt).toBeUndefined();
  });

  test("puts the same mistake of several people into one cluster, whatever the numbers in its message", () => {
    const [first] = report().clusters;
    expect(first).toMatchObject({
      property: "no pair blocks",
      verdict: "global-deadlock",
      students: ["bob", "eve"],
    });
    expect(report().clusters).toHaveLength(3);
  });

  test("takes a cluster's example from somebody who wrote something", () => {
    const stub = failed("no pair blocks", "not implemented", "not-implemented");
    const records = [record("ada", [stub], { isUntouched: true }), record("bob", [stub])];
    expect(report(records).clusters[0]).toMatchObject({
      untouched: 1,
      students: ["ada", "bob"],
      example: { student: "bob" },
    });
  });

  test("counts each property", () => {
    expect(report().columns).toEqual([
      { exercise: EXERCISE, property: "no pair blocks", passed: 1, failed: 3, unknown: 0 },
      { exercise: EXERCISE, property: "money stays", passed: 3, failed: 1, unknown: 0 },
    ]);
  });

  test("names what is missing: exercises nobody handed in, students of whom nothing was recognised, what is not graded", () => {
    const bank = record("ada", [property("b")], { exercise: "06-deadlocks/bank" });
    const records = [...CLASS, bank];
    const open = { student: "bob", exercise: "06-deadlocks/bank", key: "k", origin: "bob/bank.ts" };
    const whole = manifest(records, { students: ["ada", "bob", "dan", "eve", "fay"] });
    const made = classReport({ ...whole, expected: [...whole.expected, open] }, records, []);
    expect(made.empty).toEqual(["fay"]);
    expect(made.pending).toBe(1);
    expect(made.standings.find(({ student }) => student === "dan")?.missing).toEqual(["06-deadlocks/bank"]);
  });

  test("does not depend on the order of the records", () => {
    const whole = manifest(CLASS);
    expect(classReport(whole, [...CLASS].reverse(), [])).toEqual(classReport(whole, CLASS, []));
  });
});

describe("the table", () => {
  test("has a line for each submission, under a header", () => {
    const lines = classCsv(report()).trimEnd().split("\n");
    expect(lines[0]).toBe(
      "student,exercise,status,points,max_points,verdict,message,failed_properties,untouched,similar_to,seconds,file",
    );
    expect(lines[1]).toBe(`ada,${EXERCISE},pass,4,4,ok,,,,,1.0,ada/transfer.ts`);
    expect(lines[2]).toMatch(
      /^bob,06-deadlocks\/transfer,fail,2,4,global-deadlock,goroutine 3 waits for mutex#1,no pair blocks,/,
    );
  });

  test("no name or message is a formula to a spreadsheet, and none breaks a line apart", () => {
    const evil = record("=HYPERLINK(1)", [failed("p", '+1 "quoted", and\nmore')]);
    const text = classCsv(report([evil]));
    expect(text).toContain("'=HYPERLINK(1)");
    expect(text).toContain('"\'+1 ""quoted"", and"');
  });
});

describe("the page", () => {
  const EVIL = '<script>alert("x")</script><img src=x onerror=y>';

  test("holds every part, one heading each, and needs no script and no network", () => {
    const page = classPage(report());
    for (const id of ["stuck", "mistakes", "matrix", "hard", "alike", "files", "time"]) {
      expect(page.match(new RegExp(`<h2 id="${id}">`, "g"))).toHaveLength(1);
    }
    expect(page).not.toMatch(/<script|https?:\/\//);
    expect(page).toContain("default-src &#39;none&#39;");
  });

  test("nothing of a submission is markup: names, messages, files, lanes", () => {
    const lanes = { text: EVIL, ansi: "", svg: EVIL };
    const evil = record(EVIL, [{ ...failed(EVIL, EVIL), report: lanes, replay: EVIL }], {
      origin: EVIL,
      text: EVIL,
    });
    const pages = [
      classPage(report([evil], { unrecognised: [{ path: EVIL, why: EVIL }], students: [EVIL, `${EVIL}2`] })),
      feedbackPage(EVIL, [evil]),
    ];
    for (const page of pages) {
      expect(page).toContain("&lt;script&gt;");
      expect(page).not.toMatch(/<script|<img|onerror=y>/);
    }
  });

  test("tells who has not begun from who is stuck", () => {
    const stub = failed("no pair blocks", "a deadlock");
    const page = classPage(report([record("ada", [stub], { isUntouched: true }), record("bob", [stub])]));
    const [ada, bob] = ["ada", "bob"].map((name) => page.split(`<th scope="row">${name}</th>`)[1]);
    expect(ada).toMatch(/^.*?<td>not begun: the starter as it was<\/td>/);
    expect(bob).toMatch(/^.*?<td><b>global-deadlock<\/b>: a deadlock<\/td>/);
  });

  test("each cell of the matrix says in words what its sign means", () => {
    const page = classPage(report());
    expect(page).toContain(
      'title="global-deadlock: goroutine 3 waits for mutex#1"><span aria-hidden="true">✗</span><span class="hidden">',
    );
    expect(page).toContain('<th scope="row">ada</th>');
  });

  test("text is legible in both schemes, and passed is told from failed by more than red and green", () => {
    for (const scheme of [0, 1] as const) {
      const colour = (name: string): string => PAGE_COLOURS[name]![scheme];
      for (const name of ["text", "quiet", "pass", "fail", "unknown"]) {
        expect(contrast(colour(name), colour("page")), `${name} on page`).toBeGreaterThan(4.5);
      }
      for (const name of ["pass", "fail", "unknown"]) {
        expect(contrast(colour(name), colour(`${name}-back`)), `${name} on its own`).toBeGreaterThan(4.5);
      }
    }
  });
});

describe("a student's page", () => {
  test("shows message, hints in stages, lanes and the graded text", () => {
    const lanes = { text: "g1 | lock", ansi: "", svg: "<svg/>" };
    const page = feedbackPage("bob", [record("bob", [{ ...failed("p", "a waits for b"), report: lanes }])]);
    for (const piece of ["a waits for b", "Hint 3", "g1 | lock", "export {};"]) expect(page).toContain(piece);
  });

  test("tells of a hidden property what students may know: not its name, not its message", () => {
    const hidden = { ...failed("secret name", "secret message"), visibility: "hidden" as const };
    const page = feedbackPage("bob", [record("bob", [property("open"), hidden])]);
    expect(page).not.toMatch(/secret/);
    expect(page).toContain("2 of 4 points");
  });
});

/** WCAG's contrast of two colours, `#rrggbb`. */
function contrast(a: string, b: string): number {
  const light = (colour: string): number => {
    const [r = 0, g = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [one, two] = [light(a), light(b)];
  return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
}
