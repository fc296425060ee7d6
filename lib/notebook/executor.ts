// Executor: runs the cells that the session sends, one at a time, in this process.
//
// Invariants:
//  I1. Everything that a cell starts runs inside the cell's asynchronous context, so output, timers and workers are
//      known to be its own.
//  I2. A cell ends once: by its value, its error, or an interrupt. What it does after an interrupt is not shown.
import vm from "node:vm";
import { InterruptError } from "../op/index.js";
import { installNotebookHost } from "../plot/index.js";
import { bundleOf } from "./bundle.js";
import type { CellOutcome } from "./cell.js";
import { CellContext, contexts } from "./cell-context.js";
import type { CELL_PARAMETERS } from "./emit.js";
import { describeError } from "./error.js";
import { Imports } from "./imports.js";
import { Interrupts } from "./interrupts.js";
import { endEverything, endWorkers, watchLeftovers } from "./leftovers.js";
import type { ExecuteMessage, FromProcess, ToProcess } from "./protocol.js";
import { refuseEnds } from "./refuse.js";
import { installStacks, registerCell } from "./stacks.js";
import { captureStreams } from "./streams.js";
import { Variables } from "./variables.js";

type CellFunction = (...args: unknown[]) => unknown;

/** Twice Node's own: a goroutine's error has some frames of the scheduler before the cell's. */
const STACK_FRAMES = 20;
const ENTER = Symbol.for("happens-before.enter");
const enterScript = new vm.Script(`globalThis[Symbol.for("happens-before.enter")]()`, {
  filename: "node:cell",
});

export class Executor {
  readonly #root: string;
  readonly #send: (message: FromProcess) => void;
  readonly #variables = new Variables();
  readonly #imports: Imports;
  readonly #interrupts: Interrupts;
  readonly #exercises = new Map<string, string>();
  #stopCurrent: { id: number; stop(): void } | undefined;

  constructor(root: string) {
    this.#root = root;
    const send = process.send?.bind(process);
    if (send === undefined) throw new Error("executor: expected to be started with an IPC channel");
    this.#send = (message) => void send(message, undefined, undefined, () => {});
    this.#interrupts = new Interrupts();
    this.#imports = new Imports(root);
  }

  /** Makes this process the learner's: from here on its streams, ends and errors are the cells'. */
  start(): void {
    installStacks(this.#root);
    Error.stackTraceLimit = STACK_FRAMES;
    captureStreams();
    refuseEnds();
    watchLeftovers();
    installNotebookHost({
      display: (data, metadata = {}, where = undefined) =>
        contexts.current()?.outputs.display({ data, metadata, ...where }),
      exerciseText: (id) => this.#exercises.get(id),
      root: this.#root,
    });
    const background = (error: unknown) => {
      const cell = contexts.current();
      if (cell?.isInterrupted === true) return;
      const { traceback } = describeError(error);
      cell?.outputs.write("stderr", `Uncaught ${traceback.join("\n")}\n`);
    };
    process.on("uncaughtException", background);
    process.on("unhandledRejection", background);
    process.on("SIGINT", () => {}); // it is for code that runs with breakOnSigint; elsewhere it must not kill
    process.on("message", (message) => this.#receive(message as ToProcess));
    this.#send({ type: "ready" });
    this.#imports.load("happens-before").catch(() => {}); // nearly every notebook begins with it
  }

  #receive(message: ToProcess): void {
    if (message.type === "execute") void this.#execute(message);
    else if (message.type === "exercise") this.#exercises.set(message.id, message.text);
    else this.#interrupt(message.id);
  }

  /** Ends cell `id`, if it runs, and all that finished cells left running: stop means stop. */
  #interrupt(id: number): void {
    if (this.#stopCurrent?.id === id) this.#stopCurrent.stop();
    for (const cell of contexts.all())
      if (cell.id !== id || this.#stopCurrent === undefined) void endEverything(cell);
  }

  async #execute(message: ExecuteMessage): Promise<void> {
    const { id } = message;
    const cell = new CellContext(id, message.isGraded, (output) =>
      this.#send({ type: "output", id, output }),
    );
    registerCell(message);
    this.#interrupts.begin(id);
    let outcome: CellOutcome;
    try {
      outcome = await contexts.run(cell, () => this.#run(message, cell));
    } catch (error) {
      outcome = this.#failed(error, cell);
    }
    this.#variables.commit(outcome.status === "error", message.file);
    await nextTurn(); // what is already on its way (a rejection, a worker's last line) belongs to the cell
    if (cell.isInterrupted) await endEverything(cell);
    else noteEnded(cell, await endWorkers(cell));
    cell.outputs.flush();
    this.#stopCurrent = undefined;
    this.#send({ type: "done", id, outcome });
  }

  async #run(message: ExecuteMessage, cell: CellContext): Promise<CellOutcome> {
    const script = new vm.Script(message.code, { filename: message.file });
    const cellFunction = script.runInThisContext() as CellFunction;
    const given: Record<(typeof CELL_PARAMETERS)[number], unknown> = {
      exports: this.#variables.exports,
      require: this.#imports.require,
      $hbImport: this.#imports.load,
      $hbDeclare: this.#variables.declare,
      $hbMeta: this.#imports.meta(message.file),
      $hb: this.#interrupts.word,
      $hbStop: this.#interrupts.stop,
    };
    const interrupted = new Promise<never>((_, reject) => {
      this.#stopCurrent = {
        id: message.id,
        stop: () => {
          cell.isInterrupted = true;
          reject(new InterruptError());
        },
      };
    });
    interrupted.catch(() => {});
    // Through a script with `breakOnSigint`, so that SIGINT ends even code without a loop guard.
    Object.defineProperty(globalThis, ENTER, {
      value: () => cellFunction.apply(undefined, Object.values(given)),
      configurable: true,
    });
    const value: unknown = enterScript.runInThisContext({ breakOnSigint: true });
    const result = (await Promise.race([value, interrupted])) as readonly [unknown] | undefined;
    const shown = result === undefined ? undefined : await bundleOf(result[0]);
    return shown === undefined ? { status: "ok" } : { status: "ok", result: shown };
  }

  #failed(error: unknown, cell: CellContext): CellOutcome {
    const isInterrupt =
      error instanceof InterruptError ||
      (error as { code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
    if (isInterrupt) cell.isInterrupted = true;
    return { status: "error", error: describeError(isInterrupt ? asInterrupt(error) : error) };
  }
}

function noteEnded(cell: CellContext, ended: number): void {
  if (ended === 0) return;
  const workers = ended === 1 ? "1 worker was" : `${ended} workers were`;
  cell.outputs.write("stdout", `[${workers} still running when the cell ended, and had to stop]\n`);
}

function asInterrupt(error: unknown): InterruptError {
  if (error instanceof InterruptError) return error;
  const own = new InterruptError();
  const { stack } = error as Error;
  if (stack !== undefined) own.stack = stack.replace(/^.*$/m, "InterruptError: interrupted");
  return own;
}

function nextTurn(): Promise<void> {
  return contexts.outside(() => new Promise((resolve) => setImmediate(resolve)));
}
