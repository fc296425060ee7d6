// Buffered: the passage of a Chan with room for values: cells that hold a value's bytes.
//
// Invariants:
//  I1. Bytes are made before a cell is claimed, and copied out of it before it is handed on; nothing of the program runs between.

import { CellPort } from "./cellport.js";
import { CELLS_HEADER_BYTES, Cells, NOT_NOW, OVER, powerOfTwo } from "./cells.js";
import { RECEIVERS, SENDERS } from "./cellwaits.js";
import type { Handle } from "./memory.js";
import type { WaitOptions } from "./park.js";
import { END, NOTHING, type Passage } from "./passage.js";
import { cellCase, ENDED, type RecvCase, SENT, type SendCase } from "./selectcase.js";
import { Decoder, type Encoder } from "./values.js";

/** Bytes of a cell before the value: sequence word and the one that Cells uses. */
const CELL_HEADER_BYTES = 8;

/** Bytes of a channel with room for `capacityItems`. */
export function bufferedBytes(capacityItems: number, slotBytes: number): number {
  return CELLS_HEADER_BYTES + powerOfTwo(capacityItems) * (CELL_HEADER_BYTES + slotBytes);
}

export class Buffered implements Passage {
  readonly #cells: Cells;
  readonly #port: CellPort;
  readonly #words: Int32Array;
  readonly #encoder: Encoder;
  readonly #decoder: Decoder;

  constructor(handle: Handle, capacityItems: number, slotBytes: number, isNew: boolean, encoder: Encoder) {
    const { buffer, offset } = handle;
    const length = bufferedBytes(capacityItems, slotBytes);
    this.#words = new Int32Array(buffer, offset, length / 4);
    this.#encoder = encoder;
    this.#decoder = new Decoder(buffer, offset, length);
    this.#cells = new Cells(this.#words, capacityItems, (CELL_HEADER_BYTES + slotBytes) / 4);
    this.#port = new CellPort(this.#cells, this.#words, "Chan");
    if (isNew) this.#cells.initialize();
  }

  get isClosed(): boolean {
    return this.#cells.isClosed;
  }

  get length(): number {
    return this.#cells.length;
  }

  close(): void {
    this.#cells.close();
  }

  trySend(prepare: () => void): boolean {
    prepare(); // I1
    const position = this.#port.tryClaim(SENDERS, 1);
    if (position === NOT_NOW) return false;
    this.#fill(position);
    return true;
  }

  send(prepare: () => void): void {
    prepare(); // I1
    this.#fill(this.#port.claim(SENDERS, 1));
  }

  async sendAsync(prepare: () => void, options: WaitOptions): Promise<boolean> {
    return (await this.#port.retry(SENDERS, options, () => this.trySend(prepare) || null)) === true;
  }

  tryRecv(): unknown {
    return this.#take(this.#port.tryClaim(RECEIVERS, 1));
  }

  recv(): unknown {
    return this.#take(this.#port.claim(RECEIVERS, 1));
  }

  async recvAsync(options: WaitOptions): Promise<unknown> {
    const got = await this.#port.retry(RECEIVERS, options, () => {
      const value = this.tryRecv();
      return value === NOTHING ? null : { value };
    });
    return got === null ? NOTHING : got.value;
  }

  sendCase(prepare: () => void): SendCase {
    return cellCase("send", this.#cells, SENDERS, () => (this.trySend(prepare) ? SENT : null));
  }

  recvCase(): RecvCase<unknown> {
    return cellCase("recv", this.#cells, RECEIVERS, () => {
      const value = this.tryRecv();
      if (value === NOTHING) return null;
      return value === END ? ENDED : { value, ok: true };
    });
  }

  #fill(position: number): void {
    const word = this.#cells.cell(position);
    this.#words[word + 1] = 0;
    this.#encoder.copyTo(this.#words, word + CELL_HEADER_BYTES / 4);
    this.#cells.publish(position);
  }

  #take(position: number): unknown {
    if (position === NOT_NOW) return NOTHING;
    if (position === OVER) return END;
    const value = this.#decoder.decode(this.#cells.cell(position) * 4 + CELL_HEADER_BYTES); // I1
    this.#cells.release(position);
    return value;
  }
}
