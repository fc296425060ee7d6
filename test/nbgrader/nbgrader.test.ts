// nbgrader, really run with our kernel: from the built notebook to grades and feedback. Submissions that are right, partly
// right, wrong, endless, and that end their process.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkText, coursePlaces, loadExercise } from "../../lib/grade/index.js";
import { buildNotebook, parseLesson, serializeNotebook } from "../../lib/notebook/index.js";
import { python, root } from "./python.js";

const course = join(root, ".cache", `test-nbgrader-${process.pid}`);
const WAIT = "00-start-here/wait";
const RELOAD = "05-the-rwmutex-incident/reload";
const read = (folder: string, id: string): string =>
  readFileSync(join(root, folder, `${id}.ts`), "utf8").trimEnd();

/** A cell that stands for ever, before the learner's text declares anything. */
const ENDLESS = "// exercise: 00-start-here/wait\nfor (;;) {}";
const EXITING = `// exercise: ${RELOAD}\nprocess.exit(0);`;
/** Publishes the first part while the second is still being fetched: half of a reload can be seen. */
const HALF = read("solutions", RELOAD).replace(
  /^( *)(const discounts = yield\* fetch)/m,
  "$1yield* this.#current.store({ ...(yield* this.#current.load()), rules });\n$1$2",
);

/** Who hands in what in the two exercise cells. */
const STUDENTS: Readonly<Record<string, readonly [wait: string, reload: string]>> = {
  right: [read("solutions", WAIT), read("solutions", RELOAD)],
  partly: [read("exercises", WAIT), HALF],
  wrong: [read("exercises", WAIT), read("exercises", RELOAD)],
  endless: [ENDLESS, read("solutions", RELOAD)],
  exiting: [read("solutions", WAIT), EXITING],
};

interface Notebook {
  readonly cells: {
    id: string;
    source: string;
    metadata: { nbgrader?: { checksum?: string; grade_id: string } };
  }[];
}

/** Points by exercise, hidden ones included. */
const most = new Map<string, number>();

beforeAll(async () => {
  for (const id of [WAIT, RELOAD]) {
    const { exercise } = await loadExercise(id, coursePlaces());
    most.set(
      id,
      exercise.properties.reduce((sum, { points }) => sum + points, 0),
    );
  }
  for (const name of ["source/exam", "source/unit00"]) mkdirSync(join(course, name), { recursive: true });
  writeFileSync(
    join(course, "nbgrader_config.py"),
    [
      `load_subconfig("nbgrader_config.py", path="${join(root, "lib", "notebook")}")`,
      'c.CourseDirectory.course_id = "test"',
      "c.Execute.timeout = 20",
    ].join("\n"),
  );
  copyFileSync(
    join(root, "notebooks", "00-start-here.ipynb"),
    join(course, "source", "unit00", "00-start-here.ipynb"),
  );
  writeFileSync(join(course, "source", "exam", "exam.ipynb"), sourceNotebook());
}, 60_000);
afterAll(() => rmSync(course, { recursive: true, force: true }));

/** The built notebook with the solutions in its exercise cells, as a teacher may keep it. */
function sourceNotebook(): string {
  const master = readFileSync(new URL("90-exam.md", import.meta.url), "utf8")
    .replace("WAIT_POINTS", `${most.get(WAIT)}`)
    .replace("RELOAD_POINTS", `${most.get(RELOAD)}`);
  const built = buildNotebook(parseLesson(master, "notebooks/90-exam.md"), {
    exerciseText: (id) => read("exercises", id),
  });
  return serializeNotebook({
    ...built,
    cells: built.cells.map((cell) => {
      const { exercise } = (cell.metadata["happens-before"] ?? {}) as { exercise?: string };
      const isAnswer = exercise !== undefined && !`${cell.source}`.includes("await check(");
      return isAnswer ? { ...cell, source: read("solutions", exercise) } : cell;
    }),
  });
}

const textOf = (source: string | readonly string[]): string =>
  typeof source === "string" ? source : source.join("");

function notebook(...path: string[]): Notebook {
  const value = JSON.parse(readFileSync(join(course, ...path), "utf8")) as Notebook;
  return { cells: value.cells.map((cell) => ({ ...cell, source: textOf(cell.source) })) };
}

