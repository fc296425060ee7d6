// residentBytes: how much memory another process holds, with those that it started.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Pages are 4 KiB on every Linux that Node runs on, but for some arm64 ones; there the limit comes later. */
const PAGE_BYTES = 4096;

/**
 * Resident bytes of process `pid` and of those below it (bubblewrap starts Node as its child), or 0 when it is gone.
 * Reads /proc on Linux, asks `ps` elsewhere.
 */
export async function residentBytes(pid: number): Promise<number> {
  try {
    if (process.platform === "linux") return await bytesBelow(pid);
    const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
    return Number(stdout.trim()) * 1024;
  } catch {
    return 0;
  }
}

async function bytesBelow(pid: number): Promise<number> {
  const pages = (await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[1];
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => ""); // not in every kernel
  const below = await Promise.all(
    children
      .split(" ")
      .filter((text) => text !== "")
      .map((child) => residentBytes(Number(child))),
  );
  return below.reduce((sum, bytes) => sum + bytes, Number(pages) * PAGE_BYTES);
}
