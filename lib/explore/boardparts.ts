// BoardParts: what many states of a board have in common, once each.

import type { BoardEnding, BoardEvent, BoardGoroutine, BoardObject } from "./boarddata.js";

/** A list in which equal values stand once. */
export class Parts<P> {
  readonly list: P[] = [];
  readonly #at = new Map<string, number>();

  /** The index of a value like `part`. */
  indexOf(part: P): number {
    const text = JSON.stringify(part);
    let at = this.#at.get(text);
    if (at === undefined) {
      at = this.list.push(part) - 1;
      this.#at.set(text, at);
    }
    return at;
  }
}

export class BoardParts {
  readonly goroutines = new Parts<BoardGoroutine>();
  readonly objects = new Parts<BoardObject>();
  readonly events = new Parts<BoardEvent>();
  readonly endings = new Parts<BoardEnding>();
}
