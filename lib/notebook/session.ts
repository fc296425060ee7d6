// Session: the cells of one notebook, one after the other, with everything that they declare.
//
// Types live here, values in a process of their own (process.ts): whatever a cell does, the session lives on.
//
// Invariants:
//  I1. Cells run one at a time, in the order of the calls.
//  I2. Every call of `execute` is answered, also when the process dies.
//  I3. Outputs go to the cell that caused them, also when it has ended.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { blindText, interleave } from "../transform/index.js";
import { type CellError, type CellOutcome, type CellOutput, exerciseOf } from "./cell.js";
import { Checker } from "./checker.js";
import { compileError, warnings } from "./compile-error.js";
import { type CellTransform, emitCell } from "./emit.js";
import { withoutExports } from "./erase.js";
import { Joiner } from "./joiner.js";
import { type ProcessEnd, SessionProcess } from "./process.js";
import { type ExecuteMessage, type FromProcess, NO_CELL } from "./protocol.js";

export interface SessionOptions {
  /** The project's root, from which modules resolve. Default: the project that this file belongs to. */
  readonly root?: string;
  /** The folder in which cells run. Default: the current folder. */
  readonly cwd?: string;
  /** The JavaScript heap of the cells, in MB. Default 2048. */
  readonly memoryMb?: number;
  /** Rewrites the JavaScript of cells. Default: the directive `"use interleaving"`, for cells that open with it. */
  readonly transform?: CellTransform;
}

export interface ExecuteOptions {
  /** The name of the cell in stacks. Default: `cell-<n>.ts`, counting. */
  readonly file?: string;
  /** Called for each output, also for those that come after the cell has ended. */
  readonly onOutput?: (output: CellOutput) => void;
  /** Ends the cell as an interrupt does. */
  readonly signal?: AbortSignal;
}

interface Running {
  readonly id: number;
  isInterrupted: boolean;
  finish(outcome: CellOutcome): void;
}

/** Outputs of leftover tasks are passed on for so many of the last cells. */
const LISTENED_CELLS = 1_000;
const UNGUARDED_MS = 400;
/** Node hands SIGINT over through a thread; a cell that begins before that would be ended by it. */
const SIGNAL_MS = 100;
const GIVE_UP_MS = 5_000;

export class Session {
  readonly root: string;
  readonly #options: Required<Pick<SessionOptions, "cwd" | "memoryMb">> & SessionOptions;
  #checker: Checker | undefined;
  #process: SessionProcess | undefined;
  #known = new Set<string>();
  readonly #exercises = new Map<string, string>();
  readonly #outputs = new Map<number, Joiner>();
  #lastId = 0;
  #running: Running | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #quiet: Promise<void> = Promise.resolve();
  #isDisposed = false;

  /** Starts the process of the cells; the compiler is loaded when it is first needed, or by `warmUp`. */
  constructor(options: SessionOptions = {}) {
    this.root = options.root ?? projectRoot();
    this.#options = { ...options, cwd: options.cwd ?? process.cwd(), memoryMb: options.memoryMb ?? 2048 };
    this.#process = this.#startProcess();
  }

  /** Loads the compiler. **Cost:** about 1 s, in one piece. */
  warmUp(): void {
    this.#types.check("");
  }

  /**
   * Runs one cell. Never rejects: what went wrong is in the outcome.
   *
   * A cell that fails keeps what it had declared up to there. When the process of the cells dies (out of memory, a
   * crash), a new one is started, all variables are gone, and the outcome says so.
   */
  execute(source: string, options: ExecuteOptions = {}): Promise<CellOutcome> {
    const result = this.#queue.then(() => this.#execute(source, options));
    this.#queue = result;
    return result;
  }

