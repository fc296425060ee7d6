// Rendezvous: the passage of an unbuffered Chan: a value goes from a sender's hand into a receiver's, when both are there.
//
// Who finds no counterpart notes itself in a table of the channel, a sender with its value, and sleeps on a ticket. Who comes
// later and finds it takes the ticket, moves the value, and wakes it.
//
// Invariants:
//  I1. Table and values are changed with the lock held. An entry is in force by the one store of its first word, and gone by
//      one store, so a thread that dies between leaves the table in order; the lock is then taken over (lockword.ts).
//  I2. Taking a ticket is what commits both sides (tickets.ts I1). The value is moved before the lock is freed, and the one
//      that waited takes the lock before it reads.
//  I3. The oldest entry in force comes first; one of a thread that has ended, or whose wait is decided, is passed over.
//  I4. A select is no counterpart of itself.
//
// Source: Go src/runtime/chan.go (chansend, chanrecv with waiting sudogs). Differs: places are limited; who finds none looks again
// every millisecond. Rejected: a cell with an acknowledgement (a select could then not offer values to two channels at once).

import { ChannelError } from "./channelerror.js";
import { acquire } from "./lockword.js";
import { type Handle, LINE_BYTES } from "./memory.js";
import { MutexWord } from "./mutexword.js";
import { parkTask, parkThread, type WaitOptions } from "./park.js";
import { END, NOTHING, type Passage } from "./passage.js";
import { SelectWait } from "./select.js";
import { ENDED, type Outcome, type RecvCase, SENT, type SendCase } from "./selectcase.js";
import {
  claimTicket,
  isTicketDead,
  isTicketWaiting,
  notifyTicket,
  ticketWords,
  wakeTicket,
} from "./tickets.js";
import { Decoder, type Encoder } from "./values.js";

const LINE = LINE_BYTES / 4;
const LOCK = LINE;
const CLOSED = LINE + 1;
const LAST_TURN = LINE + 2;
const TABLE = 2 * LINE;
const PLACES = 16;
/** In an entry: the ticket and the side, 0 when free; then what a counterpart needs. */
const STAMP = 1;
const CASE = 2;
const TURN = 3;
/** For a receiver: 1 when its value is there. */
const FILLED = 4;
const ENTRY_WORDS = 6;
const SEND = 0;
const RECV = 1;

/** Bytes of an unbuffered channel. */
export function rendezvousBytes(slotBytes: number): number {
  return TABLE * 4 + PLACES * (ENTRY_WORDS * 4 + slotBytes);
}

export class Rendezvous implements Passage {
  readonly #words: Int32Array;
  readonly #lock: MutexWord;
  readonly #entryWords: number;
  readonly #encoder: Encoder;
  readonly #decoder: Decoder;

