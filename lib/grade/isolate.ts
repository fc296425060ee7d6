// isolate: runs a job in a process of its own, under limits, and tells what it said and how it ended.
//
// Invariants:
//  I1. Whatever happens, the promise resolves, and the child's whole process group is gone by then.
//  I2. Only lines with the token are believed (see message.ts); standard output is shown, never read.
//  I3. The child gets none of our environment but what it needs to start.
//
// What the process can reach is not decided here but by the boundary that it is started in (sandbox.ts).
import { type ChildProcess, spawn } from "node:child_process";
import { Writable } from "node:stream";
import { throwIfInterrupted } from "../op/index.js";
import { type Limits, SHOWN_BYTES } from "./limits.js";
import { fromLine, type Job, type Message } from "./message.js";
import { type Boundary, type Inside, WALLED_HOME } from "./sandbox.js";
import { resourceLimits, type Work } from "./sandboxlimits.js";
import { usageOf } from "./usage.js";

/** How the child ended. */
export interface Ended {
  readonly why: "done" | "time" | "memory" | "tasks" | "output" | "idle" | "exit";
  readonly code: number | null;
  readonly signal: string | null;
  /** What the child printed, cut at `SHOWN_BYTES`. */
  readonly output: string;
}

export interface IsolateOptions {
  /** Path of the child's entry. */
  readonly entry: string;
  readonly boundary: Boundary;
  /** What the child may see; its working folder is the submission's. */
  readonly inside: Inside;
  readonly limits: Limits;
  readonly work: Work;
  /** How long the child may take until its next message of weight; asked after each. */
  fuseMs(last: Message | undefined): number;
  onMessage(message: Message): void;
}

/** What `isolate` puts around a submission, in words for the result. */
export function isolationOf({
  boundary,
  limits,
  work,
}: Pick<IsolateOptions, "boundary" | "limits" | "work">): string[] {
  return [
    ...boundary.words,
    "own process group, clean environment",
    isLab(work)
      ? "frozen intrinsics, no code from strings (flags of Node)"
      : "frozen intrinsics, no code from strings (on the main thread)",
    "imports: happens-before only; no WebAssembly, no native addons, no module of Node",
    ...resourceLimits(limits, work).words,
    `heap ${limits.heapMiB} MiB, memory ${limits.memoryMiB} MiB, output ${limits.outputBytes >> 10} KiB`,
    ...(process.platform === "linux" ? [`${limits.tasks} threads and processes`] : []),
    "limits on time",
  ];
}

/** Measured checks make functions from text, so there the child locks itself (lockdown.ts). */
function isLab({ races }: Work): boolean {
  return races === 0;
}

const POLL_MS = 100;
const CHANNEL_LIMIT_BYTES = 64 << 20;
/** Where bubblewrap reads the system-call filter; 3 is the channel of the messages. */
const FILTER_FD = 4;

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
  listen(child, job.token, watch);
  child.stdin!.on("error", () => {}); // it died before it read; `close` tells how
  child.stdin!.end(JSON.stringify(job));
  const reap = (): void => kill(child);
  process.once("exit", reap);
  try {
    const { code, signal } = await isOver;
    if (watch.interrupt !== undefined) throw watch.interrupt;
    const isOutOfHeap = /heap out of memory|process out of memory|ERR_WORKER_OUT_OF_MEMORY/.test(output.tail);
    return { why: watch.why ?? (isOutOfHeap ? "memory" : "exit"), code, signal, output: output.shown() };
  } finally {
    process.removeListener("exit", reap);
    watch.end();
    kill(child); // I1: what it left behind
  }
}

function start({ entry, boundary, inside, limits, work }: IsolateOptions): ChildProcess {
  const flags = [
    "--no-warnings",
    "--no-addons",
    ...(isLab(work)
      ? ["--frozen-intrinsics", "--disallow-code-generation-from-strings"] // its source maps it switches on itself
      : ["--enable-source-maps"]), // for its threads as well
    `--max-old-space-size=${limits.heapMiB}`,
    "--stack-trace-limit=40",
  ];
  const { PATH, HB_MODE, SystemRoot } = process.env;
  const size = HB_MODE === "full" ? "full" : "quick"; // a verdict needs a real measurement, also in a smoke run
  const home = boundary.isWall ? WALLED_HOME : inside.folder;
  const given = Object.entries({ PATH, SystemRoot, HB_MODE: size, TMPDIR: home, HOME: home, TZ: "UTC" });
  const bounded = boundary.command([...flags, entry], inside, FILTER_FD);
  const [program = "", ...words] = [...resourceLimits(limits, work).command, ...bounded];
  const child = spawn(program, words, {
    cwd: inside.folder,
    env: Object.fromEntries(given.filter(([, value]) => value !== undefined)), // I3
    stdio: ["pipe", "pipe", "pipe", "pipe", ...(boundary.filter === undefined ? [] : (["pipe"] as const))],
    detached: true,
  });
  feed(child, FILTER_FD, boundary.filter);
  return child;
}

/** Writes to a descriptor of the child and closes it. */
function feed(child: ChildProcess, fd: number, bytes: Buffer | undefined): void {
  const pipe = child.stdio[fd];
  if (bytes === undefined || !(pipe instanceof Writable)) return;
  pipe.on("error", () => {}); // it ended before it read; `close` tells how
  pipe.end(bytes);
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
function listen(child: ChildProcess, token: string, watch: Watch): void {
  let rest = "";
  const channel = child.stdio[3] as NodeJS.ReadableStream;
  channel.setEncoding("utf8");
  channel.on("error", () => {});
  channel.on("data", (chunk: string) => {
    rest += chunk;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const message = fromLine(token, rest.slice(0, end)); // I2
      rest = rest.slice(end + 1);
      if (message !== undefined) watch.hear(message);
    }
    if (rest.length > CHANNEL_LIMIT_BYTES) watch.stop("output");
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
        if (output.bytes > output.limit) this.stop("output");
      });
    }
    this.#fuse = setTimeout(() => this.stop("time"), options.fuseMs(undefined));
    this.#poll = setInterval(() => void this.#look(), POLL_MS);
  }

  hear(message: Message): void {
    if (this.why !== undefined) return;
    this.#options.onMessage(message);
    if (message.kind === "done") this.why = "done";
    if (message.kind === "idle") this.why = "idle";
    if (message.kind === "progress") return;
    clearTimeout(this.#fuse);
    this.#fuse = setTimeout(() => this.stop("time"), this.#options.fuseMs(message));
  }

  end(): void {
    clearTimeout(this.#fuse);
    clearInterval(this.#poll);
  }

  /** Ends the child, for the first reason given. */
  stop(why: Ended["why"]): void {
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
    const { bytes, tasks } = await usageOf(this.#child.pid ?? 0);
    const { limits } = this.#options;
    if (bytes > limits.memoryMiB * 2 ** 20) this.stop("memory");
    if (tasks > limits.tasks) this.stop("tasks");
  }
}
