// RWGate: the reader-writer locks whose writers take turns by a mutex and whose readers wait together behind the writer.
//
// Invariants:
//  I1. WRITER changes only while `writers` is held, or by who has found its holder dead and taken it over.
//  I2. A reader waits by one compare-exchange that fails once WRITER is clear. A leaving writer clears WRITER, counts
//      those who wait as readers and changes PHASE in one compare-exchange: they hold the lock before the next writer can
//      come (Go's promise to waiting readers). PHASE cannot change again before they have left, because a writer is
//      inside only when nobody is counted; so one bit is enough.
//  I3. A writer that gives up, and who takes the lock from a dead writer, clears WRITER only. There the waiting readers
//      may not be alone, one that was let in earlier may not have noticed: so each counts itself in.
//  I4. Readers sleep on TURN. It changes after WRITER is cleared, and a reader reads it before it looks at the state: so
//      none sleeps through.
//  I5. INSIDE is 1 while a writer is inside; who finds it set in the hands of the dead marks the lock poisoned.
//  I6. Every step that counts a reader, in or waiting, lies between two notes in its thread's slot (readerslots.ts, I3). What a
//      writer does is told by `writers`, whose owner stands in its word.
//
// Source: our own words; Go's reader that waits is counted already and could not give up. Rejected: a compare-exchange
// loop for every reader (Rust's std): 2.2 times slower with two readers than one fetch-and-add.

import { casFailed } from "./casfailures.js";
import { acquire, CONTENDED, POISONED } from "./lockword.js";
import { MutexWord } from "./mutexword.js";
import type { SlowPath, Wake } from "./park.js";
import { BEGUN, ENTERED, MOVED, WAITS } from "./readerslots.js";
import { hasEnded, lookAfter, noticeEnd } from "./roster.js";
import type { RWOptions } from "./rwcore.js";
import { RWLock } from "./rwlock.js";
import {
  OWN_MARK,
  PHASE,
  POISON,
  READER,
  readersIn,
  STATE,
  WAITING,
  WAITING_MASK,
  WRITER,
  WRITERS_LINE,
  waitingIn,
} from "./rwstate.js";
import type { Awaited, Hold } from "./rwwatch.js";
import { LockError, thisThread } from "./thread.js";

const WRITERS = WRITERS_LINE;
const TURN = WRITERS_LINE + 1;
const INSIDE = WRITERS_LINE + 2;
/** For the variant. */
export const SPARE = WRITERS_LINE + 3;

/** The part that RWMutex, ReadersFirstRWMutex and DistributedRWMutex share. */
export abstract class RWGate extends RWLock {
  protected readonly writers: MutexWord;

  protected constructor(label: string, options: RWOptions) {
    super(label, options);
    this.writers = new MutexWord(this.words, WRITERS, label);
  }

  unlock(): void {
    this.checkWriter("unlock", "Unlock");
    const words = this.words;
    words[INSIDE] = 0; // I5
    for (;;) {
      const seen = Atomics.load(words, STATE); // ORDER: none needed; the compare-exchange decides
      const waiting = waitingIn(seen);
      const open = seen & ~WRITER;
      const next = waiting === 0 ? open : ((open & ~WAITING_MASK) ^ PHASE) + waiting * READER;
      // I2. ORDER: release; pairs with the addition in enterRead: the writes above happen before the next reads.
      if (Atomics.compareExchange(words, STATE, seen, next | 0) !== seen) {
        casFailed();
        continue;
      }
      if (waiting > 0) this.#wakeReaders();
      break;
    }
    this.writers.unlock();
  }

  protected override get writer(): number {
    return this.writers.owner;
  }

  protected override hasWaitingWriter(): boolean {
    return (Atomics.load(this.words, STATE) & WRITER) !== 0; // ORDER: none needed; for a message
  }

  /**
   * Enters if no reader is inside, and returns undefined; else returns what word `watched` held while one was. Whether it
   * closes the lock to new readers is the variant's choice.
   */
  protected abstract close(): number | undefined;
  /** The word on which a writer sleeps until the readers inside have left. */
  protected get watched(): number {
    return STATE;
  }

  protected override enterWrite(): boolean {
    if (!this.writers.tryLock()) return false;
    this.#inherit();
    const seen = Atomics.load(this.words, STATE); // ORDER: none needed; the compare-exchange decides
    if (readersIn(seen) === 0 && this.enterAt(seen)) return true;
    if ((seen & WRITER) !== 0) this.open(); // left by a writer that died while it waited
    this.writers.unlock();
    return false;
  }

  protected override *writePath(): SlowPath {
    if (!(yield* acquire(this.words, WRITERS))) return false;
    this.#inherit();
    for (let ended = hasEnded, looks = 0; ; ) {
      const seen = this.close();
      if (seen === undefined) return true;
      if (this.slots.bury(ended)) continue;
      const wake = yield [this.watched, seen, lookAfter(looks)];
      ended = wake === "look" ? noticeEnd : hasEnded;
      if (wake === "look") looks++;
      if (wake !== "timed-out") continue;
      if (this.close() === undefined) return true; // the last reader may have left meanwhile
      this.open();
      this.writers.unlock();
      return false;
    }
  }

