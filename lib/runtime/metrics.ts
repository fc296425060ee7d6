// Metrics of a run, under the names of Go's runtime/metrics.
//
// Counts are taken when somebody asks. What needs a look at every step (latencies, time spent waiting for locks) is
// measured by a listener, in runs that were asked for `metrics: true`; others leave it out and pay nothing.
//
// Source: Go src/runtime/metrics.go, src/runtime/metrics/description.go, histogram.go (1.26). Differs: time is the
// run's clock, so on `jump` and `free` every figure is exact and reproducible.

import type { G } from "./g.js";
import { Status } from "./g.js";
import { Gmp } from "./gmp.js";
import { Listener } from "./listener.js";
import { running } from "./operate.js";
import type { Runtime } from "./runtime.js";

/** A distribution of times: `counts[i]` of them are at least `bucketsSeconds[i]` and less than `bucketsSeconds[i + 1]`. */
export interface MetricHistogram {
  readonly counts: readonly number[];
  readonly bucketsSeconds: readonly number[];
  readonly maxSeconds: number;
}

/** Metrics by Go's names. The last two are there in runs with `metrics: true` only. */
export interface Metrics {
  readonly "/sched/gomaxprocs:threads": number;
  readonly "/sched/goroutines-created:goroutines": number;
  readonly "/sched/goroutines/not-in-go:goroutines": number;
  readonly "/sched/goroutines/runnable:goroutines": number;
  readonly "/sched/goroutines/running:goroutines": number;
  readonly "/sched/goroutines/waiting:goroutines": number;
  readonly "/sched/goroutines:goroutines": number;
  readonly "/sched/threads/total:threads": number;
  /** How long goroutines were ready before they ran. */
  readonly "/sched/latencies:seconds"?: MetricHistogram;
  /** Time that goroutines have spent waiting for a Mutex or an RWMutex, all together. */
  readonly "/sync/mutex/wait/total:seconds"?: number;
}

/** Two bits below the highest one: buckets are a quarter of a power of two wide, as Go's. */
const SUB_BUCKETS = 4;

function bucketOf(ns: number): number {
  if (ns < SUB_BUCKETS) return Math.floor(ns);
  const power = Math.floor(Math.log2(ns));
  return (power - 1) * SUB_BUCKETS + Math.floor((ns / 2 ** power - 1) * SUB_BUCKETS);
}

function bucketStartNs(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const power = Math.floor(bucket / SUB_BUCKETS) + 1;
  return 2 ** power * (1 + (bucket % SUB_BUCKETS) / SUB_BUCKETS);
}

const LOCK_WAITS = new Set(["sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock"]);

/** Measures what only a look at every step can tell. */
export class Timings extends Listener {
  readonly #counts: number[] = [];
  readonly #readyNs = new WeakMap<G, number>();
  readonly #parkedNs = new WeakMap<G, number>();
  #maxNs = 0;
  #lockWaitNs = 0;

  override spawned(g: G): void {
    this.#readyNs.set(g, g.rt.outsideNs);
  }

  override woke(g: G): void {
    this.#readyNs.set(g, g.rt.outsideNs);
  }

  override start(g: G): void {
    this.#runs(g);
  }

