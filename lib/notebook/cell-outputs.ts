// CellOutputs: what one cell prints and shows, joined and limited.
//
// Invariants:
//  I1. Nothing below the limits is lost, and the order within a stream, and between streams and displays, is kept.
//  I2. Over a limit the cell goes on, and one line says what was left out.
import type { CellOutput, MimeBundle } from "./cell.js";
import { withoutHookMarks } from "./hook-marks.js";

type StreamName = "stdout" | "stderr";

/** Text of one stream of one cell that is shown: 1 MB. */
export const STREAM_LIMIT = 1024 * 1024;
/** Data of all displays of one cell that are shown: 64 MB. */
export const DISPLAY_LIMIT = 64 * 1024 * 1024;

const JOIN_MS = 20;
const JOIN_CHARACTERS = 32 * 1024;
/** So many pieces leave at once, even if the cell then never returns to its event loop; the rest of a flood is joined. */
const PROMPT_PIECES = 100;
const realSetTimeout = setTimeout;

/** A display as it leaves the cell. */
export interface ShownDisplay {
  readonly data: MimeBundle;
  readonly metadata?: MimeBundle;
  readonly displayId?: string;
  readonly isUpdate?: boolean;
}

export class CellOutputs {
  readonly #isGraded: boolean;
  readonly #emit: (output: CellOutput) => void;
  readonly #written = { stdout: 0, stderr: 0 };
  #shown = 0;
  #pending: { name: StreamName; text: string } | undefined;
  #windowAt = performance.now();
  #pieces = 0;
  #isTimed = false;
  #isClosed = false;

  constructor(isGraded: boolean, emit: (output: CellOutput) => void) {
    this.#isGraded = isGraded;
    this.#emit = emit;
  }

  /** Prints. **Cost:** amortized O(length); at most about 100 messages per 20 ms. */
  write(stream: StreamName, written: string): void {
    if (this.#isClosed || written === "") return;
    const text = withoutHookMarks(written);
    const name = this.#isGraded ? "stdout" : stream;
    const room = STREAM_LIMIT - this.#written[name];
    if (room < 0) return;
    this.#written[name] += text.length;
    this.#append(name, text.length <= room ? text : text.slice(0, room));
    if (text.length > room) {
      this.#written[name] = STREAM_LIMIT + 1;
      this.#append(name, `\n[${name} is cut here: a cell shows at most 1 MB of it; the cell goes on]\n`);
    }
  }

  /** Shows a bundle, after what was printed before it. */
  display(display: ShownDisplay): void {
    if (this.#isClosed || this.#shown > DISPLAY_LIMIT) return;
    this.flush();
    const { isUpdate = false, displayId, metadata = {} } = display;
    const data = encoded(display.data);
    this.#shown += JSON.stringify(data).length;
    if (this.#shown > DISPLAY_LIMIT) {
      this.write(
        "stdout",
        "\n[displays are cut here: a cell shows at most 64 MB of them; the cell goes on]\n",
      );
      return;
    }
    const kind = isUpdate ? "update" : "display";
    this.#emit({ kind, data, metadata, ...(displayId === undefined ? {} : { displayId }) });
  }

  flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) this.#emit({ kind: "stream", name: pending.name, text: pending.text });
  }

  /** Drops everything from now on. */
  close(): void {
    this.#isClosed = true;
  }

  #append(name: StreamName, text: string): void {
    if (this.#pending !== undefined && this.#pending.name !== name) this.flush();
    this.#pending ??= { name, text: "" };
    this.#pending.text += text;
    const now = performance.now();
    const isNewWindow = now - this.#windowAt > JOIN_MS;
    if (isNewWindow) {
      this.#windowAt = now;
      this.#pieces = 0;
    }
    if (isNewWindow || ++this.#pieces <= PROMPT_PIECES || this.#pending.text.length > JOIN_CHARACTERS) {
      this.flush();
    } else if (!this.#isTimed) {
      this.#isTimed = true;
      realSetTimeout(() => {
        this.#isTimed = false;
        this.flush();
      }, JOIN_MS);
    }
  }
}

/** Bytes travel as base64, as Jupyter wants them. */
function encoded(data: MimeBundle): MimeBundle {
  return Object.fromEntries(
    Object.entries(data).map(([type, value]) => [
      type,
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    ]),
  );
}
