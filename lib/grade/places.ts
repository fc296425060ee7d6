// places: where a course keeps its exercises and checks, and which exercise somebody means.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "./nearest.js";

/** Folders, absolute. */
export interface Places {
  /** The project; a submission is loaded from below it, so that it finds the library by name. */
  readonly root: string;
  /** The learner's files, then the starters. */
  readonly submissions: readonly string[];
  readonly starters: string;
  /** Built checks: `NN-name/x.check.js`. */
  readonly checks: string;
  readonly scratch: string;
}

/** An exercise, and the file that somebody named. */
export interface Found {
  readonly id: string;
  readonly file: string;
}

/** No such exercise, or several; the message says what to type instead. */
export class UnknownExerciseError extends Error {
  override readonly name = "UnknownExerciseError";
}

/** The project that this code belongs to, as source or as built. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    if (dirname(folder) === folder) throw new Error("expected a package.json above the library");
    folder = dirname(folder);
  }
  return folder;
}

/** The places of this project's course. */
export function coursePlaces(root: string = projectRoot()): Places {
  return {
    root,
    submissions: [join(root, "workspace", "exercises"), join(root, "exercises")],
    starters: join(root, "exercises"),
    checks: join(root, ".build", "test", "exercises"),
    scratch: join(root, ".cache", "check"),
  };
}

/** Ids of all exercises that have a check, in order. */
export function exerciseIds(places: Places): string[] {
  const units = existsSync(places.checks) ? readdirSync(places.checks, { withFileTypes: true }) : [];
  const ids = units.flatMap((unit) => {
    if (!unit.isDirectory()) return [];
    const files = readdirSync(join(places.checks, unit.name));
    return files
      .filter((file) => file.endsWith(".check.js"))
      .map((file) => `${unit.name}/${file.slice(0, -".check.js".length)}`);
  });
  return ids.sort();
}

/**
 * Finds the exercise that `word` means: an id, the start of a unit (`05/x`), a name alone if only one unit has it,
 * or a file, which says itself to which exercise it belongs.
 *
 * @throws {UnknownExerciseError} `no exercise "…". Did you mean "…"?`
 */
export function findExercise(word: string, places: Places): Found {
  const ids = exerciseIds(places);
  const file = resolve(word);
  if (word.endsWith(".ts") && existsSync(file)) return { id: idOfFile(file, ids), file };
  const id = idOfWord(word.replace(/^(\.\/)?(workspace\/)?exercises\//, "").replace(/\.ts$/, ""), ids);
  return { id, file: submissionFile(id, places) };
}

function idOfWord(word: string, ids: readonly string[]): string {
  if (ids.includes(word)) return word;
  const [unit = "", name] = word.includes("/") ? word.split("/") : ["", word];
  const fitting = ids.filter((id) => {
    const [itsUnit = "", itsName] = id.split("/");
    return itsName === name && (unit === "" || itsUnit.startsWith(`${unit}-`));
  });
  if (fitting.length === 1) return fitting[0]!;
  const inUnit = name === undefined || word.includes("/") ? [] : ids.filter((id) => isUnit(id, word));
  if (inUnit.length === 1) return inUnit[0]!;
  const several = [...fitting, ...inUnit];
  if (several.length > 1) throw new UnknownExerciseError(`"${word}" fits several: ${several.join(", ")}`);
  throw unknown(word, ids);
}

function isUnit(id: string, word: string): boolean {
  const unit = dirname(id);
  return unit === word || unit.startsWith(`${word}-`);
}

function unknown(word: string, ids: readonly string[]): UnknownExerciseError {
  if (ids.length === 0) {
    return new UnknownExerciseError(`no exercise "${word}": no checks are built yet. Run \`npm run build\`.`);
  }
  const full = nearest(word, ids);
  const byName = ids.find(
    (id) =>
      basename(id) ===
      nearest(
        basename(word),
        ids.map((other) => basename(other)),
      ),
  );
  const meant = full ?? byName;
  const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  return new UnknownExerciseError(`no exercise "${word}".${hint} \`npx hb list\` shows all.`);
}

function idOfFile(file: string, ids: readonly string[]): string {
  const line = /^\/\/ exercise: (\S+)/m.exec(readFileSync(file, "utf8"))?.[1];
  const byPath = `${basename(dirname(file))}/${basename(file, ".ts")}`;
  const id = line ?? byPath;
  if (ids.includes(id)) return id;
  if (line !== undefined) throw unknown(line, ids);
  throw new UnknownExerciseError(
    `${file} does not say to which exercise it belongs: its first line should be \`// exercise: NN-name/x\``,
  );
}

/** The learner's file of an exercise, else its starter. */
export function submissionFile(id: string, places: Places): string {
  const files = places.submissions.map((folder) => join(folder, `${id}.ts`));
  return files.find((file) => existsSync(file)) ?? files.at(-1)!;
}
