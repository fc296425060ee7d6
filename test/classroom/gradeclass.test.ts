// A class graded for real: resumed after a stop, divided into shards and merged; and no submission stops the others.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type ClassOptions,
  type ClassProgress,
  type Desk,
  DeskError,
  gradeClass,
  LocalDesk,
  mergeResults,
  Results,
  summarise,
  type Task,
} from "../../lib/classroom/index.js";
import type { CheckResult } from "../../lib/grade/index.js";
import { buildCourse, COUNTER, changed, solution, starter, TRANSFER } from "../grade/course.js";
import { type Files, folderOf } from "./tree.js";

const course = buildCourse("classroom");
const folders: { remove(): void }[] = [];
afterAll(() => {
  course.remove();
  for (const folder of folders) folder.remove();
});

function folder(files: Files = {}): string {
  const made = folderOf(files);
  folders.push(made);
  return made.path;
}

/** A desk that remembers what it was given, and passes everything. */
class NotingDesk implements Desk {
  readonly tasks: Task[] = [];
  readonly #answer: (task: Task) => CheckResult | Promise<CheckResult>;
  isClosed = false;

  constructor(answer: (task: Task) => CheckResult | Promise<CheckResult> = passed) {
    this.#answer = answer;
  }

  async grade(task: Task): Promise<CheckResult> {
    this.tasks.push(task);
    return this.#answer(task);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function passed({ exercise }: Task): CheckResult {
  const nothing = { properties: [], notes: [], output: "", isolation: [] };
  return { id: exercise, status: "pass", points: 2, maxPoints: 2, ...nothing, elapsedMs: 1 };
}

const header = (id: string, body: string): string => `// exercise: ${id}\n${body}\n`;
const FILES = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [
    `student ${i}/transfer.ts`,
    header(TRANSFER, `export const n = ${i};`),
  ]),
);

const grade = (options: Pick<ClassOptions, "submissions" | "out"> & Partial<ClassOptions>) =>
  gradeClass({ places: course, ...options });

