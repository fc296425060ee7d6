// Show: the only place where something is displayed.
import { randomUUID } from "node:crypto";
import { notebookHost } from "./host.js";
import { outputBundle, plainText, type Showable } from "./output.js";

/**
 * Displays a figure, diagram, table or board under the running notebook cell. Outside a notebook it prints the text form:
 * title, numbers and notes.
 *
 * **Cost:** O(points); an output takes 10 to 150 kB in the notebook.
 *
 * @throws {TypeError} `` show: expected a figure, diagram, table or board, got 42 ``
 * @example
 * await show(figure([{ type: "scatter", x: [1, 2, 3], y: [1, 4, 9] }], { title: { text: "Squares" } }));
 */
export async function show(what: Showable): Promise<void> {
  const kind = (what as { kind?: unknown } | null | undefined)?.kind;
  if (kind !== "figure" && kind !== "diagram" && kind !== "table" && kind !== "board") {
    const hint = what instanceof Promise ? "a promise (write `await` before it)" : String(what);
    throw new TypeError(`show: expected a figure, diagram, table or board, got ${hint}`);
  }
  const host = notebookHost();
  if (host === undefined) process.stdout.write(`${plainText(what)}\n`);
  else host.display(outputBundle(what, `hb-${randomUUID().slice(0, 13)}`));
}
