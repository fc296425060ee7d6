import { expect, test } from "vitest";
import { COLOURS } from "../../lib/notebook/html-style.js";
import { renderTerminal } from "../../lib/notebook/html-text.js";
import { exportHtml, type Notebook } from "../../lib/notebook/index.js";
import { executedNotebook } from "./executed.js";

const PLOTLY = "window.Plotly={};/* </script> */";
const page = exportHtml(executedNotebook(), { plotly: PLOTLY });

const withCells = (...cells: object[]) =>
  ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }) as unknown as Notebook;

test("exportHtml: the title is the first heading, or the one asked for", () => {
  expect(page).toContain("<title>The RWMutex incident</title>");
  expect(exportHtml(withCells(), { title: "a <b>" })).toContain("<title>a &lt;b&gt;</title>");
  expect(exportHtml(withCells())).toContain("<title>Notebook</title>");
});

test("exportHtml: nothing is loaded from anywhere", () => {
  const withoutPlotly = page.replace(/<script>window\.Plotly.*?<\/script>/s, "");
  const loads = [...withoutPlotly.matchAll(/<(?:script|img|link|iframe)\b[^>]*?\b(?:src|href)="([^"]*)"/g)];
  expect(loads.length).toBeGreaterThan(3);
  for (const [, address = ""] of loads) expect(address).toMatch(/^data:/);
  expect(withoutPlotly).not.toContain("@import");
});

test("exportHtml: Plotly stands in the page once, before the plots, and cannot end its script early", () => {
  expect(page.split("window.Plotly={}")).toHaveLength(2);
  expect(page.indexOf("window.Plotly={}")).toBeLessThan(page.indexOf('class="hb-plot"'));
  expect(page).toContain("/* <\\/script> */");
});

test("exportHtml: without a plot there is no Plotly", () => {
  const plain = exportHtml(withCells({ cell_type: "markdown", metadata: {}, source: "# T" }), {
    plotly: PLOTLY,
  });
  expect(plain).not.toContain("<script");
});

test("exportHtml: with a plot and no text given, the installed Plotly is taken", () => {
  expect(exportHtml(executedNotebook()).length).toBeGreaterThan(3_000_000);
});

test("exportHtml: Markdown is rendered, and headings can be linked to", () => {
  expect(page).toContain('<h2 id="break-it">Break it</h2>');
  expect(page).toContain("<li>a waiting writer keeps new readers out,</li>");
  expect(page).toContain('<a href="https://go.dev/ref/mem">link</a>');
  expect(page.match(/id="field-rules"/g)).toHaveLength(1);
});

test("exportHtml: code is highlighted and escaped, in cells and in fences", () => {
  expect(page).toContain('<span class="hljs-keyword">import</span>');
  expect(page).toContain('<code class="language-go">');
  expect(page).toContain("&lt;b&gt;");
  expect(page).toContain("<summary>Code</summary>");
});

test("exportHtml: streams are joined, coloured, escaped, and progress bars show their last state", () => {
  expect(page).toContain('reader 1 waited <span class="ansi-red-fg">1 002 ms</span>\nreader 2 waited');
  expect(page).toContain("&lt;b&gt;not bold&lt;/b&gt;");
  expect(page).toContain("\n100%");
  expect(page).not.toContain("50%\r");
  expect(page).toContain('<div class="output stderr">');
});

test("exportHtml: an error shows its traceback", () => {
  expect(page).toContain(
    '<div class="output error"><pre tabindex="0"><span class="ansi-red-fg">Error</span>: as planned\n    at planted:1:7',
  );
});

test("exportHtml: every kind of output is there, pictures with a text for those who do not see them", () => {
  expect(page).toContain('<img alt="a &quot;pixel&quot;" src="data:image/png;base64,iVBOR');
  expect(page).toContain('<img alt="figure" src="data:image/svg+xml;base64,');
  expect(page).toContain("<strong>two</strong>");
  expect(page).toContain("&quot;b&quot;: &quot;&lt;i&gt;&quot;");
  expect(page).toContain("<td>cell</td>");
});

test("exportHtml: graded cells say what they are", () => {
  expect(page).toContain("Exercise 05-the-rwmutex-incident/reload");
  expect(page).toContain("Check 05-the-rwmutex-incident/reload · 4 points");
  expect(page).toContain('id="cell-exercise-reload"');
});

test("exportHtml: pictures attached to a Markdown cell are in the page", () => {
  const attachments = { "a b.png": { "image/png": "AAAA" } };
  const source = "![x](attachment:a%20b.png)";
  expect(exportHtml(withCells({ cell_type: "markdown", metadata: {}, source, attachments }))).toContain(
    'src="data:image/png;base64,AAAA"',
  );
});

for (const [name, notebook] of [
  ["null", null],
  ["an object without cells", { nbformat: 4 }],
  ["a text", "x"],
] as const) {
  test(`exportHtml: ${name} is a clear error`, () => {
    expect(() => exportHtml(notebook as unknown as Notebook)).toThrow(
      /^exportHtml: expected a notebook with cells, got /,
    );
  });
}

test("exportHtml: cells with strange content do not break the page", () => {
  const odd = withCells(
    { cell_type: "code", metadata: {}, source: null, outputs: null, execution_count: "x" },
    {
      cell_type: "code",
      metadata: {},
      source: [],
      outputs: [{ output_type: "display_data" }, { output_type: "?" }, { output_type: "error" }],
    },
    { cell_type: "raw", metadata: {}, source: "<raw>" },
    { cell_type: "heading", metadata: {}, source: "old" },
  );
  expect(exportHtml(odd)).toContain("&lt;raw&gt;");
});

test("renderTerminal: escape sequences that are no colours disappear, unfinished ones too", () => {
  expect(renderTerminal("a\u001b[2Kb\u001b[1Ac")).toBe("abc");
  expect(renderTerminal("end\u001b[3")).toMatch(/^end/);
  expect(renderTerminal("\u001b]8;;https://x.org\u0007link\u001b]8;;\u0007")).not.toContain("href");
});

const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string): number => {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};

for (const scheme of [0, 1] as const) {
  for (const [name, colours] of Object.entries(COLOURS)) {
    if (["page", "code", "line", "bad-back"].includes(name)) continue;
    test(`the colour ${name} can be read on page and code (${scheme === 0 ? "light" : "dark"})`, () => {
      for (const back of ["page", "code"]) {
        expect(contrast(colours[scheme], COLOURS[back]![scheme])).toBeGreaterThanOrEqual(4.5);
      }
    });
  }
}
