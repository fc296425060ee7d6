// Where and with what a run was measured.
import { execFileSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import type { Environment } from "./results.js";

/** This machine, and the versions of what takes part; `go` is null when Go does not. */
export function environment(root: string, go: string | null): Environment {
  const goVersion =
    go === null ? "" : ask(root, "go", ["version"]).replace(/^go version go(\S+).*/s, "Go $1");
  const commit = ask(root, "git", ["rev-parse", "--short=12", "HEAD"]);
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() || "unknown",
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    ...(goVersion === "" ? {} : { go: goVersion }),
    ...(commit === "" ? {} : { commit }),
    atIso: new Date().toISOString(),
  };
}

function ask(root: string, command: string, args: string[]): string {
  try {
    return execFileSync(command, args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}
