// Measuring one body in this process: as often as the budget wants, after warming up.
//
// Go's program (go/measure.go) does the same steps, so that both sides pay for their garbage alike.
import type { Work } from "./row.js";

export interface Measured {
  /** Nanoseconds per operation: all measured time by all measured operations, garbage collection included. */
  readonly nsPerOp: number;
  /** `times` of the last call. */
  readonly times: number;
  /** What the last call returned. */
  readonly check: number;
}

/** Processor time before anything is measured: hot code is compiled by then. */
const WARM_UP_MS = 100;
/** The share of the budget from which a call counts as long enough to time. */
const LONG_ENOUGH = 1 / 4;
/** A first call this many times longer than the budget is the measurement. */
const FAR_TOO_LONG = 8;

const wallNs = (): number => Number(process.hrtime.bigint());

/** Processor time of this process, all its threads together. */
const cpuNs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
};

export const CLOCKS = { wall: wallNs, cpu: cpuNs } as const;
export type ClockName = keyof typeof CLOCKS;

/**
 * Runs `work` for at least `budgetMs`, after calls of growing size that warm it up. How far it has to grow is decided on
 * processor time, because on a busy machine any call may take long.
 */
export async function measure(
  work: Pick<Work, "batch" | "run">,
  budgetMs: number,
  clock: ClockName,
): Promise<Measured> {
  const budgetNs = budgetMs * 1e6;
  const nowNs = CLOCKS[clock];
  const warmNs = cpuNs() + WARM_UP_MS * 1e6;
  let times = 1;
  for (;;) {
    const startNs = nowNs();
    const startCpuNs = cpuNs();
    const check = await work.run(times);
    const tookNs = cpuNs() - startCpuNs;
    if (tookNs >= budgetNs * FAR_TOO_LONG) {
      return { nsPerOp: (nowNs() - startNs) / (times * work.batch), times, check };
    }
    if (tookNs >= budgetNs * LONG_ENOUGH) {
      if (cpuNs() >= warmNs) break;
      continue;
    }
    const wanted = Math.ceil((times * budgetNs) / 3 / Math.max(1, tookNs));
    times = Math.max(times + 1, Math.min(times * 10, wanted));
  }
  let totalNs = 0;
  let calls = 0;
  let check = Number.NaN;
  const startCpuNs = cpuNs();
  while (cpuNs() - startCpuNs < budgetNs) {
    const startNs = nowNs();
    check = await work.run(times);
    totalNs += nowNs() - startNs;
    calls++;
  }
  return { nsPerOp: totalNs / (calls * times * work.batch), times, check };
}

/**
 * Runs `work` once with `times` items and tells how much the process had grown when all were there. It means something in a
 * process that has done nothing else: what others leave behind is taken again, or goes meanwhile.
 */
export async function measureMemory(
  work: Pick<Work, "run">,
  times: number,
  residentBytes: () => number = process.memoryUsage.rss,
): Promise<{ readonly bytesPerItem: number; readonly check: number }> {
  const before = residentBytes();
  let peak = before;
  const check = await work.run(times, () => {
    peak = residentBytes();
  });
  return { bytesPerItem: (peak - before) / times, check };
}

/** Nanoseconds of one turn of an arithmetic loop: what this machine is worth at this moment. */
export function calibrate(clock: ClockName): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) best = Math.min(best, timeLoop(CLOCKS[clock]));
  return best;
}

const TURNS = 2_000_000;

function timeLoop(nowNs: () => number): number {
  const startNs = nowNs();
  let x = 1;
  for (let i = 0; i < TURNS; i++) x = (Math.imul(x, 1_103_515_245) + 12_345) | 0;
  const tookNs = nowNs() - startNs;
  return x === 0.5 ? Number.NaN : tookNs / TURNS; // `x` must be wanted, or the loop goes away
}