  constructor({ buffer, offset }: Handle, slotBytes: number, encoder: Encoder) {
    const length = rendezvousBytes(slotBytes);
    this.#words = new Int32Array(buffer, offset, length / 4);
    this.#lock = new MutexWord(this.#words, LOCK, "Chan");
    this.#entryWords = ENTRY_WORDS + slotBytes / 4;
    this.#encoder = encoder;
    this.#decoder = new Decoder(buffer, offset, length);
  }

  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) === 1; // ORDER: acquire; pairs with the store in close
  }

  /** An unbuffered channel holds nothing. */
  get length(): number {
    return 0;
  }

  close(): void {
    this.#locked(() => {
      if (this.isClosed) throw new ChannelError("close of closed channel");
      Atomics.store(this.#words, CLOSED, 1); // ORDER: release; pairs with the load in isClosed
      for (let at = TABLE; at < this.#end; at += this.#entryWords) {
        const entry = this.#words[at]!;
        if (entry !== 0) wakeTicket(entry >> 1, this.#words[at + STAMP]!);
      }
    });
  }

  trySend(prepare: () => void): boolean {
    prepare();
    return this.#locked(() => {
      if (this.isClosed) throw new ChannelError("send on closed channel");
      const at = this.#claim(RECV);
      if (at < 0) return false;
      this.#encoder.copyTo(this.#words, at + ENTRY_WORDS);
      this.#words[at + FILLED] = 1; // I2
      notifyTicket(this.#words[at]! >> 1);
      return true;
    });
  }

  tryRecv(): unknown {
    return this.#locked(() => {
      const at = this.#claim(SEND);
      if (at < 0) return this.isClosed ? END : NOTHING;
      const value = this.#decode(at);
      notifyTicket(this.#words[at]! >> 1);
      return value;
    });
  }

  send(prepare: () => void): void {
    const wait = new SelectWait([this.sendCase(prepare)]);
    if (!wait.tryNow()) parkThread(ticketWords, wait.path());
  }

  async sendAsync(prepare: () => void, options: WaitOptions): Promise<boolean> {
    options.signal?.throwIfAborted();
    const wait = new SelectWait([this.sendCase(prepare)]);
    return wait.tryNow() || parkTask(ticketWords, wait.path(), options);
  }

  recv(): unknown {
    const wait = new SelectWait([this.recvCase()]);
    if (!wait.tryNow()) parkThread(ticketWords, wait.path());
    return received(wait);
  }

  async recvAsync(options: WaitOptions): Promise<unknown> {
    options.signal?.throwIfAborted();
    const wait = new SelectWait([this.recvCase()]);
    if (!wait.tryNow()) await parkTask(ticketWords, wait.path(), options);
    return received(wait);
  }

  sendCase(prepare: () => void): SendCase {
    return {
      kind: "send",
      attempt: () => (this.trySend(prepare) ? SENT : null),
      isReady: (ticket) => this.#isReady(RECV, ticket),
      enlist: (ticket, stamp, index) => {
        prepare();
        return this.#enlist(SEND, ticket, stamp, index);
      },
      strike: (ticket) => this.#strike(SEND, ticket),
      finish: () => SENT,
      look: () => {},
    };
  }

  recvCase(): RecvCase<unknown> {
    return {
      kind: "recv",
      attempt: () => outcomeOf(this.tryRecv()),
      isReady: (ticket) => this.#isReady(SEND, ticket),
      enlist: (ticket, stamp, index) => this.#enlist(RECV, ticket, stamp, index),
      strike: (ticket) => this.#strike(RECV, ticket),
      finish: (ticket) => this.#locked(() => this.#handedTo(ticket)),
      look: () => {},
    };
  }

  get #end(): number {
    return TABLE + PLACES * this.#entryWords;
  }

  /** Claims the oldest counterpart on `side` (I3); returns its entry, or -1. */
  #claim(side: number): number {
    for (;;) {
      const at = this.#oldest(side, 0);
      if (at < 0) return at;
      const words = this.#words;
      if (claimTicket(words[at]! >> 1, words[at + STAMP]!, words[at + CASE]!)) return at;
    }
  }

  #oldest(side: number, except: number): number {
    const words = this.#words;
    let oldest = -1;
    for (let at = TABLE; at < this.#end; at += this.#entryWords) {
      const entry = words[at]!;
      if (entry === 0 || (entry & 1) !== side || entry >> 1 === except) continue;
      if (!isTicketWaiting(entry >> 1, words[at + STAMP]!)) continue;
      if (oldest < 0 || ((words[at + TURN]! - words[oldest + TURN]!) | 0) < 0) oldest = at;
    }
    return oldest;
  }

  #isReady(counterparts: number, ticket: number): boolean {
    return this.#locked(() => this.isClosed || this.#oldest(counterparts, ticket) >= 0); // I4
  }

  #enlist(side: number, ticket: number, stamp: number, index: number): boolean {
    return this.#locked(() => {
      const words = this.#words;
      for (let at = TABLE; at < this.#end; at += this.#entryWords) {
        const entry = words[at]!;
        if (entry !== 0 && !isTicketDead(entry >> 1)) continue;
        words[at] = 0;
        words[at + STAMP] = stamp;
        words[at + CASE] = index;
        words[at + TURN] = words[LAST_TURN]!++;
        words[at + FILLED] = 0;
        if (side === SEND) this.#encoder.copyTo(words, at + ENTRY_WORDS);
        words[at] = (ticket << 1) | side; // I1
        return true;
      }
      return false;
    });
  }

  #strike(side: number, ticket: number): void {
    this.#locked(() => {
      for (let at = TABLE; at < this.#end; at += this.#entryWords) {
        if (this.#words[at] === ((ticket << 1) | side)) this.#words[at] = 0;
      }
    });
  }

  /** The value that a sender has put into this waiter's entry; null when it died before (I2). */
  #handedTo(ticket: number): Outcome | null {
    for (let at = TABLE; at < this.#end; at += this.#entryWords) {
      if (this.#words[at] === ((ticket << 1) | RECV) && this.#words[at + FILLED] === 1)
        return { value: this.#decode(at), ok: true };
    }
    return null;
  }

  #decode(at: number): unknown {
    return this.#decoder.decode((at + ENTRY_WORDS) * 4);
  }

  /** Runs `body` with the lock held. Also on the main thread: the sections are short and wait for nothing. */
  #locked<R>(body: () => R): R {
    if (!this.#lock.tryLock()) {
      parkThread(this.#words, acquire(this.#words, LOCK));
    }
    if (this.#lock.isPoisoned) this.#lock.clearPoison(); // I1: the table is in order
    try {
      return body();
    } finally {
      this.#lock.unlock();
    }
  }
}

function outcomeOf(value: unknown): Outcome | null {
  if (value === NOTHING) return null;
  return value === END ? ENDED : { value, ok: true };
}

function received({ taken }: SelectWait): unknown {
  if (taken === undefined) return NOTHING;
  return taken.ok ? taken.value : END;
}
