// Runs one load once.

import { type RunOptions, report } from "happens-before";
import type { Load } from "./load.js";

/** Runs `load` with `n` goroutines; returns `ok`, or the verdict and what was found. */
export async function runLoad(load: Load, n: number, options: RunOptions): Promise<string> {
  const r = await report(load.program(n), { maxSteps: 4000 * n + 1_000_000, ...options });
  return r.verdict === "ok" ? "ok" : `${r.verdict}: ${r.findings[0]?.message.slice(0, 300)}`;
}
