// Lesson blocks: cuts a lesson master into code fences, regions and stretches of Markdown, as Jupytext does.
//
// Invariants:
//  I1. Jupytext sees the same cells in the same order (a test runs the real one).
//  I2. Every line of the body that is not blank belongs to exactly one block.
//
// Source: Jupytext's Markdown format 1.3 (cell_reader.py): a fence of a language that it knows is a code cell;
// `<!-- #region -->` to `<!-- #endregion -->` is one cell; two blank lines part two Markdown cells.
// markdown-it finds the fences, so a fence inside a list or a quotation is text, as it is on the page.
import MarkdownIt from "markdown-it";

/** A stretch of lines. `line` is the first one (from 1) and `info` what stands behind the fence or `#region`. */
export interface Block {
  readonly kind: "code" | "region" | "markdown";
  readonly line: number;
  readonly info: string;
  readonly source: string;
}

/** The language of cells that run. */
export const CELL_LANGUAGE = "typescript";

/** Languages of which Jupytext makes code cells (magics, for us): such a fence needs `.noeval` behind it. */
const JUPYTEXT_LANGUAGES = new Set(
  `r bash sh python python2 python3 coconut javascript js perl html latex markdown pypy ruby script svg matlab octave
   idl robotframework sas spark sql cython haskell tcl gnuplot julia c++ scheme clojure powershell q scala rust csharp
   c# cs fsharp f# fs sos java groovy sage ocaml maxima stata jenner xonsh logtalk lua go`.split(/\s+/),
);

const REGION = /^<!--\s*#region(.*)-->\s*$/;
const END_REGION = /^<!--\s*#endregion\s*-->\s*$/;
const BLANK = /^\s*$/;

interface Range {
  readonly start: number;
  readonly end: number;
  readonly fence?: { readonly info: string; readonly markup: string };
}

/** Cuts `lines` (front matter already blanked) into blocks; `complain` takes what is wrong, with its line. */
export function cutBlocks(
  lines: readonly string[],
  complain: (line: number, message: string) => void,
): readonly Block[] {
  const blocks: Block[] = [];
  let text: Range[] = [];
  let region: { readonly start: number; readonly info: string } | undefined;

  const flush = () => {
    for (const { start, end } of splitAtTwoBlankLines(text)) {
      blocks.push({
        kind: "markdown",
        line: start + 1,
        info: "",
        source: lines.slice(start, end).join("\n"),
      });
    }
    text = [];
  };

  for (const range of topLevelRanges(lines)) {
    const first = lines[range.start] ?? "";
    const isLine = range.end === range.start + 1;
    if (region !== undefined) {
      if (isLine && END_REGION.test(first)) {
        const source = trimBlank(lines.slice(region.start + 1, range.start));
        blocks.push({ kind: "region", line: region.start + 1, info: region.info, source });
        region = undefined;
      } else if (isLine && REGION.test(first)) {
        complain(
          range.start + 1,
          `#region inside the #region of line ${region.start + 1}; close that one first`,
        );
      }
    } else if (isLine && REGION.test(first)) {
      flush();
      region = { start: range.start, info: REGION.exec(first)?.[1]?.trim() ?? "" };
    } else if (isLine && END_REGION.test(first)) {
      complain(range.start + 1, "#endregion without a #region before it");
    } else if (range.fence !== undefined && isCodeCell(range.fence.info)) {
      flush();
      checkFence(lines, range, complain);
      const source = lines.slice(range.start + 1, range.end - 1).join("\n");
      const info = range.fence.info.slice(CELL_LANGUAGE.length).trim();
      blocks.push({ kind: "code", line: range.start + 1, info, source });
    } else {
      if (range.fence !== undefined) checkFence(lines, range, complain);
      text.push(range);
    }
  }
  if (region !== undefined) complain(region.start + 1, "#region is never closed; add <!-- #endregion -->");
  flush();
  return blocks;
}

function isCodeCell(info: string): boolean {
  const [language, ...rest] = info.split(/\s+/);
  return language?.toLowerCase() === CELL_LANGUAGE && !rest.includes(".noeval");
}

/** The blocks of the page's top level, without the blank lines after them. */
function topLevelRanges(lines: readonly string[]): Range[] {
  const ranges: Range[] = [];
  for (const token of new MarkdownIt({ html: true }).parse(lines.join("\n"), {})) {
    if (token.level !== 0 || token.map === null || token.nesting === -1) continue;
    const [start] = token.map;
    let [, end] = token.map;
    if (token.type === "fence") {
      ranges.push({ start, end, fence: { info: token.info.trim(), markup: token.markup } });
      continue;
    }
    while (end > start + 1 && BLANK.test(lines[end - 1] ?? "")) end--;
    ranges.push({ start, end });
  }
  return withTheRest(lines, ranges);
}

/** Adds what markdown-it makes no token of: link reference definitions (I2). */
function withTheRest(lines: readonly string[], ranges: readonly Range[]): Range[] {
  const all: Range[] = [];
  let next = 0;
  const fillUpTo = (end: number) => {
    for (; next < end; next++) if (!BLANK.test(lines[next] ?? "")) all.push({ start: next, end: next + 1 });
  };
  for (const range of ranges) {
    fillUpTo(range.start);
    all.push(range);
    next = Math.max(next, range.end);
  }
  fillUpTo(lines.length);
  return all;
}

function checkFence(
  lines: readonly string[],
  range: Range,
  complain: (line: number, message: string) => void,
): void {
  const { info, markup } = range.fence ?? { info: "", markup: "```" };
  const [word = "", ...rest] = info.split(/\s+/);
  const last = (lines[range.end - 1] ?? "").trim();
  const isClosed =
    range.end - 1 > range.start && last.startsWith(markup) && last.replaceAll(markup[0] ?? "`", "") === "";
  if (!isClosed) complain(range.start + 1, `this fence is never closed; add a line ${markup}`);
  const isCell = isCodeCell(info);
  if (isCell && !(lines[range.start] ?? "").startsWith("```")) {
    complain(range.start + 1, "a code cell's fence is ``` and starts in the first column");
  }
  if (isCell && word !== CELL_LANGUAGE) complain(range.start + 1, `write the language as ${CELL_LANGUAGE}`);
  if (!isCell && JUPYTEXT_LANGUAGES.has(word.toLowerCase()) && !rest.includes(".noeval")) {
    complain(
      range.start + 1,
      `Jupytext would make a cell of this \`${word}\` fence; write \`\`\`${word} .noeval`,
    );
  }
}

function splitAtTwoBlankLines(ranges: readonly Range[]): Range[] {
  const parts: Range[] = [];
  for (const range of ranges) {
    const last = parts.at(-1);
    if (last !== undefined && range.start - last.end < 2)
      parts[parts.length - 1] = { start: last.start, end: range.end };
    else parts.push({ start: range.start, end: range.end });
  }
  return parts;
}

function trimBlank(lines: readonly string[]): string {
  let start = 0;
  let end = lines.length;
  while (start < end && BLANK.test(lines[start] ?? "")) start++;
  while (end > start && BLANK.test(lines[end - 1] ?? "")) end--;
  return lines.slice(start, end).join("\n");
}
