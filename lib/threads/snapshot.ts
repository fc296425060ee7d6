// Snapshot: an atomic pointer to an immutable record of numbers. Readers never wait, and never see a mix of two versions.
//
// A writer fills a free slot and swings `current` to it. A reader names the slot that it uses in a word of its own
// (its pin), so the writer knows which slots are free.
//
// Invariants:
//  I1. A reader uses a slot only after it has stored its pin and then seen `current` still naming that slot.
//  I2. A writer fills a slot only after it has swung `current` away from it and then seen no pin on it. By I1 no reader
//      can come to use it before it is current again.
//  I3. There are two slots more than readers: each reader pins one, one is current; so one is always free, and
//      publishing waits for no reader, not even for one that died.
//  I4. A pin stays after the read. When the next read finds the same `current`, one atomic load is all it costs.
//  I5. Within `read` the pin does not move: a read inside a read sees the same version.
//  I6. A reader's line is its thread's until that thread has ended; then one that finds no free line takes it over. The
//      pin on it stays until the new owner reads: it keeps one slot, which I3 has counted.
//
// Source: hazard pointers (Michael, 2004), with one pointer per thread. Rejected: a reader count per slot (readers
// on two cores pay 99 ns for the shared word, as RWMutex does); a sequence lock (readers run again under a fast writer
// and must tolerate torn data on the way).

import { checkCount, type Handle, LINE_BYTES, type Placement, place, type Shared } from "./memory.js";
import { MutexWord } from "./mutexword.js";
import { NUMBER_KINDS, type Numbers, type NumbersConstructor } from "./numbers.js";
import type { WaitOptions } from "./park.js";
import { noticeEnd } from "./roster.js";
import { LockError, mayBlock, thisThread } from "./thread.js";

/** Words of the header's first line; the writers' lock has the second, `current` the third. */
const KIND = 1;
const LENGTH = 2;
const READERS = 3;
const WRITERS = LINE_BYTES / 4;
const CURRENT = (2 * LINE_BYTES) / 4;
const HEADER_BYTES = 3 * LINE_BYTES;

/** Words of a reader's line. */
const OWNER = 0;
const PIN = 1;
const DEPTH = 2;

/** A slot begins with its version (a float64), then the data on a line of their own. */
const SLOT_HEADER_BYTES = LINE_BYTES;

/** Slot number in the low bits of `current`, so that every publication changes the word. */
const SLOT_BITS = 10;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
const MOST_READERS = 1000;
const DEFAULT_READERS = 32;

/** Options of a new snapshot. */
export interface SnapshotOptions extends Placement {
  /** How many threads may read it: those that have ended do not count. Costs a copy of the data each. Default: 32; at most 1000. */
  readonly readers?: number;
}

/**
 * The current version of a record of numbers, replaced as a whole. A copy of `initial` is version 1.
 *
 * Readers never wait, whatever writers do. Publishing waits for other writers only.
 *
 * **Happens-before:** `publish` synchronizes before any `load` or `read` that returns its version.
 * **Cost:** a read is one atomic load while the version stays the same, four atomic operations when it changed;
 * publishing copies the data and looks at every reader's pin. Memory: `readers + 2` copies.
 * **Limits:** numbers only, fixed length; a thread that reads takes one of `readers` places until it ends.
 *
 * @throws {RangeError} `Snapshot: expected at most 32 threads to read, this is one more; pass { readers: … }`
 * @example
 * const prices = new Snapshot(new Float64Array([10, 10]));
 * const sums = await team(2, (t, prices) => {
 *   if (t.id === 0) prices.publish([20, 20]);
 *   return prices.read((p) => p[0] === p[1]);
 * }, { args: [prices] });
 * console.log(sums, prices.load()[0]); // prints: [ true, true ] 20
 */
export class Snapshot<T extends Numbers = Float64Array> implements Shared {
  readonly handle: Handle;
  /** Numbers in the record. */
  readonly length: number;
  readonly #words: Int32Array;
  readonly #writers: MutexWord;
  readonly #readers: number;
  readonly #slots: readonly T[];
  readonly #versions: readonly Float64Array[];
  /** First word of this thread's reader line; 0 until the first read. */
  #seat = 0;

