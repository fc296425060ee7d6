// Results: the folder in which a class's results lie, one file for each submission.
//
//   results/class.json                                   what was expected: students, exercises, keys
//   results/submissions/<student>/<NN-name>/<x>.json     one record each
//   results/class.csv, results/class.html                made from the above, any time again
//
// Invariants:
//  I1. A file is there whole or not at all; a kill in the middle of a write leaves the one before.
//  I2. A student's name never leads out of the folder: it is made into a file name first.
//  I3. A record counts only for the key that it was made for.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CheckResult } from "../grade/index.js";
import type { Unrecognised } from "./submission.js";

/** A graded submission. */
export interface ClassRecord {
  readonly version: 1;
  /** What was graded (`Course.key`). */
  readonly key: string;
  readonly student: string;
  readonly exercise: string;
  readonly origin: string;
  /** The text is the starter's: nothing was done yet. */
  readonly isUntouched: boolean;
  readonly text: string;
  readonly result: CheckResult;
}

/** A submission that is to have a record. */
export interface Expected {
  readonly student: string;
  readonly exercise: string;
  readonly key: string;
  readonly origin: string;
}

/** What a class handed in, and under which course it is graded. */
export interface Manifest {
  readonly version: 1;
  /** `Course.hash`. */
  readonly course: string;
  readonly seed: string;
  readonly students: readonly string[];
  readonly expected: readonly Expected[];
  readonly unrecognised: readonly Unrecognised[];
}

/** A results folder that cannot be used; the message says what to do. */
export class ResultsError extends Error {
  override readonly name = "ResultsError";
}

export class Results {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Where the record of a student's exercise lies. */
  recordFile(student: string, exercise: string): string {
    const [unit = "", name = ""] = exercise.split("/");
    return join(this.folder, "submissions", fileName(student), fileName(unit), `${fileName(name)}.json`);
  }

  /** The record made for exactly this key; undefined when there is none, or none that can be read. */
  read({ student, exercise, key }: Omit<Expected, "origin">): ClassRecord | undefined {
    const value = readJson(this.recordFile(student, exercise)) as Partial<ClassRecord> | undefined;
    const isOne = value?.version === 1 && value.key === key && Array.isArray(value.result?.properties); // I3
    return isOne ? (value as ClassRecord) : undefined;
  }

  /** The records of everything expected that has one. */
  records(manifest: Manifest): ClassRecord[] {
    return manifest.expected.flatMap((expected) => this.read(expected) ?? []);
  }

  write(record: ClassRecord): void {
    writeWhole(this.recordFile(record.student, record.exercise), `${JSON.stringify(record, undefined, 1)}\n`);
  }

  /** @throws {ResultsError} `… holds no results: expected …/class.json` */
  manifest(): Manifest {
    const file = join(this.folder, "class.json");
    const value = readJson(file) as Partial<Manifest> | undefined;
    if (value?.version === 1 && Array.isArray(value.expected)) return value as Manifest;
    const why = existsSync(file) ? `${file} cannot be read` : `expected ${file}`;
    throw new ResultsError(`${this.folder} holds no results: ${why}. \`npx hb grade\` makes it.`);
  }

  writeManifest(manifest: Manifest): void {
    writeWhole(join(this.folder, "class.json"), `${JSON.stringify(manifest, undefined, 1)}\n`);
  }
}

/**
 * Writes a file so that nobody ever sees half of it, and makes its folder.
 *
 * @throws {ResultsError} `cannot write …: …`
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const part = join(
    dirname(path),
    `.${process.pid}.${createHash("sha256").update(path).digest("hex").slice(0, 8)}.part`,
  );
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(part, content, { flush: true });
    renameSync(part, path); // I1
  } catch (error) {
    rmSync(part, { force: true });
    throw new ResultsError(`cannot write ${path}: ${(error as Error).message}`);
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Longest name that every usual file system takes, with room for an ending. */
const LONGEST_NAME = 80;

/**
 * A text as the name of a file or folder: letters, digits and a few signs stay; what had to be changed ends in a hash,
 * so that two names never become one.
 *
 * @example
 * console.log(fileName("Ada Lovelace")); // prints: Ada Lovelace
 * console.log(fileName("../../etc").replace(/-\w{8}$/, "")); // prints: _.._etc
 */
export function fileName(text: string): string {
  const plain = text
    .replace(/[^\p{L}\p{N}\p{M}._@+ -]/gu, "_")
    .replace(/^[. ]+|[. ]+$/g, "")
    .slice(0, LONGEST_NAME);
  if (plain === text && plain !== "") return plain;
  return `${plain}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}
