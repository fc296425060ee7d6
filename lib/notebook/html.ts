// exportHtml: a notebook as one page that opens from a file, without a server and without a network.
//
// Invariants:
//  I1. The page refers to nothing outside itself; links are the only addresses in it.
//  I2. Plotly stands in the page once, before the first plot, and only when there is a plot. Where scripts do not run,
//      the plot's own picture stays.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ICell, ICodeCell, INotebookContent } from "@jupyterlab/nbformat";
import { joined, renderOutputs } from "./html-output.js";
import { STYLE } from "./html-style.js";
import { escapeHtml, highlight, renderMarkdown } from "./html-text.js";

/** How to make the page. */
export interface HtmlOptions {
  /** Shown in the browser's tab; the notebook's first heading when not given. */
  readonly title?: string;
  /** The text of Plotly's script. Read from the installed package when not given; `""` leaves it out. */
  readonly plotly?: string;
}

const KIT_KEY = "happens-before";

/**
 * Renders a notebook, executed or not, as one self-contained page.
 *
 * Outputs are shown as they are, their HTML included: export notebooks that you trust.
 * **Cost:** some milliseconds; a page with plots takes 10 MB, because Plotly travels with it.
 *
 * @throws {TypeError} `exportHtml: expected a notebook with cells, got null`
 * @example
 * const cells = [{ cell_type: "markdown", metadata: {}, source: "# Locks" }];
 * const page = exportHtml({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
 * console.log(page.includes("<title>Locks</title>")); // prints: true
 */
export function exportHtml(notebook: INotebookContent, options: HtmlOptions = {}): string {
  if (!Array.isArray((notebook as INotebookContent | null)?.cells)) {
    throw new TypeError(`exportHtml: expected a notebook with cells, got ${describe(notebook)}`);
  }
  const usedIds = new Set<string>();
  const body = notebook.cells.map((cell) => renderCell(cell, usedIds)).join("\n");
  const title = options.title ?? firstHeading(notebook) ?? "Notebook";
  const plotly = body.includes('class="hb-plot"') ? (options.plotly ?? installedPlotly()) : "";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="happens-before">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
${plotly === "" ? "" : `<script>${insideScript(plotly)}</script>`}
</head>
<body>
<main>
${body}
<footer>Made with Happens-Before. Numbers in this page were measured on the machine that ran it.</footer>
</main>
</body>
</html>
`;
}

function describe(value: unknown): string {
  return typeof value === "object" && value !== null
    ? `an object with ${Object.keys(value).join(", ")}`
    : String(value);
}

function installedPlotly(): string {
  return readFileSync(createRequire(import.meta.url).resolve("plotly.js-dist/plotly.js"), "utf8");
}

/** A script's text ends at the first `</script`, wherever it stands; inside a string `<\/script` means the same. */
function insideScript(script: string): string {
  return script.replace(/<\/(?=script)/gi, "<\\/").replaceAll("<!--", "<\\!--");
}

function firstHeading(notebook: INotebookContent): string | undefined {
  for (const cell of notebook.cells) {
    const found =
      cell.cell_type === "markdown" ? /^#\s+(.+?)\s*#*$/m.exec(joined(cell.source))?.[1] : undefined;
    if (found !== undefined) return found.replace(/[*_`]/g, "");
  }
  return undefined;
}

function renderCell(cell: ICell, usedIds: Set<string>): string {
  const source = joined(cell.source);
  if (cell.cell_type === "markdown") {
    const attachments = (cell as { attachments?: Record<string, Record<string, unknown>> }).attachments;
    return `<section class="text">\n${renderMarkdown(source, usedIds, attachments)}</section>`;
  }
  if (cell.cell_type !== "code")
    return `<section class="raw"><pre tabindex="0">${escapeHtml(source)}</pre></section>`;
  return renderCodeCell(cell as ICodeCell, source);
}

function renderCodeCell(cell: ICodeCell, source: string): string {
  const count = typeof cell.execution_count === "number" ? `${cell.execution_count}` : "";
  const mark = markOf(cell);
  const bracket = count === "" ? "" : `<span class="count">[${count}]</span>`;
  const head =
    mark === "" ? bracket : `<div class="head"><span class="mark">${escapeHtml(mark)}</span>${bracket}</div>`;
  const code = `<pre class="source" tabindex="0"><code>${highlight(source, "typescript")}</code></pre>`;
  const isHidden = cell.metadata.jupyter?.source_hidden === true;
  const shown = isHidden ? `<details><summary>Code</summary>${code}</details>` : code;
  const outputs = Array.isArray(cell.outputs) ? renderOutputs(cell.outputs) : "";
  const label = mark === "" ? `Code cell ${count}`.trim() : mark;
  const id = typeof cell["id"] === "string" ? ` id="cell-${escapeHtml(cell["id"])}"` : "";
  const below = outputs === "" ? "" : `\n<div class="outputs">\n${outputs}\n</div>`;
  return `<section class="code"${id} aria-label="${escapeHtml(label)}">${head}${shown}${below}\n</section>`;
}

/** What a graded cell is called: `Exercise 05-x/y`, `Check 05-x/y · 4 points`. */
function markOf(cell: ICodeCell): string {
  const kit = cell.metadata[KIT_KEY] as { exercise?: unknown } | undefined;
  const grade = cell.metadata["nbgrader"] as { grade?: unknown; points?: unknown } | undefined;
  if (typeof kit?.exercise !== "string") return "";
  if (grade?.grade !== true) return `Exercise ${kit.exercise}`;
  return `Check ${kit.exercise} · ${grade.points} ${grade.points === 1 ? "point" : "points"}`;
}
