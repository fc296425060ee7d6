// Lesson: a lesson master (`notebooks/NN-name.md`) as data, every authoring mistake found before a notebook is made.
//
// Invariants:
//  I1. Every cell has an id of its own that does not depend on its position, so a learner's copy can be merged cell
//      by cell with a newer course. Code cells and regions name it; a heading gives it; other text takes the id of
//      the cell before it.
//  I2. An exercise cell has no text of its own: `exercises/NN-name/x.ts` is its only source.
//
// Source: Jupytext's Markdown notebook format. Rejected: ids from a counter (an insertion renames all that follow)
// and from a hash of the text (mending a spelling error makes a new cell).
import { parseDocument } from "yaml";
import { type Options, parseOptions } from "./fence-options.js";
import { type Block, cutBlocks } from "./lesson-blocks.js";
import { LessonError, type LessonMistake } from "./lesson-error.js";

/** Longest code cell, in lines; what does not fit belongs into `lib/` or into two cells. */
export const MAX_CELL_LINES = 25;

/** One cell of a lesson. `line` is where it starts in the master, from 1. */
export interface LessonCell {
  readonly kind: "markdown" | "code" | "exercise" | "check";
  readonly id: string;
  readonly line: number;
  /** Empty for an exercise. */
  readonly source: string;
  readonly options: Options;
  /** The exercise's name, of an exercise and of a check. */
  readonly exercise?: string;
  /** Points of a check. */
  readonly points?: number;
}

/** A lesson master, parsed. */
export interface Lesson {
  /** The file's path as given. */
  readonly file: string;
  /** The file's name without `.md`, e.g. `05-the-rwmutex-incident`. */
  readonly name: string;
  /** The text of the first heading. */
  readonly title: string;
  readonly kernelspec: { readonly name: string; readonly display_name: string; readonly language: string };
  readonly cells: readonly LessonCell[];
}

type Complain = (line: number, message: string) => void;

/**
 * Parses a lesson master.
 *
 * @throws {LessonError} all mistakes, one line each: `notebooks/05-x.md:12: this fence is never closed; add a line \`\`\``
 */
export function parseLesson(markdown: string, file: string): Lesson {
  const mistakes: LessonMistake[] = [];
  const complain: Complain = (line, message) => mistakes.push({ file, line, message });
  const lines = markdown.replace(/^\uFEFF/, "").split(/\r?\n/);
  const kernelspec = takeFrontMatter(lines, complain);
  const cells = kernelspec === undefined ? [] : nameCells(cutBlocks(lines, complain), complain);
  checkExercises(cells, complain);
  const title = cells.map((cell) => headingOf(cell.source)).find((text) => text !== undefined);
  if (kernelspec !== undefined && title === undefined)
    complain(1, "a lesson needs a heading; it is the title");
  if (mistakes.length > 0 || kernelspec === undefined || title === undefined) {
    throw new LessonError(mistakes.sort((a, b) => a.line - b.line));
  }
  return { file, name: nameOf(file), title, kernelspec, cells };
}

function nameOf(file: string): string {
  return (file.split(/[\\/]/).at(-1) ?? file).replace(/\.md$/, "");
}

/** Reads the front matter and blanks its lines, so that later line numbers are the file's own. */
function takeFrontMatter(lines: string[], complain: Complain): Lesson["kernelspec"] | undefined {
  const end = lines[0] === "---" ? lines.indexOf("---", 1) : -1;
  if (end === -1) {
    complain(
      1,
      "front matter is missing: a lesson starts with a --- block that holds jupyter: jupytext and kernelspec",
    );
    return undefined;
  }
  const document = parseDocument(lines.slice(1, end).join("\n"));
  const error = document.errors[0];
  lines.fill("", 0, end + 1);
  if (error !== undefined) {
    complain((error.linePos?.[0].line ?? 1) + 1, `front matter is not YAML: ${error.message.split("\n")[0]}`);
    return undefined;
  }
  const data = document.toJS() as {
    jupyter?: { jupytext?: unknown; kernelspec?: Record<string, unknown> };
  } | null;
  const { name, display_name, language } = data?.jupyter?.kernelspec ?? {};
  if (typeof name !== "string" || typeof display_name !== "string" || language !== "typescript") {
    complain(1, "front matter needs jupyter: kernelspec: with name, display_name and language: typescript");
    return undefined;
  }
  if (data?.jupyter?.jupytext === undefined) {
    complain(
      1,
      "front matter needs jupyter: jupytext: text_representation:, or Jupytext does not open the lesson",
    );
  }
  return { name, display_name, language };
}

