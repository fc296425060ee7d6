// The look of an exported notebook: one column of text, code and outputs, light or dark as the reader's system asks.
//
// Colours meet WCAG AA (4.5:1) on their background in both schemes; `test/notebook/html.test.ts` computes it.

/** Colours by name, `[light, dark]`. */
export const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  page: ["#ffffff", "#14171c"],
  text: ["#1f2328", "#dde3ea"],
  quiet: ["#5c6570", "#98a3b0"],
  line: ["#d5dae0", "#343b45"],
  code: ["#f5f7f9", "#1c2128"],
  link: ["#0a5cc0", "#79b8ff"],
  accent: ["#0b6e75", "#56c8d0"],
  keyword: ["#b3202f", "#ff8a80"],
  name: ["#6639ba", "#c9a7ff"],
  literal: ["#0550ae", "#85c1ff"],
  string: ["#0a5a2c", "#8bd5a0"],
  comment: ["#5c6570", "#98a3b0"],
  bad: ["#b3202f", "#ff8a80"],
  "bad-back": ["#fff3f2", "#2c1a1c"],
  "ansi-black": ["#1f2328", "#98a3b0"],
  "ansi-red": ["#b3202f", "#ff8a80"],
  "ansi-green": ["#0a5a2c", "#7ad694"],
  "ansi-yellow": ["#7a5200", "#e5c07b"],
  "ansi-blue": ["#0550ae", "#85c1ff"],
  "ansi-magenta": ["#8a2a86", "#e5a1e0"],
  "ansi-cyan": ["#0b6068", "#6fd3da"],
  "ansi-white": ["#5c6570", "#eef2f6"],
};

function variables(scheme: 0 | 1): string {
  return Object.entries(COLOURS)
    .map(([name, colours]) => `--${name}:${colours[scheme]}`)
    .join(";");
}

const ANSI = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
  .map((name) => {
    const colour = `var(--ansi-${name})`;
    const fore = `.ansi-${name}-fg,.ansi-bright-${name}-fg{color:${colour}}`;
    return `${fore}.ansi-${name}-bg,.ansi-bright-${name}-bg{background:${colour};color:var(--page)}`;
  })
  .join("\n");

/** The style sheet, complete. */
export const STYLE = `
:root{color-scheme:light dark;${variables(0)}}
@media (prefers-color-scheme:dark){:root{${variables(1)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:17px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:54rem;margin:0 auto;padding:2.5rem 1.25rem 5rem}
h1,h2,h3,h4{line-height:1.25;margin:2.2em 0 .6em;text-wrap:balance}
h1{font-size:2.1rem;margin-top:0}h2{font-size:1.5rem;padding-top:.4em;border-top:1px solid var(--line)}h3{font-size:1.2rem}
p,ul,ol,table,blockquote{margin:.8em 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,pre:focus-visible{outline:2px solid var(--link);outline-offset:2px}
blockquote{margin-left:0;padding-left:1em;border-left:3px solid var(--line);color:var(--quiet)}
img,svg{max-width:100%;height:auto}
table{border-collapse:collapse;display:block;overflow-x:auto;font-size:.94em;font-variant-numeric:tabular-nums}
th,td{padding:.35em .7em;border:1px solid var(--line);text-align:left;vertical-align:top}
th{background:var(--code)}
code,pre{font:14px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;tab-size:2}
:not(pre)>code{background:var(--code);padding:.12em .35em;border-radius:4px;font-size:.86em}
pre{margin:0;padding:.75em 1em;overflow-x:auto;background:var(--code);border-radius:6px}
.text pre{margin:.9em 0}
.code{margin:1.4em 0;position:relative}
.head{display:flex;gap:.8em;align-items:baseline;font-size:.8rem;color:var(--quiet);margin-bottom:.3em}
.head .mark{color:var(--accent);font-weight:600}
.count{font-size:.8rem;color:var(--quiet);font-variant-numeric:tabular-nums}
.head .count{margin-left:auto}
.code>.count{position:absolute;right:.7em;top:.35em}
.source{border-left:3px solid var(--accent);border-radius:0 6px 6px 0}
.outputs{margin-top:.5em}
.output{margin:.4em 0;overflow-x:auto}
.output pre{background:none;padding:.25em 1em}
.output.display>p{margin:.3em 0;font-size:.88rem;line-height:1.5;color:var(--quiet)}
.output.stderr pre{border-left:3px solid var(--ansi-yellow);border-radius:0}
.output.result pre{border-left:3px solid var(--line);border-radius:0}
.output.error pre{background:var(--bad-back);border-left:3px solid var(--bad);padding:.75em 1em;border-radius:0 6px 6px 0}
summary{cursor:pointer;color:var(--quiet);font-size:.9rem}
footer{margin-top:4rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.85rem;color:var(--quiet)}
.hljs-keyword,.hljs-operator,.hljs-doctag{color:var(--keyword)}
.hljs-title,.hljs-class,.hljs-built_in,.hljs-type{color:var(--name)}
.hljs-number,.hljs-literal,.hljs-attr,.hljs-property,.hljs-variable.language_{color:var(--literal)}
.hljs-string,.hljs-regexp,.hljs-symbol,.hljs-char{color:var(--string)}
.hljs-comment,.hljs-meta{color:var(--comment)}
.hljs-subst,.hljs-params{color:inherit}
${ANSI}
@media print{main{max-width:none;padding:0}.code,.output{break-inside:avoid}pre{white-space:pre-wrap}}
`;
