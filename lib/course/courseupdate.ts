// courseUpdate: a newer course arrives in a workspace where somebody has worked.
//
// What the course gave last is kept in `workspace/.course`; so what the learner changed since can be told from what the
// course changed.
//
// Invariants:
//  I1. A text of the learner's is never written over: what both have changed stays theirs (of a notebook, cell by cell).
//  I2. Before a file with anything of the learner's in it is written, a copy of it lies in `workspace/backups`.
//  I3. The workspace is written before its record: a killed update is done again, and comes to the same.
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import type { INotebookContent } from "@jupyterlab/nbformat";
import { parseNotebook, serializeNotebook } from "../notebook/index.js";
import { editorFiles } from "./editor.js";
import { type MergeNotes, mergeNotebook } from "./merge.js";
import { addWhole, keepCopy, writeWhole } from "./wholefile.js";

/** What an update did, by the names of the files in the workspace. */
export interface CourseUpdate {
  /** New in the course, or missing in the workspace. */
  readonly added: string[];
  /** Not touched by the learner; now as the course has them. */
  readonly replaced: string[];
  /** Notebooks in which new cells of the lesson stand beside the learner's. */
  readonly merged: { readonly name: string; readonly notes: MergeNotes; readonly backup: string }[];
  /** Changed by both; they are as the learner left them. */
  readonly kept: string[];
  /** Gone from the course, and not touched; each has a copy in the backups. */
  readonly removed: string[];
}

/** A file that the course gives. */
interface Given {
  readonly name: string;
  readonly text: string;
}

interface Place {
  readonly workspace: string;
  readonly record: string;
  readonly did: CourseUpdate;
}

/**
 * Brings the workspace of `root` up to date with its course, and makes it when there is none.
 *
 * **Cost:** reads every notebook and exercise; writes what has changed.
 * @throws {Error} of the system, when the workspace cannot be written
 */
export function updateWorkspace(root: string): CourseUpdate {
  const workspace = join(root, "workspace");
  mkdirSync(join(workspace, "notebooks"), { recursive: true });
  mkdirSync(join(workspace, "exercises"), { recursive: true });
  linkLibrary(workspace);
  const did: CourseUpdate = { added: [], replaced: [], merged: [], kept: [], removed: [] };
  const place: Place = { workspace, record: join(workspace, ".course"), did };
  const given = [...courseFiles(root), ...editorFiles()];
  for (const file of given) bring(place, file);
  dropOld(place, new Set(given.map(({ name }) => name)));
  return did;
}

/** One line for a report; empty when nothing was done. */
export function updateText({ added, replaced, merged, kept, removed }: CourseUpdate): string {
  const count = (names: readonly unknown[], one: string, many: string): string[] =>
    names.length === 0 ? [] : [names.length === 1 ? `1 ${one}` : `${names.length} ${many}`];
  return [
    ...count(added, "new file", "new files"),
    ...count(replaced, "file brought up to date", "files brought up to date"),
    ...count(merged, "notebook merged with your work", "notebooks merged with your work"),
    ...count(kept, "file left as you changed it", "files left as you changed them"),
    ...count(removed, "file no longer in the course", "files no longer in the course"),
  ].join(", ");
}

/** What was done to single files, a line each, as far as the learner may want to look. */
export function updateDetails(root: string, { merged, kept }: CourseUpdate): string[] {
  const lines = merged.map(({ name, notes, backup }) => {
    const parts = [
      ...(notes.added.length === 0 ? [] : [`new: ${notes.added.join(", ")}`]),
      ...(notes.updated.length === 0 ? [] : [`updated: ${notes.updated.join(", ")}`]),
      ...(notes.removed.length === 0 ? [] : [`gone: ${notes.removed.join(", ")}`]),
      ...(notes.kept.length === 0 ? [] : [`left as you wrote them: ${notes.kept.join(", ")}`]),
    ];
    return `workspace/${name}: ${parts.join("; ")} (before: ${relative(root, backup)})`;
  });
  return [
    ...lines,
    ...kept.map((name) => `workspace/${name} is as you left it; the course's new one is ${name}`),
  ];
}

/** One file of the course. */
function bring(place: Place, { name, text }: Given): void {
  const file = join(place.workspace, name);
  const recorded = join(place.record, name);
  const base = readIfThere(recorded);
  const own = readIfThere(file);
  if (own === undefined) {
    if (addWhole(file, text)) place.did.added.push(name);
  } else if (own !== text && base !== text) {
    if (own === base) replace(place, name, text);
    else if (name.endsWith(".ipynb")) mergeFile(place, { name, text }, base, own);
    else if (base !== undefined) place.did.kept.push(name); // I1
  }
  if (base !== text) writeWhole(recorded, text); // I3
}

function replace({ workspace, did }: Place, name: string, text: string): void {
  writeWhole(join(workspace, name), text);
  did.replaced.push(name);
}

function mergeFile(place: Place, { name, text }: Given, base: string | undefined, own: string): void {
  const mine = notebookIn(own);
  const next = notebookIn(text);
  if (mine === undefined || next === undefined) {
    place.did.kept.push(name); // unreadable: theirs to mend
    return;
  }
  const was = base === undefined ? undefined : notebookIn(base);
  const { notebook, notes, isChanged } = mergeNotebook(was, mine, next);
  if (!isChanged) {
    if (notes.kept.length > 0) place.did.kept.push(name);
    return;
  }
  const backup = keepCopy(place.workspace, name); // I2
  writeWhole(join(place.workspace, name), serializeNotebook(notebook));
  place.did.merged.push({ name, notes, backup });
}

function notebookIn(text: string): INotebookContent | undefined {
  try {
    return parseNotebook(text);
  } catch {
    return undefined;
  }
}

/** What the course does not have any more: removed where the learner has not touched it. */
function dropOld({ workspace, record, did }: Place, given: ReadonlySet<string>): void {
  for (const name of filesIn(record)) {
    if (given.has(name)) continue;
    const own = readIfThere(join(workspace, name));
    if (own !== undefined && own === readIfThere(join(record, name))) {
      keepCopy(workspace, name);
      rmSync(join(workspace, name));
      did.removed.push(name);
    }
    rmSync(join(record, name));
  }
}

/** Notebooks and exercises as the course has them. */
function courseFiles(root: string): Given[] {
  const names = [
    ...filesIn(join(root, "notebooks"))
      .filter((name) => name.endsWith(".ipynb"))
      .map((name) => `notebooks/${name}`),
    ...filesIn(join(root, "exercises"))
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `exercises/${name}`),
  ];
  return names.map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }));
}

/** All files below a folder, by their names from there, sorted. Checkpoints of JupyterLab are left out. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => !/(^|[/\\])(\.ipynb_checkpoints|\.DS_Store)/.test(name))
    .sort();
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Lessons lead to the source as `../lib/…`; that has to be right in the workspace as in `notebooks/`. Relative, so that
 * the project can be moved. Where a file system has no such links, only those of the lessons lead nowhere.
 */
function linkLibrary(workspace: string): void {
  const link = join(workspace, "lib");
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
  try {
    symlinkSync(join("..", "lib"), link, "dir");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!["EEXIST", "EPERM", "ENOSYS", "ENOTSUP"].includes(code ?? "")) throw error;
  }
}