function nameCells(blocks: readonly Block[], complain: Complain): LessonCell[] {
  const cells: LessonCell[] = [];
  const lineOfId = new Map<string, number>();
  for (const block of blocks) {
    const { options, mistakes } = parseOptions(block.info);
    for (const mistake of mistakes) complain(block.line, mistake);
    const cell = cellOf(block, options, cells.at(-1)?.id, complain);
    const other = lineOfId.get(cell.id);
    if (other !== undefined) {
      const way = block.kind === "markdown" ? 'put it into <!-- #region id="…" -->' : "give it another id";
      complain(block.line, `cell id \`${cell.id}\` stands at line ${other} already; ${way}`);
    }
    lineOfId.set(cell.id, block.line);
    cells.push(cell);
  }
  return cells;
}

function cellOf(
  block: Block,
  options: Options,
  previous: string | undefined,
  complain: Complain,
): LessonCell {
  const { line, source } = block;
  const given = options.id;
  const exercise = options.exercise ?? options.check;
  if (block.kind !== "code") {
    if (exercise !== undefined) complain(line, "exercise and check are options of a code cell");
    return { kind: "markdown", id: given ?? markdownId(source, previous), line, source, options };
  }
  if (exercise === undefined) {
    checkCode(block, complain);
    if (given === undefined)
      complain(line, 'a code cell needs a name of its own: ```typescript id="first-goroutine"');
    return { kind: "code", id: given ?? `line-${line}`, line, source, options };
  }
  const kind = options.exercise === undefined ? "check" : "exercise";
  const id = given ?? `${kind}-${exercise.split("/")[1]}`;
  if (kind === "exercise") {
    if (source.trim() !== "")
      complain(line, `an exercise cell is empty; its text is exercises/${exercise}.ts`);
    if (options.check !== undefined) complain(line, "one cell cannot be exercise and check");
    return { kind, id, line, source: "", options, exercise };
  }
  checkCode(block, complain);
  const points = options.points;
  if (points === undefined) complain(line, "a check needs points=…");
  if (!source.includes(`check("${exercise}")`)) complain(line, `a check cell calls check("${exercise}")`);
  return { kind, id, line, source, options, exercise, points: points ?? 0 };
}

function checkCode(block: Block, complain: Complain): void {
  const length = block.source.split("\n").length;
  if (block.source.trim() === "") complain(block.line, "this code cell is empty");
  for (const [i, line] of block.source.split("\n").entries()) {
    const path = /^(?:import|export)\b.*["'](\.{1,2}\/[^"']*)["']/.exec(line)?.[1];
    if (path !== undefined)
      complain(block.line + 1 + i, `a cell imports from the package by name, not from ${path}`);
  }
  if (length > MAX_CELL_LINES) {
    complain(
      block.line,
      `this code cell has ${length} lines; ${MAX_CELL_LINES} is the most: split it, or move code to lib/`,
    );
  }
}

function headingOf(source: string): string | undefined {
  return /^#{1,6}\s+(.+?)\s*#*$/m.exec(source.split("\n")[0] ?? "")?.[1];
}

function markdownId(source: string, previous: string | undefined): string {
  const heading = headingOf(source);
  const slug = heading === undefined ? "" : slugOf(heading);
  if (slug !== "") return slug;
  if (previous === undefined) return "opening";
  return previous.startsWith("after-") ? `${previous}-2` : `after-${previous}`.slice(0, 64);
}

function slugOf(heading: string): string {
  const plain = heading
    .replace(/\]\([^)]*\)/g, "]")
    .normalize("NFKD")
    .toLowerCase();
  const words = plain
    .replace(/[\u0300-\u036f]/g, "")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  let slug = words.shift() ?? "";
  for (const word of words) if (`${slug}-${word}`.length <= 56) slug += `-${word}`;
  return slug.slice(0, 56);
}

function checkExercises(cells: readonly LessonCell[], complain: Complain): void {
  for (const cell of cells) {
    if (cell.kind === "exercise" && !cells.some((c) => c.kind === "check" && c.exercise === cell.exercise)) {
      complain(
        cell.line,
        `no cell checks this exercise; add \`\`\`typescript check="${cell.exercise}" points=…`,
      );
    }
    if (cell.kind === "check" && !cells.some((c) => c.kind === "exercise" && c.exercise === cell.exercise)) {
      complain(
        cell.line,
        `no cell holds this exercise; add \`\`\`typescript exercise="${cell.exercise}" before it`,
      );
    }
  }
}
