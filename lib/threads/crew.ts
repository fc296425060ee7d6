// Crew: the operating-system threads that teams run on, kept between teams.
//
// Invariants:
//  I1. A member works for at most one team at a time, and goes back to `idle` only when it left nothing behind.
//  I2. An idle member does not keep the process alive; a working one does.
//  I3. Every team hears of each of its members exactly once that it has ended: done, failed or dead.
//
// Rejected: parking idle members in Atomics.wait (piscina's way): their event loop stands still, timers and the
// inspector with it.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Job, Message } from "./messages.js";
import { mapThreadStack } from "./threadstack.js";

/** How a member's work ended. */
export type Ending =
  | { readonly kind: "done"; readonly value: unknown }
  | Omit<Extract<Message, { kind: "failed" }>, "isClean">
  | { readonly kind: "dead"; readonly reason: string; readonly error?: unknown };

/** Who listens to a member at work. */
export interface Listener {
  output(stream: "stdout" | "stderr", text: string): void;
  ended(ending: Ending): void;
}

/** Idle threads kept; each holds about 8 MiB. */
const MOST_IDLE = 16;
const idle: Member[] = [];
let hired = 0;

/** One operating-system thread. */
export class Member {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  #listener: Listener | undefined;
  #output: Listener["output"] = () => {};
  #error: unknown;
  #becomeReady: () => void = () => {};
  /** Resolves when the thread has loaded its program; never when it dies before. */
  readonly ready: Promise<void> = new Promise((resolve) => {
    this.#becomeReady = resolve;
  });

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(workerFile(), {
      name: `hb-team-${++hired}`,
      workerData: { port: port2 },
      transferList: [port2],
      execArgv: [],
    });
    port1.on("message", (message: Message) => this.#receive(message));
    this.#worker.on("error", (error) => {
      this.#error = error;
    });
    this.#worker.on("exit", (code) => this.#exited(code));
    this.#worker.unref(); // I2
    this.#port.unref();
  }

  /** Starts work; `listener` hears of output and, once, of the end. */
  start(job: Job, listener: Listener): void {
    this.#listener = listener;
    this.#output = (stream, text) => listener.output(stream, text);
    this.#port.postMessage(job); // first: what follows happens while the thread wakes up
    this.#worker.ref(); // I2
    this.#port.ref();
  }

  /** Ends the thread, whatever it does. Its listener hears "dead". */
  end(): void {
    void this.#worker.terminate();
  }

  #receive(message: Message): void {
    if (message.kind === "output") {
      this.#output(message.stream, message.text);
      return;
    }
    if (message.kind === "ready") {
      this.#becomeReady();
      return;
    }
    const listener = this.#listener;
    this.#listener = undefined;
    this.#worker.unref(); // I2
    this.#port.unref();
    if (message.isClean && idle.length < MOST_IDLE)
      idle.push(this); // I1
    else this.end();
    listener?.ended(message); // I3
  }

  #exited(code: number): void {
    for (
      let last = receiveMessageOnPort(this.#port);
      last !== undefined;
      last = receiveMessageOnPort(this.#port)
    ) {
      this.#receive(last.message as Message);
    }
    this.#port.close();
    const at = idle.indexOf(this);
    if (at >= 0) idle.splice(at, 1);
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener === undefined && this.#error !== undefined) {
      // From something that the body had started and not awaited. Nobody waits for it any more.
      this.#output("stderr", `Uncaught on a thread whose body had returned: ${stackOf(this.#error)}\n`);
    }
    const reason =
      this.#error === undefined
        ? `it ended by itself (exit code ${code})`
        : `of an uncaught error: ${messageOf(this.#error)}`;
    listener?.ended({ kind: "dead", reason, error: this.#error });
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? mapThreadStack(error.stack ?? error.message) : String(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Takes `count` members: idle ones first, the last used first, then new ones. */
export function hire(count: number): Member[] {
  const members: Member[] = [];
  try {
    while (members.length < count) members.push(idle.pop() ?? new Member());
  } catch (error) {
    idle.push(...members);
    throw error;
  }
  return members;
}

/** Ends the idle threads. Teams that run are left alone. For tests and measurements. */
export function dismissIdle(): void {
  for (const member of idle.splice(0)) member.end();
}

/** The worker's file: beside this one, or the built one when this is the source (as under a test runner). */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith(".ts");
  const file = new URL(isSource ? "../../.build/lib/threads/worker.js" : "./worker.js", import.meta.url);
  if (existsSync(file)) return file;
  throw new Error(`team: ${fileURLToPath(file)} is missing; build the library first: npm run build`);
}
