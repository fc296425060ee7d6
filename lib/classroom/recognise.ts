// recognise: whose file this is, and for which exercises. Understands what learning platforms write:
//
//   ada/06-deadlocks/transfer.ts              a folder for each student
//   ada/transfer.ts, ada.zip                  the same, flatter
//   ada_06-deadlocks_transfer.ts              one folder of files (Canvas: lovelaceada_123_456_transfer-1.ts)
//   submitted/ada/06-deadlocks/06.ipynb       nbgrader: cells that begin with `// exercise: NN-name/x`
//   06-deadlocks/transfer.ts                  one student's own folder; its name is the student's
import { basename } from "node:path";
import { nearest } from "../grade/index.js";
import { exerciseOf } from "../notebook/index.js";
import type { HandedIn } from "./handedin.js";
import type { Submission } from "./submission.js";

/** What a file turned out to be. */
export interface Recognised {
  /** Undefined when not even that could be told. */
  readonly student: string | undefined;
  readonly submissions: readonly Submission[];
  /** Why there are none. */
  readonly why?: string;
}

/** What a file is judged by. */
export interface Recogniser {
  /** All exercises of the course. */
  readonly ids: readonly string[];
  /** The name of what was given, for files that stand in no student's folder. */
  readonly rootName: string;
}

/** Tells whose file it is and which exercises it holds. */
export function recognise(file: HandedIn, { ids, rootName }: Recogniser): Recognised {
  const parts = withoutWrapper(file.path.split("/"));
  const owner = parts.length > 1 && !isUnit(parts[0]!, ids) ? parts[0]!.replace(/\.zip$/i, "") : undefined;
  const text = Buffer.from(file.bytes)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  const isNotebook = /\.ipynb$/i.test(file.path);
  const found = isNotebook ? inNotebook(text, ids) : inSource(text, parts, ids);
  if ("why" in found) return { student: owner, submissions: [], why: found.why };
  const student = owner ?? flatOwner(parts, found[0]?.id) ?? rootName;
  return {
    student,
    submissions: found.map(({ id, text: code }) => ({
      student,
      exercise: id,
      text: code,
      origin: file.path,
    })),
  };
}

interface Text {
  readonly id: string;
  readonly text: string;
}

type Found = readonly Text[] | { readonly why: string };

/** nbgrader and many people put everything into one more folder. */
const COURSE_FOLDERS = new Set(["workspace", "exercises", "notebooks"]);

function withoutWrapper(parts: readonly string[]): string[] {
  const at = parts.findIndex((part) => part === "submitted" || part === "submissions");
  const inside = at >= 0 && at < parts.length - 1 ? parts.slice(at + 1) : [...parts];
  // ada/workspace/exercises/06-deadlocks/transfer.ts: the course's own folders say nothing about whose it is.
  return inside.filter((part, index) => index === inside.length - 1 || !COURSE_FOLDERS.has(part));
}

function isUnit(part: string, ids: readonly string[]): boolean {
  return ids.some((id) => id.startsWith(`${part}/`));
}

function inSource(text: string, parts: readonly string[], ids: readonly string[]): Found {
  const said = exerciseOf(text) ?? /^\/\/ exercise: *(\S+)/m.exec(text)?.[1];
  if (said !== undefined) return ids.includes(said) ? [{ id: said, text }] : { why: unknown(said, ids) };
  const id = idOfPath(parts, ids);
  if (id !== undefined) return [{ id, text }];
  return { why: "does not say for which exercise it is: its first line should be `// exercise: NN-name/x`" };
}

function idOfPath(parts: readonly string[], ids: readonly string[]): string | undefined {
  const name = parts.at(-1)!.replace(/\.ts$/i, "");
  const byFolders = `${parts.at(-2) ?? ""}/${name}`;
  if (ids.includes(byFolders)) return byFolders;
  const alone = ids.filter((id) => basename(id) === name);
  if (alone.length === 1) return alone[0];
  const byEnd = ids.filter((id) => endingIn(id).test(name));
  const full = byEnd.filter((id) => name.includes(id.split("/")[0]!));
  const fitting = full.length > 0 ? full : byEnd;
  return fitting.length === 1 ? fitting[0] : undefined;
}

function inNotebook(text: string, ids: readonly string[]): Found {
  let cells: unknown;
  try {
    cells = (JSON.parse(text) as { cells?: unknown }).cells;
  } catch (error) {
    return { why: `not a notebook: ${(error as Error).message}` };
  }
  if (!Array.isArray(cells)) return { why: "not a notebook: expected a list of cells" };
  const texts = new Map<string, string>();
  const strangers: string[] = [];
  for (const cell of cells as unknown[]) {
    const code = codeOf(cell);
    const id = code === undefined ? undefined : exerciseOf(code);
    if (code === undefined || id === undefined) continue;
    if (ids.includes(id))
      texts.set(id, code); // the last one, as in a notebook that is run from top to bottom
    else strangers.push(id);
  }
  if (texts.size > 0) return [...texts].map(([id, code]) => ({ id, text: code }));
  const [first] = strangers;
  if (first !== undefined) return { why: unknown(first, ids) };
  return { why: "no cell begins with `// exercise: NN-name/x`" };
}

/** The text of a code cell. Nothing here trusts the file's shape. */
function codeOf(cell: unknown): string | undefined {
  const { cell_type: type, source } = (cell ?? {}) as { cell_type?: unknown; source?: unknown };
  if (type !== "code") return undefined;
  if (Array.isArray(source)) return source.map(String).join("");
  return typeof source === "string" ? source : undefined;
}

function unknown(id: string, ids: readonly string[]): string {
  const close = nearest(id, ids);
  const hint = close === undefined ? "" : `; meant "${close}"?`;
  return `it is for ${id}, which is no exercise of this course${hint}`;
}

/** The student in a flat file's name: what is left without the exercise's. */
function flatOwner(parts: readonly string[], id: string | undefined): string | undefined {
  if (parts.length !== 1 || id === undefined) return undefined;
  const stem = parts[0]!.replace(/\.(ts|ipynb)$/i, "");
  if (stem === basename(id) || isUnitName(stem, id)) return undefined;
  const student = stem.replace(endingIn(id), "");
  return student === "" ? undefined : student;
}

function isUnitName(stem: string, id: string): boolean {
  return stem === id.split("/")[0];
}

/** Matches the end of a flat file's name: the exercise, its unit, and the number of the attempt. */
function endingIn(id: string): RegExp {
  const [unit = "", name = ""] = id.split("/");
  const number = unit.slice(0, 2);
  const attempt = "(?:[-_. ]*\\(?\\d+\\)?)?";
  return new RegExp(`[-_. ]+(?:(?:${unit}|${number})[-_. ]+)?(?:${name}|${unit})${attempt}$`, "i");
}
