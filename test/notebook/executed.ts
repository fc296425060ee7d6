// An executed notebook with every kind of output, for the tests of the HTML page.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNotebook, type Notebook, parseLesson } from "../../lib/notebook/index.js";
import { figure, outputBundle } from "../../lib/plot/index.js";

const course = fileURLToPath(new URL("./fixtures/course", import.meta.url));
const FILE = "notebooks/05-the-rwmutex-incident.md";

/** A plot of a latency cliff; its title tries to break out of the script. */
export function plotBundle(id: string): Record<string, unknown> {
  const atMs = Array.from({ length: 60 }, (_, i) => i * 50);
  const cliff = atMs.map((at) => (at > 1000 && at < 2000 ? 2000 - at : 0.4 + (at % 350) / 1000));
  const traces = [
    { type: "scatter" as const, name: "RWMutex", x: atMs, y: cliff },
    { type: "scatter" as const, name: "Snapshot", x: atMs, y: atMs.map((at) => 0.3 + (at % 350) / 3000) },
  ];
  const layout = { title: { text: "Readers' p99 over time </script><b>" }, yaxis: { type: "log" as const } };
  return { ...outputBundle(figure(traces, layout), id) };
}

/** The smallest PNG: one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg==";

const outputsById: Readonly<Record<string, readonly Record<string, unknown>[]>> = {
  "first-run": [
    {
      output_type: "stream",
      name: "stdout",
      text: ["reader 1 waited \u001b[31m1 002 ms\u001b[0m\n", "reader 2 "],
    },
    {
      output_type: "stream",
      name: "stdout",
      text: "waited \u001b[32m0.4 ms\u001b[39m <b>not bold</b>\n10%\r50%\r100%\n",
    },
    { output_type: "stream", name: "stderr", text: "\u001b[33mwarning:\u001b[0m two cores only\n" },
    { output_type: "display_data", metadata: {}, data: plotBundle("p-one") },
    { output_type: "display_data", metadata: {}, data: plotBundle("p-two") },
    { output_type: "execute_result", execution_count: 1, metadata: {}, data: { "text/plain": "'done'" } },
  ],
  planted: [
    {
      output_type: "error",
      ename: "Error",
      evalue: "as planned",
      traceback: ["\u001b[31mError\u001b[0m: as planned", "    at planted:1:7"],
    },
  ],
  "many-backticks": [
    {
      output_type: "display_data",
      metadata: {},
      data: { "image/png": `${PIXEL}\n`, "text/plain": 'a "pixel"' },
    },
    {
      output_type: "display_data",
      metadata: {},
      data: { "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' },
    },
    { output_type: "display_data", metadata: {}, data: { "text/markdown": "**two**" } },
    { output_type: "display_data", metadata: {}, data: { "application/json": { b: "<i>" } } },
    {
      output_type: "display_data",
      metadata: {},
      data: { "text/html": "<table><tr><td>cell</td></tr></table>", "text/plain": "cell" },
    },
  ],
};

/** The fixture lesson as if it had run. */
export function executedNotebook(): Notebook {
  const lesson = parseLesson(readFileSync(join(course, FILE), "utf8"), FILE);
  const exerciseText = (id: string) => readFileSync(join(course, `exercises/${id}.ts`), "utf8");
  const notebook = buildNotebook(lesson, { exerciseText });
  let count = 0;
  const cells = notebook.cells.map((cell) => {
    if (cell.cell_type !== "code") return cell;
    count++;
    return { ...cell, execution_count: count, outputs: outputsById[String(cell["id"])] ?? [] };
  });
  return { ...notebook, cells } as Notebook;
}
