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
  // The smaller shard first, everywhere: a circle of waiters would need somebody who goes back.
  const isUp = from.shard.number < to.shard.number;
  const both = isUp ? [from.shard, to.shard] : [to.shard, from.shard];
  const shards = from.shard === to.shard ? [from.shard] : both;
  for (const { mu } of shards) yield* mu.lock();
  const left = (yield* from.cents.read()) - cents;
  if (left >= 0) {
    yield* from.cents.write(left);
    yield* to.cents.write((yield* to.cents.read()) + cents);
  }
  for (const { mu } of shards) yield* mu.unlock();
  return left >= 0;
}
