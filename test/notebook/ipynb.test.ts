import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  buildLessons,
  buildNotebook,
  type Lesson,
  parseLesson,
  serializeNotebook,
} from "../../lib/notebook/index.js";
import { checksum } from "../../lib/notebook/nbgrader.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const course = fileURLToPath(new URL("./fixtures/course", import.meta.url));
const FILE = "notebooks/05-the-rwmutex-incident.md";
const EXERCISE = "05-the-rwmutex-incident/reload";
const starter = readFileSync(join(course, `exercises/${EXERCISE}.ts`), "utf8");
const lesson: Lesson = parseLesson(readFileSync(join(course, FILE), "utf8"), FILE);
const exerciseText = (id: string) => (id === EXERCISE ? starter : undefined);
const notebook = buildNotebook(lesson, { exerciseText });

const scratch = mkdtempSync(join(tmpdir(), "hb-ipynb-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface JupyterView {
  problem: string | null;
  rewritten: string;
  schema: Record<string, unknown>;
  notebook: { type: string; source: string; metadata: Record<string, unknown> }[];
  master: { type: string; source: string; metadata: Record<string, unknown> }[];
  kernelspec: unknown;
}

/** One view for each master and its notebook; Python takes seconds to load what it needs. */
function askJupyter(...pairs: readonly (readonly [master: string, ipynb: string])[]): JupyterView[] {
  const python = join(root, ".python/env/bin/python");
  const script = fileURLToPath(new URL("./jupyter-view.py", import.meta.url));
  const options = { encoding: "utf8", maxBuffer: 64 << 20 } as const;
  return JSON.parse(execFileSync(python, [script, ...pairs.flat()], options)) as JupyterView[];
}

describe("a built notebook, seen by Jupyter's own tools", () => {
  const path = join(scratch, "built.ipynb");
  writeFileSync(path, serializeNotebook(notebook));
  const [view] = askJupyter([join(course, FILE), path]) as [JupyterView];

  test("Python's nbformat finds it valid and writes the same bytes", () => {
    expect(view.problem).toBeNull();
    expect(view.rewritten).toBe(readFileSync(path, "utf8").trimEnd());
  });

  test("the JSON schema of nbformat 4.5 accepts it, and refuses it with a bad id", () => {
    const { $schema: _, ...schema } = view.schema;
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    const plain = JSON.parse(serializeNotebook(notebook));
    expect(validate(plain), JSON.stringify(validate.errors)).toBe(true);
    plain.cells[0].id = "a b";
    expect(validate(plain)).toBe(false);
  });

  test("Jupytext opens the master and sees the same cells", () => {
    expect(view.kernelspec).toEqual(lesson.kernelspec);
    const expected = view.notebook.map(({ type, source }) => ({ type, source }));
    const seen = view.master.map(({ type, source }, i) => {
      const isExercise = lesson.cells[i]?.kind === "exercise";
      expect(isExercise ? source : "").toBe("");
      return { type, source: isExercise ? starter.trimEnd() : source };
    });
    expect(seen).toEqual(expected);
  });

  test("Jupytext reads the options of a fence as we do", () => {
    for (const [i, cell] of lesson.cells.entries()) {
      const { lines_to_next_cell: _, ...metadata } = view.master[i]!.metadata;
      expect(metadata).toEqual(cell.options);
    }
  });
});

test("buildNotebook: no outputs, no counts, every id once", () => {
  const ids = notebook.cells.map((cell) => cell["id"]);
  expect(new Set(ids).size).toBe(ids.length);
  for (const cell of notebook.cells.filter((c) => c.cell_type === "code")) {
    expect(cell).toMatchObject({ outputs: [], execution_count: null });
  }
});

test("buildNotebook: the exercise cell is the starter's text and an nbgrader answer, its check gives the points", () => {
  const [answer, tests] = notebook.cells.slice(-2);
  expect(answer!.source).toBe(starter.trimEnd());
  expect(answer!.metadata).toEqual({
    "happens-before": { exercise: EXERCISE },
    nbgrader: {
      schema_version: 3,
      grade: false,
      grade_id: "exercise-reload",
      locked: false,
      solution: true,
      task: false,
    },
    deletable: false,
  });
  expect(tests!.metadata).toEqual({
    "happens-before": { exercise: EXERCISE },
    nbgrader: {
      schema_version: 3,
      grade: true,
      grade_id: "check-reload",
      locked: true,
      points: 4,
      solution: false,
      task: false,
    },
    deletable: false,
    editable: false,
  });
});

test("buildNotebook: options become metadata, the kit's own under its key", () => {
  const byId = new Map(notebook.cells.map((cell) => [cell["id"], cell.metadata]));
  expect(byId.get("first-run")).toEqual({ "happens-before": { covers: ["AP-16"] } });
  expect(byId.get("field-rules")).toEqual({ "happens-before": { covers: ["FC-23"] } });
  expect(byId.get("planted")).toEqual({ tags: ["raises-exception"], jupyter: { source_hidden: true } });
  expect(byId.get("many-backticks")).toEqual({ slideshow: { slide_type: "skip" } });
});

test("buildNotebook: checksums stand in the student's version only", () => {
  const student = buildNotebook(lesson, { exerciseText, isStudentVersion: true });
  const sealedCell = student.cells.at(-2)!.metadata["nbgrader"] as { checksum: string; cell_type: string };
  expect(sealedCell.checksum).toMatch(/^[0-9a-f]{32}$/);
  expect(sealedCell.cell_type).toBe("code");
  expect(serializeNotebook(notebook)).not.toContain("checksum");
});

test("checksum: nbgrader's own values", () => {
  const base = { schema_version: 3, task: false, locked: false, grade: false, solution: false } as const;
  expect(checksum('check("q1");', "code", { ...base, grade: true, grade_id: "q1-tests", points: 2 })).toBe(
    "6848ebf62c2dc75e062567a1cc245bca",
  );
  const stub = '// YOUR CODE HERE\nthrow new Error("not implemented");';
  expect(checksum(stub, "code", { ...base, solution: true, grade_id: "q1-answer" })).toBe(
    "5849530e11f8302afcdbf49638488b98",
  );
  expect(checksum("# Intro", "markdown", { ...base, locked: true, grade_id: "intro" })).toBe(
    "ddb4874efc0631c9a756bb64c7cb24ee",
  );
});

test("buildNotebook: an unknown exercise names its line and the nearest one", () => {
  const line = lesson.cells.find((cell) => cell.kind === "exercise")!.line;
  expect(() =>
    buildNotebook(lesson, { exerciseText: () => undefined, exerciseIds: ["05-the-rwmutex-incident/relaod"] }),
  ).toThrow(`${FILE}:${line}: unknown exercise ${EXERCISE}; did you mean 05-the-rwmutex-incident/relaod?`);
  expect(() => buildNotebook(lesson, { exerciseText: () => undefined })).toThrow(
    `write exercises/${EXERCISE}.ts`,
  );
});

test("buildNotebook: an exercise file must say its own name first", () => {
  expect(() => buildNotebook(lesson, { exerciseText: () => "// exercise: 05-other/reload\n" })).toThrow(
    `exercises/${EXERCISE}.ts:1: the first line must be "// exercise: ${EXERCISE}", got "// exercise: 05-other/reload"`,
  );
});

test("serializeNotebook: outputs of an executed notebook are written as Jupyter writes them", () => {
  const executed = structuredClone(notebook);
  const cell = executed.cells.find((c) => c["id"] === "first-run") as unknown as {
    outputs: object[];
    execution_count: number;
  };
  cell.execution_count = 1;
  cell.outputs = [
    { output_type: "stream", name: "stdout", text: "a\nb\r\nc\u2028d\u0085e" },
    {
      output_type: "display_data",
      metadata: {},
      data: { "text/html": "<b>\n</b>", "application/json": { b: 1, a: [2] } },
    },
    { output_type: "execute_result", execution_count: 1, metadata: {}, data: { "text/plain": "'é 🙂'" } },
    { output_type: "error", ename: "Error", evalue: "x", traceback: ["Error: x\n  at y"] },
  ];
  const path = join(scratch, "executed.ipynb");
  writeFileSync(path, serializeNotebook(executed));
  const [view] = askJupyter([join(course, FILE), path]) as [JupyterView];
  expect(view.problem).toBeNull();
  expect(view.rewritten).toBe(readFileSync(path, "utf8").trimEnd());
});

describe("buildLessons", () => {
  const copy = join(scratch, "a course é");
  cpSync(course, copy, { recursive: true });
  const built = join(copy, "notebooks/05-the-rwmutex-incident.ipynb");

  test("writes what is missing, leaves alone what is right, and says which", async () => {
    const file = "notebooks/05-the-rwmutex-incident.ipynb";
    expect(await buildLessons(copy, { check: true })).toEqual([{ file, state: "stale" }]);
    expect(await buildLessons(copy)).toEqual([{ file, state: "written" }]);
    const before = statSync(built, { bigint: true });
    expect(await buildLessons(copy)).toEqual([{ file, state: "unchanged" }]);
    expect(await buildLessons(copy, { check: true })).toEqual([{ file, state: "unchanged" }]);
    expect(statSync(built, { bigint: true }).ino).toBe(before.ino);
    expect(readdirSync(join(copy, "notebooks")).sort()).toEqual([
      "05-the-rwmutex-incident.ipynb",
      "05-the-rwmutex-incident.md",
    ]);
  });

  test("check finds a notebook that was edited by hand", async () => {
    await buildLessons(copy);
    writeFileSync(built, readFileSync(built, "utf8").replace("The RWMutex incident", "Another title"));
    expect((await buildLessons(copy, { check: true }))[0]?.state).toBe("stale");
  });

  test("a notebook without a master is an orphan, and stays", async () => {
    const orphan = join(copy, "notebooks/07-alone.ipynb");
    writeFileSync(orphan, "{}");
    expect((await buildLessons(copy)).at(-1)).toEqual({ file: "notebooks/07-alone.ipynb", state: "orphan" });
    rmSync(orphan);
  });

  test("a mistake in one lesson stops the build before anything is written", async () => {
    await buildLessons(copy);
    const before = readFileSync(built, "utf8");
    writeFileSync(join(copy, "notebooks/06-broken.md"), "# no front matter\n");
    await expect(buildLessons(copy)).rejects.toThrow("notebooks/06-broken.md:1: front matter is missing");
    expect(readFileSync(built, "utf8")).toBe(before);
    rmSync(join(copy, "notebooks/06-broken.md"));
  });
});

const lessons = readdirSync(join(root, "notebooks")).filter((name) => /^\d\d-.*\.md$/.test(name));

const masterOf = (name: string): string => join(root, "notebooks", name);
let views: JupyterView[] = [];
beforeAll(() => {
  views = askJupyter(
    ...lessons.map((name) => [masterOf(name), masterOf(name).replace(/\.md$/, ".ipynb")] as const),
  );
});

test.each(lessons)(
  "notebooks/%s: Jupyter finds the notebook valid, and Jupytext sees the same cells in the master",
  (name) => {
    const master = masterOf(name);
    const seen = views[lessons.indexOf(name)] as JupyterView;
    expect(seen.problem).toBeNull();
    const { cells } = parseLesson(readFileSync(master, "utf8"), name);
    const sources = seen.notebook.map(({ source }, i) => (cells[i]?.kind === "exercise" ? "" : source));
    expect(seen.master.map(({ source }) => source)).toEqual(sources);
    expect(seen.master.map(({ type }) => type)).toEqual(seen.notebook.map(({ type }) => type));
  },
);

test("the committed notebooks equal the built ones", async () => {
  const stale = (await buildLessons(root, { check: true })).filter(
    (lessonFile) => lessonFile.state !== "unchanged",
  );
  expect(
    stale.map((lessonFile) => lessonFile.file),
    "run npm run build",
  ).toEqual([]);
});
