// Owned: a value, for one a channel, that has exactly one owner at a time; it is handed on by compare-and-swap.
//
// Invariants:
//  I1. `use` succeeds for the owner only, and a transfer takes effect as a whole: never two owners, never none.
//  I2. Each transfer counts the epoch up, so that "still mine" and "mine again" are told apart (ABA).
//
// Rejected: a routing table that sender and receiver both read (between look-up and send somebody else owns the
// channel), a lock around dispatch (the hot path then waits for every handover).

import type { Op } from "../op/index.js";
import { type G, type Operable, type OpKind, operate } from "../runtime/index.js";

const OWNER: OpKind = { name: "load", wait: "" };
const USE: OpKind = { name: "use", wait: "" };
const TRANSFER: OpKind = { name: "transfer", wait: "" };

/** Somebody used what he does not own. */
export class NotOwnerError extends Error {
  override readonly name: string = "NotOwnerError";
}

/** Who owns it, and for the how-manieth time it has an owner. */
export interface Ownership<O> {
  readonly owner: O;
  readonly epoch: number;
}

/**
 * A value with one owner. Owners are compared by identity: ids, or objects.
 *
 * **Happens-before:** a transfer synchronizes before every `use` by the new owner.
 * **Cost:** O(1), never waits.
 * **Limits:** who keeps the value that `use` returned can use it later all the same: ask each time.
 * @throws {NotOwnerError} `owned: used by sender, but it belongs to receiver` (from `use`)
 * @example
 * await run(function* () {
 *   const inbox = new Owned<Chan<string>, string>(new Chan(1), "sender");
 *   yield* (yield* inbox.use("sender")).send("last words");
 *   const mine = yield* inbox.load();
 *   console.log(yield* inbox.transfer(mine, "receiver")); // prints: true
 *   console.log(yield* inbox.transfer(mine, "thief")); // prints: false
 *   console.log(yield* (yield* inbox.use("receiver")).recv()); // prints: last words
 * });
 */
export class Owned<T, O> implements Operable {
  readonly label = "owned";
  readonly #value: T;
  #ownership: Ownership<O>;

  constructor(value: T, owner: O) {
    this.#value = value;
    this.#ownership = { owner, epoch: 0 };
  }

  /** Returns who owns it now: the ticket for a transfer. */
  load(): Op<Ownership<O>> {
    return operate(OWNER, this, undefined);
  }

  /** Returns the value if `owner` owns it. */
  use(owner: O): Op<T> {
    return operate(USE, this, owner);
  }

  /** Hands it to `to` if nothing was handed over since `from` was loaded; says whether it did. */
  transfer(from: Ownership<O>, to: O): Op<boolean> {
    return operate(TRANSFER, this, { from, to });
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const { owner, epoch } = this.#ownership;
    if (kind === OWNER) {
      g.value = this.#ownership;
    } else if (kind === USE) {
      if (owner !== arg) {
        throw new NotOwnerError(`owned: used by ${String(arg)}, but it belongs to ${String(owner)}`); // I1
      }
      g.value = this.#value;
    } else {
      const { from, to } = arg as { from: Ownership<O>; to: O };
      g.value = from === this.#ownership; // by identity: I2
      if (g.value === true) this.#ownership = { owner: to, epoch: epoch + 1 };
    }
    return true;
  }
}
