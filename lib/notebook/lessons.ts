// Lessons: all masters of the course, built into `notebooks/*.ipynb`.
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildNotebook, serializeNotebook } from "./ipynb.js";
import { parseLesson } from "./lesson.js";
import { LessonError, type LessonMistake } from "./lesson-error.js";

/** One lesson after building. */
export interface BuiltLesson {
  /** The notebook's path from the project's root, with forward slashes. */
  readonly file: string;
  /**
   * `written`: it was changed or made; `unchanged`; `stale`: it differs from its master (with `check` only);
   * `orphan`: it has no master, and is left as it is.
   */
  readonly state: "written" | "unchanged" | "stale" | "orphan";
}

/**
 * Builds every `notebooks/NN-name.md` below `root` into `notebooks/NN-name.ipynb`.
 *
 * A file that would not change is not touched; a changed one is replaced at once, so a reader never sees half of it.
 * With `check`, nothing is written and a notebook that differs from its master is `stale`.
 *
 * @throws {LessonError} the authoring mistakes of all lessons, one line each; then nothing is written
 */
export async function buildLessons(
  root: string,
  options: { check?: boolean } = {},
): Promise<readonly BuiltLesson[]> {
  const folder = join(root, "notebooks");
  const exercises = await readExercises(join(root, "exercises"));
  const mistakes: LessonMistake[] = [];
  const texts = new Map<string, string>();
  const names = (await namesIn(folder)).filter((name) => /^\d\d-.+\.(md|ipynb)$/.test(name));
  for (const name of names.filter((other) => other.endsWith(".md"))) {
    try {
      const lesson = parseLesson(await readFile(join(folder, name), "utf8"), `notebooks/${name}`);
      const notebook = buildNotebook(lesson, {
        exerciseText: (id) => exercises.get(id),
        exerciseIds: [...exercises.keys()],
      });
      texts.set(`${lesson.name}.ipynb`, serializeNotebook(notebook));
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
      mistakes.push(...error.mistakes);
    }
  }
  if (mistakes.length > 0) throw new LessonError(mistakes);
  const built: BuiltLesson[] = [];
  for (const [name, text] of texts) {
    const isSame = (await readIfThere(join(folder, name))) === text;
    if (!isSame && options.check !== true) await replaceFile(join(folder, name), text);
    const state = isSame ? "unchanged" : options.check === true ? "stale" : "written";
    built.push({ file: `notebooks/${name}`, state });
  }
  for (const name of names) {
    if (name.endsWith(".ipynb") && !texts.has(name))
      built.push({ file: `notebooks/${name}`, state: "orphan" });
  }
  return built;
}

/** The starters of all exercises by id, `NN-name/x`. */
async function readExercises(folder: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const lesson of await namesIn(folder)) {
    if (!/^\d\d-/.test(lesson)) continue;
    for (const name of await namesIn(join(folder, lesson))) {
      if (!name.endsWith(".ts")) continue;
      const id = `${lesson}/${name.slice(0, -".ts".length)}`;
      texts.set(id, await readFile(join(folder, lesson, name), "utf8"));
    }
  }
  return texts;
}

/** The names in a folder, sorted; none when it is not there. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
