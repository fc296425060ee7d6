// Worker: the thread's side of a team. Waits for a job, runs the body, reports; then waits for the next.
//
// Invariants:
//  I1. Everything that a body prints goes through the same port as its result, before it: nothing arrives late, and
//      what was printed before a thread was ended is not lost.
//  I2. A thread is used again only when the body left nothing behind: no timer, no handle, no new global. Locks that
//      it still holds are freed and marked as poisoned (roster.ts), before anybody hears that it has ended.

import { runInThisContext, constants as vmConstants } from "node:vm";
import { type MessagePort, workerData } from "node:worker_threads";
import { Barrier } from "./barrier.js";
import type { FunctionSource } from "./carry.js";
import { library, type ThreadsLibrary } from "./library.js";
import { type ErrorFacts, type Job, type Message, STOP_WORD } from "./messages.js";
import { beginBody, endBody } from "./roster.js";
import { LockError } from "./thread.js";
import { traceBody, traceInto } from "./tracewriter.js";
import { unpack } from "./unpack.js";

const { port } = workerData as { readonly port: MessagePort };
const STRICT = '"use strict";';
const MOST_FUNCTIONS = 200;

/** A body, or a function carried to it. */
type Body = (...args: unknown[]) => unknown;

/** A broken team barrier: the failure that counts is the other thread's. */
class TeamBarrierError extends LockError {}

/** What a body gets as its first parameter. */
class RunningThread {
  readonly id: number;
  readonly count: number;
  readonly threads: ThreadsLibrary = library;
  readonly #stop: Int32Array;
  readonly #barrier: Barrier;

  constructor(job: Job) {
    this.id = job.id;
    this.count = job.count;
    this.#stop = new Int32Array(job.barrier.buffer);
    this.#barrier = Barrier.attach(job.barrier);
  }

  stopped(): boolean {
    return Atomics.load(this.#stop, STOP_WORD) !== 0; // ORDER: acquire; pairs with the store in team's #stop
  }

  barrier(): void {
    try {
      this.#barrier.wait();
    } catch (error) {
      if (!(error instanceof LockError)) throw error;
      throw new TeamBarrierError(
        "t.barrier: another thread of the team has ended, so nobody can pass any more",
      );
    }
  }

  /** Called when the body has ended: whoever waits for this thread would wait for ever. */
  leave(): void {
    this.#barrier.break();
  }
}

const functions = new Map<string, Body>();

function revive(source: FunctionSource): Body {
  const known = functions.get(source.expression);
  if (known !== undefined) return known;
  const made = runInThisContext(STRICT + source.expression, {
    filename: `hb-thread-${source.number}.js`,
    columnOffset: -(STRICT.length + source.lead.length),
    importModuleDynamically: vmConstants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as Body;
  if (functions.size >= MOST_FUNCTIONS) functions.clear();
  functions.set(source.expression, made);
  return made;
}

/** Node calls the loader of a body's `import()` experimental, once a thread, in the middle of what the body prints. */
function silenceLoaderWarning(): void {
  const emit = process.emitWarning.bind(process) as (...words: unknown[]) => void;
  process.emitWarning = (...words: unknown[]) => {
    if (!String(words[0]).startsWith("vm.USE_MAIN_CONTEXT_DEFAULT_LOADER")) emit(...words);
  };
}

function post(message: Message): void {
  port.postMessage(message);
}

function divertOutput(stream: "stdout" | "stderr"): void {
  const write = (chunk: Uint8Array | string, encoding?: unknown, done?: unknown): boolean => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    post({ kind: "output", stream, text }); // I1
    const callback = typeof encoding === "function" ? encoding : done;
    if (typeof callback === "function") queueMicrotask(() => callback(null));
    return true;
  };
  process[stream].write = write as typeof process.stdout.write;
}

async function run(job: Job): Promise<void> {
  const thread = new RunningThread(job);
  try {
    reportResult(await runBody(thread, job), job.id);
  } catch (error) {
    reportFailure(error);
  } finally {
    thread.leave();
  }
}

async function runBody(thread: RunningThread, job: Job): Promise<unknown> {
  beginBody();
  traceInto(job.trace);
  traceBody(false);
  try {
    const body = revive(job.body);
    return await body(thread, ...job.args.map((arg) => unpack(arg, revive)));
  } finally {
    endBody(); // I2
    traceBody(true);
    traceInto(undefined);
  }
}

function reportResult(value: unknown, id: number): void {
  try {
    post({ kind: "done", value, isClean: isClean() });
  } catch (error) {
    throw new TypeError(`team: the result of thread ${id} cannot be sent: ${(error as Error).message}`);
  }
}

function reportFailure(thrown: unknown): void {
  const failed = {
    kind: "failed",
    error: thrown instanceof Error ? factsOf(thrown) : undefined,
    text: textOf(thrown),
    isConsequence: thrown instanceof TeamBarrierError,
    isClean: isClean(),
  } as const;
  try {
    post({ ...failed, thrown });
  } catch {
    post({ ...failed, thrown: undefined }); // what was thrown cannot be cloned
  }
}

function factsOf(error: Error): ErrorFacts {
  const properties = Object.entries(error).filter(
    ([, value]) => !/object|function|symbol/.test(typeof value),
  );
  return {
    name: String(error.name),
    message: String(error.message),
    stack: String(error.stack),
    properties: Object.fromEntries(properties),
  };
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

/** What a program sets shows up here; reading all of the global object's names takes 6 times as long. */
const globalsAtStart = Object.keys(globalThis).length;

/** I2. The one resource is this port. */
function isClean(): boolean {
  const left = process.getActiveResourcesInfo().some((resource) => resource !== "MessagePort");
  return !left && Object.keys(globalThis).length === globalsAtStart;
}

silenceLoaderWarning();
divertOutput("stdout");
divertOutput("stderr");
port.on("message", (job: Job) => void run(job));
post({ kind: "ready" });
