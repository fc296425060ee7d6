// handout: the course without its answers, as a zip that works by itself, or as notebooks for nbgrader.
//
// Invariants:
//  I1. What leaves is listed, not what stays: a new kind of secret file is left out until somebody names it.
//  I2. No solution and no hidden check is in it, nor a module that only a hidden check imports.
//  I3. The same course gives the same bytes: names are sorted, times are fixed.
//  I4. No page in it leads to a file that is not in it.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { strToU8, type Zippable, zipSync } from "fflate";
import { projectRoot } from "../grade/index.js";
import { buildNotebook, parseLesson, serializeNotebook } from "../notebook/index.js";
import { handoutPage } from "./handoutpage.js";
import { writeWhole } from "./results.js";

/** Words that fit no unit of the course. */
export class UnknownUnitError extends Error {
  override readonly name = "UnknownUnitError";
}

export interface HandoutOptions {
  /** `05`, or `05-the-rwmutex-incident`. At least one. */
  readonly units: readonly string[];
  readonly root?: string;
}

/** A file of a hand-out: its path there, with forward slashes, and its text. */
export type HandoutFile = readonly [path: string, bytes: Uint8Array];

/** Files of the project folder that a course needs to run. */
const PROJECT = /^(package(-lock)?\.json|tsconfig\.json|requirements\.(in|txt)|\.npmrc|README\.md|LICENSE)$/;
/** Folders and files besides: pictures of the pages, and the bugs of `npx hb zoo`, which are nobody's exercise. */
const BESIDES = [
  "lib",
  ".github/incident.png",
  ".github/cost-against-n.svg",
  "test/zoo/kernels",
  "test/zoo/kernel.ts",
  "test/zoo/README.md",
];
/** Zip has no times before 1980. */
const FIXED_TIME = new Date(1980, 0, 1, 12);

/**
 * The files of a hand-out, sorted: the library, the zoo, the units' lessons, starters and visible checks. What is not
 * here: the solutions, the hidden checks, the other units, the tests; links to them are plain words.
 *
 * @throws {UnknownUnitError} `no unit "07". There are: 00-start-here, …`
 */
export function handoutFiles({ units: words, root = projectRoot() }: HandoutOptions): HandoutFile[] {
  const units = words.map((word) => unitOf(word, root));
  const paths = new Set<string>();
  for (const name of readdirSync(root)) if (PROJECT.test(name)) paths.add(name);
  for (const part of BESIDES) {
    for (const path of filesBelow(join(root, part))) paths.add(relative(root, path));
  }
  for (const unit of units) {
    for (const ending of ["md", "ipynb"]) paths.add(join("notebooks", `${unit}.${ending}`));
    for (const path of lessonData(unit, root)) paths.add(relative(root, path));
    for (const path of filesBelow(join(root, "exercises", unit))) paths.add(relative(root, path));
    for (const path of visibleChecks(join(root, "test", "exercises", unit))) paths.add(relative(root, path));
  }
  const sorted = [...paths]
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => existsSync(join(root, path)))
    .sort();
  const isThere = (path: string): boolean =>
    sorted.some((other) => other === path || other.startsWith(`${path}/`));
  return sorted.map((path): HandoutFile => [path, handedOut(path, root, isThere)]);
}

/** A file as it is handed out: pages lead to what is there (I4), and a notebook is its page's. */
function handedOut(path: string, root: string, isThere: (path: string) => boolean): Uint8Array {
  const bytes = new Uint8Array(readFileSync(join(root, path)));
  const [, unit] = /^notebooks\/(.+)\.ipynb$/.exec(path) ?? [];
  if (unit === undefined && !path.endsWith(".md")) return bytes;
  const page = unit === undefined ? path : `notebooks/${unit}.md`;
  const own = readFileSync(join(root, page), "utf8");
  const text = handoutPage(page, own, isThere);
  if (text === own) return bytes;
  return strToU8(unit === undefined ? text : notebookOf(unit, text, root));
}

/**
 * Writes the hand-out as a zip with one folder, `happens-before`.
 *
 * @returns how many files are in it
 * @throws {UnknownUnitError} as `handoutFiles`
 */
export function writeHandout(file: string, options: HandoutOptions): number {
  const files = handoutFiles(options);
  const zip: Zippable = {};
  for (const [path, bytes] of files) {
    const isCommand = path === "lib/cli/hb.mjs";
    const attrs = (isCommand ? 0o100755 : 0o100644) << 16;
    zip[`happens-before/${path}`] = [bytes, { mtime: FIXED_TIME, os: 3, attrs }]; // I3
  }
  writeWhole(file, zipSync(zip, { level: 9 }));
  return files.length;
}

/**
 * Writes nbgrader's release version of the units' notebooks: `<folder>/<unit>/<unit>.ipynb`, with its checksums.
 *
 * @returns the notebooks
 * @throws {UnknownUnitError} as `handoutFiles`
 */
export function writeRelease(
  folder: string,
  { units: words, root = projectRoot() }: HandoutOptions,
): string[] {
  return words.map((word) => {
    const unit = unitOf(word, root);
    const text = readFileSync(join(root, "notebooks", `${unit}.md`), "utf8");
    const file = join(folder, unit, `${unit}.ipynb`);
    writeWhole(file, strToU8(notebookOf(unit, text, root, { isStudentVersion: true })));
    return file;
  });
}

/** The notebook of a lesson's text, as the course builds it, or with nbgrader's checksums. */
function notebookOf(unit: string, text: string, root: string, { isStudentVersion = false } = {}): string {
  const notebook = buildNotebook(parseLesson(text, `notebooks/${unit}.md`), {
    isStudentVersion,
    exerciseText(id) {
      const starter = join(root, "exercises", `${id}.ts`);
      return existsSync(starter) ? readFileSync(starter, "utf8") : undefined;
    },
  });
  return serializeNotebook(notebook);
}

function unitOf(word: string, root: string): string {
  const units = readdirSync(join(root, "notebooks"))
    .filter((name) => /^\d\d-.+\.md$/.test(name))
    .map((name) => name.slice(0, -".md".length))
    .sort();
  const found = units.find((unit) => unit === word || unit.startsWith(`${word}-`));
  if (found !== undefined) return found;
  throw new UnknownUnitError(`no unit "${word}". There are: ${units.join(", ")}.`);
}

/** Files below `notebooks/` that a lesson reads: those whose name stands in its text. */
function lessonData(unit: string, root: string): string[] {
  const text = readFileSync(join(root, "notebooks", `${unit}.md`), "utf8");
  return filesBelow(join(root, "notebooks")).filter(
    (path) => dirname(path) !== join(root, "notebooks") && text.includes(basename(path)),
  );
}

/** I2. The visible checks, and what they import beside them. */
function visibleChecks(folder: string): Set<string> {
  const reached = new Set<string>();
  const checks = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".check.ts")) : [];
  const open = checks.map((name) => join(folder, name));
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const [, name = ""] of readFileSync(file, "utf8").matchAll(/from "(\.\.?\/[^"]+)\.js"/g)) {
      const other = join(dirname(file), `${name}.ts`);
      if (existsSync(other)) open.push(other);
    }
  }
  return reached;
}

/** The files of a folder, without hidden ones; a file is itself. */
function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  if (statSync(folder).isFile()) return [folder];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && !/(^|[\\/])(\.|__pycache__)/.test(relative(folder, path)));
}