async function nbgrader(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await python(["-m", "nbgrader", ...words], course);
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return stdout + stderr;
}

test("generate_assignment: the released notebook holds the starters, sealed, and no line of a solution", async () => {
  await nbgrader("generate_assignment", "exam", "--create");
  const { cells } = notebook("release", "exam", "exam.ipynb");
  const answers = cells.filter((cell) => cell.source.startsWith("// exercise: "));
  expect(answers.map((cell) => cell.source)).toEqual([read("exercises", WAIT), read("exercises", RELOAD)]);
  const graded = cells.filter((cell) => cell.metadata.nbgrader !== undefined);
  expect(graded).toHaveLength(4);
  for (const cell of graded) expect(cell.metadata.nbgrader?.checksum).toMatch(/^[0-9a-f]{32}$/);
}, 300_000);

test("generate_assignment takes the course's own notebook as it is committed", async () => {
  await nbgrader("generate_assignment", "unit00", "--create");
  const { cells } = notebook("release", "unit00", "00-start-here.ipynb");
  expect(cells.map((cell) => cell.source)).toContain(read("exercises", WAIT));
}, 300_000);

test("autograde: everybody gets the points that hb check gives, whatever the cells did", async () => {
  const released = JSON.parse(readFileSync(join(course, "release", "exam", "exam.ipynb"), "utf8")) as {
    cells: { source: string | string[] }[];
  };
  for (const [student, texts] of Object.entries(STUDENTS)) {
    const folder = join(course, "submitted", student, "exam");
    mkdirSync(folder, { recursive: true });
    const left = [...texts];
    const cells = released.cells.map((cell) =>
      textOf(cell.source).startsWith("// exercise: ") ? { ...cell, source: left.shift() } : cell,
    );
    writeFileSync(join(folder, "exam.ipynb"), JSON.stringify({ ...released, cells }));
  }
  await nbgrader("autograde", "exam", "--create");
  const scores = await gradebook();
  const ours = async (id: string, text: string): Promise<number> => (await checkText(id, text)).points;
  const all = [...most.values()].reduce((sum, points) => sum + points, 0);
  const partly = await ours(RELOAD, HALF);
  expect(partly).toBeGreaterThan(0); // partial credit is what is tested
  expect(partly).toBeLessThan(most.get(RELOAD)!);
  expect(scores).toEqual({
    right: [all, all],
    partly: [partly, all],
    wrong: [
      (await ours(RELOAD, read("exercises", RELOAD))) + (await ours(WAIT, read("exercises", WAIT))),
      all,
    ],
    endless: [most.get(RELOAD), all],
    exiting: [most.get(WAIT), all],
  });
}, 900_000);

/** The gradebook, as nbgrader exports it: score and most that there is, by student. */
async function gradebook(): Promise<Record<string, [number, number]>> {
  await nbgrader("export", "--to", "grades.csv");
  const [head = "", ...rows] = readFileSync(join(course, "grades.csv"), "utf8").trim().split(/\r?\n/);
  const columns = head.split(",");
  const at = (row: string, name: string): string => row.split(",")[columns.indexOf(name)] ?? "";
  const exam = rows.filter((row) => at(row, "assignment") === "exam");
  return Object.fromEntries(
    exam.map((row) => [at(row, "student_id"), [Number(at(row, "score")), Number(at(row, "max_score"))]]),
  );
}

test("what an endless and an exiting cell did stands in the graded notebook, and the rest went on", () => {
  const outputs = (student: string): string =>
    readFileSync(join(course, "autograded", student, "exam", "exam.ipynb"), "utf8");
  expect(outputs("endless")).toMatch(/InterruptError|CellTimeoutError/);
  expect(outputs("exiting")).toContain("process.exit() would end the kernel");
});

test("generate_feedback: a page for everybody, with the score and what hb check said", async () => {
  await nbgrader("generate_feedback", "exam");
  for (const student of Object.keys(STUDENTS)) {
    expect(existsSync(join(course, "feedback", student, "exam", "exam.html")), student).toBe(true);
  }
  const page = readFileSync(join(course, "feedback", "partly", "exam", "exam.html"), "utf8");
  expect(page).toContain("no reader sees half of a reload");
}, 300_000);
