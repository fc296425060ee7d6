// Barrier: nobody passes until everybody has come; then it stands ready for the next round.
//
// Invariants:
//  I1. The last to come clears `arrived` before it moves `round` on, so who passes finds the barrier empty.
//  I2. A thread sleeps only on the round in which it came.
//  I3. A broken barrier lets nobody wait: who waits and who comes gets the error.
//
// Source: the counting form of java.util.concurrent.CyclicBarrier. Differs: no action at the turn; `wait` tells one thread
// that it was the last, which may do it. A team breaks its barrier when one of its threads has ended.

import { checkCount, type Handle, type Placement, place, type Shared } from "./memory.js";
import { parkTask, parkThread, type SlowPath } from "./park.js";
import { checkMayBlock, LockError } from "./thread.js";

const BYTES = 16;
const PARTIES = 1;
const ARRIVED = 2;
/** Counts in twos; the lowest bit says broken. */
const ROUND = 3;
const TURN = 2;
const BROKEN = 1;
const MOST = 65_535;

/**
 * A meeting point of `parties` threads, for any number of rounds.
 *
 * **Happens-before:** everything before a `wait` synchronizes before the return of everybody's `wait` of that round.
 * **Cost:** one atomic addition and, for all but the last, a futex wait.
 * **Limits:** a wait cannot be given up; `break` ends it for all.
 *
 * @throws {RangeError} ``Barrier: expected `parties` to be an integer from 1 to 65535, got 0``
 * @throws {LockError} `Barrier.wait: the barrier is broken`
 * @example
 * const cells = new Int32Array(new SharedArrayBuffer(8));
 * const sums = await team(2, (t, cells, barrier) => {
 *   cells[t.id] = 21;
 *   barrier.wait();
 *   return cells[0]! + cells[1]!;
 * }, { args: [cells, new Barrier(2)] });
 * console.log(sums); // prints: [ 42, 42 ]
 */
export class Barrier implements Shared {
  readonly handle: Handle;
  readonly #words: Int32Array;

  constructor(parties: number, placement: Placement = {}) {
    if (placement.at === undefined) checkCount("Barrier", "parties", parties, 1, MOST);
    this.handle = place("Barrier", BYTES, placement);
    this.#words = new Int32Array(this.handle.buffer, this.handle.offset, BYTES / 4);
    // ORDER: none needed; before anybody else can have the handle.
    if (placement.at === undefined) Atomics.store(this.#words, PARTIES, parties);
  }

  /** Attaches to the barrier that `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach(handle: Handle): Barrier {
    return new Barrier(1, { at: handle });
  }

  /** How many threads meet. */
  get parties(): number {
    return this.#words[PARTIES]!;
  }

  /** Sleeps until everybody has come; returns true to the last one. Refused on the main thread. */
  wait(): boolean {
    checkMayBlock("Barrier.wait", "await barrier.waitAsync()");
    const round = this.#arrive();
    if (round === undefined) return true;
    parkThread(this.#words, this.#untilAfter(round));
    return false;
  }

  /** Comes to the meeting without blocking the thread; resolves to true for the last one. */
  async waitAsync(): Promise<boolean> {
    const round = this.#arrive();
    if (round === undefined) return true;
    await parkTask(this.#words, this.#untilAfter(round), {});
    return false;
  }

  /** Breaks the barrier for good: everybody who waits for a round that is not complete, or comes later, gets the error. */
  break(): void {
    // ORDER: release; pairs with the loads of ROUND.
    if ((Atomics.or(this.#words, ROUND, BROKEN) & BROKEN) === 0) Atomics.notify(this.#words, ROUND);
  }

  /** The round to wait for the end of; undefined for the last to come, who has ended it. */
  #arrive(): number | undefined {
    const round = Atomics.load(this.#words, ROUND); // ORDER: before the addition; the round cannot end without us
    checkWhole(round);
    // ORDER: release; pairs with the load in #untilAfter, through the last one's addition to ROUND.
    if (Atomics.add(this.#words, ARRIVED, 1) + 1 < this.parties) return round;
    Atomics.store(this.#words, ARRIVED, 0); // I1. ORDER: before the addition to ROUND
    Atomics.add(this.#words, ROUND, TURN); // ORDER: release; pairs with the load in #untilAfter
    Atomics.notify(this.#words, ROUND);
    return undefined;
  }

  *#untilAfter(round: number): SlowPath {
    for (;;) {
      const now = Atomics.load(this.#words, ROUND); // ORDER: acquire; pairs with the addition to ROUND
      if ((now & ~BROKEN) !== round) return true; // our round was complete, broken later or not
      checkWhole(now); // I3
      yield [ROUND, round]; // I2
    }
  }
}

function checkWhole(round: number): void {
  if ((round & BROKEN) !== 0) throw new LockError("Barrier.wait: the barrier is broken");
}
