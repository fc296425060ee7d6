// Variable: the accesses of one plain variable that a later one could race with.
//
// Invariants:
//  I1. `write` is the epoch of the last write; `read` that of the last read while reads were ordered one after the
//      other, else 0; `reads` holds the last read by slot once two reads were not ordered.
//  I2. Every access that is left out is ordered before one that is kept, so nothing is missed up to the first race.
//
// Source: FastTrack (Flanagan and Freund, 2009), figure 5. Differs: nothing is evicted (ThreadSanitizer keeps four
// accesses of eight bytes), and a variable that raced once is not looked at again.

import { AtomicAccesses } from "./atomicaccesses.js";
import { type Clock, type Epoch, epochOf, learn, SLOTS, slotOf, timeOf } from "./clock.js";
import type { Thread } from "./ordering.js";

/** Who made an access, and what is known about it: a subclass adds stacks. */
export interface Place {
  readonly thread: Thread;
}

export class Variable<P extends Place> {
  readonly holder: object;
  readonly name: string;
  #write: Epoch = 0;
  #writer: P | null = null;
  #read: Epoch = 0;
  #reader: P | null = null;
  #reads: Clock | null = null;
  #readers: P[] = [];
  /** Null as long as nobody accessed it atomically. */
  #atomics: AtomicAccesses<P> | null = null;
  isRacy = false;
  /** After a read or write that raced: whether the other access was a write. */
  racedWithWrite = false;

  constructor(holder: object, name: string) {
    this.holder = holder;
    this.name = name;
  }

  /** True when `thread` has read it since its last release: nothing new can be found. */
  isReadBy(thread: Thread): boolean {
    if (this.#read === thread.epoch) return true;
    return this.#reads !== null && this.#reads[thread.slot] === thread.time;
  }

  /** True when `thread` has written it since its last release. */
  isWrittenBy(thread: Thread): boolean {
    return this.#write === thread.epoch;
  }

  /** Reads it. Returns the write that this races with, or null. */
  read(thread: Thread, place: P): P | null {
    this.racedWithWrite = true;
    if (this.#write !== 0 && !thread.isAfter(this.#write)) return this.#writer;
    const atomic = this.#atomics === null ? null : this.#unorderedAtomic(thread, this.#atomics, false);
    if (atomic !== null) return atomic;
    if (this.#reads !== null) {
      learn(this.#reads, thread.slot, thread.time);
      this.#readers[thread.slot] = place;
    } else if (this.#read === 0 || thread.isAfter(this.#read)) {
      this.#read = thread.epoch;
      this.#reader = place;
    } else {
      this.#share(thread, place);
    }
    return null;
  }

  /** Writes it. Returns the access that this races with, or null. */
  write(thread: Thread, place: P): P | null {
    const racing = this.#unordered(thread);
    if (racing !== null) return racing;
    const atomic = this.#atomics === null ? null : this.#unorderedAtomic(thread, this.#atomics, true);
    if (atomic !== null) return atomic;
    if (this.#reads !== null) {
      this.#reads = null;
      this.#readers = [];
    }
    this.#write = thread.epoch;
    this.#writer = place;
    return null;
  }

  /** Reads or writes it atomically. Returns the plain access that this races with, or null. */
  atomic(thread: Thread, place: P, isWrite: boolean): P | null {
    this.racedWithWrite = true;
    const isOrdered = this.#write === 0 || thread.isAfter(this.#write);
    const racing = isWrite ? this.#unordered(thread) : isOrdered ? null : this.#writer;
    if (racing !== null) return racing;
    this.#atomics ??= new AtomicAccesses();
    this.#atomics.add(thread, place, isWrite);
    return null;
  }

  /** A plain access that is not ordered before what `thread` does now. */
  #unordered(thread: Thread): P | null {
    this.racedWithWrite = true;
    if (this.#write !== 0 && !thread.isAfter(this.#write)) return this.#writer;
    this.racedWithWrite = false;
    if (this.#read !== 0 && !thread.isAfter(this.#read)) return this.#reader;
    return this.#reads === null ? null : this.#unorderedReader(thread, this.#reads);
  }

  #unorderedAtomic(thread: Thread, atomics: AtomicAccesses<P>, isWrite: boolean): P | null {
    const found = atomics.unordered(thread, isWrite);
    this.racedWithWrite = atomics.foundWrite;
    return found;
  }

  /** The first time that two reads are not ordered: from now on there is one for each slot. */
  #share(thread: Thread, place: P): void {
    const reads: Clock = [];
    learn(reads, slotOf(this.#read), timeOf(this.#read));
    learn(reads, thread.slot, thread.time);
    this.#readers[slotOf(this.#read)] = this.#reader as P;
    this.#readers[thread.slot] = place;
    this.#reads = reads;
    this.#read = 0;
    this.#reader = null;
  }

  #unorderedReader(thread: Thread, reads: Clock): P | null {
    for (let slot = 0; slot < reads.length && slot < SLOTS; slot++) {
      const time = reads[slot] as number;
      if (time !== 0 && !thread.isAfter(epochOf(slot, time))) return this.#readers[slot] as P;
    }
    return null;
  }
}
