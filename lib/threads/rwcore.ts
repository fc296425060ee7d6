// RWCore: the reader's way in and out of all reader-writer locks between threads, and what is left of dead threads.
//
// Invariants: those of rwstate.ts and readerslots.ts, and
//  I1. A reader that finds the lock closed takes its one back at once. So who waits holds nothing, and who gives up has
//      only its place among the waiting to put right.
//  I2. The last reader that leaves while somebody waits wakes those who watch the state.
//
// Source: the promises and texts are Go's src/sync/rwmutex.go. Differs: a read lock belongs to the thread that took
// it. That costs two plain additions, and buys that a dead reader is taken back, that an unlock too many is noticed
// at once, and that a thread which would wait for itself is told.

import { beginWait, isWatching, lockName, noteGiveUp } from "./lockgraph.js";
import { checkCount, type Handle, type Placement, place, type Shared } from "./memory.js";
import { parkThread, type SlowPath, type Watched } from "./park.js";
import { BEGUN, ENTERED, LEFT, MOVED, ReaderSlots, slotsBytes } from "./readerslots.js";
import { type Abandonable, remember } from "./roster.js";
import {
  CLOSED,
  HAS_WAITERS,
  HEADER_BYTES,
  NAME,
  POISON,
  READER,
  readersIn,
  SLOT_COUNT,
  SLOTS_AT,
  STATE,
  waitingIn,
} from "./rwstate.js";
import { type Awaited, type Hold, watchRW } from "./rwwatch.js";
import { LockError, thisThread, threadName } from "./thread.js";
import { isTracing } from "./tracewriter.js";

const DEFAULT_READERS = 32;
const MOST_READERS = 4096;

/** Options of a new reader-writer lock. */
export interface RWOptions extends Placement {
  /**
   * How many threads get a line of their own to note their reads in, 64 bytes each. Threads beyond that share one: they
   * lock as well, but what they hold when they die is not taken back. Default: 32.
   */
  readonly readers?: number | undefined;
}

/** What a variant builds on: the reader's steps. See RWLock for the calls. */
export abstract class RWCore implements Shared, Abandonable {
  readonly handle: Handle;
  protected readonly label: string;
  protected readonly words: Int32Array;
  protected readonly slots: ReaderSlots;
  /** The index of this thread's slot; 0 until it reads for the first time, and when it has none of its own. */
  protected slot = 0;
  /** The shared slot, once this thread has found no other. */
  #shared = 0;
  /** True when who waits stands in one line, first come, first served. */
  readonly #isInLine: boolean;
  /** Made or attached while somebody watched or recorded. */
  readonly #isWatched: boolean;

