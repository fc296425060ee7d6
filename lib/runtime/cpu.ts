// work and syscall: what costs virtual time.
//
// Source: Go src/runtime/proc.go (entersyscall, exitsyscall, retake, sysmon).

import type { Op } from "../op/index.js";
import { inBubble } from "./bubble.js";
import type { G } from "./g.js";
import { Gmp, isBusy } from "./gmp.js";
import { operate } from "./operate.js";
import type { Operable, OpKind } from "./opkind.js";
import { type M, type P, PStatus } from "./proc.js";
import { Timer } from "./timers.js";

const WORK: OpKind = { name: "work", wait: "running" };
const SYSCALL: OpKind = { name: "syscall", wait: "syscall" };

const cpu: Operable = {
  label: "",
  perform(g: G, kind: OpKind, arg: unknown): boolean {
    const durationNs = (arg as number) * 1e6;
    if (durationNs <= 0) return true;
    if (g.rt.bubble !== null) return inBubble(g.rt, null, () => cpu.perform(g, kind, arg)); // real CPU time
    if (!(g.rt.runq instanceof Gmp)) {
      g.rt.block(g); // without Ps, computing is a sleep: nobody else is kept from running
      g.rt.timers.add(new Timer(() => g.rt.wake(g)), g.rt.nowNs + durationNs);
    } else if (kind === WORK) {
      g.arg = durationNs;
      g.again = cpu;
      g.rt.runq.compute(g);
    } else {
      enter(g.rt.runq, g, durationNs);
    }
    return false;
  },
  resume(g: G): boolean {
    if (!isBusy(g)) return true;
    (g.rt.runq as Gmp).compute(g);
    return false;
  },
};

/** Blocks the M; the P stays with it until the call returns or sysmon takes it away. */
function enter(gmp: Gmp, g: G, durationNs: number): void {
  const { rt } = g;
  const p = gmp.currentP as P;
  const m = p.m as M;
  rt.block(g);
  p.status = PStatus.SYSCALL;
  p.syscalltick++;
  m.isBlocked = true;
  m.curg = g;
  rt.timers.add(new Timer(() => gmp.returned(m, p, g)), rt.nowNs + durationNs);
  if (gmp.switches.handoff) gmp.sysmon.watch(rt, gmp, p);
}

function checked(name: string, durationMs: number): number {
  if (typeof durationMs === "number" && durationMs >= 0) return durationMs;
  throw new RangeError(`${name}: expected \`durationMs\` to be a number >= 0, got ${String(durationMs)}`);
}

/**
 * Computes for `durationMs` of virtual time: the P that runs this goroutine is busy for so long, the others go on
 * beside it. After 10 ms in one slice the goroutine is preempted and others have their turn.
 *
 * Under a strategy without Ps (all but `gmp`) it only takes time, as `sleep` does.
 *
 * **Cost:** O(1) per slice of 10 ms.
 * @throws {RangeError} `` work: expected `durationMs` to be a number >= 0, got -1 ``
 * @example
 * await run(function* () {
 *   const wg = new WaitGroup();
 *   for (let i = 0; i < 4; i++) wg.go(function* () { yield* work(6); });
 *   yield* wg.wait();
 *   console.log(now()); // prints: 12
 * }, { strategy: "gmp", procs: 2, clock: "jump" });
 */
export function work(durationMs: number): Op<void> {
  return operate(WORK, cpu, checked("work", durationMs));
}

/**
 * Stays in a simulated system call for `durationMs`: the M is blocked, and sysmon hands its P to another one so that
 * other goroutines go on.
 *
 * @throws {RangeError} `` syscall: expected `durationMs` to be a number >= 0, got NaN ``
 * @example
 * await run(function* () {
 *   go(function* () { yield* syscall(5); });
 *   yield* gosched();
 *   yield* work(1);
 *   console.log(now() < 2); // prints: true
 * }, { strategy: "gmp", procs: 1, clock: "jump" });
 */
export function syscall(durationMs: number): Op<void> {
  return operate(SYSCALL, cpu, checked("syscall", durationMs));
}
