// RWOrder: the reader-writer locks that serve first come, first served.
//
// Invariants: those of rwstate.ts, rwlock.ts and waitingline.ts, and
//  I1. Nobody enters from outside the line while somebody waits in it: who waits is counted in the same word that the
//      fast path looks at.
//  I2. From the line only its head enters. It waits on the state until the lock is open for what it wants; then it takes
//      the lock, and itself out of the line's field if it is the last, in one compare-exchange, and the line moves on.
//  I3. HOLDER is the thread that holds the lock for writing or upgradable. It is set by compare-exchange before WRITER or
//      UPGRADABLE, and cleared after them; nobody else touches these two. So who finds the holder dead becomes the
//      holder in its place, marks the lock poisoned if it was writing, clears the two, and itself; and who dies
//      over that leaves it to be done again.
//  I4. Whatever may open the lock for the head wakes who watches the state, and HOLDER, if anybody waits.
//  I5. Who sleeps at the head has seen the line's field set in the word it sleeps on, or before: so I4 knows of it.
//
// Source: the ticket reader-writer lock of Mellor-Crummey and Scott, "Scalable Reader-Writer Synchronization for
// Shared-Memory Multiprocessors" (PPoPP 1991). Differs: who waits sleeps, may give up, and may die.

import { casFailed } from "./casfailures.js";
import type { SlowPath, Wake, Watched } from "./park.js";
import { BEGUN, ENTERED, MOVED } from "./readerslots.js";
import { hasEnded, lookAfter, noticeEnd } from "./roster.js";
import type { RWOptions } from "./rwcore.js";
import { RWLock } from "./rwlock.js";
import {
  HEADER_BYTES,
  OWN_MARK,
  POISON,
  READER,
  readersIn,
  STATE,
  WAITING,
  WAITING_MASK,
  WRITER,
  WRITERS_LINE,
} from "./rwstate.js";
import { thisThread } from "./thread.js";
import { WAITING_LINE_BYTES, WaitingLine } from "./waitingline.js";

/** A reader that may become the writer is inside (UpgradableRWMutex). */
export const UPGRADABLE = OWN_MARK;
const HOLDER = WRITERS_LINE;
const NOBODY = 0;
/** No word: the header's first one never changes. */
const NOTHING = 0;
/** No ticket. */
const OUTSIDE = -1;
const SELF = thisThread + 1;

/** What somebody in the line wants. */
export const READ = 0;
export const WRITE = 1;
export const UPGRADE_LATER = 2;
export type Wish = typeof READ | typeof WRITE | typeof UPGRADE_LATER;

/** What entering adds to the state, by wish. */
const ENTRY = [READER, WRITER, UPGRADABLE] as const;

/** The part that FairRWMutex and UpgradableRWMutex share. */
export abstract class RWOrder extends RWLock {
  readonly #line: WaitingLine;

  protected constructor(label: string, options: RWOptions) {
    super(label, options, WAITING_LINE_BYTES);
    this.#line = new WaitingLine(this.words, HEADER_BYTES / 4, STATE, WAITING, WAITING_MASK, label);
  }

  unlock(): void {
    this.checkWriter("unlock", "Unlock");
    this.leave(WRITER);
  }

  /** Gives back what this thread holds alone: WRITER or UPGRADABLE. */
  protected leave(what: number): void {
    // ORDER: release; pairs with the addition in enterRead and the compare-exchanges in #enterHolding.
    Atomics.and(this.words, STATE, ~what);
    this.#letHold();
  }

