// exercise: 06-deadlocks/transfer
// A bank keeps its accounts on shards, each with a lock of its own. Two transfers in opposite
// directions can wait for each other for ever. Change `transfer` until none can, whichever
// accounts it is given, while others go on beside it and no money is lost on the way.
// Check: npx hb check 06-deadlocks/transfer
// Fails: two transfers in opposite directions wait for each other
import type { Cell, Go, Mutex } from "happens-before";

/** A part of the bank. Its lock guards the money of all accounts that lie on it. */
export interface Shard {
  readonly number: number;
  readonly mu: Mutex;
}

/** An account. Several accounts share a shard. */
export interface Account {
  readonly id: number;
  readonly shard: Shard;
  readonly cents: Cell<number>;
}

/**
 * Moves `cents` from one account to another, in one step for everybody who holds the two locks.
 * Returns false, and changes nothing, when `from` has not enough.
 */
export function* transfer(from: Account, to: Account, cents: number): Go<boolean> {
  // TODO: somebody may move money the other way right now. And what if both lie on one shard?
  yield* from.shard.mu.lock();
  yield* to.shard.mu.lock();
  const left = (yield* from.cents.read()) - cents;
  if (left >= 0) {
    yield* from.cents.write(left);
    yield* to.cents.write((yield* to.cents.read()) + cents);
  }
  yield* to.shard.mu.unlock();
  yield* from.shard.mu.unlock();
  return left >= 0;
}
