// Snapshot: the current version of a value that nobody changes, replaced as a whole.
//
// Invariants:
//  I1. A published version never changes again: it and its value are frozen.
//  I2. Versions count up by one, from 1.
//
// Source: read-copy-update as Go programs write it: atomic.Pointer to an immutable struct. Rejected: a lock around a
// value changed in place (a reader can keep the value when it has left the lock, and see half a change):
//
//   yield* rw.rLock(); const c = config; rw.rUnlock(); use(c.host, c.port); // wrong if a writer changes `config`

import type { Go, Op } from "../op/index.js";
import { current, type G, type Operable, type OpKind, operate, ready } from "../runtime/index.js";

const LOAD: OpKind = { name: "load", wait: "", edge: "acquire" };
const PUBLISH: OpKind = { name: "publish", wait: "", edge: "both" };
const PUBLISH_IF: OpKind = { name: "publishIf", wait: "" };

/** One version of a value. Whoever holds it keeps seeing this one. */
export interface Version<T> {
  readonly version: number;
  readonly value: T;
}

/**
 * An immutable value with a version number. Readers never wait, whatever writers do; what they have loaded stays as
 * it is. Build the next value beside it and publish it: until then nobody sees it.
 *
 * The value is frozen, not what it refers to; of a Map or Set make a new one, since freezing does not stop `set`.
 *
 * **Happens-before:** a publication synchronizes before any `load` that returns its version.
 * **Cost:** O(1), never waits; `update` tries again when somebody else was first.
 * @example
 * await run(function* () {
 *   const config = new Snapshot({ host: "a", port: 1 });
 *   const before = yield* config.load();
 *   yield* config.publish({ host: "b", port: 2 });
 *   const after = yield* config.load();
 *   console.log(before.value.host, after.value.host, after.version); // prints: a b 2
 *   console.log(yield* config.publishIf(before, { host: "c", port: 3 })); // prints: false
 * });
 */
export class Snapshot<T> implements Operable {
  readonly label = "snapshot";
  #current: Version<T>;

  constructor(initial: T) {
    this.#current = freeze(1, initial);
  }

  /** Returns the current version. */
  load(): Op<Version<T>> {
    return current.isFast ? ready(LOAD, this.#current) : operate(LOAD, this, undefined);
  }

  /** Makes `value` the current one, whatever it was; returns its version number. */
  publish(value: T): Op<number> {
    return operate(PUBLISH, this, value);
  }

  /** Makes `value` the current one if `seen` still is; says whether it did. */
  publishIf(seen: Version<T>, value: T): Op<boolean> {
    return operate(PUBLISH_IF, this, { seen, value });
  }

  /**
   * Publishes what `change` makes of the current value, and again from the newer one if somebody else was first, so
   * no change is lost. `change` must not alter its argument. Generator; returns what was published.
   */
  *update(change: (value: T) => T): Go<Version<T>> {
    for (;;) {
      const seen = yield* this.load();
      const value = change(seen.value);
      if (yield* this.publishIf(seen, value)) return { version: seen.version + 1, value };
    }
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === LOAD) {
      g.value = this.#current;
    } else if (kind === PUBLISH) {
      this.#current = freeze(this.#current.version + 1, arg as T); // I2
      g.value = this.#current.version;
    } else {
      const { seen, value } = arg as { seen: Version<T>; value: T };
      g.value = seen === this.#current;
      if (seen === this.#current) this.#current = freeze(seen.version + 1, value);
    }
    return true;
  }
}

function freeze<T>(version: number, value: T): Version<T> {
  if (!ArrayBuffer.isView(value)) Object.freeze(value); // JavaScript cannot freeze a typed array
  return Object.freeze({ version, value }); // I1
}
