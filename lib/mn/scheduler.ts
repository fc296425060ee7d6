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
import { dequePop, dequePush, dequeSteal } from "./deque.js";
import { Fifo } from "./fifo.js";
import { type Callable, Functions } from "./functions.js";
import { globalPush } from "./globalqueue.js";
import { Goroutine, HAS_VALUE, misuse, Phase, Ready, type Resumption, retire } from "./goroutine.js";
import { Heap } from "./heap.js";
import { CELL_WORDS, G, INLINE_ARGS, M, RING, S, W } from "./layout.js";
import { OVER, OWN, Search } from "./search.js";
import { Timers } from "./timers.js";
import { type Objects, Values } from "./values.js";
import { wakeM, wakeOne } from "./wake.js";
import { Note, type Words } from "./words.js";

const FAIR_TICKS = 61;
/** Turns in a row of goroutines that wake each other. */
const MOST_IN_A_ROW = 512;
/** Operations without a wait in one turn. */
const READY_MOST = 10_000;
const GOID_BATCH = 16;
/** A goroutine's block: 128 bytes. */
const G_CLASS = 1;

/** Who hears what happens: the trace. */
export interface Witness {
  spawned(id: number, body: Callable): void;
  started(g: Goroutine): void;
  done(g: Goroutine, op: string, object: number): void;
  parked(g: Goroutine): void;
  woken(g: Goroutine, by: number): void;
  exited(g: Goroutine): void;
}

