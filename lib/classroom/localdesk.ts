// LocalDesk: grades on this machine, in as many processes as there are cores.
//
// Invariants:
//  I1. Every task is answered: with a result, or with an error when its grader died twice, or when the desk closes.
//  I2. A measured task runs alone: nothing is started beside it, and it waits until nothing runs.
//  I3. A grader that died or overran its time takes one task with it; the next one starts afresh.
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type CheckResult, DEFAULT_LIMITS, type IsolationWish, type Places } from "../grade/index.js";
import { closedError, type Desk, DeskError, type Task } from "./desk.js";
import type { Answer, Order } from "./grader.js";

export interface LocalDeskOptions {
  readonly places: Places;
  /** How many at a time, >= 1. Default: the cores. */
  readonly jobs?: number;
  /** What must hold each submission. Default `auto`, as for `checkText`. */
  readonly isolation?: IsolationWish;
  /** After which a grader counts as stuck. Default: ten times a measured property's time. */
  readonly patienceMs?: number;
}

interface Waiting {
  readonly task: Task;
  readonly resolve: (result: CheckResult) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
}

/** A grader may die once for a reason that is not the text's: the system was out of memory, somebody killed it. */
const MOST_ATTEMPTS = 2;
/** A check ends itself within its limits; this is for a grader that does not. */
const PATIENCE_MS = 10 * DEFAULT_LIMITS.raceMs;

export class LocalDesk implements Desk {
  readonly #options: LocalDeskOptions;
  readonly #size: number;
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<Waiting, ChildProcess>();
  readonly #idle: ChildProcess[] = [];
  #isClosed = false;

  /** @throws {RangeError} ``LocalDesk: expected `jobs` to be an integer >= 1, got 0`` */
  constructor(options: LocalDeskOptions) {
    this.#size = options.jobs ?? availableParallelism();
    if (!Number.isInteger(this.#size) || this.#size < 1) {
      throw new RangeError(`LocalDesk: expected \`jobs\` to be an integer >= 1, got ${this.#size}`);
    }
    this.#options = options;
  }

  grade(task: Task): Promise<CheckResult> {
    if (this.#isClosed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject, attempts: 0 });
      this.#startMore();
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const { reject } of [...this.#waiting, ...this.#running.keys()]) reject(closedError());
    this.#waiting.length = 0;
    const children = [...this.#idle, ...this.#running.values()];
    this.#running.clear();
    this.#idle.length = 0;
    return Promise.all(children.map(ended)).then(() => undefined);
  }

  #startMore(): void {
    for (;;) {
      const next = this.#next();
      if (next === undefined) return;
      this.#start(next);
    }
  }

  /** Explored ones first; I2. */
  #next(): Waiting | undefined {
    if (this.#isClosed || this.#running.size >= this.#size) return undefined;
    if ([...this.#running.keys()].some(({ task }) => task.isMeasured)) return undefined;
    const explored = this.#waiting.findIndex(({ task }) => !task.isMeasured);
    if (explored >= 0) return this.#waiting.splice(explored, 1)[0];
    return this.#running.size === 0 ? this.#waiting.shift() : undefined;
  }

  #start(waiting: Waiting): void {
    const child = this.#take();
    this.#running.set(waiting, child);
    waiting.attempts += 1;
    const finish = (answer: Answer | undefined, how: string): void => {
      clearTimeout(fuse);
      child.removeAllListeners("message").removeAllListeners("exit").removeAllListeners("error");
      if (!this.#running.delete(waiting)) return; // the desk was closed meanwhile
      if (answer === undefined) this.#died(waiting, how);
      else this.#answered(waiting, child, answer);
      this.#startMore();
    };
    const fuse = setTimeout(() => child.kill("SIGKILL"), this.#options.patienceMs ?? PATIENCE_MS);
    child.once("message", (answer: Answer) => finish(answer, ""));
    child.once("error", (error) => finish(undefined, error.message));
    child.once("exit", (code, signal) => finish(undefined, signal ?? `exit code ${code}`));
    const { exercise, text, seed } = waiting.task;
    const { places, isolation = "auto" } = this.#options;
    child.send({ exercise, text, seed, places, isolation } satisfies Order);
  }

  #answered(waiting: Waiting, child: ChildProcess, answer: Answer): void {
    child.on("error", () => {}); // an idle one that dies is found out when it is used
    if (child.connected) this.#idle.push(child);
    if ("result" in answer) waiting.resolve(answer.result);
    else waiting.reject(new DeskError(answer.error));
  }

  /** I3. */
  #died(waiting: Waiting, how: string): void {
    if (waiting.attempts < MOST_ATTEMPTS) this.#waiting.unshift(waiting);
    else waiting.reject(new DeskError(`its grader died ${waiting.attempts} times (${how})`));
  }

  /** An idle grader that is still there, or a new one. */
  #take(): ChildProcess {
    for (let child = this.#idle.pop(); child !== undefined; child = this.#idle.pop()) {
      if (child.connected) return child;
    }
    return this.#fork();
  }

  #fork(): ChildProcess {
    const entry = join(this.#options.places.root, ".build", "lib", "classroom", "grader.js");
    return fork(entry, [], {
      cwd: this.#options.places.root,
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
  }
}

/** Ends a grader: it leaves by itself when the channel closes, and takes the submission's process along. */
function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    if (child.connected) child.disconnect();
    else child.kill("SIGKILL");
  });
}
