// TracedGmp: Go's scheduler that tells a trace who has its turn on which P. A run without a trace has a plain Gmp.

import type { G } from "./g.js";
import { Gmp, type GmpSwitches } from "./gmp.js";
import { PStatus } from "./proc.js";
import type { Runtime } from "./runtime.js";
import type { Trace } from "./trace.js";

export class TracedGmp extends Gmp {
  readonly #trace: Trace;
  readonly #rt: Runtime;
  /** Ps that the trace knows to be idle. */
  readonly #idle = new Set<number>();

  constructor(rt: Runtime, procs: number, switches: GmpSwitches, trace: Trace) {
    super(rt, procs, switches);
    this.#trace = trace;
    this.#rt = rt;
    for (const p of this.ps) if (p.status === PStatus.IDLE) this.#idle.add(p.id);
  }

  override shift(): G | null {
    const g = super.shift();
    const p = this.currentP;
    for (const other of this.ps) {
      if (other.status !== PStatus.IDLE) this.#idle.delete(other.id);
      else if (!this.#idle.has(other.id)) {
        this.#idle.add(other.id);
        this.#turn(other.id, other.nowNs);
      }
    }
    if (g !== null && p !== null) this.#turn(p.id, p.nowNs, g.id);
    return g;
  }

  #turn(proc: number, atNs: number, g?: number): void {
    this.#trace.turns.push({
      step: this.#rt.steps + 1,
      atNs,
      proc,
      ...(g === undefined ? {} : { g }),
      queued: this.ps.map((p) => p.length + (p.runnext === null ? 0 : 1)),
      global: this.global.length,
    });
  }
}
