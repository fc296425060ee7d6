// CellPort: the ways into a queue of cells: at once, with the thread asleep, and with the event loop alive.

import { type Cells, NOT_NOW, OVER, sendOnClosed } from "./cells.js";
import { RECEIVERS, SENDERS, type Side } from "./cellwaits.js";
import { parkTask, parkThread, type WaitOptions } from "./park.js";
import { FIRST_PAUSE_US, pause } from "./pause.js";
import { hasEnded } from "./roster.js";
import { checkMayBlock, mayBlock } from "./thread.js";

/** At a large channel a thread stays away longer from the start: an item through a Queue of 1024 takes a tenth to a half less. */
const CELLS_PER_US = 128;

/** How many neighbouring cells a claim of several got. */
export interface Claimed {
  count: number;
}

/** Claims cells of `cells`, which lie in `words`; `label` is the class that messages name. */
export class CellPort {
  /** Of the last claim of several. */
  readonly claimed: Claimed = { count: 0 };
  readonly #cells: Cells;
  readonly #words: Int32Array;
  readonly #label: string;
  readonly #pauseUs: number;

  constructor(cells: Cells, words: Int32Array, label: string) {
    this.#cells = cells;
    this.#words = words;
    this.#label = label;
    this.#pauseUs = Math.max(FIRST_PAUSE_US, cells.capacity / CELLS_PER_US);
  }

  /** Throws where this thread may not sleep. @throws {LockError} as `checkMayBlock` */
  checkMayBlock(call: string, parameter: string): void {
    if (mayBlock()) return;
    checkMayBlock(`${this.#label}.${call}`, `await ${this.#label.toLowerCase()}.${call}Async(${parameter})`);
  }

  /** Claims up to `most` cells on `side`: a position, `NOT_NOW` or `OVER`. A send on a closed channel throws. */
  tryClaim(side: Side, most: number): number {
    let position = this.#attempt(side, most);
    if (position === NOT_NOW && this.#cells.repair(side, hasEnded)) position = this.#attempt(side, most);
    if (position === OVER && side === SENDERS) throw sendOnClosed();
    return position;
  }

  /** Like `tryClaim`; sleeps while it would be `NOT_NOW`, after a few pauses. Call `checkMayBlock` first. */
  claim(side: Side, most: number): number {
    for (let pauses = 0; ; pauses++) {
      const position = this.tryClaim(side, most);
      if (position !== NOT_NOW) return position;
      if (!pause(pauses, this.#pauseUs)) parkThread(this.#words, this.#cells.untilReady(side));
    }
  }

  /**
   * Calls `attempt`, which claims and hands on without a pause between (so a thread has one claim at a time), until it returns
   * something else than null; waits on `side` between without blocking the thread. Null after the time.
   */
  async retry<R>(side: Side, options: WaitOptions, attempt: () => R | null): Promise<R | null> {
    const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
    signal?.throwIfAborted();
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const done = attempt();
      if (done !== null) return done;
      const leftMs = Math.max(0, deadline - performance.now());
      const path = this.#cells.untilReady(side);
      if (!(await parkTask(this.#words, path, { signal, timeoutMs: leftMs }))) return null;
    }
  }

  #attempt(side: Side, most: number): number {
    const cells = this.#cells;
    if (most > 1) {
      return side === RECEIVERS
        ? cells.tryClaimRecvs(most, this.claimed)
        : cells.tryClaimSends(most, this.claimed);
    }
    this.claimed.count = 1;
    return side === RECEIVERS ? cells.tryClaimRecv() : cells.tryClaimSend();
  }
}
