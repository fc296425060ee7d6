// scratch: a folder of its own for one submission, below the project so that it finds the library by name.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A compiled submission on disk. */
export interface Scratch {
  readonly folder: string;
  /** File URL of the compiled module. */
  readonly url: string;
  remove(): void;
}

/**
 * Writes `code` as `<name>.js` into a new folder below `parent`.
 *
 * @throws {Error} `cannot write below …`, when the project folder is read-only or full
 */
export function makeScratch(parent: string, name: string, code: string): Scratch {
  try {
    mkdirSync(parent, { recursive: true });
    const folder = mkdtempSync(join(parent, "run-"));
    const file = join(folder, `${name}.js`);
    writeFileSync(file, code);
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    process.once("exit", remove);
    return {
      folder,
      url: pathToFileURL(file).href,
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