describe("a class", () => {
  test("has a record for each submission, a table and a page", async () => {
    const [submissions, out] = [folder(FILES), folder()];
    const run = await grade({ submissions: [submissions], out, desk: new NotingDesk() });
    expect(run).toMatchObject({ total: 12, graded: 12, kept: 0, failed: 0, isInterrupted: false });
    const { report } = summarise(out, course);
    expect(report.rows.map(({ student }) => student)).toContain("student 11");
    expect(readdirSync(out).sort()).toEqual(["class.csv", "class.html", "class.json", "submissions"]);
  });

  test("grades nothing twice, save what changed, what came, and what the grader failed at", async () => {
    const [submissions, out] = [folder(FILES), folder()];
    const isBad = ({ text }: Task): boolean => text.includes("n = 3;");
    const first = new NotingDesk((task) => {
      if (isBad(task)) throw new DeskError("its grader died 2 times (SIGKILL)");
      return passed(task);
    });
    const run = await grade({ submissions: [submissions], out, desk: first });
    expect(run).toMatchObject({ graded: 12, failed: 1 });
    writeFileSync(
      join(submissions, "student 5", "transfer.ts"),
      header(TRANSFER, "export const changed = 1;"),
    );
    mkdirSync(join(submissions, "student 99"));
    writeFileSync(join(submissions, "student 99", "transfer.ts"), header(TRANSFER, "export const late = 1;"));
    const second = new NotingDesk();
    const again = await grade({ submissions: [submissions], out, desk: second });
    expect(again).toMatchObject({ total: 13, graded: 3, kept: 10, failed: 0 });
    expect(second.tasks.map(({ text }) => text.split("\n")[1]).sort()).toEqual([
      "export const changed = 1;",
      "export const late = 1;",
      "export const n = 3;",
    ]);
    expect(await grade({ submissions: [submissions], out, desk: new NotingDesk() })).toMatchObject({
      graded: 0,
      kept: 13,
    });
  });

  test("another seed, and a wish for it, grade everything anew", async () => {
    const [submissions, out] = [folder(FILES), folder()];
    const run = (more: Partial<ClassOptions>) =>
      grade({ submissions: [submissions], out, desk: new NotingDesk(), ...more });
    await run({});
    expect(await run({ seed: "2" })).toMatchObject({ graded: 12 });
    expect(await run({ seed: "2", isFresh: true })).toMatchObject({ graded: 12, kept: 0 });
  });

  test("grades a text once that several handed in, and gives each the result", async () => {
    const same = header(TRANSFER, "export const same = 1;");
    const [submissions, out] = [folder({ "ada/transfer.ts": same, "bob/transfer.ts": same }), folder()];
    const desk = new NotingDesk();
    await grade({ submissions: [submissions], out, desk });
    expect(desk.tasks).toHaveLength(1);
    expect(summarise(out, course).report.rows.map(({ student }) => student)).toEqual(["ada", "bob"]);
  });

  test("a record that was cut off or altered is graded again", async () => {
    const [submissions, out] = [folder({ "ada/transfer.ts": header(TRANSFER, "") }), folder()];
    await grade({ submissions: [submissions], out, desk: new NotingDesk() });
    const file = new Results(out).recordFile("ada", TRANSFER);
    writeFileSync(file, readFileSync(file, "utf8").slice(0, 40));
    expect(await grade({ submissions: [submissions], out, desk: new NotingDesk() })).toMatchObject({
      graded: 1,
    });
  });

  test("an interrupted run keeps what was graded, and the next one does the rest", async () => {
    const [submissions, out] = [folder(FILES), folder()];
    const stop = new AbortController();
    const abort = new DOMException("closed", "AbortError");
    const desk = new NotingDesk(async (task) => {
      if (desk.tasks.length > 4) {
        stop.abort();
        throw abort;
      }
      return passed(task);
    });
    const run = await grade({ submissions: [submissions], out, desk, signal: stop.signal });
    expect(run).toMatchObject({ graded: 4, isInterrupted: true });
    expect(desk.isClosed).toBe(true);
    expect(summarise(out, course).report.pending).toBe(8);
    expect(await grade({ submissions: [submissions], out, desk: new NotingDesk() })).toMatchObject({
      graded: 8,
      kept: 4,
    });
  });

  test("the shards are the class: merged, they say what one run says", async () => {
    const [submissions, whole, merged] = [folder(FILES), folder(), folder()];
    await grade({ submissions: [submissions], out: whole, desk: new NotingDesk() });
    const parts = [];
    for (let index = 1; index <= 4; index++) {
      const out = folder();
      await grade({ submissions: [submissions], out, desk: new NotingDesk(), shard: { index, of: 4 } });
      parts.push(out);
    }
    mergeResults(parts, merged);
    expect(summarise(merged, course).report).toEqual(summarise(whole, course).report);
    const file = (name: string, out: string): string => readFileSync(join(out, name), "utf8");
    for (const name of ["class.json", "class.csv", "class.html"])
      expect(file(name, merged)).toBe(file(name, whole));
  });

  test("a merge refuses results of another course, and two texts of one student", async () => {
    const [one, two, three] = [folder(), folder(), folder()];
    const submissions = folder({ "ada/transfer.ts": header(TRANSFER, "1;") });
    await grade({ submissions: [submissions], out: one, desk: new NotingDesk() });
    writeFileSync(join(submissions, "ada", "transfer.ts"), header(TRANSFER, "2;"));
    await grade({ submissions: [submissions], out: two, desk: new NotingDesk() });
    expect(() => mergeResults([one, two], three)).toThrow(
      /hold different texts of ada's 90-fixture\/transfer/,
    );
    await grade({ submissions: [submissions], out: two, desk: new NotingDesk(), seed: "2" });
    expect(() => mergeResults([one, two], three)).toThrow(/was graded with another course or seed than/);
  });

  test("says how far it is, and how long it will take", async () => {
    const told: ClassProgress[] = [];
    await grade({
      submissions: [folder(FILES)],
      out: folder(),
      desk: new NotingDesk(),
      onProgress: (now) => told.push(now),
    });
    expect(told.map(({ done }) => done)).toEqual(Array.from({ length: 13 }, (_, i) => i));
    expect(told[0]?.leftMs).toBeUndefined();
    expect(told.at(-1)?.leftMs).toBe(0);
  });

  test("a student's name never leads out of the results", () => {
    const out = folder();
    const results = new Results(out);
    for (const name of ["../../etc", "..", "/", "a/b", "con\u0000", "x".repeat(500), "\u202e"]) {
      const file = results.recordFile(name, TRANSFER);
      expect(file.startsWith(join(out, "submissions"))).toBe(true);
      expect(dirname(dirname(dirname(file)))).toBe(join(out, "submissions"));
    }
    const names = ["a_b", "a/b", "a:b"].map((name) => results.recordFile(name, TRANSFER));
    expect(new Set(names).size).toBe(3);
  });

  test("nothing to grade is an error that names an example", async () => {
    const submissions = folder({ "ada/notes.pdf": "" });
    await expect(grade({ submissions: [submissions], out: folder() })).rejects.toThrow(
      /^no submission was recognised in .*; ada\/notes\.pdf: not a \.ts, \.ipynb or \.zip file$/,
    );
    const class_ = folder(FILES);
    await expect(grade({ submissions: [class_], out: folder(), only: ["07"] })).rejects.toThrow(
      "none of the 12 submissions is for 07",
    );
  });
});

