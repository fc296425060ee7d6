// WriteRing: the queue inside CopyOnWrite: numbers and where they go, from any thread to the one that publishes.
//
// Invariants: I1 of copyonwrite.ts: what lies between DONE and QUEUED waits, and is not written over.

import { POISONED } from "./lockword.js";
import { type Handle, LINE_BYTES } from "./memory.js";
import { MutexWord } from "./mutexword.js";
import type { Numbers } from "./numbers.js";
import { mayBlock } from "./thread.js";

const LINE = LINE_BYTES / 4;
/** Words of a CopyOnWrite. */
export const CAPACITY = 1;
const QUEUE_LOCK = LINE;
export const QUEUED: number = LINE + 1;
export const WRITER_LOCK: number = 2 * LINE;
export const DONE: number = 2 * LINE + 1;
/** How many sleep until DONE moves, and until QUEUED does. */
export const WAITERS: number = 3 * LINE;
export const IDLERS: number = 3 * LINE + 1;
export const RING_HEADER_BYTES: number = 4 * LINE_BYTES;

/** Bytes of a CopyOnWrite whose queue has this capacity. */
export function ringBytes(capacity: number): number {
  return RING_HEADER_BYTES + 12 * capacity;
}

/** The queue of one CopyOnWrite. */
export class WriteRing {
  readonly capacity: number;
  readonly #words: Int32Array;
  readonly #lock: MutexWord;
  readonly #values: Float64Array;
  readonly #indexes: Int32Array;

  constructor(words: Int32Array, { buffer, offset }: Handle, capacity: number) {
    this.capacity = capacity;
    this.#words = words;
    this.#lock = new MutexWord(words, QUEUE_LOCK, "CopyOnWrite");
    this.#values = new Float64Array(buffer, offset + RING_HEADER_BYTES, capacity);
    this.#indexes = new Int32Array(buffer, offset + RING_HEADER_BYTES + 8 * capacity, capacity);
  }

  /** Queues a write and returns its ticket: it is published when DONE has come so far. `undefined`: full. */
  push(index: number, value: number): number | undefined {
    const words = this.#words;
    this.#enter();
    try {
      const queued = Atomics.load(words, QUEUED); // ORDER: none needed; we hold the lock
      // ORDER: acquire; pairs with the store of DONE: the writes before it have been read.
      if (((queued - Atomics.load(words, DONE)) | 0) >= this.capacity) return undefined;
      const at = queued & (this.capacity - 1);
      this.#indexes[at] = index;
      this.#values[at] = value;
      Atomics.store(words, QUEUED, (queued + 1) | 0); // ORDER: release; pairs with the load in CopyOnWrite.#publish
      return (queued + 1) | 0;
    } finally {
      this.#lock.unlock();
      // ORDER: after the store of QUEUED; pairs with the addition in CopyOnWrite.#untilQueued.
      if (Atomics.load(words, IDLERS) !== 0) Atomics.notify(words, QUEUED, 1);
    }
  }

  /** Sets in `data` what `count` writes from `done` on say, the earliest first. */
  apply(data: Numbers, done: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const at = (done + i) & (this.capacity - 1);
      data[this.#indexes[at]!] = this.#values[at]!;
    }
  }

  /** The lock is held for two stores: the main thread, which may not sleep, turns for so long. */
  #enter(): void {
    if (!this.#lock.tryLock()) {
      if (mayBlock()) this.#lock.lock();
      else while (!this.#lock.tryLock());
    }
    // What a thread that died here had not counted is not there.
    if ((this.#words[QUEUE_LOCK]! & POISONED) !== 0) this.#lock.clearPoison();
  }
}
