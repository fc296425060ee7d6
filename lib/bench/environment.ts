// Environment: where a measurement was taken, so that nobody compares two machines by mistake.
import { execFileSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { EnvironmentData } from "../stats/index.js";
import type { Mode } from "./mode.js";

/** How many threads this process may run at once (containers and CPU masks count). */
export function cores(): number {
  return availableParallelism();
}

/** Describes this machine and process now. **Cost:** the first call asks git for the commit, some 5 ms. */
export function environment(mode: Mode): EnvironmentData {
  const commit = commitOnce();
  return {
    cores: cores(),
    cpu: cpus()[0]?.model.trim() || "unknown",
    node: process.version,
    flags: [...process.execArgv],
    ...(commit === "" ? {} : { commit }),
    platform: `${process.platform} ${process.arch}`,
    atIso: new Date().toISOString(),
    mode,
  };
}

let commit: string | undefined;

/** The commit of this library's checkout; empty when it is not one, or there is no git. */
function commitOnce(): string {
  commit ??= askGit();
  return commit;
}

function askGit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 2000,
      encoding: "utf8",
    }).trim();
  } catch {
    return "";
  }
}
