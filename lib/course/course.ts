// Course: what the learner goes through, in order: the exercises with their files.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { coursePlaces, exerciseIds, type Places } from "../grade/index.js";

/** One exercise of the course. Paths are absolute. */
export interface CourseExercise {
  /** `05-the-rwmutex-incident/reload`. */
  readonly id: string;
  /** The folder of its unit: `05-the-rwmutex-incident`. */
  readonly unit: string;
  /** What it is about: the first sentence under its name. */
  readonly about: string;
  /** The learner's file. */
  readonly file: string;
  readonly starter: string;
  readonly solution: string;
}

/** A course and the workspace of one learner. */
export interface Course {
  /** The project folder. */
  readonly root: string;
  /** `workspace`, where everything is the learner's. */
  readonly workspace: string;
  readonly places: Places;
  /** In the order of the lessons. */
  readonly exercises: readonly CourseExercise[];
}

/**
 * Reads the course below `root`. Exercises stand in the order in which their notebook asks for them; those that no
 * notebook has come last in their unit.
 *
 * **Cost:** reads every exercise's starter and every notebook, some milliseconds.
 */
export function openCourse(places: Places = coursePlaces()): Course {
  const { root, starters } = places;
  const workspace = join(root, "workspace");
  const ids = inOrder(exerciseIds(places), lessonOrder(join(root, "notebooks")));
  const exercises = ids.map((id) => {
    const starter = join(starters, `${id}.ts`);
    return {
      id,
      unit: id.slice(0, id.indexOf("/")),
      about: existsSync(starter) ? aboutOf(readFileSync(starter, "utf8")) : "",
      file: join(places.submissions[0] ?? starters, `${id}.ts`),
      starter,
      solution: join(root, "solutions", `${id}.ts`),
    };
  });
  return { root, workspace, places, exercises };
}

/** The first sentence of the comment that opens an exercise. */
export function aboutOf(text: string): string {
  const comment: string[] = [];
  for (const line of text.split("\n").slice(1)) {
    if (!line.startsWith("// ") || /^\/\/ (Check|Fails):/.test(line)) break;
    comment.push(line.slice(3));
  }
  return /^.*?[.!?](?=\s|$)/.exec(comment.join(" "))?.[0] ?? comment.join(" ");
}

/** The learner's text, or undefined when the file is gone. */
export function learnersText({ file }: CourseExercise): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Whether the learner has not begun: the file is the starter's, or is not there. */
export function isUntouched(exercise: CourseExercise): boolean {
  const text = learnersText(exercise);
  return (
    text === undefined || (existsSync(exercise.starter) && text === readFileSync(exercise.starter, "utf8"))
  );
}

function inOrder(ids: readonly string[], wanted: readonly string[]): string[] {
  const place = new Map(wanted.map((id, at) => [id, at]));
  const unitOf = (id: string): string => id.slice(0, id.indexOf("/"));
  return [...ids].sort((a, b) => {
    if (unitOf(a) !== unitOf(b)) return unitOf(a) < unitOf(b) ? -1 : 1;
    const before = (place.get(a) ?? Number.MAX_SAFE_INTEGER) - (place.get(b) ?? Number.MAX_SAFE_INTEGER);
    return before === 0 ? (a < b ? -1 : 1) : before;
  });
}

/** The exercises as the notebooks ask for them, from the metadata of their cells. */
function lessonOrder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const notebooks = readdirSync(folder).filter((name) => /^\d\d-.*\.ipynb$/.test(name));
  return notebooks.sort().flatMap((name) => {
    try {
      return exercisesIn(JSON.parse(readFileSync(join(folder, name), "utf8")));
    } catch {
      return []; // a notebook that cannot be read is said elsewhere; here it only loses its order
    }
  });
}

function exercisesIn(notebook: { cells?: { metadata?: Record<string, unknown> }[] }): string[] {
  return (notebook.cells ?? []).flatMap(({ metadata }) => {
    const kit = metadata?.["happens-before"] as { exercise?: unknown } | undefined;
    return typeof kit?.exercise === "string" ? [kit.exercise] : [];
  });
}
