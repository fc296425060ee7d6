// NotebookOutputs: the outputs of cells as nbformat keeps them.
//
// Invariants:
//  I1. Neighbouring text of one stream is one output; a carriage return draws over the line, as a terminal does.
//  I2. An update changes every display with its id, in whichever cell it stands.
import type { IOutput } from "@jupyterlab/nbformat";
import type { CellError, CellOutput, MimeBundle } from "./cell.js";

/** An output that may still grow. */
interface MutableOutput {
  output_type: string;
  name?: string;
  text?: string;
  data?: MimeBundle;
  metadata?: MimeBundle;
  execution_count?: number;
  ename?: string;
  evalue?: string;
  traceback?: readonly string[];
}

export class NotebookOutputs {
  readonly #byCell = new Map<string, MutableOutput[]>();
  readonly #displays = new Map<string, MutableOutput[]>();

  /** The outputs of a cell, in order. */
  of(cell: string): IOutput[] {
    return this.#list(cell).map(
      (output) =>
        (output.text === undefined ? output : { ...output, text: overdrawn(output.text) }) as IOutput,
    );
  }

  add(cell: string, output: CellOutput): void {
    if (output.kind === "stream") {
      this.#addText(cell, output.name, output.text);
      return;
    }
    const { data, metadata, displayId } = output;
    if (output.kind === "update") {
      for (const shown of this.#displays.get(displayId ?? "") ?? []) Object.assign(shown, { data, metadata });
      return;
    }
    const shown: MutableOutput = {
      output_type: "display_data",
      data: { ...data },
      metadata: { ...metadata },
    };
    this.#list(cell).push(shown);
    if (displayId !== undefined)
      this.#displays.set(displayId, [...(this.#displays.get(displayId) ?? []), shown]);
  }

  addResult(cell: string, count: number, data: MimeBundle): void {
    this.#list(cell).push({
      output_type: "execute_result",
      execution_count: count,
      data,
      metadata: {},
    });
  }

  addError(cell: string, error: CellError): void {
    this.#list(cell).push({
      output_type: "error",
      ...error,
      traceback: [...error.traceback],
    });
  }

  #addText(cell: string, name: "stdout" | "stderr", text: string): void {
    const list = this.#list(cell);
    const last = list.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text = `${last.text ?? ""}${text}`;
    else list.push({ output_type: "stream", name, text });
  }

  #list(cell: string): MutableOutput[] {
    const list = this.#byCell.get(cell) ?? [];
    this.#byCell.set(cell, list);
    return list;
  }
}

function overdrawn(text: string): string {
  return text.replace(/[^\n]*\r(?!\n|$)/gm, "");
}
