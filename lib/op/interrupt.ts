// Interrupt: how a notebook's stop button reaches code that never returns to the event loop.
//
// The kernel layer puts one shared word on the global object; a second thread sets it to 1. Loops of ours that
// may run long (the scheduler, the explorer, waits on the main thread) read it now and then.

const KEY = Symbol.for("happens-before.interrupt");

/**
 * The statement that the kernel layer puts at the start of every loop body of a cell. It costs about 1 ns.
 *
 * `$hb` is the interrupt word and `$hbStop` throws the `InterruptError`; both exist on the cell's thread only.
 */
export const LOOP_GUARD = "if($hb[0])$hbStop();";

/** Returns the text of a cell's function as the learner wrote its loops, to be run where there are no guards. */
export function withoutLoopGuards(source: string): string {
  return source.replaceAll(LOOP_GUARD, "");
}

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
