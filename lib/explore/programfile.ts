// ProgramFile: a program by the module that exports it, so that any thread can load it.

import type { Body, Program } from "../op/index.js";

/** Where a program stands. Made by `programFile`. */
export interface ProgramFile<T = unknown> {
  /** A file: URL. */
  readonly file: string;
  /** Under which name the module exports it. */
  readonly name: string;
  /** What the program returns; never there, for types only. */
  readonly result?: T;
}

/**
 * A program that stands in a module: what `explore` needs to run schedules on several threads, since a function cannot
 * travel between threads. Each thread imports the module for itself, with the flags of this process (`--import …`).
 *
 * @param file the module, as `new URL("./bank.js", import.meta.url)`
 * @param name the name of the export, which is a program or a body; `default` when absent
 * @throws {TypeError} `programFile: expected the URL of a file, got "./bank.js"`
 * @example
 * const bank = programFile(new URL("file:///course/bank.js"), "transfer");
 * console.log(bank.name); // prints: transfer
 */
export function programFile<T = unknown>(file: URL, name = "default"): ProgramFile<T> {
  if (!(file instanceof URL) || file.protocol !== "file:") {
    throw new TypeError(
      `programFile: expected the URL of a file, as new URL("./bank.js", import.meta.url); got ${JSON.stringify(file)}`,
    );
  }
  return { file: file.href, name };
}

/** True for what `programFile` returns. */
export function isProgramFile<S, T>(
  program: Program<S, T> | Body<[], T> | ProgramFile<T>,
): program is ProgramFile<T> {
  return typeof program === "object" && program !== null && "file" in program;
}

/**
 * Imports the program.
 *
 * @throws {TypeError} `explore: …/bank.js exports no program "transfer"; it exports: deposit, withdraw`
 */
export async function loadProgram<S, T>({
  file,
  name,
}: ProgramFile<T>): Promise<Program<S, T> | Body<[], T>> {
  const module = (await import(/* @vite-ignore */ file)) as Record<string, unknown>;
  const found = module[name];
  if (typeof found === "function") return found as Body<[], T>;
  if (typeof (found as Program<S, T> | undefined)?.main === "function") return found as Program<S, T>;
  throw new TypeError(
    `explore: ${file} exports no program ${JSON.stringify(name)}; it exports: ${Object.keys(module).join(", ") || "nothing"}`,
  );
}
