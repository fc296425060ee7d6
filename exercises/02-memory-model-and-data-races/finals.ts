// exercise: 02-memory-model-and-data-races/finals
// Two goroutines, and each does `counter++` twice: it reads the counter, and then
// writes one more. Name every value that the counter can have when both are done. The
// check tries hundreds of interleavings, and compares.
// Check: npx hb check 02-memory-model-and-data-races/finals
// Fails: not implemented: finals names no value yet

/** Every value that the counter can end with. Unlikely is not impossible. */
export const finals: readonly number[] = [
  // TODO: which ones?
];