  override park(g: G): void {
    if (!LOCK_WAITS.has(g.kind?.wait ?? "") || this.#parkedNs.has(g)) return; // a woken waiter may queue again
    this.#parkedNs.set(g, g.rt.nowNs);
  }

  override wake(g: G): void {
    this.#runs(g);
    const parkedNs = this.#parkedNs.get(g);
    if (parkedNs === undefined) return;
    this.#parkedNs.delete(g);
    this.#lockWaitNs += g.rt.nowNs - parkedNs;
  }

  #runs(g: G): void {
    const readyNs = this.#readyNs.get(g);
    if (readyNs === undefined) return;
    this.#readyNs.delete(g);
    const ns = Math.max(0, g.rt.outsideNs - readyNs);
    const bucket = bucketOf(ns);
    while (this.#counts.length <= bucket) this.#counts.push(0);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#maxNs = Math.max(this.#maxNs, ns);
  }

  get lockWaitSeconds(): number {
    return this.#lockWaitNs / 1e9;
  }

  latencies(): MetricHistogram {
    const bucketsSeconds = Array.from({ length: this.#counts.length + 1 }, (_, i) => bucketStartNs(i) / 1e9);
    return { counts: [...this.#counts], bucketsSeconds, maxSeconds: this.#maxNs / 1e9 };
  }
}

const NOT_IN_GO = new Set(["syscall", "IO wait"]);

/** The metrics of `rt` now. O(goroutines). */
export function metricsOf(rt: Runtime): Metrics {
  const count = { runnable: 0, running: 0, waiting: 0, notInGo: 0 };
  for (const g of rt.live) {
    if (g.status === Status.RUNNABLE) count.runnable++;
    else if (g.status === Status.RUNNING) count.running++;
    else if (NOT_IN_GO.has(g.kind?.wait ?? "")) count.notInGo++;
    else count.waiting++;
  }
  const gmp = rt.runq instanceof Gmp ? rt.runq : null;
  const { timings } = rt;
  return {
    "/sched/gomaxprocs:threads": gmp === null ? 1 : gmp.ps.length,
    "/sched/goroutines-created:goroutines": rt.created,
    "/sched/goroutines/not-in-go:goroutines": count.notInGo,
    "/sched/goroutines/runnable:goroutines": count.runnable,
    "/sched/goroutines/running:goroutines": count.running,
    "/sched/goroutines/waiting:goroutines": count.waiting,
    "/sched/goroutines:goroutines": rt.live.length,
    "/sched/threads/total:threads": gmp === null ? 1 : gmp.ms.length + 1, // and sysmon
    ...(timings === null
      ? {}
      : {
          "/sched/latencies:seconds": timings.latencies(),
          "/sync/mutex/wait/total:seconds": timings.lockWaitSeconds,
        }),
  };
}

/** The smallest bound that `share` of the times do not exceed. */
function quantileSeconds({ counts, bucketsSeconds, maxSeconds }: MetricHistogram, share: number): number {
  const wanted = share * counts.reduce((sum, n) => sum + n, 0);
  let seen = 0;
  const bucket = counts.findIndex((n) => {
    seen += n;
    return seen >= wanted && seen > 0;
  });
  return bucket < 0 ? 0 : Math.min(bucketsSeconds[bucket + 1] as number, maxSeconds);
}

/** The metrics as numbers only, for a report: of the distribution its count, two percentiles and the maximum. */
export function flatMetrics(rt: Runtime): Record<string, number> {
  const { "/sched/latencies:seconds": latencies, ...numbers } = metricsOf(rt);
  if (latencies === undefined) return numbers;
  return {
    ...numbers,
    "/sched/latencies:seconds count": latencies.counts.reduce((sum, n) => sum + n, 0),
    "/sched/latencies:seconds p50": quantileSeconds(latencies, 0.5),
    "/sched/latencies:seconds p99": quantileSeconds(latencies, 0.99),
    "/sched/latencies:seconds max": latencies.maxSeconds,
  };
}

/**
 * Returns the metrics of the run that is executing now, under the names of Go's runtime/metrics.
 *
 * `/sched/latencies:seconds` and `/sync/mutex/wait/total:seconds` are measured in runs with `metrics: true` only, since
 * they need a look at every step. A report has the same in `metrics`, at the end of its run.
 *
 * **Cost:** O(goroutines). With `metrics: true` operations do not take their fast paths.
 * **Limits:** a goroutine that gives way with `gosched`, or was preempted, adds no latency.
 * @throws {MisuseError} `readMetrics: called outside a goroutine. …`
 * @example
 * await run(function* () {
 *   const mu = new Mutex();
 *   yield* mu.lock();
 *   go(function* () { yield* mu.lock(); mu.unlock(); });
 *   yield* sleep(20);
 *   const metrics = readMetrics();
 *   console.log(metrics["/sched/goroutines/waiting:goroutines"]); // prints: 1
 *   mu.unlock();
 *   yield* sleep(1);
 *   console.log(readMetrics()["/sync/mutex/wait/total:seconds"]); // prints: 0.02
 * }, { clock: "jump", metrics: true });
 * @see Go: runtime/metrics.Read
 */
export function readMetrics(): Metrics {
  return metricsOf(running("readMetrics").rt);
}