  /** `lineBytes`: what a line of waiters needs behind the header; 0 when the slots count who waits. */
  protected constructor(label: string, options: RWOptions, lineBytes = 0) {
    const { readers = DEFAULT_READERS } = options;
    const isNew = !("at" in options);
    if (isNew) checkCount(label, "readers", readers, 1, MOST_READERS);
    const first = HEADER_BYTES + lineBytes;
    this.label = label;
    this.handle = place(label, isNew ? first + slotsBytes(readers) : HEADER_BYTES, options);
    const { buffer, offset } = this.handle;
    const header = new Int32Array(buffer, offset, HEADER_BYTES / 4);
    if (isNew) {
      // ORDER: none needed; before anybody else can have the handle.
      Atomics.store(header, SLOT_COUNT, readers);
      Atomics.store(header, SLOTS_AT, first / 4);
    }
    this.words = new Int32Array(buffer, offset, (first + slotsBytes(header[SLOT_COUNT]!)) / 4);
    this.slots = new ReaderSlots(this.words, lineBytes === 0);
    remember(this);
    this.#isInLine = lineBytes > 0;
    this.#isWatched = isWatching() || isTracing();
    if (!this.#isWatched) return;
    const { words } = this;
    watchRW(this, { words, name: () => this.#name(), awaited: (hold) => this.awaited(hold) });
  }

  /**
   * True when a thread has ended with the lock held for writing since the last `clearPoison`: what the lock protects may
   * be half changed. The lock itself works; whoever holds it decides, readers too.
   */
  get isPoisoned(): boolean {
    return Atomics.load(this.words, POISON) !== 0; // ORDER: none needed; set before the lock was freed
  }

  /**
   * Takes the mark of a death away. Hold the lock for writing, and put right what it protects first.
   *
   * @throws {LockError} as `unlock`, when this thread does not hold the lock for writing
   */
  clearPoison(): void {
    this.checkWriter("clearPoison", "Unlock");
    Atomics.store(this.words, POISON, 0); // ORDER: none needed; unlock publishes it
  }

  /** Undoes one `rLock` of this thread. */
  rUnlock(): void {
    const { words, slot } = this;
    if (slot === 0 || words[slot + ENTERED] === words[slot + LEFT]) {
      this.#rUnlockSlow();
      return;
    }
    words[slot]!++;
    // ORDER: release; pairs with the load in the writer's drain: the reads above happen before its writes.
    const before = Atomics.sub(words, STATE, READER);
    words[slot + LEFT]!++;
    if ((before & HAS_WAITERS) !== 0 && readersIn(before) === 1) this.wakeEmpty(); // I2
  }

  /** Undoes `lock` and lets in who waited for it. */
  abstract unlock(): void;

  /** Gives up what this thread holds: its body has ended. */
  abandon(): void {
    this.abandonWriting();
    if (this.slot === 0) return;
    this.slots.abandon(this.slot);
    this.wakeEmpty();
  }

  /** Throws unless this thread holds the lock for writing. */
  protected checkWriter(call: string, goWord: string): void {
    if (this.writer !== thisThread) throw this.notMine(call, goWord);
  }

  /** Counts this thread in as a reader if the lock is open to readers. */
  protected enterRead(): boolean {
    const { words, slot } = this;
    if (slot === 0) return this.#enterReadSlow();
    words[slot]!++;
    // ORDER: acquire; pairs with the compare-exchange that opens the lock, so what the writer wrote is visible below.
    if ((Atomics.add(words, STATE, READER) & CLOSED) === 0) {
      words[slot + ENTERED]!++;
      return true;
    }
    // I1. ORDER: release; pairs with the load in the writer's drain.
    const before = Atomics.sub(words, STATE, READER);
    words[slot + MOVED]!++;
    if (readersIn(before) === 1) this.wakeEmpty(); // I2
    return false;
  }

  /** This thread's slot, taken now if it has none; the shared one when all are taken. */
  protected claimSlot(): number {
    if (this.slot !== 0 || this.#shared !== 0) return this.slot || this.#shared;
    const slot = this.slots.claim();
    if (this.slots.isShared(slot)) this.#shared = slot;
    else this.slot = slot;
    return slot;
  }

  /** True when this thread reads. */
  protected get isReading(): boolean {
    return this.slot !== 0 && this.slots.reads(this.slot) > 0;
  }

  /** Wakes who waits for the last reader to leave. */
  protected wakeEmpty(): void {
    Atomics.notify(this.words, STATE);
  }

  /** The wait of a reader that found the lock closed. */
  protected abstract readPath(): SlowPath;
  /** Takes the lock for writing if that needs no waiting. */
  protected abstract enterWrite(): boolean;
  /** The wait of a writer. */
  protected abstract writePath(): SlowPath;
  /** The thread that holds the lock for writing, or waits for the readers inside to leave; -1 when there is none. */
  protected abstract get writer(): number;
  /** What a thread does that reads, for messages. */
  protected get readerHolds(): string {
    return "holds the read lock";
  }
  /** True when a writer waits for the readers inside. */
  protected abstract hasWaitingWriter(): boolean;
  /** Takes back what the threads hold that `hasEnded` names; true when there was something. */
  protected abstract takeBack(hasEnded: (thread: number) => boolean): boolean;
  /** Frees the lock, marked as poisoned, if this thread holds it for writing. */
  protected abstract abandonWriting(): void;

  /**
   * Sleeps on `path`. While somebody watches, the wait begins in turn with all others', so that who stands before whom is known.
   *
   * @throws {LockError} when the wait would close a circle
   */
  protected sleep(call: string, wish: Hold | "upgrade", path: SlowPath, timeoutMs: number): boolean {
    if (!this.#isWatched || timeoutMs !== Number.POSITIVE_INFINITY || !isWatching())
      return parkThread(this.words, path, timeoutMs);
    const begun = beginWait(this.#name(), `${this.label}.${call}`, wish, path, () => {
      if (wish === "upgrade") return {};
      return this.#isInLine ? { isInLine: true } : wish === "read" ? { behind: this.writer } : {};
    });
    if (typeof begun === "boolean") return begun;
    let isTaken = false;
    try {
      isTaken = parkThread(this.words, resumed(begun, path));
    } finally {
      if (!isTaken) noteGiveUp();
    }
    return isTaken;
  }

  /** Who waits for what such a hold keeps. For recordings. */
  protected awaited(hold: Hold): Awaited {
    const seen = Atomics.load(this.words, STATE); // ORDER: none needed; for people
    const isSo = hold === "read" ? (seen & HAS_WAITERS) !== 0 && readersIn(seen) <= 1 : waitingIn(seen) > 0;
    return isSo ? "yes" : "no";
  }

  #name(): string {
    return lockName(this.label, this.words, NAME);
  }

  /** The error for a thread that would wait for itself. */
  protected selfWait(call: string, what: string): LockError {
    return new LockError(
      `${this.label}.${call}: ${threadName(thisThread)} ${what} and would wait for itself for ever`,
    );
  }

  /** The error for an unlock by a thread that does not hold the lock. */
  protected notMine(call: string, goWord: string): LockError {
    const writer = this.writer;
    if (writer < 0 || writer === thisThread)
      return new LockError(`sync: ${goWord} of unlocked ${this.label}`);
    const [holder, self] = [threadName(writer), threadName(thisThread)];
    return new LockError(`${this.label}.${call}: ${holder} holds this lock, ${self} does not`);
  }

  /** The first read, and every read of a thread that has no slot of its own. */
  #enterReadSlow(): boolean {
    const slot = this.claimSlot();
    if (this.slot !== 0) return this.enterRead();
    this.slots.note(slot, BEGUN);
    // ORDER: as in enterRead.
    const isOpen = (Atomics.add(this.words, STATE, READER) & CLOSED) === 0;
    if (!isOpen) Atomics.sub(this.words, STATE, READER); // ORDER: as in enterRead
    this.slots.note(slot, isOpen ? ENTERED : MOVED);
    if (!isOpen) this.wakeEmpty();
    return isOpen;
  }

  /** The slot has no read to undo: another object of this thread took it, or the slot is shared, or it is a mistake. */
  #rUnlockSlow(): void {
    const slot = this.claimSlot();
    if (this.slot !== 0 && this.slots.reads(slot) > 0) {
      this.rUnlock();
      return;
    }
    // ORDER: none needed; for the message.
    const readers = readersIn(Atomics.load(this.words, STATE));
    if (this.slot !== 0 && readers > 0 && this.slots.allReads > 0) {
      throw new LockError(`${this.label}.rUnlock: ${threadName(thisThread)} does not hold the read lock`);
    }
    if (this.slot !== 0 || readers === 0) throw new LockError(`sync: RUnlock of unlocked ${this.label}`);
    this.slots.note(slot, BEGUN);
    // ORDER: release; as in rUnlock.
    const before = Atomics.sub(this.words, STATE, READER);
    this.slots.note(slot, LEFT);
    if ((before & HAS_WAITERS) !== 0 && readersIn(before) === 1) this.wakeEmpty();
  }
}

/** The rest of a path that has begun: `first` is what it sleeps on. */
function* resumed(first: Watched, path: SlowPath): SlowPath {
  let step: IteratorResult<Watched, boolean> = { done: false, value: first };
  while (step.done !== true) step = path.next(yield step.value);
  return step.value;
}