  /** Ends the running cell with an `InterruptError`, and all tasks and workers that finished cells left. */
  interrupt(): void {
    const running = this.#running;
    const target = this.#process;
    target?.interrupt(running?.id ?? NO_CELL);
    if (target === undefined || running === undefined || running.isInterrupted) return;
    running.isInterrupted = true;
    const again = setTimeout(() => {
      if (this.#running !== running) return;
      target.signal();
      this.#quiet = new Promise((resolve) => setTimeout(resolve, SIGNAL_MS));
    }, UNGUARDED_MS);
    const last = setTimeout(() => this.#running === running && target.kill(), GIVE_UP_MS);
    again.unref();
    last.unref();
  }

  /** Returns completions at `offset` (UTF-16 units) and the range that they replace. */
  complete(source: string, offset: number): { matches: string[]; start: number; end: number } {
    return this.#types.complete(source, offset);
  }

  /** Returns signature and documentation of what stands at `offset` (UTF-16 units). */
  inspect(source: string, offset: number): string | undefined {
    return this.#types.inspect(source, offset);
  }

  /** Tells whether `source` is a whole cell. */
  isComplete(source: string): { readonly completed: boolean; readonly indent?: string } {
    return this.#types.isComplete(source);
  }

  /** Ends the process of the cells at once, with all its workers. A running cell ends with an error. */
  dispose(): void {
    this.#isDisposed = true;
    this.#process?.kill();
    this.#checker?.close();
  }

  get #types(): Checker {
    this.#checker ??= new Checker(this.root);
    return this.#checker;
  }

  async #execute(source: string, options: ExecuteOptions): Promise<CellOutcome> {
    const id = ++this.#lastId;
    const file = options.file ?? `cell-${id}.ts`;
    if (this.#isDisposed) return failed("SessionEnded", "the session has ended");
    const exercise = exerciseOf(source);
    if (exercise !== undefined) this.#rememberExercise(exercise, source);
    const isGraded = exercise !== undefined || isAutograded();
    const plain = withoutExports(this.#types.typescript, source);
    const checked = this.#types.check(plain);
    if (checked.problems.length > 0)
      return { status: "error", error: compileError(source, checked.problems, file) };
    if (options.onOutput !== undefined) this.#outputs.set(id, new Joiner(options.onOutput));
    this.#outputs.delete(id - LISTENED_CELLS);
    for (const text of warnings(source, checked.unyielded, file)) {
      this.#outputs.get(id)?.push({ kind: "stream", name: isGraded ? "stdout" : "stderr", text });
    }
    const cell = emitCell(plain, {
      typescript: this.#types.typescript,
      file,
      known: this.#known,
      typeOnly: checked.typeOnly,
      transform: this.#options.transform ?? applyDirective,
    });
    const { code, maps, blind } = cell;
    if (blind.length > 0)
      this.#outputs.get(id)?.push({ kind: "stream", name: "stderr", text: blindText(blind, file) });
    await this.#quiet;
    this.#process ??= this.#startProcess();
    const outcome = await this.#run(
      { type: "execute", id, file, code, maps, source, isGraded },
      options.signal,
    );
    if (this.#process === undefined) return outcome; // it died, and what the cell declared with it
    this.#types.accept(checked);
    for (const name of cell.declares) this.#known.add(name);
    return outcome;
  }

  async #run(message: ExecuteMessage, signal?: AbortSignal): Promise<CellOutcome> {
    const stop = () => this.interrupt();
    signal?.addEventListener("abort", stop, { once: true });
    const outcome = await new Promise<CellOutcome>((finish) => {
      this.#running = { id: message.id, isInterrupted: false, finish };
      this.#process?.send(message);
      if (signal?.aborted === true) stop();
    });
    signal?.removeEventListener("abort", stop);
    return outcome;
  }

  #rememberExercise(id: string, text: string): void {
    this.#exercises.set(id, text);
    this.#process?.send({ type: "exercise", id, text });
  }

  #startProcess(): SessionProcess {
    const started: SessionProcess = new SessionProcess({
      root: this.root,
      cwd: this.#options.cwd,
      memoryMb: this.#options.memoryMb,
      onMessage: (message) => this.#receive(message),
      onRawText: (name, text) => {
        const id = this.#running?.id ?? this.#lastId;
        this.#outputs.get(id)?.push({ kind: "stream", name, text });
      },
      onEnd: (end) => this.#processEnded(started, end),
    });
    for (const [id, text] of this.#exercises) started.send({ type: "exercise", id, text });
    return started;
  }

  #receive(message: FromProcess): void {
    if (message.type === "output") this.#outputs.get(message.id)?.push(message.output);
    if (message.type === "done") this.#finish(message.id, message.outcome);
  }

  #finish(id: number, outcome: CellOutcome): void {
    const running = this.#running;
    if (running?.id !== id) return;
    this.#running = undefined;
    this.#outputs.get(id)?.flush();
    running.finish(outcome);
  }

  // I2.
  #processEnded(ended: SessionProcess, end: ProcessEnd): void {
    if (ended !== this.#process) return;
    const running = this.#running;
    this.#process = undefined; // the next cell starts a new one
    this.#known = new Set();
    this.#checker?.reset();
    if (running !== undefined) {
      this.#finish(running.id, deathOf(end, running.isInterrupted, this.#isDisposed, this.#options.memoryMb));
    }
  }
}

/** The map of a cell stays in steps; only the places of messages are led back here. */
const applyDirective: CellTransform = (code, file, erased) => {
  const made = interleave(code, { file, isCell: true });
  if (made === undefined || made.blind.length === 0) return made;
  return { ...made, blind: interleave(code, { file, isCell: true, map: erased })?.blind ?? [] };
};

const ANEW = "All variables are gone; run the notebook again from the top.";

function deathOf(
  end: ProcessEnd,
  wasInterrupted: boolean,
  isDisposed: boolean,
  memoryMb: number,
): CellOutcome {
  if (isDisposed) return failed("SessionEnded", "the session has ended");
  if (end.isOutOfMemory) {
    return failed("OutOfMemory", `the cell used more than ${memoryMb} MB of memory and was stopped. ${ANEW}`);
  }
  if (wasInterrupted) {
    return failed("InterruptError", `the cell could not be interrupted, so its process was ended. ${ANEW}`);
  }
  const how = end.signal === null ? `code ${end.code}` : `signal ${end.signal}`;
  return failed("ProcessDied", `the process of the cells ended with ${how}. ${ANEW}`);
}

function failed(ename: string, evalue: string): CellOutcome {
  const error: CellError = { ename, evalue, traceback: [`${ename}: ${evalue}`] };
  return { status: "error", error };
}

/** nbgrader sets this when it grades or validates, and takes any stderr of a test cell for a failure. */
function isAutograded(): boolean {
  const { NBGRADER_EXECUTION } = process.env;
  return NBGRADER_EXECUTION !== undefined;
}

/** Returns the root of the project that this file belongs to, as source or built. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (nameIn(join(folder, "package.json")) === "happens-before") return folder;
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error(`happens-before: no package.json above ${fileURLToPath(import.meta.url)}`);
    folder = parent;
  }
}

function nameIn(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { name?: unknown }).name;
  } catch {
    return undefined;
  }
}
