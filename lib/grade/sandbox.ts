// sandbox: the boundary around a submission's process, the strongest that this machine has.
//
//  - bubblewrap: namespaces of its own (files, processes, network, IPC, host name, user), and a system-call filter
//  - permissions: Node's permission model. It is weak: it knows files and processes, and leaves the network open
//  - none
//
// Invariants:
//  I1. What a boundary is said to do, it was seen doing on this machine: it is tried once before it is used.
//  I2. Inside of the wall there are Node, the built library, its packages and this one submission: no home, no
//      course, no solution, no check but the drivers, nothing that can be written but a small folder in memory.
//
// Rejected: a container for each check. It needs a daemon and half a second; namespaces need neither.
import { execFile } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { noNewProcesses } from "./sandboxseccomp.js";

/** `auto`: the strongest there is. `strict`: a real boundary or an error. `none`: none, for debugging a check. */
export type IsolationWish = "auto" | "strict" | "none";

export type BoundaryKind = "bubblewrap" | "permissions" | "none";

/** What a process inside may see. */
export interface Inside {
  /** The project's root. */
  readonly root: string;
  /** The submission's own folder. */
  readonly folder: string;
  /** Further files that its drivers import. */
  readonly files: readonly string[];
}

/** How to start Node inside of a boundary. */
export interface Boundary {
  readonly kind: BoundaryKind;
  /** For the result. */
  readonly words: readonly string[];
  /** Whether a process inside can reach only what it was given. */
  readonly isWall: boolean;
  /** The program and its arguments; `filterFd` is the descriptor that gives the system-call filter. */
  command(node: readonly string[], inside: Inside, filterFd: number): readonly [string, ...string[]];
  /** What to write to `filterFd`. */
  readonly filter?: Buffer;
}

/** No boundary that deserves the name; the message says how to get one. */
export class IsolationError extends Error {
  override readonly name = "IsolationError";
}

let found: Promise<Boundary> | undefined;

/**
 * Returns the boundary for `wish`. **Cost:** 30 ms the first time, to try it; then nothing.
 *
 * @throws {IsolationError} for `strict`, on a machine without a real boundary
 */
export async function boundaryFor(wish: IsolationWish): Promise<Boundary> {
  if (wish === "none") return NONE;
  found ??= strongest();
  const boundary = await found;
  if (wish === "strict" && !boundary.isWall) throw new IsolationError(await howToGetOne());
  return boundary;
}

async function strongest(): Promise<Boundary> {
  const bubblewrap = await tried();
  if (typeof bubblewrap !== "string") return bubblewrap;
  const flag = ["--permission", "--experimental-permission"].find((name) =>
    process.allowedNodeEnvironmentFlags.has(name),
  );
  return flag === undefined ? NONE : permissions(flag);
}

async function howToGetOne(): Promise<string> {
  const why = await tried();
  const install =
    "Install it: `sudo apt-get install bubblewrap`, `sudo dnf install bubblewrap`, `apk add bubblewrap`.";
  const allow =
    "In a container allow user namespaces: `docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined …`.";
  const elsewhere = "On macOS and Windows grade inside a Linux machine or container.";
  return `strict isolation needs bubblewrap, and here ${String(why)}. ${install} ${allow} ${elsewhere}`;
}

const NONE: Boundary = {
  kind: "none",
  words: ["no boundary around the process"],
  isWall: false,
  command: (node) => [process.execPath, ...node],
};

/** `--allow-fs-read` may be given several times from Node 20.10 on. */
function permissions(flag: string): Boundary {
  return {
    kind: "permissions",
    words: [
      `weak boundary: Node's permission model (no files but its own, no processes; the network is open)`,
    ],
    isWall: false,
    command: (node, { root, folder, files }) => {
      const folders = [...libraryPlaces(root), folder].flatMap((place) => [place, realpathSync(place)]);
      const readable = [...folders.map((place) => join(place, "*")), join(root, "package.json")];
      const proc = process.platform === "linux" ? ["/proc/self/*", "/proc/thread-self/*"] : [];
      const reads = [...new Set([...readable, ...files, ...proc])].map((place) => `--allow-fs-read=${place}`);
      return [process.execPath, flag, "--allow-worker", ...reads, ...node];
    },
  };
}

