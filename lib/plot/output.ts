// Output: a figure, diagram or table as one bundle of forms, of which a front end shows the richest it can.
//
// Invariants:
//  I1. `text/html` holds the picture as an `<img>` with a data address: it survives an untrusted notebook, where script,
//      inline SVG and ids are taken out.
//  I2. `text/plain` holds the numbers.
//  I3. No form needs the network.
import type { Board } from "../explore/index.js";
import { boardHtml, boardText } from "./board.js";
import { chartSvg } from "./chart.js";
import type { Diagram } from "./diagram.js";
import type { Figure } from "./figure.js";
import type { MimeBundle } from "./host.js";
import { plotlyForm } from "./interactive.js";
import { diagramLoader, plotLoader } from "./loader.js";
import { element, escapeXml, svgDataUrl } from "./markup.js";
import { type Table, tableHtml, tableText } from "./table.js";

/** Anything that `show` can display. */
export type Showable = Figure | Diagram | Table | Board;

/** Returns what a thing says as plain text: a figure's title, numbers and notes; a diagram's text; a table's rows; a board's first state. */
export function plainText(what: Showable): string {
  switch (what.kind) {
    case "figure":
      return [what.title, tableText(what.table), ...what.notes].filter((line) => line !== "").join("\n");
    case "diagram":
      return what.text;
    case "table":
      return tableText(what);
    case "board":
      return boardText(what);
  }
}

/**
 * Returns all forms of an output, by MIME type. `id` must be new for every output of a page.
 *
 * Plotly's own MIME type stands beside the HTML: a front end with a renderer for it (VS Code, or JupyterLab with the
 * `plotly` extension) is interactive even in an untrusted notebook; JupyterLab without one takes the HTML.
 */
export function outputBundle(what: Showable, id: string): MimeBundle {
  const text = plainText(what);
  switch (what.kind) {
    case "figure": {
      const form = plotlyForm(what);
      return {
        "text/html": figureHtml(what, form, id),
        "application/vnd.plotly.v1+json": form,
        "text/plain": text,
      };
    }
    case "diagram":
      return { "text/html": diagramHtml(what, id), "text/plain": text };
    case "table":
      return { "text/html": tableHtml(what), "text/plain": text };
    case "board":
      return { "text/html": boardHtml(what, id), "text/plain": text };
  }
}

const PICTURE = "max-width:100%;height:auto";

function figureHtml(figure: Figure, form: object, id: string): string {
  const img = element("img", { alt: figure.alt, style: PICTURE, src: svgDataUrl(chartSvg(figure)) });
  const notes = figure.notes
    .map((note) => element("p", { style: "margin:.3em 0" }, escapeXml(note)))
    .join("");
  return `<div class="hb-plot" id="${escapeXml(id)}">${img}</div>${plotLoader(id, form)}${notes}${folded("The numbers", tableHtml(figure.table))}`;
}

function diagramHtml(what: Diagram, id: string): string {
  const img = element("img", { alt: what.alt, style: PICTURE, src: svgDataUrl(what.svg) });
  const text = element("pre", { style: "line-height:1.3" }, escapeXml(what.text));
  return `<div class="hb-diagram" id="${escapeXml(id)}">${img}</div>${diagramLoader(id)}${folded("As text", text)}`;
}

function folded(summary: string, html: string): string {
  return html === "" ? "" : `<details><summary>${summary}</summary>${html}</details>`;
}
