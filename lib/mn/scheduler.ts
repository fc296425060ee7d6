// Scheduler: one M, that is one thread: takes up goroutines and runs them until they wait.
//
// A goroutine that has not started lies in shared memory, in a P's deque or in the global queue, and anybody may take it. A
// generator cannot change its thread: who has started stays with its M, in queues that are ordinary objects; others make
// it runnable through the M's inbox.
//
// Invariants:
//  I1. A goroutine is in exactly one queue, or waits in the queue of what it waits for, or runs.
//  I2. An M runs goroutines only while it holds a P, so at most as many threads compute as there are Ps.
//  I3. Every 61st turn takes the oldest of what others would leave behind: the global queue, then the deque's other end. So
//      neither a pair that wakes each other nor what was started last can keep others out.
//
// Source: Go src/runtime/proc.go (schedule, execute, newproc, ready). Differs: started goroutines are not stolen; no
// preemption inside a goroutine, but an operation gives way after READY_MOST that did not have to wait.

import type { Go } from "../op/index.js";
import { argsAt, begin, compute, returnTask } from "./begin.js";
import { dequePop, dequeSteal } from "./deque.js";
import { Fifo } from "./fifo.js";
import { type Callable, Functions } from "./functions.js";
import { type Goroutine, HAS_VALUE, misuse, Phase, Ready, type Resumption } from "./goroutine.js";
import { Heap } from "./heap.js";
import { pushBox, takeBox } from "./inbox.js";
import { G, G_CLASS, M, S, W } from "./layout.js";
import { Residents } from "./residents.js";
import { OVER, OWN, Search } from "./search.js";
import { Spawner } from "./spawner.js";
import { Timers } from "./timers.js";
import { type Objects, Values } from "./values.js";
import { wakeM } from "./wake.js";
import { Note, type Words } from "./words.js";

const FAIR_TICKS = 61;
/** Turns in a row of goroutines that wake each other. */
const MOST_IN_A_ROW = 512;
/** Operations without a wait in one turn. */
const READY_MOST = 10_000;

/** Who hears what happens: the trace. */
export interface Witness {
  spawned(id: number): void;
  started(g: Goroutine, isStolen: boolean): void;
  done(g: Goroutine, op: string, object: number): void;
  parked(g: Goroutine): void;
  woken(g: Goroutine): void;
  exited(g: Goroutine): void;
  failed(g: Goroutine, thrown: unknown): void;
  /** The P takes up a goroutine; 0: it has none. */
  turn(proc: number, g: number): void;
}

/** One thread of a run. */
export class Scheduler {
  readonly words: Words;
  readonly i32: Int32Array;
  readonly id: number;
  readonly heap: Heap;
  readonly functions: Functions;
  readonly values: Values;
  readonly timers = new Timers();
  readonly search: Search;
  /** The goroutine that runs now, or null. */
  current: Goroutine | null = null;
  witness: Witness | null = null;
  /** The first parameter of every body. */
  face: unknown = null;
  /** Called when a goroutine has returned, or a plain task. */
  onExit: (address: number, value: unknown) => void = () => {};
  readonly #m: number;
  readonly #residents: Residents;
  readonly #spawner: Spawner;
  readonly #queue = new Fifo<Goroutine>();
  readonly #ready = new Ready();
  #next: Goroutine | null = null;
  #inARow = 0;
  #readyLeft = READY_MOST;
  #tick = 0;
  /** The goroutine that is about to start was taken from another P. */
  #isStolen = false;

  constructor(words: Words, id: number, objects: Objects, given: readonly object[]) {
    this.words = words;
    this.i32 = words.i32;
    this.id = id;
    this.#m = words.m(id);
    this.#residents = new Residents(this);
    this.#spawner = new Spawner(this);
    this.heap = new Heap(words);
    this.functions = new Functions(words, this.heap);
    this.values = new Values(words, this.heap, this.functions, objects, given);
    this.search = new Search(words, id, this.timers);
  }

  /** The goroutines of this thread that have started and not ended. */
  get goroutines(): Goroutine[] {
    return this.#residents.all();
  }

