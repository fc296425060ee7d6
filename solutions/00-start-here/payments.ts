// exercise: 00-start-here/payments
// A shop counts the payments that the bank accepts. Many customers pay at once, and some
// payments are not counted. Mend `pay`. Nobody may wait for another customer's bank, and a
// payment that the bank refuses must not stop the others.
// Check: npx hb check 00-start-here/payments
// Fails: 3 payments were accepted, and the shop counted
import { AtomicInt32, type Go } from "happens-before";

/** Asks the bank. It takes its time, and throws when it refuses. */
export type Bank = () => Go;

/** A shop with its counter. */
export class Shop {
  readonly #count = new AtomicInt32(0);

  /** Counts one payment. When the bank refuses, nothing is counted, and its error goes on. */
  *pay(bank: Bank): Go {
    // No lock is held here: the bank may be slow, and it may throw.
    yield* bank();
    // One step: nobody can come between the reading and the writing.
    yield* this.#count.add(1);
  }

  /** How many payments were counted. Called when everybody has paid. */
  *counted(): Go<number> {
    return yield* this.#count.load();
  }
}
