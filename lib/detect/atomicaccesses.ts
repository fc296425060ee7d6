// AtomicAccesses: the atomic accesses of a variable that is accessed in the plain way, too. Atomic ones never race with each
// other; an atomic and a plain one do, when nothing orders them.
//
// Source: ThreadSanitizer's kAccessAtomic (compiler-rt/lib/tsan/rtl/tsan_interface_atomic.cpp).

import { type Clock, epochOf, learn } from "./clock.js";
import type { Thread } from "./ordering.js";

interface Last<P> {
  readonly clock: Clock;
  readonly places: P[];
}

export class AtomicAccesses<P> {
  readonly #reads: Last<P> = { clock: [], places: [] };
  readonly #writes: Last<P> = { clock: [], places: [] };
  /** After `unordered` found one: whether it was a write. */
  foundWrite = false;

  add(thread: Thread, place: P, isWrite: boolean): void {
    const last = isWrite ? this.#writes : this.#reads;
    learn(last.clock, thread.slot, thread.time);
    last.places[thread.slot] = place;
  }

  /** An atomic access that is not ordered before a plain one of `thread`: a write, or for a plain write any. */
  unordered(thread: Thread, isWrite: boolean): P | null {
    this.foundWrite = true;
    const write = first(thread, this.#writes);
    if (write !== null || !isWrite) return write;
    this.foundWrite = false;
    return first(thread, this.#reads);
  }
}

function first<P>(thread: Thread, { clock, places }: Last<P>): P | null {
  for (let slot = 0; slot < clock.length; slot++) {
    const time = clock[slot] as number;
    if (time !== 0 && !thread.isAfter(epochOf(slot, time))) return places[slot] as P;
  }
  return null;
}
