// Gmp: Go's scheduler. Gs run on Ps; each P has a ring and `runnext`; idle Ps steal; Ms are the threads that run Ps.
//
// All of it happens on one real thread: every P stands somewhere on the virtual clock, and the P that is furthest
// behind has its turn. A step of a goroutine takes no virtual time; `work` moves its P on. So makespans, queue
// lengths and lanes are exact and the same every time.
//
// Invariants:
//  I1. rt.nowNs is the time of the P that has its turn, and never goes back: the earliest P is always next, and a
//      timer fires before any P passes it.
//  I2. A runnable goroutine is in exactly one ring, one runnext, or the global queue; never lost, never twice.
//  I3. At most one M spins while it looks for its first goroutine; whoever finds one wakes the next (no thundering).
//
// Source: Go src/runtime/proc.go (schedule, findRunnable, runqput, stealWork, wakep, handoffp, retake). Differs: one
// spinning M at a time instead of up to half the busy Ps, since on one thread it finds its work at once; the slice of
// `runnext` is bounded by steps as well as by time, since steps take none.

import type { G } from "./g.js";
import { Status } from "./g.js";
import { M, P, PStatus } from "./proc.js";
import { Random } from "./random.js";
import { type DirectQueue, RunQueue } from "./runq.js";
import type { Runtime } from "./runtime.js";
import { stealWork } from "./steal.js";
import { Sysmon } from "./sysmon.js";

const { RUNNING } = PStatus;

/** A goroutine that has run for this long is preempted. Go: forcePreemptNS */
export const SLICE_NS = 10_000_000;
/** Every so many ticks a P looks at the global queue first. */
const GLOBAL_TICKS = 61;
/** Goroutines that may run one after the other in one inherited slice. */
const RUNNEXT_STEPS = 1024;
/** Moved from an overflowing ring, and at most from the global queue. Go: len(p.runq)/2 */
const BATCH = 128;

/** Parts of the scheduler that lessons switch off to see what they are for. All are on by default. */
export interface GmpSwitches {
  readonly stealing: boolean;
  readonly runnext: boolean;
  readonly preemption: boolean;
  readonly handoff: boolean;
}

/** True while `g` has work left to do. */
export function isBusy(g: G): boolean {
  return typeof g.arg === "number" && g.arg > 0;
}

export class Gmp implements DirectQueue {
  readonly ps: readonly P[];
  readonly ms: M[] = [];
  readonly global = new RunQueue();
  readonly switches: GmpSwitches;
  readonly sysmon = new Sysmon();
  /** Taken by an M that was blocked or stopped, to be used again. */
  readonly idleMs: M[] = [];
  readonly #idlePs: P[] = [];
  readonly #rt: Runtime;
  readonly #random: Random;
  /** On the real clock timers fire as the host says. */
  readonly #isReal: boolean;
  /** The only P, or null when there are several. */
  readonly #only: P | null;
  #spinning = 0;
  #turn = 0;
  /** Who has its turn; null while a timer fires. */
  #p: P | null;

  constructor(rt: Runtime, procs: number, switches: GmpSwitches) {
    this.#rt = rt;
    this.#random = new Random(rt.config.seed, 1);
    this.#isReal = rt.config.clock === "real";
    this.switches = switches;
    this.ps = Array.from({ length: procs }, (_, id) => new P(id));
    for (const p of this.ps.slice(1).reverse()) this.#idlePs.push(p);
    this.#p = this.ps[0] as P;
    this.#only = procs === 1 ? this.#p : null;
    this.#start(this.#p, false);
  }

  get spinningThreads(): number {
    return this.#spinning;
  }

  get idleProcs(): number {
    return this.#idlePs.length;
  }

  /** The P that has its turn. */
  get currentP(): P | null {
    return this.#p;
  }

