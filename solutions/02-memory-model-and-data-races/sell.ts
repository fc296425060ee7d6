// exercise: 02-memory-model-and-data-races/sell
// Sell a piece if there is one: check, then take. Every access below is atomic, no
// detector complains, and yet the stock falls below zero. Make check and write one step
// by compare-and-swap, without a lock: once for goroutines, once for threads.
// Check: npx hb check 02-memory-model-and-data-races/sell
// Fails: the stock was -1
import type { AtomicInt32, Go } from "happens-before";

/** Takes one piece if there is one; says whether it did. Many goroutines call it at once. */
export function* sell(stock: AtomicInt32): Go<boolean> {
  for (;;) {
    const pieces = yield* stock.load();
    if (pieces <= 0) return false;
    // A swap that fails says only that somebody else was faster: look again. Giving up here would turn a customer away.
    if (yield* stock.compareAndSwap(pieces, pieces - 1)) return true;
  }
}

/** The same for threads: `stock[0]` counts the pieces. Uses its parameter and globals only. */
export function sellOnThread(stock: Int32Array): boolean {
  for (;;) {
    const pieces = Atomics.load(stock, 0);
    if (pieces <= 0) return false;
    // JavaScript's form returns what it found: it was swapped when that is what we expected.
    if (Atomics.compareExchange(stock, 0, pieces, pieces - 1) === pieces) return true;
  }
}
