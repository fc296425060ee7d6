// wholefile: files are copied before anything writes over them, and written whole or not at all.
//
// Invariants:
//  I1. A copy is whole before the file it was made of is touched, and no copy is ever written over.
//  I2. Files are replaced by a rename: a reader sees the old text or the new one.
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/**
 * Copies `workspace/<name>` to `workspace/backups/<time>/<name>` and returns the copy's path. Two copies of one file in
 * one second get different folders.
 */
export function keepCopy(workspace: string, name: string, at: Date = new Date()): string {
  const stamp = at
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(":", "-");
  for (let n = 1; ; n++) {
    const copy = join(workspace, "backups", n === 1 ? stamp : `${stamp}-${n}`, name);
    mkdirSync(dirname(copy), { recursive: true });
    try {
      copyFileSync(join(workspace, name), copy, constants.COPYFILE_EXCL); // I1
      return copy;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Writes a file, whole or not at all (I2). */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** Copies a file, whole or not at all (I2). */
export function copyWhole(source: string, target: string): void {
  writeWhole(target, readFileSync(source, "utf8"));
}

/** Writes a file where none is; false when there is one already, also when it came this very moment. */
export function addWhole(path: string, text: string): boolean {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, text);
  try {
    linkSync(part, path); // fails if the target exists, unlike a rename
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    return addWithoutLinks(part, path);
  } finally {
    rmSync(part, { force: true });
  }
}

// A file system without hard links (an exFAT stick).
function addWithoutLinks(part: string, path: string): boolean {
  try {
    copyFileSync(part, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
