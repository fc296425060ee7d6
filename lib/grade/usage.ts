// usageOf: how much memory another process holds, and how many threads and processes, with those that it started.
//
// Rejected: a limit by the kernel on the number of processes (RLIMIT_NPROC). It counts all of a user's, so that two
// graders would share it with the user's desktop, and for root it does not hold. A cgroup of its own would, and is not
// ours to make in most containers. Behind the wall the filter of system calls lets nothing but threads begin, and the
// limit on writable memory ends them at some hundreds; this one tells earlier, and by name.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

export interface Usage {
  /** Resident. */
  readonly bytes: number;
  /** Threads and processes; 0 where that is not known. */
  readonly tasks: number;
}

const NOTHING: Usage = { bytes: 0, tasks: 0 };

/** Pages are 4 KiB on every Linux that Node runs on, but for some arm64 ones; there the limit comes later. */
const PAGE_BYTES = 4096;

/**
 * What process `pid` and those below it use (bubblewrap starts Node as its child), or nothing when it is gone.
 * Reads /proc on Linux, asks `ps` elsewhere.
 */
export async function usageOf(pid: number): Promise<Usage> {
  try {
    if (process.platform === "linux") return await usageBelow(pid);
    const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
    return { bytes: Number(stdout.trim()) * 1024, tasks: 0 };
  } catch {
    return NOTHING;
  }
}

async function usageBelow(pid: number): Promise<Usage> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // from field 3 on; the name may hold anything
  const [threads = 0, pages = 0] = [fields[17], fields[21]].map(Number);
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => ""); // not in every kernel
  const below = await Promise.all(
    children
      .split(" ")
      .filter((word) => word !== "")
      .map((child) => usageOf(Number(child))),
  );
  return below.reduce((sum, { bytes, tasks }) => ({ bytes: sum.bytes + bytes, tasks: sum.tasks + tasks }), {
    bytes: pages * PAGE_BYTES,
    tasks: threads,
  });
}
