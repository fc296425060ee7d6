// Search: what an M does that has no goroutine to run: takes from the global queue, steals, spins briefly, sleeps.
//
// Invariants: I1 to I4 of wake.ts, and
//  I5. An M that goes to sleep without a timer settles first, and the last one to do so ends the run (deadlock.ts).
//
// Source: Go src/runtime/proc.go (findRunnable, stealWork, stopm, checkdead). Differs: an M keeps its P while it spins, also
// the last round; one thief at a time asks the Ps in a random order once per look.

import { areAllSettled, goOn, settle } from "./deadlock.js";
import { dequeLength, dequePop, dequePush, dequeSteal } from "./deque.js";
import { globalLength, globalTake } from "./globalqueue.js";
import { addressOfP, Ended, M, RING, S } from "./layout.js";
import type { Timers } from "./timers.js";
import { bits, freeP, takeP, wakeOne } from "./wake.js";
import { endRun, Note, readNote, type Words } from "./words.js";

/** Looks around before an M without work goes to sleep: some 50 us. */
const SPINS = 600;
const LONGEST_SLEEP_MS = 2 ** 30;

/** Instead of a goroutine's address: its own queues have something, or the run has ended. */
export const OWN = -1;
export const OVER = -2;

/** One M's way to work. */
export class Search {
  readonly #words: Words;
  readonly #i32: Int32Array;
  readonly #id: number;
  readonly #m: number;
  readonly #bit: number;
  readonly #procs: number;
  readonly #timers: Timers;
  readonly #taken: number[] = [];
  #random: number;
  #isSpinning = false;
  /** True when what `find` returned last was stolen. */
  hasStolen = false;
  /** The number of the P that it holds, or -1. */
  proc = -1;
  /** Where that P lies. */
  p = 0;

  constructor(words: Words, id: number, timers: Timers) {
    this.#words = words;
    this.#i32 = words.i32;
    this.#id = id;
    this.#m = words.m(id);
    this.#bit = 1 << id;
    this.#procs = this.#i32[S.PROCS] as number;
    this.#timers = timers;
    this.#random = id + 1;
  }

  get #hasEnded(): boolean {
    return Atomics.load(this.#i32, S.ENDED) !== Ended.NO; // ORDER: acquire; pairs with the exchange in endRun
  }

