// exercise: 02-memory-model-and-data-races/sell
// Sell a piece if there is one: check, then take. Every access below is atomic, no
// detector complains, and yet the stock falls below zero. Make check and write one step
// by compare-and-swap, without a lock: once for goroutines, once for threads.
// Check: npx hb check 02-memory-model-and-data-races/sell
// Fails: the stock was -1
import type { AtomicInt32, Go } from "happens-before";

/** Takes one piece if there is one; says whether it did. Many goroutines call it at once. */
export function* sell(stock: AtomicInt32): Go<boolean> {
  // TODO: between this load and the add, somebody else may sell the last piece.
  if ((yield* stock.load()) <= 0) return false;
  yield* stock.add(-1);
  return true;
}

/** The same for threads: `stock[0]` counts the pieces. Uses its parameter and globals only. */
export function sellOnThread(stock: Int32Array): boolean {
  // TODO: the same loop, with `Atomics`.
  if (Atomics.load(stock, 0) <= 0) return false;
  Atomics.sub(stock, 0, 1);
  return true;
}
