// exercise: 02-memory-model-and-data-races/finals
// Two goroutines, and each does `counter++` twice: it reads the counter, and then
// writes one more. Name every value that the counter can have when both are done. The
// check tries hundreds of interleavings, and compares.
// Check: npx hb check 02-memory-model-and-data-races/finals
// Fails: not implemented: finals names no value yet

/** Every value that the counter can end with. Unlikely is not impossible. */
export const finals: readonly number[] = [
  4, // one after the other
  3, // one update is lost
  2, // two are lost
  // Not 1: each goroutine's second read comes after its own first write, so it sees 1 at least, and writes 2 at least.
];
