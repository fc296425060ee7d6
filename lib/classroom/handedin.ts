// handedIn: the files of a folder or a zip, zips inside included, read into memory.
//
// Invariants:
//  I1. Nothing of a submission is written to disk, so a zip's names (`../../x`) lead nowhere.
//  I2. No symbolic link is followed: a student could hand in one that leads to the teacher's own files.
//  I3. What is read is bounded, whatever a zip's directory claims.
import { type Dirent, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Unrecognised } from "./submission.js";

/** A file in memory. */
export interface HandedIn {
  /** With forward slashes, from what was given. `ada.zip/transfer.ts` for a file in a zip. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const MOST_FILE_BYTES = 4 << 20;
const MOST_ZIP_BYTES = 256 << 20;
const MOST_ZIP_DEPTH = 3;

/** Left behind by systems and tools; nobody handed them in. */
const DEBRIS = /(^|\/)(\.[^/]*|__MACOSX|node_modules|Thumbs\.db|desktop\.ini)(\/|$)/;
const WANTED = /\.(ts|ipynb)$/i;
const ZIP = /\.zip$/i;

/** What a folder, a zip or a single file holds. */
export interface Contents {
  readonly files: readonly HandedIn[];
  readonly refused: readonly Unrecognised[];
}

/**
 * Reads what was handed in.
 *
 * **Cost:** all sources and notebooks stay in memory; a file of more than 4 MiB is refused.
 * @throws {Error} Node's own, when `root` cannot be read
 */
export function handedIn(root: string): Contents {
  const reading = new Reading();
  const about = lstatSync(root);
  if (about.isDirectory()) reading.folder(root, "");
  else reading.file(root, root.replace(/^.*[\\/]/, ""), about.size, true);
  return reading;
}

class Reading implements Contents {
  readonly files: HandedIn[] = [];
  readonly refused: Unrecognised[] = [];

  folder(path: string, name: string): void {
    const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const inside = name === "" ? entry.name : `${name}/${entry.name}`;
      if (!DEBRIS.test(inside)) this.#entry(join(path, entry.name), inside, entry);
    }
  }

  #entry(path: string, name: string, entry: Dirent): void {
    if (entry.isDirectory()) this.folder(path, name);
    else if (entry.isFile()) this.file(path, name, lstatSync(path).size, false);
    else {
      const what = entry.isSymbolicLink() ? "a symbolic link" : "no ordinary file";
      this.refused.push({ path: name, why: `${what}, which is not followed` }); // I2
    }
  }

  file(path: string, name: string, size: number, isRoot: boolean): void {
    if (!this.#isWelcome(name, size)) return;
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      this.refused.push({ path: name, why: `cannot be read: ${(error as Error).message}` });
      return;
    }
    // The class's own zip is no student's folder.
    if (ZIP.test(name)) this.#zip(bytes, isRoot ? "" : name, name, 1);
    else this.files.push({ path: name, bytes });
  }

  #isWelcome(name: string, size: number): boolean {
    const most = ZIP.test(name) ? MOST_ZIP_BYTES : MOST_FILE_BYTES;
    const why = !(WANTED.test(name) || ZIP.test(name))
      ? "not a .ts, .ipynb or .zip file"
      : size > most
        ? `larger than ${most >> 20} MiB`
        : undefined;
    if (why !== undefined) this.refused.push({ path: name, why });
    return why === undefined;
  }

  #zip(bytes: Uint8Array, folder: string, zip: string, depth: number): void {
    let left = MOST_ZIP_BYTES; // I3
    try {
      const inside = unzipSync(bytes, {
        filter: ({ name, originalSize }) => {
          const path = inFolder(folder, name);
          if (name.endsWith("/") || DEBRIS.test(path) || !this.#isWelcome(path, originalSize)) return false;
          left -= originalSize;
          if (left < 0) this.refused.push({ path, why: `${zip} unpacks to more than 256 MiB` });
          return left >= 0;
        },
      });
      for (const name of Object.keys(inside).sort())
        this.#inZip(inFolder(folder, name), inside[name]!, depth);
    } catch (error) {
      this.refused.push({ path: zip, why: `not a zip that can be read: ${(error as Error).message}` });
    }
  }

  #inZip(path: string, bytes: Uint8Array, depth: number): void {
    if (!ZIP.test(path)) this.files.push({ path, bytes });
    else if (depth < MOST_ZIP_DEPTH) this.#zip(bytes, path, path, depth + 1);
    else this.refused.push({ path, why: "a zip in a zip in a zip" });
  }
}

/** `..` and empty parts mean nothing here: the result names a file, it does not lead to one. */
function inFolder(folder: string, name: string): string {
  const parts = name.split(/[\\/]+/).filter((part) => part !== "" && part !== "." && part !== "..");
  return [...(folder === "" ? [] : [folder]), ...parts].join("/");
}
