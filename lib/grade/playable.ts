// playable: a program of a submission, or of any file, in this process, to be played by hand.
//
// A submission that never comes to an end is stopped by its loop guards after a minute, as in a check.
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { type Body, installInterruptWord, type Program, throwIfInterrupted } from "../op/index.js";
import type { Exercise } from "./exercise.js";
import { loadExercise } from "./load.js";
import { findExercise, type Places, UnknownExerciseError } from "./places.js";
import { prepare } from "./prepare.js";
import type { Problem } from "./result.js";
import { makeScratch } from "./scratch.js";
import { sourceOf } from "./trial.js";

/** How long the code that is played may keep this process busy. */
const FUSE_MS = 60_000;
const FUSE = `const { workerData: { word, ms } } = require("node:worker_threads");
setTimeout(() => Atomics.store(word, 0, 1), ms);`;

/** What `hb player` plays. */
export interface Playable {
  readonly title: string;
  /** For the replay command; empty when `hb replay` cannot replay it. */
  readonly source: string;
  /** The text that schedule strings belong to. */
  readonly text?: string;
  readonly program: Program<unknown> | Body;
}

/**
 * Loads the program `which` of the exercise or file that `word` means: the number of a property, or the name of an
 * export; by default the first that there is.
 *
 * @throws {UnknownExerciseError} when there is no such program; the message says what there is
 */
export async function loadPlayable(
  word: string,
  which: string | undefined,
  places: Places,
): Promise<Playable | { readonly problem: Problem }> {
  process.setSourceMapsEnabled(true); // for the check that is loaded first
  const file = resolve(word);
  const isFile = /\.[mc]?[jt]s$/.test(word) && existsSync(file) && statSync(file).isFile();
  const text = isFile ? readFileSync(file, "utf8") : "";
  if (isFile && !/^\/\/ exercise: /m.test(text)) {
    const loaded = await loadHere(text, basename(file), places);
    return "problem" in loaded ? loaded : exported(loaded.exports, which, word);
  }
  const found = findExercise(word, places);
  const { visible } = await loadExercise(found.id, places);
  const own = readFileSync(found.file, "utf8");
  const loaded = await loadHere(own, `${basename(found.id)}.ts`, places);
  if ("problem" in loaded) return loaded;
  const index = propertyOf(visible, which, found.id);
  const property = visible.properties[index];
  if (property?.lab === undefined) throw new UnknownExerciseError(`${found.id}: nothing to play there`);
  return {
    title: `${found.id}: ${property.name}`,
    source: word,
    text: sourceOf(found.id, index, own),
    program: property.lab(loaded.exports) as Program<unknown>,
  };
}

/** Loads a text in this process, and returns what it exports. For texts that are trusted: whoever plays or measures their own. */
export async function loadHere(
  text: string,
  name: string,
  places: Places,
): Promise<{ readonly exports: Record<string, unknown> } | { readonly problem: Problem }> {
  const prepared = prepare(text, name);
  if ("problem" in prepared) return prepared;
  const scratch = makeScratch(places.scratch, name.replace(/\.[mc]?[jt]s$/, ""), prepared.code);
  const word = new Int32Array(new SharedArrayBuffer(4));
  installInterruptWord(word);
  Object.defineProperties(globalThis, {
    $hb: { value: word, configurable: true },
    $hbStop: { value: throwIfInterrupted, configurable: true },
  });
  const fuse = new Worker(FUSE, { eval: true, name: "hb-fuse", workerData: { word, ms: FUSE_MS } });
  fuse.unref();
  process.setSourceMapsEnabled(true); // places are those of the text
  try {
    return { exports: (await import(/* @vite-ignore */ scratch.url)) as Record<string, unknown> };
  } finally {
    scratch.remove();
  }
}

function propertyOf({ properties }: Exercise<unknown>, which: string | undefined, id: string): number {
  const playable = properties.flatMap((property, i) => (property.lab === undefined ? [] : [i]));
  const index = which === undefined ? playable[0] : Number(which) - 1;
  if (index !== undefined && playable.includes(index)) return index;
  const known = playable.map((i) => `${i + 1} (${properties[i]?.name})`).join(", ");
  throw new UnknownExerciseError(
    known === ""
      ? `${id}: its properties run on real threads; there is nothing to play`
      : `${id}: expected the number of a property among ${known}; got ${which}`,
  );
}

function exported(exports: Record<string, unknown>, which: string | undefined, word: string): Playable {
  const names = Object.keys(exports).filter((name) => isProgram(exports[name]));
  const name = which ?? (names.includes("default") ? "default" : names[0]);
  if (name === undefined || !names.includes(name)) {
    throw new UnknownExerciseError(
      names.length === 0
        ? `${word} exports no program: write \`export function* main() { … }\`, or export { setup, main }`
        : `${word}: expected the name of a program among ${names.join(", ")}; got ${which}`,
    );
  }
  const title = name === "default" ? basename(word) : `${basename(word)}: ${name}`;
  return { title, source: "", program: exports[name] as Program<unknown> };
}

function isProgram(value: unknown): boolean {
  const body = typeof value === "function" ? value : (value as Partial<Program<unknown>> | null)?.main;
  return Object.prototype.toString.call(body) === "[object GeneratorFunction]";
}
