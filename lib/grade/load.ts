// loadExercise: a check file, as built, in the grader's own process.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Exercise } from "./exercise.js";
import type { Places } from "./places.js";
import { exportedNames } from "./prepare.js";

/** A check and what belongs to it. */
export interface Loaded {
  readonly exercise: Exercise<unknown>;
  /** File URL of the module whose programs the child runs. */
  readonly driver: string;
  /** The names that a submission must export: those of the starter. */
  readonly exports: readonly string[];
}

/**
 * Loads the check of exercise `id`, again when the file has changed.
 *
 * @throws {Error} when there is no built check, or it is not one
 */
export async function loadExercise(id: string, places: Places): Promise<Loaded> {
  const file = join(places.checks, `${id}.check.js`);
  if (!existsSync(file))
    throw new Error(`exercise ${id}: expected its check at ${file}. Run \`npm run build\`.`);
  const driver = `${pathToFileURL(file).href}?${statSync(file).mtimeMs}`;
  const module = (await import(/* @vite-ignore */ driver)) as { default?: Exercise<unknown> };
  const exercise = module.default;
  if (exercise?.id !== id) {
    throw new Error(
      `${file}: expected \`export default exercise({ id: "${id}", … })\`, got ${exercise?.id ?? "none"}`,
    );
  }
  const starter = join(places.starters, `${id}.ts`);
  return {
    exercise,
    driver,
    exports: existsSync(starter) ? exportedNames(readFileSync(starter, "utf8")) : [],
  };
}
