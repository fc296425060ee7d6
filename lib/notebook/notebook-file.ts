// NotebookFile: a notebook on disk: read with one clear message when it is none, written whole or not at all.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { INotebookContent } from "@jupyterlab/nbformat";
import { serializeNotebook } from "./ipynb.js";

/** A notebook that cannot be read or written. The message is whole: path, what is wrong, what to do. */
export class NotebookFileError extends Error {
  override readonly name = "NotebookFileError";
}

/**
 * Reads a notebook. Older ones of format 4 get what 4.5 asks for: every cell has an id.
 *
 * @throws {NotebookFileError} `x.ipynb: there is no such file`
 * @throws {NotebookFileError} `x.ipynb: not a notebook: Unexpected end of JSON input`
 * @throws {NotebookFileError} `x.ipynb: not a notebook: expected nbformat 4, got 3; …`
 */
export function readNotebook(path: string): INotebookContent {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new NotebookFileError(`${path}: ${whyUnread(error)}`);
  }
  return parseNotebook(text, path);
}

/**
 * Reads a notebook from its text, as {@link readNotebook} does from a file.
 *
 * @throws {NotebookFileError} as {@link readNotebook}; `name` stands in the place of the path
 */
export function parseNotebook(text: string, name = "notebook"): INotebookContent {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new NotebookFileError(`${name}: ${whyUnread(error)}`);
  }
  const why = whyNoNotebook(value);
  if (why !== undefined) throw new NotebookFileError(`${name}: not a notebook: ${why}`);
  return withIds(value as INotebookContent);
}

/**
 * Writes a file so that nobody sees half of it.
 *
 * @throws {NotebookFileError} `out/x.ipynb: cannot be written: the folder is read-only`
 */
export function writeWhole(path: string, text: string): void {
  const beside = join(dirname(path), `.${process.pid}-${Date.now()}.tmp`);
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new NotebookFileError(`${path}: cannot be written: ${whyUnwritten(error)}`);
  }
}

/** Writes a notebook as Jupyter would. */
export function writeNotebook(path: string, notebook: INotebookContent): void {
  writeWhole(path, serializeNotebook(notebook));
}

function whyUnread(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "this is a folder; give the path of a notebook (.ipynb)";
  if (code === "EACCES") return "no permission to read it";
  return error instanceof SyntaxError ? `not a notebook: ${message}` : message;
}

/** Says in plain words why the system refused to write. */
export function whyUnwritten(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EROFS" || code === "EACCES" || code === "EPERM") return "the folder is read-only";
  if (code === "ENOENT") return "its folder does not exist";
  if (code === "ENOSPC") return "the disk is full";
  return message;
}

interface LooseCell {
  readonly cell_type?: unknown;
  readonly source?: unknown;
}

function whyNoNotebook(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return `expected an object, got ${JSON.stringify(value)}`;
  const { nbformat, cells } = value as { nbformat?: unknown; cells?: unknown };
  if (nbformat !== 4) {
    const advice = typeof nbformat === "number" ? "; open and save it in JupyterLab once" : "";
    return `expected nbformat 4, got ${JSON.stringify(nbformat) ?? "none"}${advice}`;
  }
  if (!Array.isArray(cells)) return "expected a list of cells";
  for (const [index, cell] of (cells as unknown[]).entries()) {
    const { cell_type: type, source } = (cell ?? {}) as LooseCell;
    if (typeof type !== "string") return `cell ${index + 1} has no cell_type`;
    const isText =
      typeof source === "string" || (Array.isArray(source) && source.every((l) => typeof l === "string"));
    if (!isText) return `cell ${index + 1} has no source`;
  }
  return undefined;
}

/** nbformat 4.5 wants an id in every cell, and no id twice. */
function withIds(notebook: INotebookContent): INotebookContent {
  const used = new Set<string>();
  const cells = notebook.cells.map((cell, index) => {
    const { id: own } = cell as { id?: unknown };
    const id = typeof own === "string" && own !== "" && !used.has(own) ? own : `cell-${index + 1}`;
    used.add(id);
    return { ...cell, metadata: cell.metadata ?? {}, id };
  });
  return {
    ...notebook,
    metadata: notebook.metadata ?? {},
    nbformat_minor: Math.max(5, notebook.nbformat_minor ?? 0),
    cells,
  };
}
