// Limits: what a submission may use before it is stopped.

export interface Limits {
  /** To load the submission. */
  readonly loadMs: number;
  /** For each laboratory property. */
  readonly labMs: number;
  /** For each measured property. */
  readonly raceMs: number;
  /** JavaScript heap. */
  readonly heapMiB: number;
  /** Resident memory of the whole process. */
  readonly memoryMiB: number;
  /** Threads and processes, all together; Node itself has about a dozen. Counted on Linux only. */
  readonly tasks: number;
  /** Printed, on stdout and stderr together. */
  readonly outputBytes: number;
}

/** A submission that does not stop when it is asked to is killed so much later. */
export const GRACE_MS = 2_500;

/** Once one property ran out of time, the others get this part of theirs: most likely they loop as well. */
export const LATER_SHARE = 0.2;

/** Wide enough for two busy cores; a right solution uses a tenth of each. */
export const DEFAULT_LIMITS: Limits = {
  loadMs: 4_000,
  labMs: 5_000,
  raceMs: 60_000,
  heapMiB: 384,
  memoryMiB: 1024,
  tasks: 256,
  outputBytes: 512 << 10,
};

/** Scheduling steps after which one schedule is given up. */
export const MAX_STEPS = 10_000;

/** How much of what was printed is kept and shown. */
export const SHOWN_BYTES = 8 << 10;

/** Node and the library may take so long to start before a check begins. */
const STARTS_MS = 2_000;
const LEAST_MS = 500;

/**
 * Returns limits with which a check of so many properties is over after about `seconds`, whatever the submission does:
 * for who ends it from outside, and would then get no result. Never more than the usual limits.
 *
 * @throws {RangeError} `` seconds: expected a number > 0, got 0 ``
 */
export function limitsWithin(
  seconds: number,
  properties: number,
): Pick<Limits, "loadMs" | "labMs" | "raceMs"> {
  if (!(seconds > 0)) throw new RangeError(`seconds: expected a number > 0, got ${seconds}`);
  const { loadMs, labMs, raceMs } = DEFAULT_LIMITS;
  const allMs = seconds * 1000 - STARTS_MS - GRACE_MS;
  const eachMs = Math.max(LEAST_MS, Math.floor(allMs / (properties + 1))); // one part is for loading
  return {
    loadMs: Math.min(loadMs, eachMs),
    labMs: Math.min(labMs, eachMs),
    raceMs: Math.min(raceMs, eachMs),
  };
}
