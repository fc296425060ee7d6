// Clock: one time for all threads of the process.

/** Nanoseconds of the system's monotonic clock. */
export function monotonicNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

/** The same in whole milliseconds, as a word. */
export function monotonicMs(): number {
  return Math.trunc(monotonicNs() / 1e6) | 0;
}
