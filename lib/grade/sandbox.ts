// sandbox: the boundary around a submission's process, the strongest that this machine has.
//
//  - bubblewrap: namespaces of its own (files, processes, network, IPC, host name, user), and a system-call filter
//  - unshare: the same, built without bubblewrap
//  - permissions: Node's permission model. It is weak: it knows files and processes, and leaves the network open
//  - none
//
// Invariants:
//  I1. What a boundary is said to do, it was seen doing on this machine: it is tried once before it is used.
//
// Rejected: a container for each check. It needs a daemon and half a second; namespaces need neither.
import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { bubblewrapWall } from "./sandboxbubblewrap.js";
import { type Inside, libraryPlaces } from "./sandboxplaces.js";
import { unshareWall } from "./sandboxunshare.js";

export { type Inside, WALLED_HOME } from "./sandboxplaces.js";

/** `auto`: the strongest there is. `strict`: a real boundary or an error. `none`: none, for debugging a check. */
export type IsolationWish = "auto" | "strict" | "none";

export type BoundaryKind = "bubblewrap" | "unshare" | "permissions" | "none";

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

/** A boundary that deserves the name, once it was seen to work. */
export interface Wall extends Omit<Boundary, "isWall" | "command"> {
  /** Without `inside`, nothing of the project is there: for a try. */
  command(node: readonly string[], inside: Inside | undefined, filterFd: number): [string, ...string[]];
}

/** No boundary that deserves the name; the message says how to get one. */
export class IsolationError extends Error {
  override readonly name = "IsolationError";
}

interface Found {
  readonly boundary: Boundary;
  /** Why the stronger ones are not used. */
  readonly why: readonly string[];
}

/** Once for each PATH: on another one there are other programs. */
const foundOn = new Map<string | undefined, Promise<Found>>();

/**
 * Returns the boundary for `wish`. **Cost:** 30 ms the first time, to try it; then nothing.
 *
 * @throws {IsolationError} for `strict`, on a machine without a real boundary
 */
export async function boundaryFor(wish: IsolationWish): Promise<Boundary> {
  if (wish === "none") return NONE;
  const { PATH } = process.env;
  const found = foundOn.get(PATH) ?? strongest();
  foundOn.set(PATH, found);
  const { boundary, why } = await found;
  if (wish === "strict" && !boundary.isWall) throw new IsolationError(howToGetOne(why));
  return boundary;
}

async function strongest(): Promise<Found> {
  if (process.platform !== "linux")
    return { boundary: weakest(), why: [`there are no Linux namespaces on ${process.platform}`] };
  const why: string[] = [];
  for (const wall of [bubblewrapWall(), unshareWall()]) {
    if (wall === undefined) continue;
    const trouble = await troubleWith(wall);
    if (trouble === undefined) return { boundary: { ...wall, isWall: true }, why };
    why.push(`${wall.kind} ${trouble}`);
  }
  return { boundary: weakest(), why };
}

/** Node's permission model, where this Node has it. */
function weakest(): Boundary {
  const flag = ["--permission", "--experimental-permission"].find((name) =>
    process.allowedNodeEnvironmentFlags.has(name),
  );
  return flag === undefined ? NONE : permissions(flag);
}

function howToGetOne(why: readonly string[]): string {
  const install =
    "Install it: `sudo apt-get install bubblewrap`, `sudo dnf install bubblewrap`, `apk add bubblewrap`.";
  const allow =
    "In a container allow user namespaces: `docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined …`.";
  const elsewhere = "On macOS and Windows grade inside a Linux machine or container.";
  const without = "`--isolation auto` goes on with the strongest that there is, `none` without any.";
  return `strict isolation needs bubblewrap or unshare, and here ${why.join("; ")}. ${install} ${allow} ${elsewhere} ${without}`;
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

const TRY_MS = 10_000;
const TRY_FILTER_FD = 3;

/** Starts Node behind a wall (I1). Undefined when it ran, else what went wrong. */
function troubleWith({ command, filter }: Wall): Promise<string | undefined> {
  const [program, ...words] = command(["--version"], undefined, TRY_FILTER_FD);
  const child = spawn(program, words, { stdio: ["ignore", "ignore", "pipe", "pipe"], timeout: TRY_MS });
  const filterPipe = child.stdio[TRY_FILTER_FD];
  if (filterPipe instanceof Writable) filterPipe.on("error", () => {}).end(filter);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.once("error", ({ code, message }: NodeJS.ErrnoException) =>
      resolve(code === "ENOENT" ? "is not installed" : `cannot work: ${message}`),
    );
    child.once("close", (code, signal) => {
      const last = said.trim().split("\n").at(-1);
      resolve(code === 0 ? undefined : `cannot work: ${last || (signal ?? `exit code ${code}`)}`);
    });
  });
}
