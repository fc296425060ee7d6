// isolate: runs a job in a process of its own, under limits, and tells what it said and how it ended.
//
// Invariants:
//  I1. Whatever happens, the promise resolves, and the child's whole process group is gone by then.
//  I2. Only lines with the token are believed (see message.ts); standard output is shown, never read.
//  I3. The child gets none of our environment but what it needs to start.
//
// Not a wall against an attacker: the child can read files and use the network. `isolation` in the result says
// what held it.
import { type ChildProcess, spawn } from "node:child_process";
import { throwIfInterrupted } from "../op/index.js";
import { type Limits, SHOWN_BYTES } from "./limits.js";
import { fromLine, type Job, type Message } from "./message.js";
import { residentBytes } from "./rss.js";

/** How the child ended. */
export interface Ended {
  readonly why: "done" | "time" | "memory" | "output" | "idle" | "exit";
  readonly code: number | null;
  readonly signal: string | null;
  /** What the child printed, cut at `SHOWN_BYTES`. */
  readonly output: string;
}

export interface IsolateOptions {
  /** Path of the child's entry. */
  readonly entry: string;
  /** Working folder of the child. */
  readonly cwd: string;
  readonly limits: Limits;
  /** Freeze the language's own objects. Not for measured checks: a dependency of the bench adds to them. */
  readonly isFrozen: boolean;
  /** How long the child may take until its next message of weight; asked after each. */
  fuseMs(last: Message | undefined): number;
  onMessage(message: Message): void;
}

/** What `isolate` puts around a submission, in words for the result. */
export function isolationOf(limits: Limits, isFrozen: boolean): string[] {
  return [
    "own process and process group",
    "clean environment",
    ...(isFrozen ? ["frozen intrinsics"] : []),
    `heap ${limits.heapMiB} MiB, memory ${limits.memoryMiB} MiB`,
    `output ${limits.outputBytes >> 10} KiB`,
    "limits on time",
  ];
}

const POLL_MS = 100;
const CHANNEL_LIMIT_BYTES = 64 << 20;

/**
 * Runs the job. **Cost:** about 200 ms to start Node and the library.
 *
 * @throws {InterruptError} `interrupted`, when the learner pressed stop; the child is gone by then
 */
export async function isolate(job: Job, options: IsolateOptions): Promise<Ended> {
  const child = start(options);
  const isOver = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const output = new Output(options.limits.outputBytes);
  const watch = new Watch(child, output, options);
  listen(child, job.token, (message) => watch.hear(message));
  child.stdin!.on("error", () => {}); // it died before it read; `close` tells how
  child.stdin!.end(JSON.stringify(job));
  const reap = (): void => kill(child);
  process.once("exit", reap);
  try {
    const { code, signal } = await isOver;
    if (watch.interrupt !== undefined) throw watch.interrupt;
    const isOutOfHeap = /JavaScript heap out of memory|ERR_WORKER_OUT_OF_MEMORY/.test(output.tail);
    return { why: watch.why ?? (isOutOfHeap ? "memory" : "exit"), code, signal, output: output.shown() };
  } finally {
    process.removeListener("exit", reap);
    watch.end();
    kill(child); // I1: what it left behind
  }
}

function start({ entry, cwd, limits, isFrozen }: IsolateOptions): ChildProcess {
  const flags = [
    "--no-warnings",
    ...(isFrozen ? ["--frozen-intrinsics"] : []),
    "--enable-source-maps",
    `--max-old-space-size=${limits.heapMiB}`,
    "--stack-trace-limit=40",
  ];
  const { PATH, HB_MODE, SystemRoot } = process.env;
  const size = HB_MODE === "full" ? "full" : "quick"; // a verdict needs a real measurement, also in a smoke run
  const given = Object.entries({ PATH, SystemRoot, HB_MODE: size, TMPDIR: cwd, HOME: cwd, TZ: "UTC" });
  return spawn(process.execPath, [...flags, entry], {
    cwd,
    env: Object.fromEntries(given.filter(([, value]) => value !== undefined)), // I3
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    detached: true,
  });
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

/** Splits descriptor 3 into lines and passes on those that carry the token. */
function listen(child: ChildProcess, token: string, onMessage: (message: Message) => void): void {
  let rest = "";
  const channel = child.stdio[3] as NodeJS.ReadableStream;
  channel.setEncoding("utf8");
  channel.on("error", () => {});
  channel.on("data", (chunk: string) => {
    rest += chunk;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const message = fromLine(token, rest.slice(0, end)); // I2
      rest = rest.slice(end + 1);
      if (message !== undefined) onMessage(message);
    }
    if (rest.length > CHANNEL_LIMIT_BYTES) kill(child);
  });
}

/** Keeps the beginning and a short tail of what is printed. */
class Output {
  readonly limit: number;
  bytes = 0;
  tail = "";
  #head = "";

  constructor(limit: number) {
    this.limit = limit;
  }

  add(text: string): void {
    this.bytes += text.length;
    if (this.#head.length < SHOWN_BYTES) this.#head += text.slice(0, SHOWN_BYTES - this.#head.length);
    this.tail = (this.tail + text).slice(-4096);
  }

  shown(): string {
    const [head = ""] = this.#head.split("\n<--- Last few GCs --->"); // V8's last words say nothing to a learner
    if (this.bytes <= SHOWN_BYTES) return head;
    return `${head}\n[cut: the first ${SHOWN_BYTES >> 10} KiB of ${Math.ceil(this.bytes / 1024)} KiB]\n`;
  }
}

/** Stops a child that goes over a limit. */
class Watch {
  why: Ended["why"] | undefined;
  interrupt: unknown;
  readonly #child: ChildProcess;
  readonly #options: IsolateOptions;
  readonly #poll: NodeJS.Timeout;
  #fuse: NodeJS.Timeout;

  constructor(child: ChildProcess, output: Output, options: IsolateOptions) {
    this.#child = child;
    this.#options = options;
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output.add(text);
        if (output.bytes > output.limit) this.#stop("output");
      });
    }
    this.#fuse = setTimeout(() => this.#stop("time"), options.fuseMs(undefined));
    this.#poll = setInterval(() => void this.#look(), POLL_MS);
  }

  hear(message: Message): void {
    if (this.why !== undefined) return;
    this.#options.onMessage(message);
    if (message.kind === "done") this.why = "done";
    if (message.kind === "idle") this.why = "idle";
    if (message.kind === "progress") return;
    clearTimeout(this.#fuse);
    this.#fuse = setTimeout(() => this.#stop("time"), this.#options.fuseMs(message));
  }

  end(): void {
    clearTimeout(this.#fuse);
    clearInterval(this.#poll);
  }

  #stop(why: Ended["why"]): void {
    this.why ??= why;
    kill(this.#child);
  }

  async #look(): Promise<void> {
    try {
      throwIfInterrupted();
    } catch (error) {
      this.interrupt = error;
      kill(this.#child);
    }
    const bytes = await residentBytes(this.#child.pid ?? 0);
    if (bytes > this.#options.limits.memoryMiB * 2 ** 20) this.#stop("memory");
  }
}
