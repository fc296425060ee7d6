// Store: a key-value store inside the run, with the commands of Redis that locks and counters are made of.
//
// Invariants:
//  I1. A command, and a script as a whole, is indivisible: commands are served one after another.
//  I2. A key whose time is over is not there, whether or not somebody has looked since.
//
// Source: the commands SET (NX, PX), GET, DEL, INCR, PTTL, EVAL of Redis, with its replies and error texts. Differs:
// scripts are TypeScript instead of Lua, keys expire on the run's clock, nothing is written to a disk.

import type { Op } from "../op/index.js";
import { type G, type Operable, type OpKind, operate } from "../runtime/index.js";
import { atLeast } from "./arguments.js";

const SET: OpKind = { name: "SET", wait: "" };
const GET: OpKind = { name: "GET", wait: "" };
const DEL: OpKind = { name: "DEL", wait: "" };
const INCR: OpKind = { name: "INCR", wait: "" };
const PTTL: OpKind = { name: "PTTL", wait: "" };
const EVAL: OpKind = { name: "EVAL", wait: "" };

/** The largest integer that counts exactly here. Redis goes to 2^63 - 1. */
const INTEGER = /^-?(0|[1-9]\d{0,14})$/;

/** The store's reply is an error. */
export class StoreError extends Error {
  override readonly name: string = "StoreError";
}

export interface SetOptions {
  /** Only if the key is not there. */
  nx?: boolean;
  /** The key is gone after so many milliseconds. */
  px?: number;
}

/** What a script may do; every call happens now. */
export interface StoreScript {
  set(key: string, value: string, options?: SetOptions): "OK" | null;
  get(key: string): string | null;
  del(key: string): 0 | 1;
  incr(key: string): number;
  pttl(key: string): number;
}

/** The commands on plain data. */
class Data implements StoreScript {
  readonly #entries = new Map<string, { readonly value: string; readonly untilNs: number }>();
  nowNs = 0;

  set(
    key: string,
    value: string,
    { nx = false, px = Number.POSITIVE_INFINITY }: SetOptions = {},
  ): "OK" | null {
    if (nx && this.get(key) !== null) return null;
    this.#entries.set(key, { value: String(value), untilNs: this.nowNs + px * 1e6 });
    return "OK";
  }

  get(key: string): string | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.untilNs > this.nowNs) return entry.value;
    this.#entries.delete(key); // I2
    return null;
  }

  del(key: string): 0 | 1 {
    const had = this.get(key) !== null;
    this.#entries.delete(key);
    return had ? 1 : 0;
  }

  incr(key: string): number {
    const text = this.get(key) ?? "0";
    if (!INTEGER.test(text)) throw new StoreError("ERR value is not an integer or out of range");
    const value = Number(text) + 1;
    const untilNs = this.#entries.get(key)?.untilNs ?? Number.POSITIVE_INFINITY;
    this.#entries.set(key, { value: String(value), untilNs });
    return value;
  }

  /** Milliseconds until the key is gone; -1: never; -2: it is not there. */
  pttl(key: string): number {
    if (this.get(key) === null) return -2;
    const untilNs = this.#entries.get(key)?.untilNs ?? 0;
    return untilNs === Number.POSITIVE_INFINITY ? -1 : Math.ceil((untilNs - this.nowNs) / 1e6);
  }
}

/**
 * An embedded store with Redis's interface: every command is one indivisible operation.
 *
 * **Happens-before:** commands are totally ordered; each synchronizes before the ones served after it.
 * **Cost:** O(1) per command. It answers at once: model a network by `sleep` before and after.
 * @throws {StoreError} `ERR value is not an integer or out of range` (from `incr`)
 * @throws {RangeError} `` Store: expected `px` to be a number >= 1, got 0 `` (from `set`)
 * @example
 * await run(function* () {
 *   const store = new Store();
 *   console.log(yield* store.set("lock", "me", { nx: true, px: 50 })); // prints: OK
 *   console.log(yield* store.set("lock", "you", { nx: true, px: 50 })); // prints: null
 *   yield* sleep(50);
 *   console.log(yield* store.get("lock")); // prints: null
 *   console.log(yield* store.eval((s) => s.incr("n") + s.incr("n"))); // prints: 3
 * }, { clock: "jump" });
 * @see Redis: SET, GET, DEL, INCR, PTTL, EVAL
 */
export class Store implements Operable {
  readonly label = "store";
  readonly #data = new Data();

  /** Sets `key`; null when `nx` is asked for and the key is there. */
  set(key: string, value: string, options: SetOptions = {}): Op<"OK" | null> {
    if (options.px !== undefined) atLeast("Store", "px", options.px, 1);
    return operate(SET, this, [key, value, options]);
  }

  /** Returns the value of `key`, or null. */
  get(key: string): Op<string | null> {
    return operate(GET, this, [key]);
  }

  /** Deletes `key`; returns how many keys that were. */
  del(key: string): Op<0 | 1> {
    return operate(DEL, this, [key]);
  }

  /** Adds 1 to the integer at `key`, 0 if it is not there, and returns it. */
  incr(key: string): Op<number> {
    return operate(INCR, this, [key]);
  }

  /** Returns the milliseconds until `key` is gone, -1 if it stays, -2 if it is not there. */
  pttl(key: string): Op<number> {
    return operate(PTTL, this, [key]);
  }

  /** Runs a script on the store, indivisibly, and returns what it returns. It must not keep its argument. */
  eval<T>(script: (store: StoreScript) => T): Op<T> {
    return operate(EVAL, this, script);
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const data = this.#data;
    data.nowNs = g.rt.nowNs;
    if (kind === EVAL) {
      g.value = (arg as (store: StoreScript) => unknown)(data);
      return true;
    }
    const [key, value, options] = arg as [string, string, SetOptions];
    if (kind === SET) g.value = data.set(key, value, options);
    else if (kind === GET) g.value = data.get(key);
    else if (kind === DEL) g.value = data.del(key);
    else g.value = kind === INCR ? data.incr(key) : data.pttl(key);
    return true;
  }
}
