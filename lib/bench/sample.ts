// Sample: one function, called in batches that the clock can see, sampled by tinybench.
//
// Invariants:
//  I1. Every variant has a measuring loop of its own text, so what V8 inlined for one never decides another's speed.
//  I2. A sample takes at least 20 us: a function of 5 ns is called many times for one, else the clock is measured.
import { Bench } from "tinybench";

/** Taken now: who grades a submission takes the global away from it. */
const FunctionOf = Function;

const SAMPLE_MS = 0.02;
const MOST_CALLS = 1 << 20;
/** A call longer than this is a sample by itself and needs no search for the size of a batch. */
const FIRST_TRIES_MS = 20;
const WARMUP_SHARE = 0.25;

/** A function ready to be sampled. */
export interface Sampled {
  readonly name: string;
  /** Calls the function `calls` times; async where the function is. */
  readonly batch: () => unknown;
  readonly calls: number;
}

/** Finds out how many calls make a sample. An async function is one call a sample. */
export async function prepare(name: string, fn: () => unknown): Promise<Sampled> {
  const first = fn();
  if (isThenable(first)) {
    await first;
    return { name, batch: fn, calls: 1 };
  }
  const beganMs = performance.now();
  let calls = 1;
  let batch = batchOf(name, fn, calls);
  // While the function is being compiled it only gets faster, so go on until the time is up.
  while (calls < MOST_CALLS && performance.now() - beganMs < FIRST_TRIES_MS) {
    const beginMs = performance.now();
    batch();
    if (performance.now() - beginMs >= SAMPLE_MS) continue;
    calls *= 2;
    batch = batchOf(name, fn, calls); // I2
  }
  return { name, batch, calls };
}

/** Samples for `durationMs` and returns ns for one call of each sample. */
export async function sampleRound({ name, batch, calls }: Sampled, durationMs: number): Promise<number[]> {
  const bench = new Bench({
    time: durationMs,
    warmupTime: durationMs * WARMUP_SHARE,
    iterations: 1,
    warmupIterations: 1,
    throws: true,
  });
  bench.add(name, batch);
  await bench.run();
  const samples = bench.getTask(name)?.result?.latency.samples ?? [];
  return samples.map((ms) => (ms * 1e6) / calls);
}

/** A loop whose text is the variant's own (I1). The last value is kept, so no call can be optimised away. */
function batchOf(name: string, fn: () => unknown, calls: number): () => unknown {
  const text = `"use strict"; // ${JSON.stringify(name)}, ${calls} calls
let kept;
return () => { for (let i = 0; i < ${calls}; i++) kept = fn(); return kept === fn ? 1 : 0; };`;
  return new FunctionOf("fn", text)(fn) as () => unknown;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function"
  );
}