  /** Enters when the state is still `seen` and nobody reads. */
  protected enterAt(seen: number): boolean {
    const words = this.words;
    // ORDER: acquire; pairs with the subtraction in rUnlock.
    if (Atomics.compareExchange(words, STATE, seen, (seen | WRITER) & ~OWN_MARK) !== seen) return false;
    words[INSIDE] = 1;
    return true;
  }

  /** For the variant: this writer is inside; its caller has not run yet, so a death before this has spoiled nothing. */
  protected noteInside(): void {
    this.words[INSIDE] = 1;
  }

  protected override *readPath(): SlowPath {
    const { words, slots } = this;
    const slot = this.claimSlot();
    for (;;) {
      const seen = Atomics.load(words, STATE); // ORDER: none needed; the compare-exchange decides
      const isOpen = (seen & WRITER) === 0;
      if (seen < 0) throw new LockError(`${this.label}: more than 32767 readers`);
      if ((seen & WAITING_MASK) === WAITING_MASK)
        throw new LockError(`${this.label}: more than 8190 readers wait`);
      slots.note(slot, BEGUN); // I6
      // I2. ORDER: acquire; pairs with the compare-exchange in unlock.
      if (Atomics.compareExchange(words, STATE, seen, seen + (isOpen ? READER : WAITING)) !== seen) {
        casFailed();
        slots.note(slot, MOVED);
        continue;
      }
      if (!isOpen) slots.note(slot, WAITS + (seen & PHASE));
      slots.note(slot, isOpen ? ENTERED : MOVED);
      if (!isOpen) return yield* this.#untilAdmitted(seen & PHASE, slot);
      if ((seen & WAITING_MASK) !== 0) slots.bury(noticeEnd); // nobody waits for long at an open lock
      return true;
    }
  }

  *#untilAdmitted(phase: number, slot: number): SlowPath {
    const words = this.words;
    let wake: Wake = "ok";
    let looks = 0;
    for (;;) {
      const turn = Atomics.load(words, TURN); // ORDER: before the load of the state (I4)
      const seen = Atomics.load(words, STATE); // ORDER: acquire; pairs with the compare-exchange in unlock
      const isAdmitted = (seen & PHASE) !== phase; // I2
      const isOpen = isAdmitted || (seen & WRITER) === 0;
      if (!isOpen && wake !== "timed-out") {
        if (this.#takeOver(wake === "look" ? noticeEnd : hasEnded)) continue;
        wake = yield [TURN, turn, lookAfter(looks)];
        if (wake === "look") looks++;
        continue;
      }
      this.slots.note(slot, BEGUN); // I6
      const next = isAdmitted ? seen : seen - WAITING + (isOpen ? READER : 0); // I3
      // ORDER: acquire; pairs with the step in open.
      if (!isAdmitted && Atomics.compareExchange(words, STATE, seen, next) !== seen) {
        this.slots.note(slot, MOVED);
        continue;
      }
      Atomics.sub(words, slot + WAITS + phase, 1); // ORDER: before the note that ends the step (I6)
      this.slots.note(slot, isOpen ? ENTERED : MOVED);
      return isOpen;
    }
  }

  /** Clears WRITER for the readers that wait to come in by themselves (I3). */
  protected open(): void {
    Atomics.and(this.words, STATE, ~(WRITER | OWN_MARK)); // ORDER: release; pairs with the steps of readers
    this.#wakeReaders();
  }

  #wakeReaders(): void {
    Atomics.add(this.words, TURN, 1); // ORDER: release; after WRITER was cleared (I4)
    Atomics.notify(this.words, TURN);
  }

  /** What a dead writer may have left to the one that holds `writers` now. */
  #inherit(): void {
    if ((this.words[WRITERS]! & POISONED) !== 0) this.writers.clearPoison();
    if (this.words[INSIDE] !== 1) return;
    Atomics.store(this.words, POISON, 1); // I5. ORDER: none needed; the step that frees the lock publishes it
    this.words[INSIDE] = 0;
  }

  /** Opens the lock in place of a writer that has died; its mutex may have been freed before (lockword.ts). */
  #takeOver(ended: (thread: number) => boolean): boolean {
    const writer = this.writers.owner;
    if ((writer >= 0 && !ended(writer)) || !this.hasWaitingWriter() || !this.writers.tryLock()) return false;
    this.#inherit();
    this.open();
    this.writers.unlock();
    return true;
  }

  protected override awaited(hold: Hold): Awaited {
    if (hold === "read") return super.awaited(hold);
    // ORDER: none needed, twice; for people. Readers that wait are given the lock (I2), a writer finds it free.
    if (waitingIn(Atomics.load(this.words, STATE)) > 0) return "handed over";
    return (Atomics.load(this.words, WRITERS) & CONTENDED) === 0 ? "no" : "yes";
  }

  protected override takeBack(ended: (thread: number) => boolean): boolean {
    return this.#takeOver(ended) || this.slots.bury(ended);
  }

  protected override abandonWriting(): void {
    if (this.writers.owner !== thisThread) return;
    this.#inherit();
    this.open();
    this.writers.unlock();
  }
}
