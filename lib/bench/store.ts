// Store: a comparison as a JSON file, and back with its shape checked.
import { readFile, writeFile } from "node:fs/promises";
import type { ValidateFunction } from "ajv";
import type { Comparison } from "../stats/index.js";

/** Written into every file; a later version refuses what it cannot read. */
const FORMAT = "happens-before comparison 1";

/** Writes a comparison to a JSON file, over one that is there. */
export async function saveComparison(path: string, comparison: Comparison): Promise<void> {
  await writeFile(path, `${JSON.stringify({ format: FORMAT, ...comparison })}\n`);
}

/**
 * Reads a comparison that {@link saveComparison} wrote.
 *
 * @throws {TypeError} `` a.json: not a saved comparison: `/ratios/0/low` must be number ``
 * @throws {TypeError} `a.json: not a saved comparison: not JSON (…)`
 */
export async function loadComparison(path: string): Promise<Comparison> {
  const text = await readFile(path, "utf8");
  const refuse = (why: string) => new TypeError(`${path}: not a saved comparison: ${why}`);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw refuse(`not JSON (${(error as Error).message})`);
  }
  const check = await validator();
  if (!check(data)) {
    const [first] = check.errors ?? [];
    throw refuse(`\`${first?.instancePath || "the whole file"}\` ${first?.message ?? "is wrong"}`);
  }
  const { format: _, ...comparison } = data;
  return comparison;
}

let compiled: ValidateFunction<Comparison & { format: string }> | undefined;

/** Loads ajv when the first file is read: 100 ms that no other use of the bench has to wait for. */
async function validator(): Promise<ValidateFunction<Comparison & { format: string }>> {
  if (compiled === undefined) {
    const { Ajv } = await import("ajv");
    compiled = new Ajv().compile<Comparison & { format: string }>(SCHEMA);
  }
  return compiled;
}

const number = { type: "number" };
const text = { type: "string" };
const object = (properties: Record<string, object>, optional: Record<string, object> = {}) => ({
  type: "object",
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
});
const listOf = (items: object) => ({ type: "array", items });
const mapOf = (additionalProperties: object) => ({ type: "object", additionalProperties });

const LATENCY = object({
  count: number,
  minNs: number,
  maxNs: number,
  meanNs: number,
  p50Ns: number,
  p90Ns: number,
  p99Ns: number,
  p999Ns: number,
  buckets: listOf({ ...listOf(number), minItems: 2, maxItems: 2 }),
});
const ROLE = object(
  {
    role: text,
    threads: number,
    ops: number,
    opsPerSecond: number,
    corrected: LATENCY,
    uncorrected: LATENCY,
    overTime: listOf(object({ atMs: number, ops: number, p50Ns: number, p99Ns: number, maxNs: number })),
    opsPerThread: listOf(number),
    jain: number,
  },
  {
    bypass: object({ longest: number, seenMs: number }, { oneIn: number }),
    rateHz: number,
    unserved: number,
    cpuMsPerThread: listOf(number),
    wakeUps: number,
    retries: number,
    spans: listOf(object({ startMs: number, endMs: number, thread: number, round: number })),
  },
);
const WARMUP = object({ ms: number, isSteady: { type: "boolean" } });
const SCHEMA = object({
  format: { const: FORMAT },
  kind: { enum: ["contend", "time"] },
  parameters: mapOf({ anyOf: [number, text] }),
  variants: listOf(
    object({
      name: text,
      roles: mapOf(ROLE),
      rounds: listOf(object({ round: number, elapsedMs: number, roles: mapOf(ROLE) }, { warmup: WARMUP })),
    }),
  ),
  ratios: listOf(
    object(
      {
        a: text,
        b: text,
        role: text,
        metric: {
          enum: ["ops", "corrected p50", "corrected p99", "uncorrected p50", "uncorrected p99", "time"],
        },
        ratio: number,
        low: number,
        high: number,
        decision: { enum: ["A faster", "B faster", "no difference shown", "too noisy to tell"] },
      },
      { confidence: number },
    ),
  ),
  noise: object({ spread: number, longestGapMs: number, isNoisy: { type: "boolean" }, note: text }),
  environment: object(
    { cores: number, cpu: text, node: text, flags: listOf(text), platform: text, atIso: text, mode: text },
    { commit: text },
  ),
});