function libraryPlaces(root: string): string[] {
  return [join(root, ".build", "lib"), join(root, "node_modules")];
}

const PROGRAM = "bwrap";
const TRY_MS = 5_000;

/** The boundary by bubblewrap, or why there is none (I1). */
async function tried(): Promise<Boundary | string> {
  if (process.platform !== "linux") return `there are no Linux namespaces on ${process.platform}`;
  const arguments_ = [...namespaces(), ...system(), "--", process.execPath, "--version"];
  try {
    await promisify(execFile)(PROGRAM, arguments_, { timeout: TRY_MS, env: process.env });
    return bubblewrap();
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") return "it is not installed";
    return `it cannot work: ${stderr.trim().split("\n").at(-1) ?? String(code)}`;
  }
}

function bubblewrap(): Boundary {
  const filter = noNewProcesses();
  const filterWords = filter === undefined ? [] : ["no new processes, no sockets (seccomp)"];
  return {
    kind: "bubblewrap",
    words: ["own mount, pid, network, ipc, uts and user namespaces (bubblewrap)", ...filterWords],
    isWall: true,
    ...(filter === undefined ? {} : { filter }),
    command: (node, inside, filterFd) => [
      PROGRAM,
      ...namespaces(),
      ...system(),
      ...own(inside),
      ...(filter === undefined ? [] : ["--seccomp", String(filterFd)]),
      "--",
      process.execPath,
      ...node,
    ],
  };
}

/** Nobody inside is anybody outside; when the grader ends, so does the child. */
function namespaces(): string[] {
  const kinds = ["user", "pid", "net", "ipc", "uts"].map((kind) => `--unshare-${kind}`);
  const nobody = ["--uid", "65534", "--gid", "65534", "--hostname", "check"];
  return [
    ...kinds,
    "--unshare-cgroup-try",
    ...nobody,
    "--cap-drop",
    "ALL",
    "--die-with-parent",
    "--as-pid-1",
  ];
}

const SYSTEM = [
  "/lib",
  "/lib64",
  "/lib32",
  "/usr/lib",
  "/usr/lib64",
  "/usr/lib32",
  "/usr/local/lib",
  "/nix/store",
];
/** The one folder inside of the wall that can be written; in memory. Not /tmp: a project may lie below that. */
export const WALLED_HOME = "/scratch";
const SCRATCH_BYTES = 16 << 20;

/** What Node and the bench read there. */
const PROC = new Set(["self", "thread-self", "mounts", "net", "cpuinfo", "meminfo", "stat"]);

/** What Node needs to start: its binary and the system's shared libraries. */
function system(): string[] {
  const libraries = SYSTEM.filter((place) => existsSync(place)).flatMap((place) =>
    lstatSync(place).isSymbolicLink()
      ? ["--symlink", readlinkSync(place), place]
      : ["--ro-bind", place, place],
  );
  const node = ["--ro-bind", process.execPath, process.execPath];
  const files = ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"];
  const memory = ["--size", String(SCRATCH_BYTES), "--tmpfs", WALLED_HOME];
  return [...libraries, ...node, ...files, "--proc", "/proc", ...maskedProc(), "--dev", "/dev", ...memory];
}

/**
 * Hides the kernel's own part of /proc. Who is root outside may write /proc/sys and /proc/sysrq-trigger from any
 * namespace, without a capability, because the files belong to root.
 */
function maskedProc(): string[] {
  const entries = readdirSync("/proc", { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = `/proc/${entry.name}`;
    if (/^\d+$/.test(entry.name) || PROC.has(entry.name)) return [];
    return entry.isDirectory() ? ["--tmpfs", path, "--remount-ro", path] : ["--ro-bind", "/dev/null", path];
  });
}

/** I2. */
function own({ root, folder, files }: Inside): string[] {
  const places = [...libraryPlaces(root), join(root, "package.json"), folder, ...files];
  const readOnly = ["/", "/dev"].flatMap((place) => ["--remount-ro", place]);
  return [...places.flatMap((place) => ["--ro-bind", place, place]), ...readOnly, "--chdir", folder];
}
