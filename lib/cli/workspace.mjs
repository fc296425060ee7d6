// The learner's own folder, before the course is opened: made, and brought up to date with a newer course.
//
// What is done with each file, and what is never done to the learner's, stands in lib/course/courseupdate.ts; it is
// built by now.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { explain } from "./failure.mjs";
import { ROOT } from "./root.mjs";
import { filesBelow } from "./stamp.mjs";

/**
 * Makes `workspace/`, or brings it up to date.
 *
 * @param {string} root the project folder
 * @returns {Promise<{ text: string, details: string[] }>} what was done: in a few words (empty: nothing), and file by file
 * @throws {Failure} when the workspace cannot be written
 */
export async function ensureWorkspace(root) {
  try {
    const built = join(ROOT, ".build", "lib", "course", "courseupdate.js");
    const { updateDetails, updateText, updateWorkspace } = await import(pathToFileURL(built).href);
    const did = updateWorkspace(root);
    return { text: updateText(did), details: updateDetails(root, did) };
  } catch (error) {
    throw explain("Making your workspace", error);
  }
}

/** The notebook to begin with, from the project folder: `workspace/notebooks/00-….ipynb`. */
export function firstNotebook(root) {
  const folder = join(root, "workspace", "notebooks");
  const [first] = filesBelow(folder, (name) => /^\d\d-.*\.ipynb$/.test(name));
  return first === undefined ? "workspace" : first.slice(root.length + 1);
}