  /** Makes `g` runnable. Go: ready, newproc */
  push(g: G): void {
    const p = this.#p ?? this.#forTimer();
    if (p === null) this.global.push(g);
    else if (!g.hasStarted && g === this.#rt.main)
      p.push(g); // nobody's slice to inherit
    else this.#put(p, g);
    if (this.#idlePs.length > 0) this.wake();
  }

  /** Whose queue a timer's goroutine joins: an idle P's, which runs the timer, or else the next one's to look. */
  #forTimer(): P | null {
    const idle = this.#idlePs.pop();
    if (idle === undefined) return this.#earliest();
    this.#start(idle, false);
    return idle;
  }

  /** Gives way: behind everybody. Go: goschedImpl */
  yielded(g: G): void {
    this.global.push(g);
    if (this.#idlePs.length > 0) this.wake();
  }

  /** Takes the next goroutine to run, on whichever P is furthest behind; null when nobody can run. Go: schedule */
  shift(): G | null {
    const p = this.#only;
    if (p === null || !this.#isInStep(p)) return this.#schedule();
    return this.#findLocal(p) ?? this.#fromGlobal(p, BATCH) ?? this.#schedule();
  }

  /** True when the only P just goes on: nobody computes on it, no timer can be due, its M does not spin. */
  #isInStep(p: P): boolean {
    return (
      p.status === RUNNING &&
      p.curg === null &&
      p === this.#p &&
      this.#spinning === 0 &&
      (this.#isReal || this.#rt.timers.length === 0)
    );
  }

  #schedule(): G | null {
    for (;;) {
      const p = this.#earliest();
      if (this.#fireDue(p)) continue;
      this.#p = p;
      if (p === null) return null;
      if (p.nowNs < this.#rt.nowNs) p.nowNs = this.#rt.nowNs; // only where the clock goes on by itself
      this.#rt.nowNs = p.nowNs; // I1
      p.turn = ++this.#turn;
      const g = p.curg === null ? this.#findRunnable(p) : this.#goOn(p, p.curg);
      if (g !== null) return g;
    }
  }

  /** The real clock was read: the only P goes on with it; of several each does when it has its turn. */
  clockRead(nowNs: number): void {
    const p = this.#only;
    if (p !== null && p.nowNs < nowNs) p.nowNs = nowNs;
  }

  /** Lets `g` compute on its P for the nanoseconds that are left to it, up to the end of its slice. */
  compute(g: G): void {
    const p = this.#p as P;
    const sliceNs = this.switches.preemption ? p.sliceStartNs + SLICE_NS - p.nowNs : Number.POSITIVE_INFINITY;
    const leftNs = g.arg as number;
    const chunkNs = Math.max(0, Math.min(leftNs, sliceNs));
    p.nowNs += chunkNs;
    g.arg = leftNs - chunkNs;
    g.status = Status.RUNNABLE;
    p.curg = g;
  }

  /** If a P is idle and nobody is looking for work, starts an M that looks. Go: wakep */
  wake(): void {
    if (this.#spinning > 0) return; // I3
    const p = this.#idlePs.pop();
    if (p !== undefined) this.#start(p, true);
  }

  /** Takes P from an M that is blocked in a system call. Go: handoffp */
  handoff(p: P): void {
    (p.m as M).p = null;
    p.m = null;
    if (p.hasWork || this.global.length > 0) this.#start(p, false);
    else if (this.#spinning === 0 && this.#idlePs.length === 0) this.#start(p, true);
    else this.#rest(p);
  }

  /** Lets an M that returns from a system call run `g`: on its old P, on an idle one, or later. Go: exitsyscall */
  returned(m: M, old: P, g: G): void {
    m.isBlocked = false;
    m.curg = null;
    const p = old.m === m ? old : this.#idlePs.pop();
    if (p === undefined) {
      this.idleMs.push(m);
      this.global.push(g);
      return;
    }
    p.m = m;
    m.p = p;
    p.status = RUNNING;
    p.nowNs = Math.max(p.nowNs, this.#rt.nowNs);
    p.curg = g;
    g.status = Status.RUNNABLE;
  }

  /** The running P that is furthest behind; among equals, the one that waited longest for its turn. */
  #earliest(): P | null {
    let best: P | null = null;
    for (const p of this.ps) {
      if (p.status !== RUNNING) continue;
      if (best === null || p.nowNs < best.nowNs || (p.nowNs === best.nowNs && p.turn < best.turn)) best = p;
    }
    return best;
  }

  /** Fires a timer that is due before `p` (I1). Not on the real clock, which fires its own. */
  #fireDue(p: P | null): boolean {
    const timer = this.#rt.timers.peek();
    if (p === null || timer === undefined || this.#isReal || timer.whenNs > p.nowNs) return false;
    this.#p = null;
    this.#rt.fireNext();
    return true;
  }

  /** The goroutine that computed on `p` goes on, or is preempted. */
  #goOn(p: P, g: G): G | null {
    p.curg = null;
    if (!isBusy(g)) return g;
    g.status = Status.RUNNABLE;
    this.global.push(g); // Go: gopreempt_m
    this.wake();
    return null;
  }

  #findRunnable(p: P): G | null {
    const g = this.#findLocal(p) ?? this.#fromGlobal(p, BATCH) ?? this.#steal(p);
    if (g === null) this.#stop(p);
    else this.#foundWork(p);
    return g;
  }

  #findLocal(p: P): G | null {
    if (p.schedtick % GLOBAL_TICKS === 0) {
      const g = this.#fromGlobal(p, 1);
      if (g !== null) return g;
    }
    const next = p.runnext;
    if (next !== null) {
      p.runnext = null;
      if (++p.sliceSteps < RUNNEXT_STEPS && p.nowNs - p.sliceStartNs < SLICE_NS) return next; // inherits the slice
      this.#overflowing(p, next);
    }
    const g = p.shift();
    if (g !== null) this.#newSlice(p);
    return g;
  }

  #newSlice(p: P): void {
    p.schedtick++;
    p.sliceStartNs = p.nowNs;
    p.sliceSteps = 0;
  }

  /** Takes one from the global queue and moves a fair share of the rest along. Go: globrunqget */
  #fromGlobal(p: P, most: number): G | null {
    const g = this.global.shift();
    if (g === null) return null;
    if (most > 1 && this.global.length > 0) this.#moveShare(p, most);
    this.#newSlice(p);
    return g;
  }

  /** Moves what is due to `p` besides the one that it took already. */
  #moveShare(p: P, most: number): void {
    const length = this.global.length + 1;
    const share = Math.min(length, Math.trunc(length / this.ps.length) + 1, most);
    for (let i = 1; i < share; i++) p.push(this.global.shift() as G);
  }

