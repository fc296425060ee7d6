// SessionProcess: the process in which the cells of a session run, seen from outside.
//
// Invariants:
//  I1. It ends with its parent, however the parent ends: the interrupt pipe closes, and a thread of it watches that pipe.
//  I2. `onEnd` is called once, and nothing arrives after it.
//  I3. Jupyter's signals go to the kernel's process group and do not reach it: an interrupt comes one way only, so none
//      comes late and hits the next cell.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { FromProcess, ToProcess } from "./protocol.js";
import { INTERRUPT_FD, NO_CELL } from "./protocol.js";

export interface ProcessOptions {
  /** The project's root: modules resolve from here. */
  readonly root: string;
  /** The folder in which cells run. */
  readonly cwd: string;
  /** The size of the JavaScript heap in MB. Shared memory does not count. */
  readonly memoryMb: number;
  onMessage(message: FromProcess): void;
  /** Text that did not go through Node's streams: of child processes, of Node itself. */
  onRawText(name: "stdout" | "stderr", text: string): void;
  onEnd(end: ProcessEnd): void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly isOutOfMemory: boolean;
}

const OUT_OF_MEMORY =
  /JavaScript heap out of memory|Allocation failed|invalid array length Allocation failed/;
const KEPT_CHARACTERS = 10_000;

export class SessionProcess {
  readonly #child: ChildProcess;
  #lastWords = "";

  constructor(options: ProcessOptions) {
    const entry = join(options.root, ".build", "lib", "notebook", "process-main.js");
    if (!existsSync(entry)) {
      throw new Error("happens-before: .build/lib is missing; run `npm run build` in the project's folder");
    }
    this.#child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${options.memoryMb}`,
        "--disable-warning=ExperimentalWarning",
        entry,
        options.root,
      ],
      // A process group of its own (I3), with all that the cells start.
      { cwd: options.cwd, stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"], detached: true },
    );
    this.#child.on("message", (message) => options.onMessage(message as FromProcess));
    for (const name of ["stdout", "stderr"] as const) this.#readRaw(name, options);
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      const isOutOfMemory = OUT_OF_MEMORY.test(this.#lastWords);
      options.onEnd({ code, signal, isOutOfMemory });
    };
    this.#child.once("close", ended);
    this.#child.once("error", (error) => {
      options.onRawText("stderr", `${error.message}\n`);
      ended(null, null);
    });
    this.#pipe.on("error", () => {}); // it is gone; `close` tells
  }

  get #pipe(): Writable {
    return this.#child.stdio[INTERRUPT_FD] as Writable;
  }

  send(message: ToProcess): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Reaches the process even while its main thread computes or sleeps. */
  interrupt(id: number): void {
    if (id !== NO_CELL) this.#pipe.write(`${id}\n`);
    this.send({ type: "interrupt", id });
  }

  /** Ends synchronous code that has no loop guard, when it runs in the first part of a cell. */
  signal(): void {
    this.#child.kill("SIGINT");
  }

  /** Ends it at once, with the processes that its cells have started. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      this.#child.kill("SIGKILL"); // it has not made its group yet
    }
  }

  #readRaw(name: "stdout" | "stderr", options: ProcessOptions): void {
    const decoder = new StringDecoder("utf8");
    this.#child[name]?.on("data", (bytes: Buffer) => {
      const text = decoder.write(bytes);
      this.#lastWords = (this.#lastWords + text).slice(-KEPT_CHARACTERS);
      // V8's own report of an exhausted heap is said in one plain sentence instead.
      if (!/<--- Last few GCs|JS stacktrace|FATAL ERROR:/.test(this.#lastWords))
        options.onRawText(name, text);
    });
  }
}
