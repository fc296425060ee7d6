// sandboxplaces: what a process finds inside of the wall, as data; bubblewrap and unshare each build it in their way.
//
// Invariants:
//  I1. Inside there are Node, the built library, its packages and this one submission: no home, no course, no solution,
//      no check but the drivers, nothing that can be written but a small folder in memory.
import { existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What a process inside may see. */
export interface Inside {
  /** The project's root. */
  readonly root: string;
  /** The submission's own folder. */
  readonly folder: string;
  /** Further files that its drivers import. */
  readonly files: readonly string[];
}

/** One thing inside; every path is the same as outside. */
export type Place =
  /** A file or folder of the machine, read-only. */
  | readonly [kind: "show", path: string]
  | readonly [kind: "link", path: string, to: string]
  /** The processes of the own namespace. */
  | readonly [kind: "proc", path: string]
  /** `null`, `zero`, `random` and the like. */
  | readonly [kind: "devices", path: string]
  /** Hides what is there. */
  | readonly [kind: "empty-folder", path: string]
  | readonly [kind: "empty-file", path: string];

/** The one folder inside of the wall that can be written; in memory. Not /tmp: a project may lie below that. */
export const WALLED_HOME = "/scratch";
export const HOME_BYTES = 16 << 20;

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
const LOADER_CACHE = "/etc/ld.so.cache";

/** What Node and the bench read there. */
const PROC = new Set(["self", "thread-self", "mounts", "net", "cpuinfo", "meminfo", "stat"]);

/** What Node needs to start: its binary and the system's shared libraries. */
export function systemPlaces(): Place[] {
  const libraries = SYSTEM.filter((place) => existsSync(place)).map(
    (place): Place =>
      lstatSync(place).isSymbolicLink() ? ["link", place, readlinkSync(place)] : ["show", place],
  );
  const cache: Place[] = existsSync(LOADER_CACHE) ? [["show", LOADER_CACHE]] : [];
  const node: Place = ["show", process.execPath];
  return [...libraries, node, ...cache, ["proc", "/proc"], ...maskedProc(), ["devices", "/dev"]];
}

/**
 * Hides the kernel's own part of /proc. Who is root outside may write /proc/sys and /proc/sysrq-trigger from any
 * namespace, without a capability, because the files belong to root.
 */
function maskedProc(): Place[] {
  const entries = readdirSync("/proc", { withFileTypes: true });
  return entries.flatMap((entry): Place[] => {
    if (/^\d+$/.test(entry.name) || PROC.has(entry.name)) return [];
    return [[entry.isDirectory() ? "empty-folder" : "empty-file", `/proc/${entry.name}`]];
  });
}

/** Of the project, what one submission needs. */
export function projectPlaces({ root, folder, files }: Inside): Place[] {
  const places = [...libraryPlaces(root), join(root, "package.json"), folder, ...files];
  return places.map((place): Place => ["show", place]);
}

export function libraryPlaces(root: string): string[] {
  return [join(root, ".build", "lib"), join(root, "node_modules")];
}
