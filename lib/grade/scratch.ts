// Scratch: a folder of its own for one submission, below the project so that it finds the library by name.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { ownPrefix, sweepStale } from "./stale.js";

/** A compiled submission on disk. */
export interface Scratch {
  readonly folder: string;
  /** File URL of the compiled module. */
  readonly url: string;
  /** File URLs of the modules beside it, in the order given. */
  readonly besides: readonly string[];
  remove(): void;
}

/**
 * Writes `code` as `<name>.js`, and `besides`, into a new folder below `parent`.
 *
 * @throws {Error} `cannot write below …`, when the project folder is read-only or full
 */
export function makeScratch(
  parent: string,
  name: string,
  code: string,
  besides: readonly { readonly name: string; readonly text: string }[] = [],
): Scratch {
  try {
    mkdirSync(parent, { recursive: true });
    const folder = mkdtempSync(join(parent, ownPrefix()));
    sweepStale(parent, statSync(folder).mtimeMs);
    const file = join(folder, `${name}.js`);
    writeFileSync(file, code);
    for (const module of besides) writeFileSync(join(folder, module.name), module.text);
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    process.once("exit", remove);
    return {
      folder,
      url: pathToFileURL(file).href,
      besides: besides.map((module) => pathToFileURL(join(folder, module.name)).href),
      remove() {
        process.removeListener("exit", remove);
        remove();
      },
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `cannot write below ${parent}, where a check keeps the compiled text while it runs: ${why}`,
    );
  }
}

/** Where the text of the exercise's cell is kept when it was checked last, so that its schedules can be replayed. */
export function cellFile(parent: string, id: string): string {
  return join(parent, "cells", `${id.replace("/", "__")}.ts`);
}

/** Keeps the text of a cell. A folder that cannot be written costs the replay, not the verdict. */
export function keepCellText(parent: string, id: string, text: string): void {
  const file = cellFile(parent, id);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch {
    // The check itself says what is wrong with the folder, if it needs it.
  }
}
