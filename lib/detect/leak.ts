// LeakDetector: goroutines that main has left behind and that nobody can ever wake.
//
// Not a count of who is left: a goroutine that still works, that waits for time, or that such a one could wake, is no
// leak. As long as nobody runs and no timer is pending, everybody who waits is one. Otherwise it is decided by who could
// still wake whom (deadlockwaits.ts, R1 and R2): who has used what a goroutine waits for, and is alive and not stuck itself.
//
// Invariants:
//  I1. Whoever is called a leak waits, and would wait for ever if everybody else did only what they have done before.
//  I2. While a timer is pending that will start a goroutine, only who waits for nothing at all, or in a circle of waits
//      that is closed by locks, is a leak: that goroutine may do anything.
//
// Rejected: WeakRef and FinalizationRegistry, to see whether a channel can still be reached as Go's goroutineleak profile
// does: when objects are collected is not the same in any two runs.

import type { Finding } from "../event/index.js";
import {
  type DetectorOptions,
  type G,
  isQuiet,
  type LeakOptions,
  type Runtime,
  Status,
  stackOf,
} from "../runtime/index.js";
import { stuck } from "./deadlock.js";
import { reader } from "./ignoring.js";
import { leakText } from "./leaktext.js";
import { WaitWatcher } from "./waitwatcher.js";

/** More goroutines than this are not looked at one by one while others still run. */
const MOST_WAITING = 5_000;

/** Tells which of the goroutines left behind are leaks. Made for `detect: ["leak"]`. */
export class LeakDetector extends WaitWatcher {
  readonly #isIgnored: (g: G, parents: readonly G[]) => boolean;
  readonly #countsRunning: boolean;
  #leaked: { readonly rt: Runtime; readonly all: readonly G[] } | null = null;

  constructor(options: DetectorOptions) {
    super(options);
    const { ignoring = [], countRunning = false }: LeakOptions = options.leaks ?? {};
    this.#isIgnored = reader(ignoring);
    this.#countsRunning = countRunning;
  }

  /** Whoever is left behind without waiting must be asked about, when that counts. */
  override get hasFindings(): boolean {
    return this.#countsRunning;
  }

  override leaked(rt: Runtime): readonly G[] {
    if (this.#leaked?.rt !== rt) this.#leaked = { rt, all: this.#find(rt) };
    return this.#leaked.all;
  }

  /** The runtime makes the finding; what is known about it stands here. */
  override findings(): Finding[] {
    return [];
  }

  override details(rt: Runtime, { verdict }: Finding): Partial<Finding> {
    if (verdict !== "leak") return {};
    const leaked = this.leaked(rt);
    return {
      message: leakText(rt, leaked, this.waits),
      goroutines: leaked.map((g) => g.id),
      at: leaked.flatMap((g) => stackOf(g).slice(0, 1)),
    };
  }

  #find(rt: Runtime): G[] {
    const left = this.#countsRunning ? rt.live : isQuiet(rt) ? rt.live.filter(isWaiting) : this.#stuck(rt);
    return left.filter((g) => !this.#isIgnored(g, this.waits.parentsOf(g))).sort((a, b) => a.id - b.id);
  }

  #stuck(rt: Runtime): G[] {
    const waiting = this.waits.all(rt);
    if (waiting.length > MOST_WAITING) return [];
    const isOpen = rt.timers.startGoroutines || rt.pendingHost > 0;
    const found = isOpen ? waiting.filter((w) => w.isLock || w.objects.length === 0) : waiting; // I2
    return stuck(found).map((w) => w.g);
  }
}

function isWaiting(g: G): boolean {
  return g.status === Status.WAITING;
}
