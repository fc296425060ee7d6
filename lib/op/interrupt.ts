// Interrupt: how a notebook's stop button reaches code that never returns to the event loop.
//
// The kernel layer puts one shared word on the global object; a second thread sets it to 1. Loops of ours that
// may run long (the scheduler, the explorer, waits on the main thread) read it now and then.

const KEY = Symbol.for("happens-before.interrupt");

/** Thrown out of whatever was running when the learner pressed stop. */
export class InterruptError extends Error {
  override readonly name = "InterruptError";
  constructor() {
    super("interrupted");
  }
}

/** The shared word, when this code runs under the kernel layer. */
export function interruptWord(): Int32Array | undefined {
  return (globalThis as { [KEY]?: Int32Array })[KEY];
}

/** Called by the kernel layer, once. */
export function installInterruptWord(word: Int32Array): void {
  Object.defineProperty(globalThis, KEY, { value: word, configurable: true });
}

/**
 * Throws when an interrupt is pending; the kernel layer clears the word before the next cell.
 *
 * @throws {InterruptError} `interrupted`
 */
export function throwIfInterrupted(): void {
  const word = interruptWord();
  // ORDER: acquire; pairs with the store of the thread that received the signal.
  if (word !== undefined && Atomics.load(word, 0) !== 0) throw new InterruptError();
}
