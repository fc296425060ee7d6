// golang: compiles the programs' Go form and runs it.
//
// The binary is kept in .cache/oracle under the hash of its source and Go's version, so it is compiled only when a
// program changes.

import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Description } from "./description.js";
import { goSource } from "./gosource.js";

const CACHE = fileURLToPath(new URL("../../.cache/oracle", import.meta.url));

/** A crash prints one line, without goroutines. */
const QUIET = { GOTRACEBACK: "none", GORACE: "halt_on_error=1 exitcode=66" };

/** The version of the Go that is on the PATH, e.g. `go1.26.8`; null without one. */
export function goVersion(): string | null {
  const r = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  return r.status === 0 ? r.stdout.trim() : null;
}

/**
 * Compiles the programs and returns the path of the binary.
 *
 * @throws {Error} what the compiler says
 */
export function compileGo(
  descriptions: readonly Description[],
  version: string,
  options: { race?: boolean } = {},
): string {
  const source = goSource(descriptions);
  const flags = options.race === true ? ["-race"] : [];
  const hash = createHash("sha256")
    .update([version, ...flags, source].join("\n"))
    .digest("hex");
  const folder = join(CACHE, hash.slice(0, 16));
  const binary = join(folder, "oracle");
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "main.go"), source);
  writeFileSync(join(folder, "go.mod"), "module oracle\n\ngo 1.25\n");
  const r = spawnSync("go", ["build", ...flags, "-o", "oracle", "."], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-buildvcs=false", GOTOOLCHAIN: "local", GOWORK: "off" },
  });
  if (r.status !== 0) throw new Error(`go build: ${r.stderr || String(r.error)}`);
  return binary;
}

/** Iterations with each number of Ps; a program that may die gets that many processes instead. */
export interface GoBudget {
  readonly iterations: number;
  readonly processes: number;
  /**
   * How long one process may take. Under the race detector Go does not notice deadlocks, so there a process that has to
   * be ended has shown nothing wrong.
   */
  readonly deadlineMs?: number;
}

const PROCS = [1, 2, 4];

/** Runs one program with 1, 2 and 4 Ps, undisturbed and with jitter, and counts its outcomes. */
export async function goOutcomes(
  binary: string,
  d: Description,
  budget: GoBudget,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const add = (outcome: string): void => {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  };
  const iterations = d.isSlow === true ? Math.ceil(budget.iterations / 10) : budget.iterations;
  for (const procs of PROCS) {
    for (const jitter of [true, false]) {
      const share = jitter ? 0.75 : 0.25;
      const count = d.dies === true ? Math.ceil(budget.processes * share) : 1;
      for (let i = 0; i < count; i++) {
        const n = d.dies === true ? DYING_ITERATIONS : Math.ceil(iterations * share);
        (await runOnce(binary, d.name, n, procs, jitter, budget.deadlineMs)).forEach(add);
      }
    }
  }
  return counts;
}

/** Iterations in a process that may die: one that dies rarely shows its other outcomes, too. */
const DYING_ITERATIONS = 10;

/** Without a deadline of the caller: none of the programs is meant to hang. */
const DEADLINE_MS = 20_000;

function runOnce(
  binary: string,
  name: string,
  n: number,
  procs: number,
  jitter: boolean,
  deadlineMs?: number,
): Promise<string[]> {
  const args = [...(jitter ? ["-j"] : []), name, String(n)];
  const env = { ...process.env, ...QUIET, GOMAXPROCS: String(procs) };
  const how = { env, timeout: deadlineMs ?? DEADLINE_MS, maxBuffer: 1 << 26 };
  return new Promise((resolve, reject) => {
    execFile(binary, args, how, (error, stdout, stderr) => {
      const lines = stdout.split("\n").slice(0, -1);
      if (error === null) return resolve(lines);
      const isRace = stderr.includes("WARNING: DATA RACE");
      if (error.killed === true && deadlineMs !== undefined && !isRace) return resolve(lines);
      const died = /^(panic|fatal error): .*/m.exec(stderr)?.[0];
      if (died === undefined || isRace) return reject(new Error(`${name}: ${stderr || error.message}`));
      resolve([...lines, died]);
    });
  });
}
