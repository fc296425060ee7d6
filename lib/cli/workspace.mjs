// The learner's own folder: `workspace/notebooks` and `workspace/exercises`, filled from the course's.
//
// Invariant I1: what is in the workspace is the learner's. A file that is there is never written, moved or removed.

import { constants, copyFileSync, linkSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { explain } from "./failure.mjs";
import { filesBelow } from "./stamp.mjs";

const COURSE = [
  { from: "notebooks", keep: (name) => name.endsWith(".ipynb") },
  { from: "exercises", keep: (name) => name.endsWith(".ts") },
];

/**
 * Copies what the learner does not have yet.
 *
 * @param {string} root the project folder
 * @returns {string[]} the new files, from the workspace
 * @throws {Failure} when the workspace cannot be written
 */
export function ensureWorkspace(root) {
  const workspace = join(root, "workspace");
  const added = [];
  try {
    mkdirSync(workspace, { recursive: true });
    linkLibrary(workspace);
    for (const { from, keep } of COURSE) {
      mkdirSync(join(workspace, from), { recursive: true });
      for (const file of filesBelow(join(root, from), keep)) {
        const name = file.slice(root.length + 1);
        if (copyIfAbsent(file, join(workspace, name))) added.push(name);
      }
    }
  } catch (error) {
    throw explain("Making your workspace", error);
  }
  return added;
}

/**
 * Lessons lead to the source as `../lib/…`; that has to be right in the workspace as in `notebooks/`. Relative, so that
 * the project can be moved. Where a file system has no such links, only those of the lessons lead nowhere.
 */
function linkLibrary(workspace) {
  try {
    symlinkSync(join("..", "lib"), join(workspace, "lib"), "dir");
  } catch (error) {
    if (!["EEXIST", "EPERM", "ENOSYS", "ENOTSUP"].includes(error.code)) throw error;
  }
}

/** The notebook to begin with, from the project folder: `workspace/notebooks/00-….ipynb`. */
export function firstNotebook(root) {
  const folder = join(root, "workspace", "notebooks");
  const [first] = filesBelow(folder, (name) => /^\d\d-.*\.ipynb$/.test(name));
  return first === undefined ? "workspace" : first.slice(root.length + 1);
}

/** Copies a file to where none is, whole or not at all (I1). */
function copyIfAbsent(source, target) {
  mkdirSync(dirname(target), { recursive: true });
  const part = `${target}.${process.pid}.part`;
  copyFileSync(source, part);
  try {
    linkSync(part, target); // fails if the target exists, unlike a rename
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    return copyWithoutLinks(part, target);
  } finally {
    rmSync(part, { force: true });
  }
}

// A file system without hard links (an exFAT stick).
function copyWithoutLinks(part, target) {
  try {
    copyFileSync(part, target, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}
