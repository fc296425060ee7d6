// stale: folders of graders that were killed before they could tidy up; the next grader takes them away.
//
// A folder carries its owner in its name: `run-<where>-<process>-<start>-XXXXXX`. `where` stands for this start of the
// machine and this namespace of processes, `start` tells a process from a later one with the same number. So no clock is
// asked, and of what another machine or container runs in the same folder nothing is touched while it may be alive.
//
// Invariants:
//  I1. A folder whose owner may live stays.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** What the names of a process's folders begin with. */
export function ownPrefix(): string {
  return `run-${whereId()}-${process.pid}-${startOf(process.pid) ?? 0}-`;
}

const NAME = /^run-([0-9a-f]+)-(\d+)-(\d+)-\w+$/;
/** No check takes so long; for what was left where nobody here can tell who lives. */
const LONG_GONE_MS = 7 * 24 * 60 * 60_000;

/**
 * Removes from `parent` what dead owners left behind: of this machine at once, of others when it is a week older than
 * `now` (ms since 1970, by the clock of that file system).
 *
 * **Cost:** one listing; for each folder of another grader, one look at /proc.
 */
export function sweepStale(parent: string, nowMs: number): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (name.startsWith("run-") && isStale(name, path, nowMs)) rmSync(path, { recursive: true, force: true });
  }
}

function isStale(name: string, path: string, nowMs: number): boolean {
  const [, where, pid, start] = NAME.exec(name) ?? [];
  if (where !== whereId()) return isLongGone(path, nowMs);
  return !isAlive(Number(pid), Number(start)); // I1
}

function isLongGone(path: string, nowMs: number): boolean {
  try {
    return nowMs - statSync(path).mtimeMs > LONG_GONE_MS;
  } catch {
    return false; // its owner has removed it meanwhile
  }
}

function isAlive(pid: number, start: number): boolean {
  if (start > 0) return startOf(pid) === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"; // somebody else's lives
  }
}

let where: string | undefined;

/** This start of this machine, and this namespace of processes; the machine's name where there is no /proc. */
function whereId(): string {
  where ??= createHash("sha256").update(namespace()).digest("hex").slice(0, 12);
  return where;
}

function namespace(): string {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8")} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

/** When a process began, in ticks since the machine did; undefined when it is gone, or there is no /proc. */
function startOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[19]); // field 22; the name may hold anything
  } catch {
    return undefined;
  }
}
