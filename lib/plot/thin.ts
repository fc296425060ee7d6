// Thinning: fewer points for the same picture, keeping every spike.
import type { ScatterTrace, Trace } from "./trace.js";

/**
 * Returns a trace of at most `maxPoints` points: of each stretch the lowest and the highest, in order, so that no
 * spike is lost. Other kinds than `scatter`, and shorter traces, come back as they are. **Cost:** O(points).
 */
export function thin(trace: Trace, maxPoints: number): Trace {
  if (trace.type !== "scatter" || trace.x.length <= maxPoints) return trace;
  const stretches = Math.floor(maxPoints / 2) - 1;
  const last = trace.x.length - 1;
  const kept = new Set<number>([0, last]);
  for (let s = 0; s < stretches; s++) {
    const from = 1 + Math.floor((s * (last - 1)) / stretches);
    const to = 1 + Math.floor(((s + 1) * (last - 1)) / stretches);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      const y = trace.y[i] ?? Number.NaN;
      if (!(y >= (trace.y[low] ?? Number.NaN))) low = i;
      if (!(y <= (trace.y[high] ?? Number.NaN))) high = i;
    }
    kept.add(low).add(high);
  }
  const order = [...kept].sort((a, b) => a - b);
  const pick = <T>(list: readonly T[]): T[] => order.map((i) => list[i]!);
  const thinned: ScatterTrace = { ...trace, x: pick(trace.x), y: pick(trace.y) };
  if (trace.error_y === undefined) return thinned;
  const bars = trace.error_y;
  return { ...thinned, error_y: { ...bars, array: pick(bars.array), arrayminus: pick(bars.arrayminus) } };
}
