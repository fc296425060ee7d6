// Contention: how long goroutines waited for each other, charged to places in the program as Go's profiles do.
//
// Invariants:
//  I1. The block profile charges who waited: its place, once the wait is over.
//  I2. The mutex profile charges who let others wait: the `unlock`, with the sum of what all waiters have waited since the
//      one before. A holder of 1 s with 5 waiters shows 5 s.
//  I3. Of several readers that keep a writer waiting, the last one to go is charged.
//  I4. Where one of n waits was recorded, each stands for n (the metric `sampleEvery` of threads).
//
// Source: Go src/runtime/mprof.go (blockevent, mutexevent), src/runtime/sema.go (semrelease1). Differs: in the laboratory
// nothing is sampled, and time is the run's clock.

import type { EventData, Position, Report } from "./report.js";

/** What one place has cost. */
export interface Contention {
  /** The operation, e.g. `mutex.lock`. */
  readonly op: string;
  readonly at?: Position;
  /** Who called the function at `at`, innermost first. */
  readonly callers: readonly Position[];
  readonly count: number;
  readonly delayNs: number;
}

/** Sums by operation and stack. */
class Charges {
  readonly #all = new Map<string, Contention & { count: number; delayNs: number }>();
  readonly #weight: number;

  constructor({ metrics }: Report) {
    this.#weight = metrics["sampleEvery"] ?? 1; // I4
  }

  add(e: EventData, delayNs: number): void {
    const kind = (e.object ?? "").replace(/#.*/, "");
    const op = kind === "" ? e.op : `${kind}.${e.op}`;
    const { at, callers = [] } = e;
    const places = [...(at === undefined ? [] : [at]), ...callers];
    const key = [op, ...places.map(({ file, line, column }) => `${file}:${line}:${column}`)].join("\n");
    let charge = this.#all.get(key);
    if (charge === undefined) {
      charge = { op, ...(at === undefined ? {} : { at }), callers, count: 0, delayNs: 0 };
      this.#all.set(key, charge);
    }
    charge.count += this.#weight;
    charge.delayNs += delayNs * this.#weight;
  }

  /** The most expensive first. */
  sorted(): Contention[] {
    return [...this.#all.values()].sort((a, b) => b.delayNs - a.delayNs || b.count - a.count);
  }
}

function eventsOf(report: Report, who: string): readonly EventData[] {
  if (report.events === undefined)
    throw new TypeError(`${who}: expected a report with events; ask for them with \`trace: true\``);
  return report.events;
}

/** Waits for other goroutines; sleeping and yielding are none. */
function isContention(e: EventData): boolean {
  return e.op === "select" || (e.object !== undefined && !e.object.startsWith("#"));
}

/** The waits that are over, by place (I1). */
export function blockContentions(report: Report, who: string): Contention[] {
  const charges = new Charges(report);
  const parked = new Map<number, EventData>();
  for (const e of eventsOf(report, who)) {
    if (e.what === "park") parked.set(e.g, e);
    const park = e.what === "wake" || e.what === "panic" ? parked.get(e.g) : undefined;
    if (park === undefined) continue;
    parked.delete(e.g);
    if (isContention(park)) charges.add(park, e.atNs - park.atNs);
  }
  return charges.sorted();
}

/** One lock: who waits, and since when they have not been charged to anybody. */
class Waited {
  readonly #since = new Map<number, number>();
  #sumNs = 0;
  #chargedNs = 0;
  readers = 0;

  park(g: number, atNs: number): void {
    this.#since.set(g, atNs);
    this.#sumNs += atNs;
  }

  wake(g: number): void {
    const since = this.#since.get(g);
    if (since === undefined) return;
    this.#since.delete(g);
    this.#sumNs -= Math.max(since, this.#chargedNs);
  }

  get count(): number {
    return this.#since.size;
  }

  /** I2, in constant time. */
  charge(atNs: number): number {
    const delayNs = this.count * atNs - this.#sumNs;
    this.#sumNs = this.count * atNs;
    this.#chargedNs = atNs;
    return delayNs;
  }
}

const ASKS = /^(?:lock|rLock|tryLockFor|tryRLockFor)$/;

/** What unlocking has cost others, by place (I2, I3). */
export function mutexContentions(report: Report, who: string): Contention[] {
  const charges = new Charges(report);
  const locks = new Map<string, Waited>();
  for (const e of eventsOf(report, who)) {
    if (e.object === undefined || !/mutex#\d+$/.test(e.object)) continue;
    let lock = locks.get(e.object);
    if (lock === undefined) {
      lock = new Waited();
      locks.set(e.object, lock);
    }
    if (e.what === "park" && ASKS.test(e.op)) lock.park(e.g, e.atNs);
    if (e.what === "wake" || e.what === "panic") lock.wake(e.g);
    const isDone = e.what === "done" || e.what === "wake";
    if (isDone && e.op === "rLock") lock.readers++;
    if (isDone && e.op === "rUnlock") lock.readers = Math.max(0, lock.readers - 1);
    const isLast = e.op === "unlock" || (e.op === "rUnlock" && lock.readers === 0); // I3
    if (isDone && isLast && lock.count > 0) charges.add(e, lock.charge(e.atNs));
  }
  return charges.sorted();
}
