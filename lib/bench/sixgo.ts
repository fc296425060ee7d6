// Sixgo: real Go's six-structure table on this machine, where Go is installed. The program is six.go beside this file.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { SixGo } from "./sixresult.js";

/** Sizes, as `six` has them. */
export interface GoSizes {
  readonly procs: number;
  readonly durationMs: number;
  readonly longMs: number;
  readonly holdMs: number;
  readonly rounds: number;
  readonly signal?: AbortSignal;
}

const run = promisify(execFile);
const BUILD_MS = 120_000;
const MOST_BYTES = 2 ** 20;

/**
 * Builds and runs the Go program. Resolves to `undefined` where there is no `go`, or it cannot build: what it said is then on
 * standard error. Go's cache goes below the project's `.cache`.
 */
export async function measureGo(sizes: GoSizes): Promise<SixGo | undefined> {
  const isSource = import.meta.url.endsWith(".ts");
  const root = fileURLToPath(new URL(isSource ? "../../" : "../../../", import.meta.url));
  const program = join(root, "lib", "bench", "six.go");
  if (!existsSync(program)) return undefined;
  const cache = join(root, ".cache", "go");
  mkdirSync(cache, { recursive: true });
  const { procs, durationMs, longMs, holdMs, rounds, signal } = sizes;
  const env = {
    ...process.env,
    GOCACHE: cache,
    GOTOOLCHAIN: "local",
    GOFLAGS: "",
    GO111MODULE: "off",
    GOMAXPROCS: "",
  };
  const words = Object.entries({ procs, durationMs, longMs, holdMs, rounds }).map(
    ([k, v]) => `-${k}=${Math.round(v)}`,
  );
  try {
    const { stdout } = await run("go", ["run", program, ...words], {
      env,
      timeout: BUILD_MS + 6 * rounds * (5 * durationMs + 2 * longMs + 1000),
      maxBuffer: MOST_BYTES,
      ...(signal === undefined ? {} : { signal }),
    });
    return JSON.parse(stdout) as SixGo;
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message } = error as { code?: unknown; message: string };
    const why =
      code === "ENOENT" ? "Go is not installed here" : message.trim().split("\n").slice(-2).join(" ");
    process.stderr.write(`six: real Go's table is left out: ${why}\n`);
    return undefined;
  }
}
