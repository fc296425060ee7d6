// Stamps: what a finished step was made from, as a hash of contents. They hold no paths and no times, so a moved or
// copied project keeps them, and they are written last, so a killed step has none.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** All files below a folder whose names `keep` accepts, as sorted paths; a missing folder has none. */
export function filesBelow(folder, keep) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
  const found = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".")) continue; // .ipynb_checkpoints, .DS_Store: not ours
    if (entry.isDirectory()) found.push(...filesBelow(path, keep));
    else if (keep(entry.name)) found.push(path);
  }
  return found.sort();
}

/** A hash of names and contents of files, the same wherever the root lies. Cost: reads them all. */
export function hashFiles(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${relative(root, file)}\0`);
    hash.update(readFileSync(file));
    hash.update("\0");
  }
  return hash.digest("hex");
}

/** Whether the stamp in `file` says `value`. */
export function hasStamp(file, value) {
  try {
    return readFileSync(file, "utf8") === `${value}\n`;
  } catch {
    return false;
  }
}

/** Writes a stamp, complete or not at all. */
export function writeStamp(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, `${value}\n`);
  renameSync(`${file}.part`, file);
}

/** Removes a stamp; the next command repeats its step. */
export function removeStamp(file) {
  rmSync(file, { force: true });
}
