// What is reported of lock cycles whose links come from different schedules: each link with a schedule that shows it.

import type { Finding, LockOrderData, LockStep } from "../event/index.js";
import { type CrossLock, type CrossUse, cyclesAcross } from "./lockacross.js";
import { acrossText } from "./lockacrosstext.js";
import type { Cycle } from "./lockcycles.js";
import type { LockOrderDetector } from "./lockorder.js";
import { orderAdvice } from "./lockordertext.js";
import type { SeenLockRun } from "./lockruns.js";

/** More than these are only counted. */
const MOST_FINDINGS = 5;

/** Runs a schedule again, with stacks: the detector that gathered. */
type Look = (schedule: string) => LockOrderDetector | undefined;

/** The lock orders that can deadlock as all of `runs` together show. */
export function findingsAcross(runs: readonly SeenLockRun[], look: Look): Finding[] {
  const cycles = cyclesAcross(runs);
  const teller = new Teller(look);
  const found = cycles.slice(0, MOST_FINDINGS).map((cycle) => teller.finding(cycle));
  const more = cycles.length - MOST_FINDINGS;
  if (more <= 0) return found;
  const message = `and ${more} more ${more === 1 ? "place" : "places"} where the order of locks can deadlock`;
  return [...found, { verdict: "lock-order", message, goroutines: [], at: [] }];
}

class Teller {
  readonly #look: Look;
  readonly #looked = new Map<string, LockOrderDetector | undefined>();
  readonly #names = new Map<CrossLock, string>();
  readonly #counts = new Map<string, number>();

  constructor(look: Look) {
    this.#look = look;
  }

  finding({ links, writers }: Cycle<CrossUse>): Finding {
    const steps = links.map(({ use, from }) => this.#step(use, from));
    const inLine = [...new Set(writers)].map((use) => this.#step(use));
    const data: LockOrderData = { steps, writers: inLine, advice: orderAdvice(steps) };
    const all = [...steps, ...inLine];
    return {
      verdict: "lock-order",
      message: acrossText(data),
      goroutines: [...new Set(all.map((step) => step.goroutine))],
      at: all.flatMap((step) => step.at ?? []),
      lockOrder: data,
    };
  }

  /** A step as its witness shows it when it runs again. */
  #step(use: CrossUse, from?: CrossUse["held"][number]): LockStep {
    const { schedule } = use.witness;
    const detector = this.#again(schedule);
    const seen = detector?.gathered()?.first[use.place];
    const held = from && seen?.held[use.held.indexOf(from)];
    const holds = from && { holds: this.#nameOf(from.lock), isHeldForReading: from.isShared };
    return {
      goroutine: seen?.g.id ?? 0,
      name: seen?.g.name ?? use.path,
      takes: this.#nameOf(use.lock),
      isReading: use.isShared,
      ...holds,
      ...(seen && detector?.placesOf(seen, held)),
      schedule,
    };
  }

  #again(schedule: string): LockOrderDetector | undefined {
    if (!this.#looked.has(schedule)) this.#looked.set(schedule, this.#look(schedule));
    return this.#looked.get(schedule);
  }

  /** Its place in the state, or else its class and a number: in this report only. */
  #nameOf(lock: CrossLock): string {
    const known = lock.place ?? this.#names.get(lock);
    if (known !== undefined) return known;
    const n = (this.#counts.get(lock.label) ?? 0) + 1;
    this.#counts.set(lock.label, n);
    this.#names.set(lock, `${lock.label}#${n}`);
    return `${lock.label}#${n}`;
  }
}
