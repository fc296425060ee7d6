// SeqLock: a small record of numbers that readers copy without writing to shared memory; they look afterwards whether a
// writer was there meanwhile, and if so copy again.
//
// Invariants:
//  I1. SEQUENCE is odd while a writer is inside, and each write moves it by two.
//  I2. Writers hold the lock WRITERS, so there is one at a time.
//  I3. What a reader returns was copied between two looks that saw the same even SEQUENCE.
//  I4. A reader that has failed ATTEMPTS times reads under WRITERS, so a fast writer cannot keep it out for ever.
//  I5. The whole new record stands in the draft before SEQUENCE turns odd. So a write is all or nothing: when a writer
//      dies with SEQUENCE odd, the next to get WRITERS finishes the write from the draft; when it dies before, nothing
//      has happened.
//
// Source: Boehm, "Can Seqlocks Get Along With Programming Language Memory Models?" (2012). The payload is read and
// written by Atomics too, in words of 32 bits. The tempting wrong version reads it plainly: then the compiler may move a
// read behind the second look. Another leaves the second look out. The draft is the redo log of databases.
// Rejected: waking readers when a writer leaves; it is inside for as long as it takes to store the words.

import { checkCount, type Handle, LINE_BYTES, type Placement, place, type Shared } from "./memory.js";
import { MutexWord } from "./mutexword.js";
import type { WaitOptions } from "./park.js";
import { checkMayBlock } from "./thread.js";

const LINE = LINE_BYTES / 4;
const LENGTH = 1;
const WRITERS = LINE;
const SEQUENCE = 2 * LINE;
/** The payload begins on the line of the sequence: a reader of a small record touches one line. */
const PAYLOAD = 2 * LINE + 2;
const ATTEMPTS = 64;
const MOST = 2 ** 20;

/**
 * A record of `length` numbers (float64), read far more often than it is written. All are 0 at first.
 *
 * Readers write nothing into shared memory, so they do not slow each other; a writer never waits for readers.
 *
 * A write is all or nothing, also when its thread dies in the middle.
 *
 * **Happens-before:** a `write` synchronizes before any read that returns what it wrote.
 * **Cost:** a read is two atomic loads for each number and two more, and a copy; again from the start when a writer was there.
 * A write stores the record twice, and it takes twice the room.
 * **Limits:** for records of a few lines; larger ones are better a `Snapshot`, which need not be copied.
 *
 * @throws {RangeError} ``SeqLock: expected `length` to be an integer from 1 to 1048576, got 0``
 * @example
 * const position = new SeqLock(2);
 * const isWhole = await team(2, (t, position) => {
 *   if (t.id === 0) for (let i = 0; i < 1000; i++) position.write([i, -i]);
 *   const [x, y] = position.read();
 *   return x! + y! === 0;
 * }, { args: [position] });
 * console.log(isWhole, position.tryRead()); // prints: [ true, true ] Float64Array(2) [ 999, -999 ]
 */
export class SeqLock implements Shared {
  readonly handle: Handle;
  /** Numbers in the record. */
  readonly length: number;
  readonly #words: Int32Array;
  readonly #writers: MutexWord;
  /** First word of the draft (I5). */
  readonly #draft: number;
  /** What was copied last, not shared: as numbers and as words. */
  readonly #copy: Float64Array<ArrayBuffer>;
  readonly #copyWords: Int32Array;

  constructor(length: number, placement: Placement = {}) {
    const { at } = placement;
    if (at === undefined) checkCount("SeqLock", "length", length, 1, MOST);
    const draftOf = (numbers: number) => Math.ceil((PAYLOAD + 2 * numbers) / LINE) * LINE;
    const wordsFor = (numbers: number) => draftOf(numbers) + 2 * numbers;
    this.handle = place("SeqLock", wordsFor(at === undefined ? length : 0) * 4, placement);
    const { buffer, offset } = this.handle;
    const header = new Int32Array(buffer, offset, PAYLOAD);
    if (at === undefined) header[LENGTH] = length; // ORDER: none needed; before anybody else can have the handle
    this.length = header[LENGTH]!;
    this.#draft = draftOf(this.length);
    this.#words = new Int32Array(buffer, offset, wordsFor(this.length));
    this.#writers = new MutexWord(this.#words, WRITERS, "SeqLock");
    this.#copy = new Float64Array(this.length);
    this.#copyWords = new Int32Array(this.#copy.buffer);
  }

