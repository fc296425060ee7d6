// DoneChan: the channel of `ctx.done()`. Nothing is ever sent on it; it is closed once.

import { type Received, Source } from "../chan/index.js";
import { releases } from "../runtime/index.js";

export class DoneChan extends Source<unknown> {
  readonly len = 0;
  readonly cap = 0;
  #isClosed = false;

  get canRecv(): boolean {
    return this.#isClosed;
  }

  takeCase(): Received<unknown> {
    return { value: undefined, ok: false };
  }

  /** Closes it and wakes everybody who waits, first come, first served. */
  closeNow(): void {
    this.#isClosed = true;
    releases(this);
    while (this.deliver(undefined, false));
  }
}

/** For contexts that are cancelled before anybody asks for their channel. */
export const CLOSED: DoneChan = new DoneChan();
CLOSED.closeNow();