  /** I3. */
  #hold(): boolean {
    // ORDER: before the step on the state.
    return Atomics.compareExchange(this.words, HOLDER, NOBODY, SELF) === NOBODY;
  }

  /** I3, I4. */
  #letHold(): void {
    Atomics.store(this.words, HOLDER, NOBODY); // ORDER: release; before the look at who waits (I5)
    if ((Atomics.load(this.words, STATE) & WAITING_MASK) === 0) return; // ORDER: as above
    Atomics.notify(this.words, STATE);
    Atomics.notify(this.words, HOLDER);
  }

  /** The thread that holds the lock for writing or upgradable, or -1. */
  protected get holder(): number {
    return Atomics.load(this.words, HOLDER) - 1; // ORDER: none needed; who asks about itself wrote it
  }

  /** True while somebody has the lock upgradable, also while it upgrades. */
  protected get isUpgradable(): boolean {
    return (Atomics.load(this.words, STATE) & UPGRADABLE) !== 0; // ORDER: none needed; as holder
  }

  protected override get writer(): number {
    return (Atomics.load(this.words, STATE) & WRITER) === 0 ? -1 : this.holder; // ORDER: none needed; as holder
  }

  protected override checkWriter(call: string, goWord: string): void {
    if (this.writer !== thisThread || this.isUpgradable) throw this.notMine(call, goWord);
  }

  protected override hasWaitingWriter(): boolean {
    // ORDER: none needed; for a message.
    return (Atomics.load(this.words, STATE) & WRITER) !== 0 || this.#line.includes(WRITE);
  }

  protected override enterWrite(): boolean {
    return this.enterNow(WRITE);
  }

  /** Enters if nobody waits and the lock is open for `wish`. Not for READ, see enterRead. */
  protected enterNow(wish: Wish): boolean {
    return this.#enterHolding(wish, OUTSIDE);
  }

  protected override readPath(): SlowPath {
    return this.path(READ);
  }

  protected override writePath(): SlowPath {
    return this.path(WRITE);
  }

  /** The way through the line. */
  protected *path(wish: Wish): SlowPath {
    const line = this.#line;
    const slot = wish === READ ? this.claimSlot() : 0;
    const ticket = line.join(wish);
    let wake: Wake = "ok";
    let looks = 0;
    for (;;) {
      const ended: typeof hasEnded = wake === "look" ? noticeEnd : hasEnded;
      if (wake === "look") looks++;
      const isHead = line.isHead(ticket);
      if (isHead && (wish === READ ? this.#enterToRead(ticket, slot) : this.#enterHolding(wish, ticket))) {
        line.leave(ticket);
        return true;
      }
      if (wake === "timed-out") {
        line.leave(ticket);
        line.settle();
        return false;
      }
      const [word, value] = isHead ? this.#watched(ticket, wish) : line.watched(ticket, wish);
      if (word !== NOTHING) wake = this.takeBack(ended) ? "ok" : yield [word, value, lookAfter(looks)];
    }
  }

  /** What the head sleeps on: a word and its value; NOTHING when it may be open. */
  #watched(ticket: number, wish: Wish): Watched {
    const held = Atomics.load(this.words, HOLDER); // ORDER: before the state, which opens first (I3)
    const seen = Atomics.load(this.words, STATE); // ORDER: none needed; the sleep compares it again
    if ((seen & WAITING_MASK) === 0)
      this.#line.flag(ticket); // I5
    else if (!isOpenFor(wish, seen)) return [STATE, seen];
    else if (wish !== READ && held !== NOBODY) return [HOLDER, held];
    return [NOTHING, 0];
  }

  /** I2, and readerslots.ts I3. */
  #enterToRead(ticket: number, slot: number): boolean {
    for (;;) {
      const seen = Atomics.load(this.words, STATE); // ORDER: none needed; the compare-exchange decides
      if (!isOpenFor(READ, seen)) return false;
      const entered = (this.#line.without(ticket, seen) + READER) | 0;
      this.slots.note(slot, BEGUN);
      // ORDER: acquire; pairs with the steps that opened the lock.
      const isIn = Atomics.compareExchange(this.words, STATE, seen, entered) === seen;
      this.slots.note(slot, isIn ? ENTERED : MOVED);
      if (isIn) return true;
      casFailed();
    }
  }

  /** I3; from the head of the line (I2), or from outside it (I1). */
  #enterHolding(wish: Wish, ticket: number): boolean {
    for (let isHolder = false; ; ) {
      const seen = Atomics.load(this.words, STATE); // ORDER: none needed; the compare-exchange decides
      const isOpen = isOpenFor(wish, seen) && (ticket !== OUTSIDE || (seen & WAITING_MASK) === 0);
      if (isOpen && !isHolder) isHolder = this.#hold();
      if (!isOpen || !isHolder) {
        if (isHolder) this.#letHold();
        return false;
      }
      const entered = (ticket === OUTSIDE ? seen : this.#line.without(ticket, seen)) + ENTRY[wish];
      // ORDER: acquire; pairs with the steps that opened the lock.
      if (Atomics.compareExchange(this.words, STATE, seen, entered) === seen) return true;
      casFailed();
    }
  }

  protected override abandonWriting(): void {
    if (this.holder === thisThread) this.#free(thisThread);
  }

  protected override takeBack(ended: (thread: number) => boolean): boolean {
    const { holder } = this;
    const isFreed = holder >= 0 && ended(holder) && this.#free(holder);
    const isBuried = this.slots.bury(ended);
    const isHeadGone = this.#line.buryHead(ended);
    return this.#line.settle() || isFreed || isBuried || isHeadGone;
  }

  /** I3. */
  #free(holder: number): boolean {
    const { words } = this;
    // ORDER: acquire; it decides which of those who noticed does it.
    if (Atomics.compareExchange(words, HOLDER, holder + 1, SELF) !== holder + 1) return false;
    const seen = Atomics.load(words, STATE); // ORDER: none needed; nobody else changes the two bits now
    // ORDER: none needed; the next step publishes it. Who held it upgradable has written nothing.
    if ((seen & (WRITER | UPGRADABLE)) === WRITER) Atomics.store(words, POISON, 1);
    Atomics.and(words, STATE, ~(WRITER | UPGRADABLE)); // ORDER: release; as in leave
    this.#letHold();
    return true;
  }
}

/** True when `state` lets in, at the head of the line, who has this wish. */
function isOpenFor(wish: Wish, state: number): boolean {
  if (wish === READ) return (state & WRITER) === 0 && state >= 0;
  if ((state & (WRITER | UPGRADABLE)) !== 0) return false;
  return wish === UPGRADE_LATER || readersIn(state) === 0;
}
