// SingleFlightCache: one load per key however many ask, and the old value while a new one is fetched.
//
// Invariants:
//  I1. Per key at most one load is under way whose value may be kept.
//  I2. A load that began before `invalidate(key)` is not kept: it may have read what was there before the change.
//  I3. #entries is ordered by use, so that the first one is the least recently used.
//
// Source: Go golang.org/x/sync/singleflight for the flight, RFC 5861 for stale-while-revalidate. Rejected: a lock around
// "look, load, store" (one slow key stops all); a lock per key without a second look (each waiter would load again).

import { Chan } from "../chan/index.js";
import type { Body, Go, Op, Step } from "../op/index.js";
import {
  FatalError,
  type G,
  go,
  MisuseError,
  type Operable,
  type OpKind,
  operate,
  step,
} from "../runtime/index.js";
import { atLeast, begin, integer } from "./arguments.js";

const LOOK: OpKind = { name: "look", wait: "" };
const STORE: OpKind = { name: "store", wait: "" };
const INVALIDATE: OpKind = { name: "invalidate", wait: "" };

export interface CacheOptions<V> {
  /** Fetches the value of a key. */
  load: Body<[key: string], V>;
  /** So long a value is fresh, in milliseconds. */
  freshMs: number;
  /** So long after that it is still handed out while a new one is fetched. Default 0. */
  staleMs?: number;
  /** The least recently used values beyond so many are dropped. Default: none is. */
  mostEntries?: number;
  /** Called when a fetch in the background failed; the stale value stays. Default: nothing happens. */
  onError?: (key: string, error: unknown) => void;
}

interface Entry<V> {
  readonly value: V;
  readonly loadedNs: number;
}

/** A load under way. */
class Flight<V> {
  readonly done = new Chan<never>();
  outcome: { readonly value: V } | { readonly error: unknown } | null = null;
}

/** What was found: perhaps a value, perhaps a flight; `isMine` when the finder has to load. */
interface Found<V> {
  readonly entry: Entry<V> | undefined;
  readonly flight: Flight<V> | undefined;
  readonly isMine: boolean;
}

/**
 * A cache in front of something slow.
 *
 * Fresh values are returned at once. A stale one is returned at once, too, and the first who sees it starts one
 * goroutine that fetches anew. Of those who find nothing the first one loads, the others wait for its outcome:
 * the value, or the error, which is not kept.
 *
 * **Happens-before:** the end of a load synchronizes before every return with its value.
 * **Cost:** O(1) per `get` plus O(waiters) at the end of a load; `get` is a generator.
 * @throws whatever `load` throws (from `get`)
 * @throws {RangeError} `` SingleFlightCache: expected `freshMs` to be a number >= 0, got -1 `` and the like
 * @example
 * await run(function* () {
 *   let loads = 0;
 *   const cache = new SingleFlightCache({
 *     *load(key: string) { yield* sleep(5); return `${key}${++loads}`; }, freshMs: 100, staleMs: 900,
 *   });
 *   const wg = new WaitGroup();
 *   for (let i = 0; i < 3; i++) wg.go(function* () { yield* cache.get("a"); });
 *   yield* wg.wait();
 *   console.log(loads); // prints: 1
 *   yield* sleep(200);
 *   console.log(yield* cache.get("a")); // prints: a1
 *   yield* sleep(10);
 *   console.log(yield* cache.get("a")); // prints: a2
 * }, { clock: "jump" });
 */
export class SingleFlightCache<V> implements Operable {
  readonly label = "cache";
  readonly #load: Body<[key: string], V>;
  readonly #freshNs: number;
  readonly #staleNs: number;
  readonly #most: number;
  readonly #onError: CacheOptions<V>["onError"];
  readonly #entries = new Map<string, Entry<V>>();
  readonly #flights = new Map<string, Flight<V>>();

  constructor(options: CacheOptions<V>) {
    const of = "SingleFlightCache";
    if (typeof options.load !== "function") {
      throw new TypeError(`${of}: expected \`load\` to be a generator function, got ${String(options.load)}`);
    }
    this.#load = options.load;
    this.#freshNs = atLeast(of, "freshMs", options.freshMs, 0) * 1e6;
    this.#staleNs = atLeast(of, "staleMs", options.staleMs ?? 0, 0) * 1e6;
    const most = options.mostEntries ?? Number.POSITIVE_INFINITY;
    this.#most = most === Number.POSITIVE_INFINITY ? most : integer(of, "mostEntries", most, 1);
    this.#onError = options.onError;
  }

  /** How many values are kept, stale ones included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Returns the value of `key`, loading it if it must. */
  *get(key: string): Go<V> {
    const { entry, flight, isMine } = yield* this.#look(key);
    if (entry !== undefined) {
      if (isMine) yield* this.#refresh(key, flight as Flight<V>);
      return entry.value;
    }
    const awaited = flight as Flight<V>;
    if (isMine) yield* this.#fly(key, awaited);
    else yield* awaited.done.recv();
    const outcome = awaited.outcome as NonNullable<Flight<V>["outcome"]>;
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Forgets the value of `key`; who asks from now on gets one that was loaded after this. */
  invalidate(key: string): Step {
    return step(INVALIDATE, this, { key });
  }

  #look(key: string): Op<Found<V>> {
    return operate(LOOK, this, { key });
  }

  /** Starts the goroutine that fetches a stale value anew. */
  #refresh(key: string, flight: Flight<V>): Step {
    const load = this.#fly(key, flight);
    const onError = this.#onError;
    return go(function* refresh() {
      yield* load;
      const { outcome } = flight;
      if (outcome !== null && "error" in outcome) onError?.(key, outcome.error);
    });
  }

  /** Loads, keeps the value, and tells everybody who waits. */
  *#fly(key: string, flight: Flight<V>): Go {
    try {
      flight.outcome = { value: yield* begin("SingleFlightCache", this.#load, [key]) };
    } catch (error) {
      if (error instanceof FatalError || error instanceof MisuseError) throw error;
      flight.outcome = { error };
    }
    yield* step(STORE, this, { key, flight });
    yield* flight.done.close();
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const { key, flight } = arg as { key: string; flight?: Flight<V> };
    if (kind === LOOK) {
      g.value = this.#find(key, g.rt.nowNs);
    } else if (kind === INVALIDATE) {
      this.#entries.delete(key);
      this.#flights.delete(key); // I2
    } else if (this.#flights.get(key) === flight) {
      this.#flights.delete(key);
      const outcome = flight?.outcome ?? null;
      if (outcome !== null && "value" in outcome) this.#keep(key, outcome.value, g.rt.nowNs);
    }
    return true;
  }

  #find(key: string, nowNs: number): Found<V> {
    let entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#entries.delete(key);
      const ageNs = nowNs - entry.loadedNs;
      if (ageNs >= this.#freshNs + this.#staleNs) entry = undefined;
      else this.#entries.set(key, entry); // I3
      if (entry !== undefined && ageNs < this.#freshNs) return { entry, flight: undefined, isMine: false };
    }
    const other = this.#flights.get(key);
    if (other !== undefined) return { entry, flight: other, isMine: false };
    const flight = new Flight<V>();
    this.#flights.set(key, flight); // I1
    return { entry, flight, isMine: true };
  }

  #keep(key: string, value: V, loadedNs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, loadedNs });
    if (this.#entries.size <= this.#most) return;
    const [oldest] = this.#entries.keys();
    this.#entries.delete(oldest as string);
  }
}