type Args = unknown[];
type Body = (face: unknown, ...args: Args) => Go<unknown>;

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
  /** Called when a goroutine has returned. */
  onExit: (g: Goroutine, value: unknown) => void = () => {};
  readonly #m: number;
  readonly #locals: (Goroutine | null)[] = [];
  readonly #freeLocals: number[] = [];
  readonly #spare: Goroutine[] = [];
  readonly #queue = new Fifo<Goroutine>();
  readonly #ready = new Ready();
  #next: Goroutine | null = null;
  #inARow = 0;
  #readyLeft = READY_MOST;
  #tick = 0;
  #goid = 0;
  #goidEnd = 0;

  constructor(words: Words, id: number, objects: Objects, given: readonly object[]) {
    this.words = words;
    this.i32 = words.i32;
    this.id = id;
    this.#m = words.m(id);
    this.heap = new Heap(words);
    this.functions = new Functions(words, this.heap);
    this.values = new Values(words, this.heap, this.functions, objects, given);
    this.search = new Search(words, id, this.timers);
  }

  /** The goroutines of this thread that have started and not ended. */
  get goroutines(): Goroutine[] {
    return this.#locals.filter((g) => g !== null);
  }

  /** Runs goroutines until the run ends; throws what a goroutine throws. `main` begins the program here. */
  run(main?: { readonly body: Callable; readonly gen: () => Go<unknown> }): void {
    if (!this.search.obtainP()) return;
    if (main !== undefined) {
      const g = this.#adopt(this.heap.take(G_CLASS), main.body, 1, 0);
      this.i32[g.address + G.GROUP] = 0;
      this.i32[g.address + G.TASK] = 0;
      g.gen = main.gen();
      this.#next = g;
    }
    for (let g = this.#findRunnable(); g !== null; g = this.#findRunnable()) this.#execute(g);
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
    const found = this.search.find();
    if (found !== OVER) this.search.found();
    if (found === OWN && this.timers.length > 0) this.timers.fireDue(performance.now());
    return found;
  }

  // Running.

  /** Makes a goroutine begin; null when it was a task that has run already. */
  #start(address: number): Goroutine | null {
    const { i32, values } = this;
    const body = this.functions.at(i32[address + G.BODY] as number) as unknown as Body;
    const count = i32[address + G.ARGS] as number;
    const cells = address + G.CELLS;
    let args: Args;
    if (count < 0) args = values.get(cells) as Args;
    else {
      args = new Array<unknown>(count);
      for (let i = 0; i < count; i++) args[i] = values.get(cells + i * CELL_WORDS);
    }
    const g = this.#adopt(address, body, i32[address + G.ID] as number, i32[address + G.PARENT] as number);
    i32[this.#m + M.STARTED] = (i32[this.#m + M.STARTED] as number) + 1;
    this.witness?.started(g);
    g.gen = begin(body, this.face, args);
    return g;
  }

  /** From here on the goroutine belongs to this thread. */
  #adopt(address: number, body: Callable, id: number, parent: number): Goroutine {
    const g = this.#spare.pop() ?? new Goroutine(this);
    const local = this.#freeLocals.pop() ?? this.#locals.length;
    this.#locals[local] = g;
    g.address = address;
    g.local = local;
    g.body = body;
    g.id = id;
    g.parent = parent;
    this.i32[address + G.M] = this.id;
    this.i32[address + G.LOCAL] = local;
    return g;
  }

  #execute(g: Goroutine): void {
    this.current = g;
    this.#readyLeft = READY_MOST;
    this.i32[this.#m + M.RUNNING] = g.id;
    const step = g.gen.next();
    if (this.#ready.armed !== null || g.phase === Phase.ARMED) this.#forgotten(g);
    if (step.done === true) this.#exit(g, step.value);
    else if (g.phase !== Phase.PARKED)
      throw misuse(`${g.name}: yielded something that is not an operation; write \`yield*\`, not \`yield\``);
    else this.witness?.parked(g);
    this.current = null;
  }

  #exit(g: Goroutine, value: unknown): void {
    this.witness?.exited(g);
    this.onExit(g, value);
    this.heap.give(g.address, G_CLASS);
    this.#locals[g.local] = null;
    this.#freeLocals.push(g.local);
    retire(g);
    this.#spare.push(g);
  }

  // What operations use.

  /** Makes a goroutine that anybody may start. `group`: the address of a wait group that it counts for, or 0. */
  spawn(body: Callable, args: readonly unknown[], group: number): void {
    const { i32, current } = this;
    const within = current?.body;
    const bodyAddress = this.functions.addressOf(body, within);
    const g = this.heap.take(G_CLASS);
    try {
      this.#putArgs(g, args, within);
    } catch (error) {
      this.heap.give(g, G_CLASS);
      throw error;
    }
    const id = this.#nextGoid();
    i32[g + G.M] = -1;
    i32[g + G.BODY] = bodyAddress;
    i32[g + G.ID] = id;
    i32[g + G.PARENT] = current === null ? 0 : current.id;
    i32[g + G.GROUP] = group;
    i32[g + G.TASK] = 0;
    this.witness?.spawned(id, body);
    if (!dequePush(i32, this.search.p, g)) this.#overflow(g);
    // ORDER: after the push; pairs with the or in Search's sleep (wake.ts, I1).
    if (Atomics.load(i32, S.IDLE_PS) !== 0) wakeOne(this.words);
  }

  #putArgs(g: number, args: readonly unknown[], within: Callable | undefined): void {
    const isInline = args.length <= INLINE_ARGS;
    this.i32[g + G.ARGS] = isInline ? args.length : -1;
    if (!isInline) this.values.put(g + G.CELLS, args, within);
    else for (let i = 0; i < args.length; i++) this.values.put(g + G.CELLS + i * CELL_WORDS, args[i], within);
  }

  /** The older half goes to the global queue, and `g` after it. Go: runqputslow */
  #overflow(g: number): void {
    const batch: number[] = [];
    for (let i = 0; i < RING / 2; i++) {
      const old = dequeSteal(this.i32, this.search.p);
      if (old !== 0) batch.push(old);
    }
    batch.push(g);
    globalPush(this.i32, batch);
  }

  #nextGoid(): number {
    if (this.#goid === this.#goidEnd) {
      this.#goid = Atomics.add(this.i32, S.GOIDS, GOID_BATCH); // ORDER: none needed; numbers only have to differ
      this.#goidEnd = this.#goid + GOID_BATCH;
    }
    return this.#goid++;
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
    else this.wakeOwn(this.#locals[i32[address + G.LOCAL] as number] as Goroutine);
  }

  /** What was made runnable last runs first. Go: runqput with next = true */
  wakeOwn(g: Goroutine): void {
    if (this.#next !== null) this.#queue.push(this.#next);
    this.#next = g;
  }

  #send(owner: number, address: number): void {
    const { i32 } = this;
    const inbox = this.words.m(owner) + M.INBOX;
    for (;;) {
      const first = Atomics.load(i32, inbox);
      i32[address + G.NEXT] = first;
      // ORDER: release; pairs with the exchange in #drainInbox. Only heads are swapped in, so no ABA.
      if (Atomics.compareExchange(i32, inbox, first, address) === first) break;
    }
    i32[this.#m + M.WAKES] = (i32[this.#m + M.WAKES] as number) + 1;
    // ORDER: after the push; pairs with the or in Search's sleep (wake.ts, I1).
    if ((Atomics.load(i32, S.IDLE_MS) & (1 << owner)) !== 0) wakeM(this.words, owner, Note.WAKE);
  }

  /** Moves what others made runnable into the queue, the first that came first. */
  #drainInbox(): void {
    const { i32 } = this;
    let newest = Atomics.exchange(i32, this.#m + M.INBOX, 0); // ORDER: acquire; pairs with #send
    let oldest = 0;
    while (newest !== 0) {
      const older = i32[newest + G.NEXT] as number;
      i32[newest + G.NEXT] = oldest;
      oldest = newest;
      newest = older;
    }
    for (; oldest !== 0; oldest = i32[oldest + G.NEXT] as number)
      this.#queue.push(this.#locals[i32[oldest + G.LOCAL] as number] as Goroutine);
  }
}

/** Makes the generator of a body; the usual counts of arguments without a spread. */
function begin(body: Body, face: unknown, args: Args): Go<unknown> {
  switch (args.length) {
    case 0:
      return body(face);
    case 1:
      return body(face, args[0]);
    case 2:
      return body(face, args[0], args[1]);
    case 3:
      return body(face, args[0], args[1], args[2]);
    default:
      return body(face, ...args);
  }
}