describe("a class with bad submissions, on this machine", () => {
  const results = new Map<string, CheckResult>();

  beforeAll(async () => {
    const bodies: Record<string, string> = {
      right: solution(TRANSFER),
      untouched: starter(TRANSFER),
      "does not compile": "export function* transfer( {",
      empty: "",
      "loops when loaded": `for (;;) {}\n${solution(TRANSFER)}`,
      exits: `process.exit(0);\n${solution(TRANSFER)}`,
      "wrong order": changed("a.id < b.id ? [a, b] : [b, a]", "[a, b]"),
      "counter right": solution(COUNTER),
    };
    const text = (name: string, body: string): string => {
      const id = name.startsWith("counter") ? COUNTER : TRANSFER;
      return body.startsWith(`// exercise: ${id}`) ? body : header(id, body);
    };
    const files = Object.fromEntries(
      Object.entries(bodies).map(([name, body]) => [`${name}/work.ts`, text(name, body)]),
    );
    const out = folder();
    const run = await grade({ submissions: [folder(files)], out, jobs: 2 });
    expect(run).toMatchObject({ total: 8, graded: 8, failed: 0 });
    const stored = new Results(out);
    for (const record of stored.records(stored.manifest())) results.set(record.student, record.result);
  }, 120_000);

  const VERDICTS: [student: string, status: string, verdict: RegExp][] = [
    ["right", "pass", /^$/],
    ["untouched", "fail", /^not-implemented$/],
    ["does not compile", "fail", /^does-not-compile$/],
    ["empty", "fail", /^does-not-compile$/],
    ["loops when loaded", "fail", /^out-of-time$/],
    ["exits", "fail", /./],
    ["wrong order", "fail", /^global-deadlock$/],
  ];
  for (const [student, status, verdict] of VERDICTS) {
    test(`${student}: ${status}`, () => {
      const result = results.get(student);
      expect(result?.status).toBe(status);
      const first = result?.problem ?? result?.properties.find((one) => one.status !== "pass");
      expect(first?.verdict ?? "").toMatch(verdict);
    });
  }
});

describe("a desk of this machine", () => {
  const task = (text: string, isMeasured = false): Task => {
    return { key: text, exercise: TRANSFER, text, seed: "1", isMeasured };
  };

  test("a grader that dies twice is an error that says so; the next task gets a fresh one", async () => {
    const desk = new LocalDesk({ places: course, jobs: 1, patienceMs: 300 });
    const stuck = header(TRANSFER, "for (;;) {}");
    await expect(desk.grade(task(stuck))).rejects.toThrow("its grader died 2 times (SIGKILL)");
    await desk.close();
    const patient = new LocalDesk({ places: course, jobs: 1 });
    expect((await patient.grade(task(solution(TRANSFER)))).status).toBe("pass");
    await patient.close();
  });

  test("a broken course is an error of the grader, not of the submission", async () => {
    const places = { ...course, checks: join(course.checks, "nowhere") };
    const desk = new LocalDesk({ places, jobs: 1 });
    await expect(desk.grade(task("1;"))).rejects.toThrow(/expected its check at/);
    await desk.close();
  });

  test("closing drops what waits and what runs, and leaves no process", async () => {
    const desk = new LocalDesk({ places: course, jobs: 1 });
    const open = [task("for (;;) {}"), task("2;")].map((one) => desk.grade(one));
    const ended = Promise.allSettled(open);
    await desk.close();
    for (const one of await ended)
      expect(one).toMatchObject({ status: "rejected", reason: { name: "AbortError" } });
    await expect(desk.grade(task("3;"))).rejects.toMatchObject({ name: "AbortError" });
  });

  test("a number of jobs that is none is refused", () => {
    expect(() => new LocalDesk({ places: course, jobs: 0 })).toThrow(
      new RangeError("LocalDesk: expected `jobs` to be an integer >= 1, got 0"),
    );
  });
});
