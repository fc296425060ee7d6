// Calibrate: the same arithmetic again and again on every core that will be used, to see how quiet it is.
import { team } from "../threads/index.js";

/** One chunk takes about this long on a machine of 2020. */
const ROUNDS_PER_CHUNK = 100_000;
const MOST_CHUNKS = 4096;

/**
 * Times equal chunks of arithmetic for `durationMs` on `threads` threads at once.
 *
 * @returns the time of each chunk in ns, of all threads
 */
export async function calibrate(
  threads: number,
  durationMs: number,
  signal?: AbortSignal,
): Promise<number[]> {
  const times = await team(threads, spin, {
    args: [durationMs, ROUNDS_PER_CHUNK, MOST_CHUNKS],
    deadlineMs: durationMs * 10 + 10_000,
    ...(signal === undefined ? {} : { signal }),
  });
  return times.flat();
}

/** Returns what one reading of the clock costs here, in ns: the best of ten batches. **Cost:** under a millisecond. */
export function clockCostNs(): number {
  const reads = 1000;
  let best = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < 10; batch++) {
    const beginMs = performance.now();
    for (let i = 1; i < reads; i++) performance.now();
    best = Math.min(best, ((performance.now() - beginMs) * 1e6) / reads);
  }
  return Math.round(best);
}

/** Like {@link calibrate}, on the calling thread alone, which stands still meanwhile. */
export function calibrateHere(durationMs: number): number[] {
  return spin({ barrier() {} }, durationMs, ROUNDS_PER_CHUNK, MOST_CHUNKS);
}

/** Travels to the thread: xorshift is all dependencies, so it runs at the speed of the core and nothing else. */
function spin(t: { barrier(): void }, durationMs: number, rounds: number, most: number): number[] {
  const times: number[] = [];
  let x = 2463534242;
  const chunk = () => {
    for (let i = 0; i < rounds; i++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
    }
  };
  for (let i = 0; i < 20; i++) chunk(); // until it is compiled
  t.barrier();
  let beginMs = performance.now();
  const endMs = beginMs + durationMs;
  while (beginMs < endMs && times.length < most) {
    chunk();
    const doneMs = performance.now();
    times.push((doneMs - beginMs) * 1e6);
    beginMs = doneMs;
  }
  if (x === 0) throw new Error("xorshift never reaches 0"); // and so the loop cannot be optimised away
  return times;
}
