// Course: which course this is, and by what a result is known again.
//
// Invariants:
//  I1. A key names everything that a verdict depends on: the text, the exercise's check and starter, the library,
//      the settings. Two equal keys mean one verdict; a changed file means another key.
//  I2. Hashes hold contents and relative names only, so every machine with the same course has the same ones.
//  I3. A shard depends on student and exercise alone: not on the text, not on what others handed in.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { exerciseIds, type Places } from "../grade/index.js";

/** What decides a verdict besides text and course. */
export interface Settings {
  /** Decides the schedules. */
  readonly seed: string;
}

/** One part of several that together are the whole. */
export interface Shard {
  /** From 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/** A course as it lies on this machine. */
export class Course {
  readonly places: Places;
  readonly ids: readonly string[];
  /** Of the library and all checks: machines that agree on it give the same verdicts. 64 hexadecimal digits. */
  readonly hash: string;
  readonly #checks: ReadonlyMap<string, string>;

  /** **Cost:** reads the built library and all checks, some 5 MB. */
  constructor(places: Places) {
    this.places = places;
    this.ids = exerciseIds(places);
    const library = hashOf(filesIn(join(places.root, ".build", "lib"), /\.js$/));
    this.#checks = new Map(this.ids.map((id) => [id, digest(library, hashOf(filesOf(id, places)))]));
    this.hash = digest(library, ...[...this.#checks].flat());
  }

  /** The key of a text: 64 hexadecimal digits. */
  key(exercise: string, text: string, { seed }: Settings): string {
    const check = this.#checks.get(exercise);
    if (check === undefined)
      throw new RangeError(`Course: expected an exercise of the course, got ${exercise}`);
    return digest(exercise, check, seed, text); // I1
  }
}

/**
 * The shard that a student's exercise belongs to, from 1 to `of`. Together the shards are the whole class, and none
 * share anything.
 *
 * @example
 * const shards = [1, 2, 3].map((index) => ({ index, of: 3 }));
 * console.log(shards.filter((shard) => isInShard("ada", "06-deadlocks/transfer", shard)).length); // prints: 1
 */
export function isInShard(student: string, exercise: string, { index, of }: Shard): boolean {
  const start = createHash("sha256").update(`${student}\n${exercise}`).digest().readUInt32BE(0); // I3
  return (start % of) + 1 === index;
}

/**
 * Reads `3/8`.
 *
 * @throws {RangeError} `Shard: expected index/of with 1 <= index <= of, like 3/8, got "9/8"`
 */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text);
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (index >= 1 && index <= of) return { index, of };
  throw new RangeError(
    `Shard: expected index/of with 1 <= index <= of, like 3/8, got ${JSON.stringify(text)}`,
  );
}

/** The check, its hidden part, the modules that checks of the unit share, and the starter. */
function filesOf(id: string, { checks, starters }: Places): [name: string, file: string][] {
  const unit = dirname(id);
  const isAnothers = (name: string): boolean =>
    /\.(check|hidden)\.js$/.test(name) && !name.startsWith(`${basename(id)}.`);
  const starter = join(starters, `${id}.ts`);
  return [
    ...filesIn(join(checks, unit), /\.js$/).filter(([name]) => !isAnothers(name)),
    ...(existsSync(starter) ? [["starter", starter] as [string, string]] : []),
  ];
}

function filesIn(folder: string, kept: RegExp): [name: string, file: string][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => kept.test(name))
    .map((name): [string, string] => [name.replaceAll("\\", "/"), join(folder, name)])
    .sort(([a], [b]) => (a < b ? -1 : 1)); // I2
}

function hashOf(files: readonly [name: string, file: string][]): string {
  return digest(...files.flatMap(([name, file]) => [name, readFileSync(file, "utf8")]));
}

/** A hash of several texts that no other division of the same characters has. */
function digest(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  return hash.digest("hex");
}
