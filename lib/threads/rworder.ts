// RWOrder: the reader-writer locks that serve first come, first served.
//
// Invariants: those of rwstate.ts, rwlock.ts and waitingline.ts, and
//  I1. Nobody enters from outside the line while somebody waits in it: who waits is counted in the same word that the
//      fast path looks at.
//  I2. From the line only its head enters. It waits on the state until the lock is open for what it wants; then it takes
//      the lock and itself out of the count in one compare-exchange, and the line moves on.
//  I3. HOLDER is the thread that holds the lock for writing or upgradable; it changes in the same straight line as the
//      state. Who finds it dead frees the lock, and marks it poisoned if it was writing.
//  I4. Whatever may open the lock for the head wakes who watches the state, if anybody waits.
//
// Source: the ticket reader-writer lock of Mellor-Crummey and Scott, "Scalable Reader-Writer Synchronization for
// Shared-Memory Multiprocessors" (PPoPP 1991). Differs: who waits sleeps, may give up, and may die.

import type { SlowPath, Wake } from "./park.js";
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
    this.#line = new WaitingLine(this.words, HEADER_BYTES / 4, STATE, WAITING, label);
  }

  unlock(): void {
    this.checkWriter("unlock", "Unlock");
    this.leave(WRITER);
  }

  /** Gives back what this thread holds alone: WRITER or UPGRADABLE. */
  protected leave(what: number): void {
    Atomics.store(this.words, HOLDER, NOBODY); // I3. ORDER: none needed; the state decides
    // ORDER: release; pairs with the addition in enterRead and the compare-exchange in #enterAt.
    const before = Atomics.and(this.words, STATE, ~what);
    if ((before & WAITING_MASK) !== 0) Atomics.notify(this.words, STATE); // I4
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
    const seen = Atomics.load(this.words, STATE); // ORDER: none needed; the compare-exchange decides
    if ((seen & WAITING_MASK) !== 0 || !isOpenFor(wish, seen)) return false; // I1
    // ORDER: acquire; pairs with the steps that opened the lock.
    if (Atomics.compareExchange(this.words, STATE, seen, seen + ENTRY[wish]) !== seen) return false;
    Atomics.store(this.words, HOLDER, SELF); // I3. ORDER: none needed; read by this thread, and after its death
    return true;
  }

  protected override readPath(): SlowPath {
    return this.path(READ);
  }

  protected override writePath(): SlowPath {
    return this.path(WRITE);
  }

  /** The way through the line. */
  protected *path(wish: Wish): SlowPath {
    if (wish === READ && this.slot === 0) this.claimSlot();
    const line = this.#line;
    const ticket = line.join(wish);
    let wake: Wake = "ok";
    let looks = 0;
    for (;;) {
      const ended: typeof hasEnded = wake === "look" ? noticeEnd : hasEnded;
      if (wake === "look") looks++;
      if (line.isHead(ticket)) {
        const seen = Atomics.load(this.words, STATE); // ORDER: none needed; the compare-exchange decides
        if (isOpenFor(wish, seen)) {
          if (!this.#enterAt(seen, wish, ticket)) continue;
          line.advance();
          return true;
        }
        if (wake !== "timed-out") {
          wake = this.takeBack(ended) ? "ok" : yield [STATE, seen, lookAfter(looks)];
          continue;
        }
      } else if (wake !== "timed-out") {
        const mark = line.waitingMark(ticket, wish);
        wake = this.takeBack(ended) ? "ok" : yield [line.placeOf(ticket), mark, lookAfter(looks)];
        continue;
      }
      line.giveUp(ticket);
      return false;
    }
  }

  /** I2. */
  #enterAt(seen: number, wish: Wish, ticket: number): boolean {
    const { words, slot } = this;
    const place = this.#line.placeOf(ticket);
    const gone = this.#line.goneMark(ticket);
    const next = (seen - WAITING + ENTRY[wish]) | 0;
    // ORDER: acquire; pairs with the steps that opened the lock.
    if (Atomics.compareExchange(words, STATE, seen, next) !== seen) return false;
    if (wish === READ)
      Atomics.add(words, slot, 1); // ORDER: none needed; slot 0 is shared
    else Atomics.store(words, HOLDER, SELF); // I3. ORDER: none needed; as in enterNow
    Atomics.store(words, place, gone); // ORDER: release; pairs with the load in advance
    return true;
  }

  protected override abandonWriting(): void {
    if (this.holder === thisThread && this.#free(thisThread)) Atomics.notify(this.words, STATE);
  }

  protected override takeBack(ended: (thread: number) => boolean): boolean {
    const isFreed = this.#freeFromDead(ended);
    const isBuried = this.slots.bury(ended);
    const isHeadGone = this.#line.buryHead(ended);
    if (isFreed || isBuried) Atomics.notify(this.words, STATE); // I4
    return isFreed || isBuried || isHeadGone;
  }

  /** I3. */
  #freeFromDead(ended: (thread: number) => boolean): boolean {
    const holder = this.holder;
    return holder >= 0 && ended(holder) && this.#free(holder);
  }

  #free(holder: number): boolean {
    const { words, isUpgradable } = this; // read before: from the compare-exchange on no call may come (rwstate.ts, I2)
    // ORDER: acquire; it decides which of those who noticed does it.
    if (Atomics.compareExchange(words, HOLDER, holder + 1, NOBODY) !== holder + 1) return false;
    // ORDER: none needed; the next step publishes it. Who held it upgradable has written nothing.
    if (!isUpgradable) Atomics.store(words, POISON, 1);
    Atomics.and(words, STATE, ~(WRITER | UPGRADABLE)); // ORDER: release; as in leave
    return true;
  }
}

/** True when `state` lets in, at the head of the line, who has this wish. */
function isOpenFor(wish: Wish, state: number): boolean {
  if (wish === READ) return (state & WRITER) === 0 && state >= 0;
  if ((state & (WRITER | UPGRADABLE)) !== 0) return false;
  return wish === UPGRADE_LATER || readersIn(state) === 0;
}
