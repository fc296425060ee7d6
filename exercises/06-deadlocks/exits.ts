// exercise: 06-deadlocks/exits
// A warehouse ships orders, each under its lock. Five ways lead out of the locked part: past
// the last line, by `continue`, `break` and `return`, and by a throw. Only one of them unlocks.
// Make one change, so that the lock is free after every exit, those of next year included.
// Check: npx hb check 06-deadlocks/exits
// Fails: after an order that is skipped
import { type Go, Mutex } from "happens-before";

export interface Order {
  readonly pieces: number;
}

export class Warehouse {
  readonly #mu = new Mutex();
  #pieces: number;

  constructor(pieces: number) {
    this.#pieces = pieces;
  }

  /** Returns how many pieces are left. */
  *left(): Go<number> {
    yield* this.#mu.lock();
    const pieces = this.#pieces;
    yield* this.#mu.unlock();
    return pieces;
  }

  /**
   * Ships the orders in their turn and returns how many it has shipped. `inspect` looks at each
   * under the lock, so that nobody else takes the pieces meanwhile. It may take its time, and it
   * may throw: then the caller gets the error.
   */
  *ship(orders: readonly Order[], inspect: (order: Order) => Go): Go<number> {
    let shipped = 0;
    for (const order of orders) {
      // TODO: the lock is taken here. Where is it given back if the order is empty? Too large?
      yield* this.#mu.lock();
      if (order.pieces === 0) continue; // nothing to do
      if (order.pieces > this.#pieces) break; // sold out
      yield* inspect(order);
      this.#pieces -= order.pieces;
      shipped++;
      if (this.#pieces === 0) return shipped; // the shelf is empty
      yield* this.#mu.unlock();
    }
    return shipped;
  }
}
