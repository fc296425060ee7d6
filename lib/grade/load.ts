// loadExercise: a check file, as built, in the grader's own process; and of it the driver, which the child runs.
//
// Invariant I1: a hidden check's file never reaches a child; of it only the driver does (driver.ts).
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { DriverError, driverText } from "./driver.js";
import type { Exercise } from "./exercise.js";
import type { Places } from "./places.js";
import { exportedNames } from "./prepare.js";

/** A module that the child runs: the programs of a check. */
export interface Driver {
  /** `x.check.js` or `x.hidden.js`; written beside the submission. */
  readonly name: string;
  readonly text: string;
}

/** A check and what belongs to it. */
export interface Loaded {
  /** All properties: those of `x.check.ts`, then those of `x.hidden.ts` where it exists. */
  readonly exercise: Exercise<unknown>;
  /** Those of `x.check.ts` alone. */
  readonly visible: Exercise<unknown>;
  /** File URL of the built `x.check.ts`, whole. */
  readonly module: string;
  readonly drivers: readonly Driver[];
  /** Files that the drivers import: modules beside the check, and their source maps. */
  readonly files: readonly string[];
  /** The names that a submission must export: those of the starter. */
  readonly exports: readonly string[];
  /** Points of hidden properties that this copy of the course does not have. */
  readonly missingPoints: number;
}

/**
 * Loads the check of exercise `id`, again when a file has changed, and its hidden part where there is one.
 *
 * @throws {Error} when there is no built check, it is not one, or its `hiddenPoints` are not those of the hidden part
 * @throws {DriverError} when the hidden part cannot be split into programs and expectations
 */
export async function loadExercise(id: string, places: Places): Promise<Loaded> {
  const file = join(places.checks, `${id}.check.js`);
  if (!existsSync(file))
    throw new Error(`exercise ${id}: expected its check at ${file}. Run \`npm run build\`.`);
  const hiddenFile = join(places.checks, `${id}.hidden.js`);
  const visible = await loadModule(id, file);
  const hidden = existsSync(hiddenFile) ? await loadModule(id, hiddenFile) : undefined;
  const drivers = [driverOf(file, false), ...(hidden === undefined ? [] : [driverOf(hiddenFile, true)])];
  const starter = join(places.starters, `${id}.ts`);
  const properties = [...visible.properties, ...(hidden?.properties ?? [])];
  return {
    exercise: { ...visible, properties },
    visible,
    module: moduleUrl(file),
    drivers: drivers.map(({ driver }) => driver),
    files: [...new Set(drivers.flatMap(({ files }) => files))],
    exports: existsSync(starter) ? exportedNames(readFileSync(starter, "utf8")) : [],
    missingPoints: missingPoints(visible, hidden),
  };
}

/** Another URL once the file has changed, so that it is loaded again. */
function moduleUrl(file: string): string {
  return `${pathToFileURL(file).href}?${statSync(file).mtimeMs}`;
}

async function loadModule(id: string, file: string): Promise<Exercise<unknown>> {
  const { default: exercise } = (await import(/* @vite-ignore */ moduleUrl(file))) as {
    default?: Exercise<unknown>;
  };
  if (exercise?.id === id) return exercise;
  throw new Error(
    `${file}: expected \`export default exercise({ id: "${id}", … })\`, got ${exercise?.id ?? "none"}`,
  );
}

/** The visible check says how many points are hidden, so that a copy without them can say what is missing. */
function missingPoints(visible: Exercise<unknown>, hidden: Exercise<unknown> | undefined): number {
  const said = visible.hiddenPoints ?? 0;
  if (hidden === undefined) return said;
  const sum = hidden.properties.reduce((total, { points }) => total + points, 0);
  if (sum === said) return 0;
  throw new Error(
    `exercise ${visible.id}: expected its check to say \`hiddenPoints: ${sum}\`, the sum of its hidden part, got ${said}`,
  );
}

interface Made {
  readonly driver: Driver;
  readonly files: readonly string[];
}

const made = new Map<string, { mtimeMs: number; made: Made }>();

function driverOf(file: string, isHidden: boolean): Made {
  const { mtimeMs } = statSync(file);
  const known = made.get(file);
  if (known?.mtimeMs === mtimeMs) return known.made;
  const fresh = makeDriver(file, isHidden);
  made.set(file, { mtimeMs, made: fresh });
  return fresh;
}

function makeDriver(file: string, isHidden: boolean): Made {
  const [code = "", mapUrl = ""] = readFileSync(file, "utf8").split(/^\/\/# sourceMappingURL=/m);
  const { text, imports } = split(code, file, isHidden);
  const map = isHidden ? "" : mapComment(file, mapUrl.trim()); // I1: a map holds the source
  return { driver: { name: basename(file), text: `${text}${map}` }, files: closure(imports) };
}

/** A visible check that cannot be split runs whole: it has nothing to hide. */
function split(code: string, file: string, isHidden: boolean): { text: string; imports: readonly string[] } {
  const url = pathToFileURL(file).href;
  try {
    return driverText(code, url, isHidden);
  } catch (error) {
    if (isHidden || !(error instanceof DriverError)) throw error;
    return { text: `export { default } from ${JSON.stringify(url)};\n`, imports: [url] };
  }
}

/** The source map of a check beside it, for its driver somewhere else: places stay those of the author's text. */
function mapComment(file: string, mapUrl: string): string {
  if (mapUrl.startsWith("data:")) return `//# sourceMappingURL=${mapUrl}\n`;
  const mapFile = join(dirname(file), mapUrl);
  if (mapUrl === "" || !existsSync(mapFile)) return "";
  const map = JSON.parse(readFileSync(mapFile, "utf8")) as { sources: string[] };
  const base = pathToFileURL(mapFile);
  const sources = map.sources.map((source) => new URL(source, base).href);
  const text = JSON.stringify({ ...map, sources });
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(text).toString("base64")}\n`;
}

/** The files of these modules, of those that they import, and their maps. */
function closure(urls: readonly string[]): string[] {
  const found = new Set<string>();
  const open = [...urls];
  for (let url = open.pop(); url !== undefined; url = open.pop()) {
    const file = fileURLToPath(url);
    if (file.endsWith(".hidden.js"))
      throw new DriverError(`${basename(file)}: no file may import a hidden check`);
    if (found.has(file) || !existsSync(file)) continue;
    found.add(file);
    const code = readFileSync(file, "utf8");
    for (const [, from = ""] of code.matchAll(/\bfrom\s+["'](\.[^"']+)["']/g))
      open.push(new URL(from, url).href);
    if (existsSync(`${file}.map`)) found.add(`${file}.map`);
  }
  return [...found];
}