  #steal(p: P): G | null {
    if (!this.switches.stealing || !stealWork(this.ps, p, this.#random)) return null;
    this.#newSlice(p);
    return p.shift();
  }

  /** Go: runqput with next = true */
  #put(p: P, g: G): void {
    const kicked = this.switches.runnext ? p.runnext : g;
    if (this.switches.runnext) p.runnext = g;
    if (kicked !== null) this.#overflowing(p, kicked);
  }

  /** To the tail of the ring; when it is full, half of it and `g` go to the global queue. Go: runqputslow */
  #overflowing(p: P, g: G): void {
    if (p.push(g)) return;
    for (let i = 0; i < BATCH; i++) this.global.push(p.shift() as G);
    this.global.push(g);
  }

  #foundWork(p: P): void {
    const m = p.m as M;
    if (!m.isSpinning) return;
    m.isSpinning = false;
    this.#spinning--;
    this.wake();
  }

  /** Runs `p` on an M that has none. Go: startm */
  #start(p: P, isSpinning: boolean): void {
    const m = this.idleMs.pop() ?? this.#newM();
    p.status = RUNNING;
    p.nowNs = Math.max(p.nowNs, this.#rt.outsideNs);
    p.m = m;
    m.p = p;
    m.isSpinning = isSpinning;
    if (isSpinning) this.#spinning++;
  }

  /** Nothing to do: the P and its M rest. Go: stopm */
  #stop(p: P): void {
    const m = p.m as M;
    if (m.isSpinning) this.#spinning--;
    m.isSpinning = false;
    m.p = null;
    p.m = null;
    this.idleMs.push(m);
    this.#rest(p);
  }

  #rest(p: P): void {
    p.status = PStatus.IDLE;
    this.#idlePs.push(p);
  }

  #newM(): M {
    const m = new M(this.ms.length);
    this.ms.push(m);
    return m;
  }
}
