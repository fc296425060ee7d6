// Pool: objects that are free to be used again.
//
// Invariants:
//  I1. An object is in one place at most: a private slot or a chain, of a part or of a victim; `get` takes it out.
//  I2. What survives two clean-ups in a row was put back in between.
//  I3. A goroutine puts into the part of the P that runs it. It takes from there first, then from the tails of the other
//      Ps' chains (their private slots stay theirs), then from the victims, and then makes one.
//
// Source: Go src/sync/pool.go (1.27). Differs: a run has no collector of its own, so `Pool.cleanup()` is what Go does at
// the start of each collection. Controlled runs, which have no Ps, use one part and drop every fourth object by the
// schedule's choice, as Go does under -race: whoever counts on getting an object back finds out.

import type { Op, Step } from "../op/index.js";
import {
  catchUp,
  current,
  type G,
  Gmp,
  happened,
  type Operable,
  type OpKind,
  operate,
  type Runtime,
  ready,
  running,
  step,
} from "../runtime/index.js";
import { PoolChain } from "./poolchain.js";

const GET: OpKind = { name: "get", wait: "" };
const PUT: OpKind = { name: "put", wait: "" };
const CLEANUP: OpKind = { name: "cleanup", wait: "" };

/** One object in this many is dropped in controlled runs. Go: runtime_randn(4) */
const DROPS_ONE_IN = 4;

/** What one P keeps. Go: poolLocal */
class Part<T> {
  private: T | undefined = undefined;
  readonly shared = new PoolChain<T>();
}

/** The pools that each run has used since its last clean-up, or the one before. Go: allPools, oldPools */
const pools = new WeakMap<Runtime, Set<Pool<unknown>>>();

const collector: Operable = {
  label: "",
  perform(g: G): boolean {
    for (const pool of pools.get(g.rt) ?? []) pool.age();
    return true;
  },
};

/**
 * A set of temporary objects. `get` takes any of them or makes one; any may vanish at any time.
 *
 * Each P has its own part, so that Ps need not wait for each other: `get` takes first the one put first into the empty
 * part, then the latest, then the oldest of other Ps' parts. `null` and `undefined` are not kept.
 *
 * **Happens-before:** a `put` of an object synchronizes before the `get` that returns it.
 * **Cost:** O(1), when this P's part is empty O(Ps); neither allocates nor yields.
 * **Limits:** there is no collector that empties it by itself; see `Pool.cleanup`.
 * @example
 * await run(function* () {
 *   const buffers = new Pool(() => [] as number[]);
 *   const mine = yield* buffers.get();
 *   mine.push(1);
 *   buffers.put(mine);
 *   console.log((yield* buffers.get()) === mine); // prints: true
 * });
 * @see Go: sync.Pool
 */
export class Pool<T> implements Operable {
  readonly label = "pool";
  readonly #make: () => T;
  /** One per P of the run, or one. */
  #parts: Part<T>[] = [];
  #victims: Part<T>[] = [];
  /** The run that the parts belong to; null after a clean-up. */
  #rt: Runtime | null = null;
  /** The part of everybody, when there is one. */
  #only: Part<T> | null = null;

  /**
   * `make` makes an object when none is free (Go: New); `() => undefined` for a pool that makes none.
   * @throws {TypeError} ``Pool: expected `make` to be a function, got undefined``
   */
  constructor(make: () => T) {
    if (typeof make !== "function") {
      throw new TypeError(`Pool: expected \`make\` to be a function, got ${String(make)}`);
    }
    this.#make = make;
  }

  /**
   * Does for all pools of this run what Go does at the start of a garbage collection: drops the objects that were not
   * used since the last one, and sets aside the others.
   */
  static cleanup(): Step {
    return step(CLEANUP, collector, undefined);
  }

  /** Takes an object out of the pool, or makes one. */
  get(): Op<T> {
    return current.isFast ? ready(GET, this.#quick()) : operate(GET, this, undefined);
  }

  /** As `get`, at once, as a plain call: the fastest form, and no scheduling point, so nothing is explored before it. */
  tryGet(): T {
    if (current.isFast) return this.#quick();
    const g = running("tryGet");
    catchUp();
    const x = this.#take(g.rt);
    g.rt.listener?.acquire(g, this);
    return x;
  }

  /** Puts an object in. The caller must not use it any more. */
  put(x: T): Step {
    if (!current.isFast) return step(PUT, this, x);
    const only = this.#only;
    if (only === null || only.private !== undefined || this.#rt !== current.rt || x === null) {
      this.#add(x, current.rt as Runtime);
    } else {
      only.private = x;
    }
    return happened();
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === GET) g.value = this.#take(g.rt);
    else if (!g.rt.isControlled || g.rt.pick(DROPS_ONE_IN) !== 0) this.#add(arg as T, g.rt);
    return true;
  }

  /** Drops the victims and makes what is here the victims. Called by `Pool.cleanup`. */
  age(): void {
    this.#victims = this.#parts;
    this.#parts = [];
    this.#only = null;
    this.#rt = null;
  }

  /** With one P, its private object. */
  #quick(): T {
    const only = this.#only;
    if (only === null || only.private === undefined || this.#rt !== current.rt) {
      return this.#take(current.rt as Runtime);
    }
    const x = only.private;
    only.private = undefined;
    return x;
  }

  #take(rt: Runtime): T {
    const p = procOf(rt);
    const part = this.#pin(rt, p);
    const mine = part.private;
    part.private = undefined;
    return mine ?? part.shared.popHead() ?? this.#steal(p) ?? this.#make();
  }

  /** From the other Ps' tails, and then from the victims, which shall grow old. Go: getSlow */
  #steal(p: number): T | undefined {
    const parts = this.#parts;
    for (let i = 1; i < parts.length; i++) {
      const x = (parts[(p + i) % parts.length] as Part<T>).shared.popTail();
      if (x !== undefined) return x;
    }
    const victims = this.#victims;
    const old = victims[p];
    if (old === undefined) return undefined;
    const mine = old.private;
    old.private = undefined;
    if (mine !== undefined) return mine;
    for (let i = 0; i < victims.length; i++) {
      const x = (victims[(p + i) % victims.length] as Part<T>).shared.popTail();
      if (x !== undefined) return x;
    }
    this.#victims = []; // nothing to be found there next time
    return undefined;
  }

  #add(x: T, rt: Runtime): void {
    if (x === undefined || x === null) return;
    const part = this.#pin(rt, procOf(rt));
    if (part.private === undefined) part.private = x;
    else part.shared.pushHead(x);
  }

  /** The part of P number `p`. Go: pin */
  #pin(rt: Runtime, p: number): Part<T> {
    if (this.#rt !== rt) this.#register(rt);
    return this.#parts[p] as Part<T>;
  }

  /** Makes the parts for this run; those of a run with another number of Ps are lost, as in Go. Go: pinSlow */
  #register(rt: Runtime): void {
    this.#rt = rt;
    const procs = rt.runq instanceof Gmp ? rt.runq.ps.length : 1;
    if (this.#parts.length !== procs) this.#parts = Array.from({ length: procs }, () => new Part<T>());
    this.#only = procs === 1 ? (this.#parts[0] as Part<T>) : null;
    const known = pools.get(rt) ?? new Set();
    known.add(this as Pool<unknown>);
    pools.set(rt, known);
  }
}

/** The number of the P that runs the caller. */
function procOf({ runq }: Runtime): number {
  return runq instanceof Gmp ? (runq.currentP?.id ?? 0) : 0;
}