  constructor(initial: T, options: SnapshotOptions = {}) {
    const { at } = options;
    const readers = options.readers ?? DEFAULT_READERS;
    if (at === undefined) checkInitial(initial, readers);
    const bytes = at === undefined ? bytesFor(initial, readers) : HEADER_BYTES;
    this.handle = place("Snapshot", bytes, options);
    const { buffer, offset } = this.handle;
    const header = new Int32Array(buffer, offset, HEADER_BYTES / 4);
    if (at === undefined) {
      // ORDER: none needed; before anybody else can have the handle.
      header[KIND] = NUMBER_KINDS.findIndex((kind) => initial instanceof kind);
      header[LENGTH] = initial.length;
      header[READERS] = readers;
    }
    this.length = header[LENGTH]!;
    this.#readers = header[READERS]!;
    const kind: NumbersConstructor = NUMBER_KINDS[header[KIND]!]!;
    const firstSlot = offset + HEADER_BYTES + this.#readers * LINE_BYTES;
    const slotBytes = bytesOfSlot(this.length * kind.BYTES_PER_ELEMENT);
    this.#words = new Int32Array(buffer, offset, (firstSlot - offset) / 4);
    this.#writers = new MutexWord(this.#words, WRITERS, "Snapshot");
    const starts = Array.from({ length: this.#readers + 2 }, (_, slot) => firstSlot + slot * slotBytes);
    this.#versions = starts.map((start) => new Float64Array(buffer, start, 1));
    this.#slots = starts.map((start) => new kind(buffer, start + SLOT_HEADER_BYTES, this.length) as T);
    if (at === undefined) {
      this.#slots[0]!.set(initial);
      this.#versions[0]![0] = 1;
    }
  }

  /** Attaches to the snapshot that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach<T extends Numbers = Float64Array>(handle: Handle): Snapshot<T> {
    return new Snapshot<T>(new Float64Array(0) as T, { at: handle });
  }

  /** The number of the current version; 1 after construction, one more with each publication. */
  get version(): number {
    return this.#versions[this.#pin() & SLOT_MASK]![0]!;
  }

  /**
   * Returns the current version's data. They stay as they are until this thread's next `load`, `read` or `version` on this
   * snapshot; copy what must live longer. Do not write into them.
   */
  load(): T {
    return this.#slots[this.#pin() & SLOT_MASK]!;
  }

  /** Runs `body` on the current version and returns its result. The data stay as they are until `body` ends. */
  read<R>(body: (data: T, version: number) => R): R {
    const slot = this.#pin() & SLOT_MASK;
    const depth = this.#seat + DEPTH;
    this.#words[depth]!++; // I5: written by this thread only
    try {
      return body(this.#slots[slot]!, this.#versions[slot]![0]!);
    } finally {
      this.#words[depth]!--;
    }
  }

  /**
   * Replaces the data: by a copy of `next`, or by what `next` makes of a copy of the current data. Returns the new version's number.
   *
   * @throws {RangeError} ``Snapshot.publish: expected `next` to hold 2 numbers, got 3``
   */
  publish(next: ArrayLike<number> | ((data: T, version: number) => void)): number {
    if (!this.#writers.tryLock()) this.#lockWriters();
    try {
      return this.#publish(next);
    } finally {
      this.#writers.unlock();
    }
  }

  /** Like `publish`, but waits for other writers without blocking the thread. */
  async publishAsync(
    next: ArrayLike<number> | ((data: T, version: number) => void),
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<number> {
    await this.#writers.lockAsync(options);
    try {
      return this.#publish(next);
    } finally {
      this.#writers.unlock();
    }
  }

  #lockWriters(): void {
    if (!mayBlock()) {
      throw new LockError(
        "Snapshot.publish: another thread is publishing and the main thread must not wait; use `await snapshot.publishAsync(…)`",
      );
    }
    this.#writers.lock();
  }

  #publish(next: ArrayLike<number> | ((data: T, version: number) => void)): number {
    const current = Atomics.load(this.#words, CURRENT); // ORDER: none needed; we hold the writers' lock
    const from = current & SLOT_MASK;
    const to = this.#freeSlot(from);
    const data = this.#slots[to]!;
    const version = this.#versions[from]![0]! + 1;
    if (typeof next === "function") {
      data.set(this.#slots[from]!);
      next(data, version);
    } else {
      if (next.length !== this.length) {
        throw new RangeError(
          `Snapshot.publish: expected \`next\` to hold ${this.length} numbers, got ${String(next.length)}`,
        );
      }
      data.set(next);
    }
    this.#versions[to]![0] = version;
    const generation = ((current & ~SLOT_MASK) + (1 << SLOT_BITS)) | 0;
    // ORDER: release; pairs with the loads in #pin: who sees the new word sees the data written above.
    Atomics.store(this.#words, CURRENT, generation | to);
    return version;
  }

  /** A slot that no reader uses (I2); there always is one (I3). */
  #freeSlot(current: number): number {
    const isTaken = new Uint8Array(this.#slots.length);
    isTaken[current] = 1;
    for (let reader = 0; reader < this.#readers; reader++) {
      // ORDER: acquire; pairs with the store of the next pin: the reader's reads are over before we write.
      const pin = Atomics.load(this.#words, this.#seatOf(reader) + PIN);
      if (pin !== 0) isTaken[pin - 1] = 1;
    }
    return isTaken.indexOf(0);
  }

  /** Pins the current slot for this thread and returns the word that names it. */
  #pin(): number {
    const words = this.#words;
    const seat = this.#seat === 0 ? this.#takeSeat() : this.#seat;
    // ORDER: acquire; pairs with the store in #publish.
    let current = Atomics.load(words, CURRENT);
    if (words[seat + PIN] === (current & SLOT_MASK) + 1) return current; // I4; written by this thread only
    if (words[seat + DEPTH]! > 0) return words[seat + PIN]! - 1; // I5
    for (;;) {
      // I1. ORDER: sequentially consistent: this store comes before the load below, in #publish the store of `current`
      // before the loads of the pins. So one of the two sees the other (Dekker). Rust would need a SeqCst fence.
      Atomics.store(words, seat + PIN, (current & SLOT_MASK) + 1);
      const again = Atomics.load(words, CURRENT);
      if (again === current) return current;
      current = again;
    }
  }

  #seatOf(reader: number): number {
    return (HEADER_BYTES + reader * LINE_BYTES) / 4;
  }

  /** This thread's reader line: the one it took before (perhaps through another instance), else a new one. */
  #takeSeat(): number {
    const mine = thisThread + 1;
    for (let reader = 0; reader < this.#readers; reader++) {
      const seat = this.#seatOf(reader);
      // ORDER: none needed; a line that is mine was written by me, one that is taken stays taken.
      const owner = Atomics.compareExchange(this.#words, seat + OWNER, 0, mine);
      if (owner !== 0 && owner !== mine) continue;
      this.#seat = seat;
      return seat;
    }
    for (let reader = 0; reader < this.#readers; reader++) {
      const seat = this.#seatOf(reader);
      const owner = Atomics.load(this.#words, seat + OWNER); // ORDER: none needed; the compare-exchange decides
      // I6. ORDER: acquire; the reads of a thread that has ended are over.
      if (!noticeEnd(owner - 1) || Atomics.compareExchange(this.#words, seat + OWNER, owner, mine) !== owner)
        continue;
      this.#words[seat + DEPTH] = 0;
      this.#seat = seat;
      return seat;
    }
    throw new RangeError(
      `Snapshot: expected at most ${this.#readers} threads to read, this is one more; pass { readers: … }`,
    );
  }
}

function bytesOfSlot(dataBytes: number): number {
  return SLOT_HEADER_BYTES + Math.ceil(dataBytes / LINE_BYTES) * LINE_BYTES;
}

function bytesFor(initial: Numbers, readers: number): number {
  return HEADER_BYTES + readers * LINE_BYTES + (readers + 2) * bytesOfSlot(initial.byteLength);
}

function checkInitial(initial: Numbers, readers: number): void {
  checkCount("Snapshot", "readers", readers, 1, MOST_READERS);
  if (!NUMBER_KINDS.some((kind) => initial instanceof kind)) {
    throw new TypeError(
      `Snapshot: expected \`initial\` to be a typed array of numbers, got ${typeof initial}`,
    );
  }
}
