// The look of the pages for teachers and students: no script, no network, light or dark as the reader's system asks.
//
// What passed is blue and what failed is orange, the two colours that everybody can tell apart (Okabe, Ito, 2008), and
// each has its sign besides. Contrast is WCAG AA on its background in both schemes; a test computes it.
import { html, Markup } from "./markup.js";

/** Colours by name, `[light, dark]`. */
export const PAGE_COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  page: ["#ffffff", "#14171c"],
  text: ["#1f2328", "#dde3ea"],
  quiet: ["#5c6570", "#98a3b0"],
  line: ["#d5dae0", "#343b45"],
  soft: ["#f5f7f9", "#1c2128"],
  pass: ["#0a5a9c", "#7db9f2"],
  "pass-back": ["#e3effa", "#16283a"],
  fail: ["#964500", "#ffb067"],
  "fail-back": ["#fdeedd", "#38260f"],
  unknown: ["#5c6570", "#a9b1ba"],
  "unknown-back": ["#eceff2", "#252b33"],
};

function variables(scheme: 0 | 1): string {
  return Object.entries(PAGE_COLOURS)
    .map(([name, colours]) => `--${name}:${colours[scheme]}`)
    .join(";");
}

const STYLE = `
:root{color-scheme:light dark;${variables(0)}}
@media (prefers-color-scheme:dark){:root{${variables(1)}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:.2rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1rem 0 .3rem}
p{margin:.4rem 0;max-width:48rem}nav a{margin-right:1rem}a{color:var(--pass)}
.quiet{color:var(--quiet)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:14px}
caption{text-align:left;color:var(--quiet);padding:.2rem 0}
th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
thead th{background:var(--soft)}td.number{text-align:right;font-variant-numeric:tabular-nums}
.matrix td{text-align:center;font-weight:600;padding:.25rem .4rem}
.matrix thead .property{writing-mode:vertical-rl;transform:rotate(180deg);max-height:16rem;font-weight:400;text-align:left;vertical-align:bottom}
.matrix tbody th{position:sticky;left:0;background:var(--page)}
.pass{color:var(--pass);background:var(--pass-back)}.fail{color:var(--fail);background:var(--fail-back)}
.unknown{color:var(--unknown);background:var(--unknown-back)}.none{color:var(--quiet)}
.tag{display:inline-block;border-radius:4px;padding:0 .4rem;font-weight:600}
.bar{display:inline-block;height:.7rem;vertical-align:middle;background:var(--fail)}
.bar.good{background:var(--pass)}
details{border:1px solid var(--line);border-radius:6px;margin:.4rem 0;padding:.4rem .7rem}
summary{cursor:pointer}summary:focus-visible,a:focus-visible{outline:2px solid var(--pass);outline-offset:2px}
pre{background:var(--soft);padding:.6rem;overflow-x:auto;font-size:13px;white-space:pre}
.message{white-space:pre-line;margin:.2rem 0 .2rem 1.2rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media print{body{max-width:none}details{break-inside:avoid}}
`;

/** A whole page. `body` is trusted, `title` is not. */
export function page(title: string, body: Markup): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>${title}</title>
<style>${new Markup(STYLE)}</style></head>
<body>${body}</body></html>
`.text;
}

const SIGNS = { pass: "✓", fail: "✗", unknown: "?" } as const;

/** A status as sign and colour, with a word for those who hear the page. */
export function statusTag(status: keyof typeof SIGNS, word: string): Markup {
  return html`<span class="tag ${status}"><span aria-hidden="true">${SIGNS[status]} </span>${word}</span>`;
}

/** A cell of a matrix: a sign, its colour, and what it means as a tooltip and for screen readers. */
export function statusCell(status: keyof typeof SIGNS | undefined, says: string): Markup {
  if (status === undefined)
    return html`<td class="none" title="${says}">·<span class="hidden"> ${says}</span></td>`;
  return html`<td class="${status}" title="${says}"><span aria-hidden="true">${SIGNS[status]}</span><span class="hidden"> ${says}</span></td>`;
}
