// Pool: objects that are free to be used again.
//
// Invariants:
//  I1. An object is in one place at most: private, shared or victims; `get` takes it out.
//  I2. What survives two clean-ups in a row was put back in between.
//
// Source: Go src/sync/pool.go (1.27). Differs: one P's pool, since a run is one thread, so nothing is stolen between
// Ps; and a run has no collector of its own, so `Pool.cleanup()` is what Go does at the start of each collection.
// Controlled runs drop every fourth object by the schedule's choice, as Go does under -race: whoever counts on getting
// an object back finds out.

import type { Op, Step } from "../op/index.js";
import {
  current,
  type G,
  happened,
  type Operable,
  type OpKind,
  operate,
  type Runtime,
  ready,
  step,
} from "../runtime/index.js";

const GET: OpKind = { name: "get", wait: "" };
const PUT: OpKind = { name: "put", wait: "" };
const CLEANUP: OpKind = { name: "cleanup", wait: "" };

/** One object in this many is dropped in controlled runs. Go: runtime_randn(4) */
const DROPS_ONE_IN = 4;

/** The pools that each run has put something into. Go: allPools */
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
 * Of one goroutine's objects, `get` takes first the one put first into the empty pool, then the latest. `null` and
 * `undefined` are not kept.
 *
 * **Happens-before:** a `put` of an object synchronizes before the `get` that returns it.
 * **Cost:** O(1); neither allocates nor yields.
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
  #private: T | undefined = undefined;
  #shared: T[] = [];
  #victims: T[] = [];
  /** Where the oldest victim stands: they are taken oldest first. */
  #victimAt = 0;
  #rt: Runtime | null = null;

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
    return current.isFast ? ready(GET, this.#take()) : operate(GET, this, undefined);
  }

  /** Puts an object in. The caller must not use it any more. */
  put(x: T): Step {
    if (!current.isFast) return step(PUT, this, x);
    this.#add(x, current.rt as Runtime);
    return happened();
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    if (kind === GET) g.value = this.#take();
    else if (!g.rt.isControlled || g.rt.pick(DROPS_ONE_IN) !== 0) this.#add(arg as T, g.rt);
    return true;
  }

  /** Drops the victims and makes what is here the victims. Called by `Pool.cleanup`. */
  age(): void {
    this.#victims = this.#shared;
    this.#victimAt = 0;
    this.#shared = [];
    if (this.#private !== undefined) this.#victims.unshift(this.#private);
    this.#private = undefined;
  }

  #take(): T {
    const mine = this.#private;
    if (mine !== undefined) {
      this.#private = undefined;
      return mine;
    }
    const shared = this.#shared.pop();
    if (shared !== undefined) return shared;
    if (this.#victimAt === this.#victims.length) return this.#make();
    const victim = this.#victims[this.#victimAt] as T;
    this.#victims[this.#victimAt++] = undefined as T; // not ours any more (I1)
    return victim;
  }

  #add(x: T, rt: Runtime): void {
    if (x === undefined || x === null) return;
    if (this.#rt !== rt) this.#register(rt);
    if (this.#private === undefined) this.#private = x;
    else this.#shared.push(x);
  }

  #register(rt: Runtime): void {
    this.#rt = rt;
    const known = pools.get(rt) ?? new Set();
    known.add(this as Pool<unknown>);
    pools.set(rt, known);
  }
}