  /** Attaches to the record that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): SeqLock {
    return new SeqLock(1, { at: handle });
  }

  /** Returns the record, in `into` if given. Sleeps only when writers keep it from reading. Refused on the main thread. */
  read(into: Float64Array = new Float64Array(this.length)): Float64Array {
    checkMayBlock("SeqLock.read", "await seqLock.readAsync()");
    if (!this.#tryCopy()) this.#writers.withLock(() => this.#copyWhole()); // I4
    return this.#copyOut("read", into);
  }

  /** Returns the record, or `undefined` when writers kept it from reading; never sleeps. */
  tryRead(into: Float64Array = new Float64Array(this.length)): Float64Array | undefined {
    return this.#tryCopy() || this.#tryCopyLocked() ? this.#copyOut("tryRead", into) : undefined;
  }

  /** Returns the record without blocking the thread. */
  async readAsync(options: Pick<WaitOptions, "signal"> = {}): Promise<Float64Array> {
    options.signal?.throwIfAborted();
    if (!this.#tryCopy()) await this.#writers.withLockAsync(() => this.#copyWhole(), options); // I4
    return this.#copyOut("readAsync", new Float64Array(this.length));
  }

  /**
   * Replaces the record: by `next`, or by what `next` makes of a copy of it. Waits for other writers only; on the main thread it
   * is refused when it would have to.
   *
   * @throws {RangeError} ``SeqLock.write: expected `next` to hold 2 numbers, got 3``
   */
  write(next: ArrayLike<number> | ((data: Float64Array) => void)): void {
    if (!this.#writers.tryLock()) {
      checkMayBlock("SeqLock.write", "await seqLock.writeAsync(next)");
      this.#writers.lock();
    }
    try {
      this.#write(next);
    } finally {
      this.#writers.unlock();
    }
  }

  /** Like `write`, but waits for other writers without blocking the thread. */
  async writeAsync(
    next: ArrayLike<number> | ((data: Float64Array) => void),
    options: Pick<WaitOptions, "signal"> = {},
  ): Promise<void> {
    await this.#writers.withLockAsync(() => this.#write(next), options);
  }

  #write(next: ArrayLike<number> | ((data: Float64Array) => void)): void {
    // An array of its own: `next` may read this record, which uses #copy.
    let data = new Float64Array(this.length);
    this.#finish();
    if (typeof next === "function") {
      this.#copyIn(); // we hold WRITERS
      data.set(this.#copy);
      next(data);
    } else {
      if (next.length !== this.length) {
        const got = String(next.length);
        throw new RangeError(`SeqLock.write: expected \`next\` to hold ${this.length} numbers, got ${got}`);
      }
      data = Float64Array.from(next);
    }
    this.#words.set(new Int32Array(data.buffer), this.#draft); // I5: ordered by the addition that follows
    // I1. ORDER: before the stores of the payload; pairs with the second look in #tryCopy: who reads one of them sees
    // it. And after the stores of the draft; pairs with the load in #finish.
    Atomics.add(this.#words, SEQUENCE, 1);
    this.#publishDraft();
  }

  #publishDraft(): void {
    const words = this.#words;
    // ORDER: between the two additions.
    for (let i = 0; i < 2 * this.length; i++) Atomics.store(words, PAYLOAD + i, words[this.#draft + i]!);
    Atomics.add(words, SEQUENCE, 1); // ORDER: release; pairs with the first look in #tryCopy
  }

  /** Finishes what a writer that died had begun (I5). Hold WRITERS. */
  #finish(): void {
    // ORDER: acquire; pairs with the first addition in #write, of whichever thread: its draft is visible.
    if ((Atomics.load(this.#words, SEQUENCE) & 1) !== 0) this.#publishDraft();
    if (this.#writers.isPoisoned) this.#writers.clearPoison();
  }

  /** Copies the record into #copy. Hold WRITERS. */
  #copyWhole(): void {
    this.#finish();
    this.#copyIn();
  }

  /** For a reader that may not sleep: a writer that died must not keep it out. */
  #tryCopyLocked(): boolean {
    if (!this.#writers.tryLock()) return false;
    this.#copyWhole();
    this.#writers.unlock();
    return true;
  }

  /** Copies the record into #copy; false when a writer was there each time. */
  #tryCopy(): boolean {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = Atomics.load(this.#words, SEQUENCE); // ORDER: acquire; pairs with the second addition in #write
      if ((before & 1) !== 0) continue;
      this.#copyIn();
      // I3. ORDER: after the loads of the payload; pairs with the first addition in #write.
      if (Atomics.load(this.#words, SEQUENCE) === before) return true;
    }
    return false;
  }

  #copyIn(): void {
    const into = this.#copyWords;
    for (let i = 0; i < into.length; i++) into[i] = Atomics.load(this.#words, PAYLOAD + i); // ORDER: between two looks
  }

  #copyOut(call: string, into: Float64Array): Float64Array {
    if (!(into instanceof Float64Array) || into.length !== this.length) {
      throw new TypeError(`SeqLock.${call}: expected \`into\` to be a Float64Array of length ${this.length}`);
    }
    into.set(this.#copy);
    return into;
  }
}
