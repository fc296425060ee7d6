// Grading: what the child has said so far about one submission, and what that amounts to in the end.
//
// Invariants:
//  I1. The first outcome of a property counts; a later message cannot change it.
//  I2. Every property gets a result, whatever befell the child.
import { MEANING } from "./advice.js";
import type { Exercise, Property } from "./exercise.js";
import type { Ended } from "./isolate.js";
import { type Context, errorText, judge, judgeError, unfinished } from "./judge.js";
import { GRACE_MS, type Limits } from "./limits.js";
import type { Message, Outcome } from "./message.js";
import { missingExports } from "./prepare.js";
import type { Problem, PropertyResult } from "./result.js";
import { tidyPaths } from "./tidy.js";

/** Tells how far a check is. */
export interface CheckProgress {
  readonly property: string;
  readonly index: number;
  readonly of: number;
  /** Of a measured property: rounds done. */
  readonly done?: number;
  readonly total?: number;
}

export interface GradingOptions {
  readonly exercise: Exercise<unknown>;
  /** The index of the first hidden property. */
  readonly hiddenFrom: number;
  readonly exports: readonly string[];
  readonly limits: Limits;
  readonly name: string;
  readonly seed: string;
  /** Dropped from paths. */
  readonly folder: string;
  readonly root: string;
  readonly onProgress?: ((progress: CheckProgress) => void) | undefined;
}

/** Marks the properties from `hiddenFrom` on as hidden. */
export function hiddenIn(properties: readonly PropertyResult[], hiddenFrom: number): PropertyResult[] {
  return properties.map((property, index) =>
    index < hiddenFrom ? property : { ...property, visibility: "hidden" },
  );
}

/** The child says that it is done, and what it said about a property could not be read. */
const LOST: Problem = { verdict: "fatal", message: "What it left behind could not be read." };

/** Node and the library may need so long to start on a busy machine. */
const START_MS = 20_000;

export class Grading {
  readonly #options: GradingOptions;
  readonly #results = new Map<number, PropertyResult>();
  readonly #outcomes = new Map<number, Outcome>();
  #phase: "starting" | "loading" | number = "starting";
  #problem: Problem | undefined;

  constructor(options: GradingOptions) {
    this.#options = options;
  }

  /** The raw outcomes, for replays. */
  get outcomes(): ReadonlyMap<number, Outcome> {
    return this.#outcomes;
  }

  hear(raw: Message): void {
    const { folder, root } = this.#options;
    const message = tidyPaths(raw, folder, root);
    if (message.kind === "ready") this.#phase = "loading";
    if (message.kind === "load-failed") this.#problem = loadProblem(message.error);
    if (message.kind === "loaded") this.#problem ??= missingExports(this.#options.exports, message.exports);
    if (message.kind === "broken")
      this.#problem = { verdict: "check-failed", message: brokenText(message.error) };
    if (message.kind === "start") this.#start(message.index);
    if (message.kind === "progress") this.#progress({ done: message.done, total: message.total });
    if (message.kind === "property") this.#finish(message.index, message.outcome, message.elapsedMs);
  }

  /** How long the child may be silent now. */
  fuseMs(): number {
    const { limits, exercise } = this.#options;
    if (this.#phase === "starting") return START_MS;
    if (this.#phase === "loading") return limits.loadMs + GRACE_MS;
    const property = exercise.properties[this.#phase];
    return (property?.lab === undefined ? limits.raceMs : limits.labMs) + GRACE_MS;
  }

  /** Settles what is open when the child has ended. */
  end(ended: Ended): { problem?: Problem; properties: PropertyResult[] } {
    const { exercise } = this.#options;
    if (ended.why !== "done") this.#problem ??= this.#endProblem(ended);
    const problem = this.#problem;
    const at = typeof this.#phase === "number" ? exercise.properties[this.#phase] : undefined;
    const properties = exercise.properties.map((property, index) => {
      const known = this.#results.get(index);
      if (known !== undefined) return known;
      const isIts = problem !== undefined && (at === undefined || at === property);
      const why = at === undefined ? "" : ` The check ended at "${at.name}".`;
      const notRun: Problem = { verdict: "not-run", message: `${MEANING["not-run"]}${why}` };
      const its = problem === undefined ? LOST : isIts ? problem : notRun;
      return unfinished(property, its, this.#context(0)); // I2
    });
    const marked = hiddenIn(properties, this.#options.hiddenFrom);
    return problem === undefined ? { properties: marked } : { problem, properties: marked };
  }

  #start(index: number): void {
    this.#phase = index;
    this.#progress({});
  }

  #progress(rounds: { done?: number; total?: number }): void {
    const { exercise, onProgress } = this.#options;
    if (typeof this.#phase !== "number") return;
    const property: Property<unknown> | undefined = exercise.properties[this.#phase];
    if (property === undefined) return;
    onProgress?.({ property: property.name, index: this.#phase, of: exercise.properties.length, ...rounds });
  }

  #finish(index: number, outcome: Outcome, elapsedMs: number): void {
    const property = this.#options.exercise.properties[index];
    if (property === undefined || this.#outcomes.has(index)) return; // I1
    this.#outcomes.set(index, outcome);
    if (outcome.kind !== "replayed")
      this.#results.set(index, judge(property, outcome, this.#context(elapsedMs)));
  }

  #context(elapsedMs: number): Context {
    return { name: this.#options.name, seed: this.#options.seed, elapsedMs };
  }

  #endProblem(ended: Ended): Problem {
    const { limits, exercise } = this.#options;
    const property = typeof this.#phase === "number" ? exercise.properties[this.#phase] : undefined;
    const doing = property === undefined ? "while the file was loaded" : `in "${property.name}"`;
    const seconds = Math.round(this.fuseMs() / 1000);
    switch (ended.why) {
      case "time":
        return {
          verdict: "out-of-time",
          message: `Stopped ${doing}: still running after ${seconds} s. Is there a loop that never ends, or that never yields?`,
        };
      case "memory":
        return {
          verdict: "out-of-memory",
          message: `Stopped ${doing}: it used more memory than it may (heap ${limits.heapMiB} MiB, in all ${limits.memoryMiB} MiB). Does something grow without end?`,
        };
      case "tasks":
        return {
          verdict: "fatal",
          message: `Stopped ${doing}: it had more than ${limits.tasks} threads and processes. Does a loop start them?`,
        };
      case "output":
        return {
          verdict: "out-of-output",
          message: `Stopped ${doing}: it printed more than ${limits.outputBytes >> 10} KiB.`,
        };
      case "idle":
        return { verdict: "out-of-time", message: `Stopped ${doing}: it awaits something that never comes.` };
      default: {
        const how = ended.signal === null ? `exit code ${ended.code}` : `signal ${ended.signal}`;
        return {
          verdict: "fatal",
          message: `The process ended ${doing} (${how}) before the check was finished.`,
        };
      }
    }
  }
}

function loadProblem(error: Parameters<typeof judgeError>[0]): Problem {
  const { verdict, message } = judgeError(error);
  const [at] = error.stack;
  const where = at === undefined ? {} : { at };
  const isLink = error.name === "SyntaxError" || /^Cannot find (module|package)/.test(error.message);
  if (isLink) return { verdict: "does-not-compile", message: error.message, ...where };
  if (verdict !== "panic") return { verdict, message, ...where };
  return { verdict, message: `The file throws when it is loaded: ${errorText(error)}`, ...where };
}

function brokenText(error: { message: string }): string {
  return `The check could not run; this is not about your code: ${error.message}`;
}
