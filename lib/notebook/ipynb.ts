// ipynb: a lesson as a Jupyter notebook, and any notebook as the text that Jupyter itself would write.
//
// Invariants:
//  I1. The same lesson and exercises give the same bytes, on every machine.
//  I2. The result is valid nbformat 4.5, holds no outputs and no counts, and Python's nbformat rewrites it unchanged.
import type { ICell, ICodeCell, IMarkdownCell, INotebookContent } from "@jupyterlab/nbformat";
import { closest } from "fastest-levenshtein";
import type { Lesson, LessonCell } from "./lesson.js";
import { LessonError, type LessonMistake } from "./lesson-error.js";
import { answerMetadata, type GradeMetadata, sealed, testMetadata } from "./nbgrader.js";

/** A notebook, nbformat 4.5. */
export type Notebook = INotebookContent;

/** The kit's own key in the metadata of notebooks and cells. */
export const KIT_KEY = "happens-before";

export interface BuildOptions {
  /** Returns the text of `exercises/<id>.ts`, or undefined when there is none. */
  exerciseText(id: string): string | undefined;
  /** The ids of all exercises, for "did you mean". */
  readonly exerciseIds?: readonly string[];
  /** True adds nbgrader's checksums, for a notebook that is handed out to a class. */
  readonly isStudentVersion?: boolean;
}

/**
 * Builds the notebook of a lesson.
 *
 * @throws {LessonError} `notebooks/05-x.md:40: unknown exercise 05-x/snapsot; did you mean 05-x/snapshot?`
 * @throws {LessonError} `exercises/05-x/snapshot.ts:1: the first line must be "// exercise: 05-x/snapshot", got "…"`
 */
export function buildNotebook(lesson: Lesson, options: BuildOptions): Notebook {
  const mistakes: LessonMistake[] = [];
  const cells = lesson.cells.map((cell) => buildCell(lesson, cell, options, mistakes));
  if (mistakes.length > 0) throw new LessonError(mistakes);
  return {
    cells,
    metadata: {
      [KIT_KEY]: { lesson: lesson.name, title: lesson.title },
      kernelspec: { ...lesson.kernelspec },
      language_info: {
        file_extension: ".ts",
        mimetype: "text/typescript",
        name: "typescript",
        pygments_lexer: "typescript",
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

function buildCell(
  lesson: Lesson,
  cell: LessonCell,
  options: BuildOptions,
  mistakes: LessonMistake[],
): ICell {
  const source = cell.kind === "exercise" ? exerciseSource(lesson, cell, options, mistakes) : cell.source;
  const metadata = cellMetadata(cell, source, options.isStudentVersion === true);
  if (cell.kind === "markdown") {
    return { cell_type: "markdown", id: cell.id, metadata, source } satisfies IMarkdownCell;
  }
  return {
    cell_type: "code",
    execution_count: null,
    id: cell.id,
    metadata,
    outputs: [],
    source,
  } satisfies ICodeCell;
}

function exerciseSource(
  lesson: Lesson,
  cell: LessonCell,
  options: BuildOptions,
  mistakes: LessonMistake[],
): string {
  const id = cell.exercise ?? "";
  const text = options.exerciseText(id);
  if (text === undefined) {
    const nearest = closest(id, [...(options.exerciseIds ?? [])]);
    const hint = nearest === undefined ? `write exercises/${id}.ts` : `did you mean ${nearest}?`;
    mistakes.push({ file: lesson.file, line: cell.line, message: `unknown exercise ${id}; ${hint}` });
    return "";
  }
  const source = text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .trimEnd();
  const first = source.split("\n")[0] ?? "";
  if (first.trim() !== `// exercise: ${id}`) {
    const message = `the first line must be "// exercise: ${id}", got ${JSON.stringify(first)}`;
    mistakes.push({ file: `exercises/${id}.ts`, line: 1, message });
  }
  return source;
}

function cellMetadata(cell: LessonCell, source: string, isStudentVersion: boolean): ICodeCell["metadata"] {
  const { covers, tags, hidden, metadata } = cell.options;
  const kit = {
    ...(covers === undefined ? {} : { covers }),
    ...(cell.exercise === undefined ? {} : { exercise: cell.exercise }),
  };
  const all = {
    ...metadata,
    ...(Object.keys(kit).length === 0 ? {} : { [KIT_KEY]: kit }),
    ...(tags === undefined ? {} : { tags: [...tags] }),
    ...(hidden === true ? { jupyter: { source_hidden: true } } : {}),
    ...gradeMetadata(cell, source, isStudentVersion),
  };
  return all as ICodeCell["metadata"];
}

function gradeMetadata(cell: LessonCell, source: string, isStudentVersion: boolean): object {
  const seal = (plain: GradeMetadata) => (isStudentVersion ? sealed(source, "code", plain) : plain);
  if (cell.kind === "exercise") return { nbgrader: seal(answerMetadata(cell.id)), deletable: false };
  if (cell.kind !== "check") return {};
  return { nbgrader: seal(testMetadata(cell.id, cell.points ?? 0)), deletable: false, editable: false };
}

/**
 * Writes a notebook as Jupyter does: keys sorted, one space of indentation, texts as lists of lines, a newline at
 * the end. Reading it with Python's nbformat and writing it again gives the same bytes.
 */
export function serializeNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: splitLines(cell.source),
    ...(isCode(cell) ? { outputs: cell.outputs.map(splitOutput) } : {}),
  }));
  return `${JSON.stringify(sortKeys({ ...notebook, cells }), null, 1)}\n`;
}

function splitOutput(output: unknown): unknown {
  const { text, data } = output as { text?: unknown; data?: Record<string, unknown> };
  const split = (type: string, value: unknown) => (/[/+]json$/.test(type) ? value : splitLines(value));
  return {
    ...(output as object),
    ...(text === undefined ? {} : { text: splitLines(text) }),
    ...(data === undefined
      ? {}
      : {
          data: Object.fromEntries(Object.entries(data).map(([type, value]) => [type, split(type, value)])),
        }),
  };
}

function isCode(cell: ICell): cell is ICodeCell {
  return cell.cell_type === "code";
}

/** Where Python's `str.splitlines` ends a line: more than JavaScript knows. */
const LINE_ENDS = new Set([0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029]);

/** Python's `str.splitlines(True)`. */
function splitLines(text: unknown): unknown {
  if (typeof text !== "string") return text;
  const lines: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (!LINE_ENDS.has(text.charCodeAt(at))) continue;
    if (text.startsWith("\r\n", at)) at++;
    lines.push(text.slice(start, at + 1));
    start = at + 1;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sortKeys(item)]),
  );
}