  /** Runs goroutines until the run ends; throws what a goroutine throws. `main` begins the program here. */
  run(main?: { readonly body: Callable; readonly gen: () => Go<unknown> }): void {
    if (!this.search.obtainP()) return;
    if (main !== undefined) {
      const g = this.#residents.adopt(this.heap.take(G_CLASS), main.body, 1, 0);
      this.i32[g.address + G.ID] = 1;
      this.i32[g.address + G.GROUP] = 0;
      this.i32[g.address + G.TASK] = 0;
      g.gen = main.gen();
      this.#next = g;
    }
    for (let g = this.#findRunnable(); g !== null; g = this.#findRunnable()) this.#execute(g);
    this.#publishFigures();
  }

  // Choosing.

  #findRunnable(): Goroutine | null {
    this.i32[this.#m + M.RUNNING] = 0;
    for (;;) {
      if (Atomics.load(this.i32, S.ENDED) !== 0) return null; // ORDER: acquire; pairs with the exchange in endRun
      const own = ++this.#tick % FAIR_TICKS === 0 ? this.#fairly() : this.#local();
      if (own !== null) return own;
      const address = this.search.proc < 0 ? OVER : dequePop(this.i32, this.search.p) || this.#search();
      if (address === OVER) return null;
      const g = address === OWN ? null : this.#start(address);
      if (g !== null) return g;
    }
  }

  #local(): Goroutine | null {
    // ORDER: acquire; pairs with the compare-exchange in #send.
    if (Atomics.load(this.i32, this.#m + M.INBOX) !== 0) this.#drainInbox();
    const next = this.#next;
    if (next !== null) {
      this.#next = null;
      if (++this.#inARow < MOST_IN_A_ROW) return next;
      this.#queue.push(next);
    }
    this.#inARow = 0;
    return this.#queue.shift();
  }

  /** I3. */
  #fairly(): Goroutine | null {
    this.#publishFigures();
    if (!this.search.share()) return null;
    if (this.timers.length > 0) this.timers.fireDue(performance.now());
    const address = this.search.takeOldest() || dequeSteal(this.i32, this.search.p);
    return address === 0 ? this.#local() : this.#start(address);
  }

  #publishFigures(): void {
    const { i32 } = this;
    i32[this.#m + M.TICKS] = this.#tick;
    i32[this.#m + M.QUEUED] = this.#queue.length + (this.#next === null ? 0 : 1);
  }

  #search(): number {
    this.#publishFigures();
    this.witness?.turn(this.search.proc, 0);
    const found = this.search.find();
    this.#isStolen = this.search.hasStolen;
    if (found !== OVER) this.search.found();
    if (found === OWN && this.timers.length > 0) this.timers.fireDue(performance.now());
    return found;
  }

  // Running.

  /** Makes a goroutine begin; null when it was a task that has run already. */
  #start(address: number): Goroutine | null {
    const { i32 } = this;
    const body = this.functions.at(i32[address + G.BODY] as number);
    const args = argsAt(this, address);
    i32[this.#m + M.STARTED] = (i32[this.#m + M.STARTED] as number) + 1;
    if ((i32[address + G.TASK] as number) < 0) return compute(this, address, body, args);
    const id = i32[address + G.ID] as number;
    const g = this.#residents.adopt(address, body, id, i32[address + G.PARENT] as number);
    this.witness?.started(g, this.#isStolen);
    this.#isStolen = false;
    g.gen = begin(body, this.face, args);
    return g;
  }

  #execute(g: Goroutine): void {
    this.current = g;
    this.#readyLeft = READY_MOST;
    this.i32[this.#m + M.RUNNING] = g.id;
    this.witness?.turn(this.search.proc, g.id);
    const step = this.#step(g);
    if (step === null) return;
    if (this.#ready.armed !== null || g.phase === Phase.ARMED) this.#forgotten(g);
    if (step.done === true) this.#exit(g, step.value);
    else if (g.phase !== Phase.PARKED)
      throw misuse(`${g.name}: yielded something that is not an operation; write \`yield*\`, not \`yield\``);
    else this.witness?.parked(g);
    this.current = null;
  }

  /** One step of a goroutine; null when it was a task and has thrown. */
  #step(g: Goroutine): IteratorResult<unknown, unknown> | null {
    try {
      return g.gen.next();
    } catch (error) {
      if (this.i32[g.address + G.TASK] === 0) throw error;
      returnTask(this, g.address, error, true);
      this.#residents.forget(g);
      this.current = null;
      return null;
    }
  }

  #exit(g: Goroutine, value: unknown): void {
    this.witness?.exited(g);
    if (this.i32[g.address + G.TASK] !== 0) returnTask(this, g.address, value, false);
    else {
      this.onExit(g.address, value);
      this.heap.give(g.address, G_CLASS);
    }
    this.#residents.forget(g);
  }

  // What operations use.

  /** Makes a goroutine that anybody may start. `group`: the address of a wait group that it counts for, or 0. */
  spawn(body: Callable, args: readonly unknown[], group: number): void {
    this.#spawner.spawn(body, args, group);
  }

  /** Begins an operation; returns who asks. */
  enter(op: string): Goroutine {
    const g = this.current;
    if (g === null) throw misuse(`${op}: called outside a goroutine`);
    if (this.#ready.armed !== null || g.phase !== Phase.IDLE) this.#forgotten(g);
    return g;
  }

  #forgotten(g: Goroutine): never {
    const op = this.#ready.armed ?? g.op;
    this.#ready.armed = null;
    throw misuse(`${op}: was called and not yielded; write \`yield*\` before it`);
  }

  /** The operation could proceed. */
  done(g: Goroutine, op: string, object: number, value: unknown): unknown {
    this.witness?.done(g, op, object);
    if (--this.#readyLeft < 0) return this.giveWay(g, op, value);
    this.#ready.armed = op;
    this.#ready.result.value = value;
    return this.#ready;
  }

  /** The operation has to wait: somebody will call `wake`. */
  park(g: Goroutine, op: string, reason: string, object: number, resumption: Resumption): Goroutine {
    g.phase = Phase.ARMED;
    g.op = op;
    g.reason = reason;
    g.object = object;
    g.resumption = resumption;
    this.i32[this.#m + M.PARKS] = (this.i32[this.#m + M.PARKS] as number) + 1;
    return g;
  }

  /** Lets others go first; then the operation has `value`. */
  giveWay(g: Goroutine, op: string, value: unknown): Goroutine {
    this.park(g, op, "runnable", 0, HAS_VALUE);
    g.value = value;
    this.#queue.push(g);
    return g;
  }

  /** Makes the goroutine of a waiter runnable: the waiter was taken out of its queue. */
  wakeWaiter(waiter: number): void {
    const address = this.i32[waiter + W.G] as number;
    this.i32[address + G.WOKEN_AT] = waiter;
    this.wake(address);
  }

  /** Makes a waiting goroutine runnable, on whatever thread it is. */
  wake(address: number): void {
    const { i32, current } = this;
    i32[address + G.WOKEN_BY] = current === null ? 0 : current.id;
    const owner = i32[address + G.M] as number;
    if (owner !== this.id) this.#send(owner, address);
    else this.wakeOwn(this.#residents.at(i32[address + G.LOCAL] as number));
  }

  /** What was made runnable last runs first. Go: runqput with next = true */
  wakeOwn(g: Goroutine): void {
    if (this.#next !== null) this.#queue.push(this.#next);
    this.#next = g;
  }

  #send(owner: number, address: number): void {
    const { i32 } = this;
    pushBox(i32, this.words.m(owner) + M.INBOX, address);
    i32[this.#m + M.WAKES] = (i32[this.#m + M.WAKES] as number) + 1;
    // ORDER: after the push; pairs with the or in Search's sleep (wake.ts, I1).
    if ((Atomics.load(i32, S.IDLE_MS) & (1 << owner)) !== 0) wakeM(this.words, owner, Note.WAKE);
  }

  /** Moves what others made runnable into the queue, the first that came first. */
  #drainInbox(): void {
    const { i32 } = this;
    for (let at = takeBox(i32, this.#m + M.INBOX); at !== 0; at = i32[at + G.NEXT] as number)
      this.#queue.push(this.#residents.at(i32[at + G.LOCAL] as number));
  }
}
