// Sysmon: the monitor without a P. Takes Ps from system calls that last.
//
// Preemption of goroutines that compute, sysmon's other task, is exact here and stands in gmp.ts.
//
// Invariants:
//  I1. A P is taken at the second look that finds it in the same system call, never at the first.
//
// Source: Go src/runtime/proc.go (sysmon, retake): 20 us between looks; after 50 looks without effect the pause
// doubles up to 10 ms.

import type { Gmp } from "./gmp.js";
import { type P, PStatus } from "./proc.js";
import type { Runtime } from "./runtime.js";
import { Timer } from "./timers.js";

const FIRST_PAUSE_NS = 20_000;
const LAST_PAUSE_NS = 10_000_000;
const IDLE_LOOKS = 50;
/** A P with nothing to do is left in its system call for this long. */
const PATIENCE_NS = 10_000_000;

export class Sysmon {
  /** When sysmon last did something; its pauses grow from then on. */
  #sinceNs = 0;

  /** Looks at `p`, which has just entered a system call, until it is taken or has returned. */
  watch(rt: Runtime, gmp: Gmp, p: P): void {
    const tick = p.syscalltick;
    const enteredNs = rt.nowNs;
    let looks = 0;
    const look = (): void => {
      if (p.status !== PStatus.SYSCALL || p.syscalltick !== tick) return;
      const isPatient =
        !p.hasWork && gmp.idleProcs + gmp.spinningThreads > 0 && rt.nowNs < enteredNs + PATIENCE_NS;
      if (++looks >= 2 && !isPatient) {
        // I1
        this.#sinceNs = rt.nowNs;
        gmp.handoff(p);
        return;
      }
      rt.timers.add(new Timer(look), this.#nextLook(rt.nowNs));
    };
    rt.timers.add(new Timer(look), this.#nextLook(rt.nowNs));
  }

  /** The first look after `nowNs`. */
  #nextLook(nowNs: number): number {
    let atNs = this.#sinceNs;
    let pauseNs = FIRST_PAUSE_NS;
    for (let idle = 0; atNs <= nowNs; idle++) {
      if (idle >= IDLE_LOOKS) pauseNs = Math.min(2 * pauseNs, LAST_PAUSE_NS);
      if (pauseNs === LAST_PAUSE_NS) return atNs + Math.ceil((nowNs - atNs + 1) / pauseNs) * pauseNs;
      atNs += pauseNs;
    }
    return atNs;
  }
}
