// Results of `six` for tests: one made of the figures of real Go's table on a quiet machine, and one recorded on a busy one.
import { fileURLToPath } from "node:url";
import { loadSix, type SixResult, type SixWork } from "happens-before/bench";

/** Structure, ns for a read alone, for a read, 95/5, 50/50 with two threads; p99 in ms beside short writes and the long one. */
const FIGURES: readonly (readonly [string, number, number, number, number, number, number])[] = [
  ["mutex", 17.0, 15.7, 19.8, 21, 0.004, 192.9],
  ["rwmutex", 14.4, 24.4, 16.2, 30, 0.003, 192.9],
  ["concurrent", 17.6, 10.4, 19.0, 60, 0.002, 6.2],
  ["snapshot", 6.94, 3.64, 458, 4000, 0.001, 3.0],
  ["sharded", 14.6, 20.0, 19.4, 25, 0.002, 190.8],
  ["copyonwrite", 7.2, 4.3, 23.6, 300, 0.001, 1.9],
];
/** Rounds vary by so much around the figure. */
const ROUNDS = [1, 0.97, 1.02, 1.01, 0.99];

interface Changes {
  readonly mode?: string;
  readonly isNoisy?: boolean;
  /** Rounds vary by so much more. */
  readonly spread?: number;
  /** Figures instead of Go's, by structure. */
  readonly p99Ms?: Readonly<Record<string, readonly [short: number, long: number]>>;
}

/** A result with the figures of Go's table: medians on a quiet machine with two cores. */
export function sixOfGo({
  mode = "quick",
  isNoisy = false,
  spread = 1,
  p99Ms = {},
}: Changes = {}): SixResult {
  const latency = (ns: number) => {
    const [p50Ns, p90Ns, p999Ns] = [ns / 3, ns / 2, ns];
    return {
      count: 1000,
      minNs: 1,
      maxNs: ns * 1.1,
      meanNs: ns / 2,
      p50Ns,
      p90Ns,
      p99Ns: ns,
      p999Ns,
      buckets: [],
    };
  };
  const role = (name: string, opsPerSecond: number, p99Ns: number) => ({
    [name]: {
      role: name,
      threads: 1,
      ops: 1000,
      opsPerSecond,
      corrected: latency(p99Ns),
      uncorrected: latency(100),
      overTime: [],
      opsPerThread: [1000],
      jain: 1,
    },
  });
  const workload = (
    work: SixWork,
    name: string,
    figure: (row: (typeof FIGURES)[number]) => [number, number],
  ) => ({
    work,
    comparison: {
      kind: "contend" as const,
      parameters: {},
      variants: FIGURES.map((row, i) => {
        const [ops, p99Ns] = figure(row);
        return {
          name: row[0],
          roles: role(name, ops, p99Ns),
          rounds: ROUNDS.map((_, round) => {
            // Each structure meets its rounds in another order: what varies is not the machine as a whole.
            const factor = 1 + ((ROUNDS[(round + i) % ROUNDS.length] as number) - 1) * spread;
            return { round: round + 1, elapsedMs: 200, roles: role(name, ops * factor, p99Ns * factor) };
          }),
        };
      }),
      ratios: [],
      noise: { spread: isNoisy ? 5 : 0.03, longestGapMs: 1, isNoisy, note: "" },
      environment: { cores: 2, cpu: "a", node: "v20", flags: [], platform: "linux", atIso: "", mode },
    },
  });
  const reader =
    (at: 5 | 6) =>
    (row: (typeof FIGURES)[number]): [number, number] => [50_000, (p99Ms[row[0]]?.[at - 5] ?? row[at]) * 1e6];
  const closed =
    (at: 1 | 2 | 3 | 4) =>
    (row: (typeof FIGURES)[number]): [number, number] => [1e9 / row[at], 100];
  return {
    kind: "six",
    keys: 1024,
    threads: 2,
    holdMs: 200,
    readEveryUs: 20,
    workloads: [
      workload("read, 1 thread", "worker", closed(1)),
      workload("read", "worker", closed(2)),
      workload("95/5", "worker", closed(3)),
      workload("50/50", "worker", closed(4)),
      workload("short writes", "reader", reader(5)),
      workload("long write", "reader", reader(6)),
    ],
  };
}

/** Recorded with three rounds of 60 ms while twenty other threads wanted the two cores. */
export function sixOfBusyMachine(): Promise<SixResult> {
  return loadSix(fileURLToPath(new URL("samples/six-busy.json", import.meta.url)));
}