  /** Takes a P, sleeping until one is free; false when the run has ended. */
  obtainP(): boolean {
    const i32 = this.#i32;
    let proc = takeP(i32);
    if (proc < 0) {
      Atomics.or(i32, S.WANT_PS, this.#bit); // wake.ts, I4. ORDER: before the look below
      proc = takeP(i32);
      // ORDER: it decides whether somebody gives us one as well.
      const isAlone = proc >= 0 && (Atomics.and(i32, S.WANT_PS, ~this.#bit) & this.#bit) !== 0;
      if (!isAlone) proc = this.#awaitP(proc);
    }
    if (proc < 0) return false;
    this.#hold(proc);
    return true;
  }

  #awaitP(have: number): number {
    if (this.#hasEnded) return -1; // an M that started after the end: nobody left it a note
    const note = readNote(this.#words, this.#id, Note.GIVEN_P | Note.END, Number.POSITIVE_INFINITY);
    if ((note & Note.GIVEN_P) === 0) return -1;
    const given = (this.#i32[this.#m + M.GIVEN_P] as number) - 1;
    if (have >= 0) freeP(this.#words, have);
    return given;
  }

  #hold(proc: number): void {
    this.proc = proc;
    this.p = addressOfP(proc);
    this.#i32[this.#m + M.P] = proc + 1;
  }

  #release(): void {
    const { proc } = this;
    this.proc = -1;
    this.#i32[this.#m + M.P] = 0;
    if (proc >= 0) freeP(this.#words, proc);
  }

  /** Lets an M that has goroutines and no P have this one, and waits for the next; false when the run has ended. */
  share(): boolean {
    if (Atomics.load(this.#i32, S.WANT_PS) === 0) return true; // ORDER: none needed; it looks again
    this.#release();
    return this.obtainP();
  }

  /** The thread is about to block: others get the P (Go: entersyscall, handoffp). */
  block(): void {
    const i32 = this.#i32;
    const { p } = this;
    i32[this.#m + M.IS_BLOCKED] = 1;
    Atomics.add(i32, S.BLOCKED, 1); // ORDER: before the P is free: who finds it must see that an M is missing
    this.#release();
    if (globalLength(i32) > 0 || dequeLength(i32, p) > 0) wakeOne(this.#words);
  }

  /** The thread is back (Go: exitsyscall); false when the run has ended. */
  unblock(): boolean {
    Atomics.sub(this.#i32, S.BLOCKED, 1); // ORDER: before it wants a P again: one M more or less does no harm
    this.#i32[this.#m + M.IS_BLOCKED] = 0;
    return this.obtainP();
  }

  /** It has work: it no longer counts as looking for some, and the next one may. Go: resetspinning */
  found(): void {
    if (!this.#isSpinning) return;
    this.#stopSpinning();
    wakeOne(this.#words); // wake.ts, I3: there may be more
  }

  #stopSpinning(): void {
    this.#isSpinning = false;
    this.#i32[this.#m + M.IS_SPINNING] = 0;
    Atomics.sub(this.#i32, S.SPINNING, 1); // ORDER: before the last look at the queues in #sleep
  }

  #startSpinning(): void {
    this.#isSpinning = true;
    this.#i32[this.#m + M.IS_SPINNING] = 1;
  }

  /** Takes a fair share of the global queue: the first is returned, or 0; the others go into the own deque. */
  takeGlobal(): number {
    const length = globalLength(this.#i32);
    if (length === 0) return 0;
    const share = Math.min(Math.trunc(length / this.#procs) + 1, RING / 2);
    const taken = this.#taken;
    globalTake(this.#i32, share, taken);
    // The deque is empty. The oldest goes in last, so that it comes out first.
    for (let i = taken.length - 1; i > 0; i--) dequePush(this.#i32, this.p, taken[i] as number);
    return this.#first();
  }

  /** Takes one from the global queue, or 0. */
  takeOldest(): number {
    globalTake(this.#i32, 1, this.#taken);
    return this.#first();
  }

  #first(): number {
    const first = this.#taken[0] ?? 0;
    this.#taken.length = 0;
    return first;
  }

  /** Takes half of somebody's deque; returns the oldest of it, or 0. Go: runqsteal */
  steal(): number {
    const i32 = this.#i32;
    this.#random = (Math.imul(this.#random, 1103515245) + 12345) & 0x7fffffff;
    const start = this.#random >> 8;
    for (let i = 0; i < this.#procs; i++) {
      const victim = (start + i) % this.#procs;
      if (victim === this.proc) continue;
      const p = addressOfP(victim);
      const half = (dequeLength(i32, p) + 1) >> 1;
      for (let k = 0; k < half; k++) {
        const g = dequeSteal(i32, p);
        if (g === 0) break;
        this.#taken.push(g);
      }
      const { length } = this.#taken;
      i32[this.#m + M.STOLEN] = (i32[this.#m + M.STOLEN] as number) + length;
      for (let k = 1; k < length; k++) dequePush(i32, this.p, this.#taken[k] as number);
      this.hasStolen = length > 0;
      if (length > 0) return this.#first();
    }
    return 0;
  }

  /** Finds a goroutine, `OWN` or `OVER`: looks, spins, sleeps. */
  find(): number {
    for (;;) {
      const found = this.#look();
      if (found !== 0) return found;
      if (this.#maySpin() && this.#spin()) continue;
      const woken = this.#sleep();
      if (woken !== 0) return woken;
    }
  }

  #look(): number {
    this.hasStolen = false;
    if (this.#hasEnded) return OVER;
    if (this.#hasOwn()) return OWN;
    // A P may come with a deque that is not empty, from a thread that blocks.
    return dequePop(this.#i32, this.p) || this.takeGlobal() || this.steal();
  }

  #hasOwn(): boolean {
    if (Atomics.load(this.#i32, this.#m + M.INBOX) !== 0) return true; // ORDER: acquire; pairs with Scheduler's #send
    return this.#timers.length > 0 && this.#timers.nextMs <= performance.now();
  }

  /** One M spins for each that is busy, at most. Go: 2*nmspinning < gomaxprocs - npidle */
  #maySpin(): boolean {
    if (this.#isSpinning) return true;
    if (this.#procs === 1) return false; // nobody else makes work
    const i32 = this.#i32;
    const spinning = Atomics.load(i32, S.SPINNING); // ORDER: none needed; a bound that may be exceeded
    if (2 * spinning >= this.#procs - bits(Atomics.load(i32, S.IDLE_PS))) return false;
    Atomics.add(i32, S.SPINNING, 1);
    this.#startSpinning();
    return true;
  }

  /** True when there is something to look at. */
  #spin(): boolean {
    for (let i = 0; i < SPINS; i++) if (this.seesWork()) return true;
    return false;
  }

  /** Whether anything is in a queue that it could take from. */
  seesWork(): boolean {
    const i32 = this.#i32;
    if (this.#hasEnded || this.#hasOwn() || globalLength(i32) > 0) return true;
    for (let proc = 0; proc < this.#procs; proc++) if (dequeLength(i32, addressOfP(proc)) > 0) return true;
    return false;
  }

  /** Sleeps until somebody has work; 0, or `OVER`. */
  #sleep(): number {
    this.#release();
    if (this.#isSpinning) this.#stopSpinning();
    const leftMs = Math.min(this.#timers.nextMs - performance.now(), LONGEST_SLEEP_MS);
    const isTimed = this.#timers.length > 0;
    this.lieDown();
    const isWoken = this.lastLook() ? !this.#clearBit() : this.#rest(isTimed, leftMs);
    if (isWoken) this.#woken();
    return !this.#hasEnded && this.obtainP() ? 0 : OVER;
  }

  /** From here on others wake it. */
  lieDown(): void {
    Atomics.or(this.#i32, S.IDLE_MS, this.#bit); // I1. ORDER: before the last look
  }

  /** I1: work that came before `lieDown` was told to nobody. */
  lastLook(): boolean {
    return this.seesWork();
  }

  /** True when it was the one who cleared its bit. */
  #clearBit(): boolean {
    return (Atomics.and(this.#i32, S.IDLE_MS, ~this.#bit) & this.#bit) !== 0; // ORDER: it decides who wakes
  }

  /** True when its note is still to be read. */
  #rest(isTimed: boolean, leftMs: number): boolean {
    this.#i32[this.#m + M.SLEEPS] = (this.#i32[this.#m + M.SLEEPS] as number) + 1;
    if (!isTimed) {
      settle(this.#i32);
      if (this.isDeadlock()) endRun(this.#words, Ended.DEADLOCK);
      this.#woken();
      goOn(this.#i32);
      return false;
    }
    const note = readNote(this.#words, this.#id, Note.WAKE | Note.END, Math.max(0, leftMs));
    if ((note & Note.SPIN) !== 0) this.#startSpinning();
    return (note & (Note.WAKE | Note.END)) === 0 && !this.#clearBit();
  }

  /** Its bit was cleared by somebody, or will be: waits for the note (wake.ts, I2). */
  #woken(): void {
    const note = readNote(this.#words, this.#id, Note.WAKE | Note.END, Number.POSITIVE_INFINITY);
    if ((note & Note.SPIN) !== 0) this.#startSpinning();
  }

  /** I5. */
  isDeadlock(): boolean {
    return areAllSettled(this.#i32);
  }
}
