// Joiner: many small pieces of stream text become few, for front ends that draw each message.
import type { CellOutput } from "./cell.js";

const JOIN_MS = 20;

/** Passes outputs on in order; text of one stream is held back for at most 20 ms and joined. */
export class Joiner {
  readonly #pass: (output: CellOutput) => void;
  #pending: { name: "stdout" | "stderr"; text: string } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(pass: (output: CellOutput) => void) {
    this.#pass = pass;
  }

  push(output: CellOutput): void {
    if (output.kind !== "stream" || (this.#pending !== undefined && this.#pending.name !== output.name))
      this.flush();
    if (output.kind !== "stream") {
      this.#pass(output);
      return;
    }
    this.#pending ??= { name: output.name, text: "" };
    this.#pending.text += output.text;
    this.#timer ??= setTimeout(() => this.flush(), JOIN_MS);
  }

  /** Passes on what is held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) this.#pass({ kind: "stream", ...pending });
  }
}
