// Program: the threads of one run as the host sees them: starts them, serves their bell, ends them.
//
// Invariants:
//  I1. `ended` settles when no thread works for the run any more: who does not notice the end within GRACE_MS is ended.
//  I2. The first end counts: main has returned, a goroutine has thrown, all are asleep, somebody stopped it, a thread has died.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { functionSource, type Shareable, type Thread, team } from "../threads/index.js";
import { monotonicNs } from "./clock.js";
import type { Leavings, RunJob } from "./entry.js";
import type { Callable } from "./functions.js";
import { givenIn } from "./given.js";
import { addressOfP, Ended, HOST_BIT, S } from "./layout.js";
import { endRun, Words } from "./words.js";

const GRACE_MS = 100;
const FIRST_GOID = 2;

/** What a program is made of. */
export interface ProgramSpec {
  /** The function whose name errors begin with. */
  readonly label: string;
  readonly procs: number;
  readonly memoryBytes: number;
  /** The body of goroutine 1, or a function that is never called, when the host brings the work. */
  readonly main: Callable;
  readonly hasMain: boolean;
  readonly args: readonly unknown[];
  readonly hasTrace: boolean;
  /** What threads run instead of this room's entry: for tests. */
  readonly entry?: string | undefined;
}

/** How a program ended. */
export interface Ending {
  /** One of `Ended`. */
  readonly how: number;
  readonly leavings: readonly Leavings[];
  /** The first error with which a team rejected. */
  readonly failure: { readonly error: unknown } | undefined;
}

/** Atomics.waitAsync, which TypeScript's ES2022 does not know. */
interface AtomicsWithWaitAsync {
  waitAsync(i32: Int32Array, at: number, value: number): { readonly value: unknown };
}

/** The threads of one run. */
export class Program {
  readonly words: Words;
  readonly given: readonly object[];
  readonly startNs = monotonicNs();
  /** Called when somebody has rung the bell; true when there was something for it. */
  onBell: () => boolean = () => false;
  /** Settles when nobody works for the run any more (I1); never rejects. */
  readonly ended: Promise<Ending>;
  readonly #spec: ProgramSpec;
  readonly #abort = new AbortController();
  readonly #texts: readonly number[];
  readonly #leavings: Leavings[] = [];
  #failure: { readonly error: unknown } | undefined;
  #running = 0;
  #nextM: number;
  #grace: NodeJS.Timeout | undefined;
  #settle: (ending: Ending) => void = () => {};

  constructor(spec: ProgramSpec) {
    this.#spec = spec;
    this.#nextM = spec.procs;
    this.given = givenIn([spec.main, spec.args]);
    const functions = this.given.filter((one) => typeof one === "function") as Callable[];
    this.#texts = functions.map((fn) => functionSource(fn, spec.label).number);
    this.words = newMemory(spec);
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#start(spec.procs, 0, spec.hasMain);
    void this.#serve();
  }

  /** How it has ended so far: one of `Ended`. */
  get how(): number {
    return Atomics.load(this.words.i32, S.ENDED); // ORDER: acquire; pairs with the exchange in endRun
  }

  /** How many Ms it has started. */
  get ms(): number {
    return this.#nextM;
  }

  /** Stops everybody; true when it had not ended. */
  stop(): boolean {
    return endRun(this.words, Ended.STOPPED);
  }

  #start(threads: number, firstM: number, hasMain: boolean): void {
    const { main, args, hasTrace, entry } = this.#spec;
    const job: RunJob = {
      buffer: this.words.buffer,
      firstM,
      hasMain,
      hasTrace,
      texts: this.#texts,
      startNs: this.startNs,
    };
    this.#running++;
    const parameters = [entry ?? entryFile(), job, main, args] as unknown as Shareable[];
    team(threads, BODY, { args: parameters, signal: this.#abort.signal }).then(
      (leavings) => this.#left(leavings as Leavings[], undefined),
      (error: unknown) => this.#left([], { error }),
    );
  }

  #left(leavings: readonly Leavings[], failure: { readonly error: unknown } | undefined): void {
    this.#leavings.push(...leavings);
    if (failure !== undefined && failure.error !== this.#abort.signal.reason) this.#failure ??= failure;
    this.stop(); // a thread that died ends the run; else it has ended already
    if (--this.#running > 0) {
      this.#hurry();
      return;
    }
    clearTimeout(this.#grace);
    this.#settle({ how: this.how, leavings: this.#leavings, failure: this.#failure });
  }

  /** I1. */
  #hurry(): void {
    this.#grace ??= setTimeout(() => this.#abort.abort(), GRACE_MS);
  }

  /** Looks whenever the bell is rung, until the run has ended. */
  async #serve(): Promise<void> {
    const { i32 } = this.words;
    while (this.how === Ended.NO) {
      const bell = Atomics.load(i32, S.BELL); // ORDER: before the look
      Atomics.store(i32, S.HOST_AWAKE, 0); // ORDER: before the look; pairs with the exchange in ringHost
      if (this.#look()) {
        await new Promise(setImmediate); // what was resolved goes on before the next look
        continue;
      }
      // ORDER: acquire; pairs with the addition in ringHost.
      await (Atomics as unknown as AtomicsWithWaitAsync).waitAsync(i32, S.BELL, bell).value;
    }
    this.onBell();
    // Who panics tells its team, which then ends itself; ending it first would lose the error.
    if (this.#running > 0 && this.how !== Ended.PANIC) this.#hurry();
  }

  /** True when there was something to do. */
  #look(): boolean {
    const { i32 } = this.words;
    const wanted = Atomics.exchange(i32, S.WANT_MS, 0); // ORDER: acquire; pairs with the addition in askForM
    for (let i = 0; i < wanted; i++) this.#start(1, this.#nextM++, false);
    return this.onBell() || wanted > 0;
  }
}

/** Its text has no `import` that a test runner or a notebook would rewrite. */
const BODY = new Function(
  "t",
  "entry",
  "job",
  "main",
  "args",
  "return import(entry).then((room) => room.runM(t, job, main, args));",
) as (t: Thread, ...rest: Shareable[]) => Promise<Leavings>;

/** The number of the text under every goroutine of a stack. */
export function bodyNumber(): number {
  return functionSource(BODY, "runThreads").number;
}

/** This room's part for threads: beside this file, or the built one when this is the source. */
function entryFile(): string {
  const isSource = import.meta.url.endsWith(".ts");
  const file = new URL(isSource ? "../../.build/lib/mn/entry.js" : "./entry.js", import.meta.url);
  if (existsSync(file)) return file.href;
  throw new Error(`runThreads: ${fileURLToPath(file)} is missing; build the library first: npm run build`);
}

function newMemory({ procs, memoryBytes, hasMain }: ProgramSpec): Words {
  const words = new Words(new SharedArrayBuffer(memoryBytes));
  const { i32 } = words;
  const all = 2 ** procs - 1;
  i32[S.PROCS] = procs;
  i32[S.M_COUNT] = procs;
  i32[S.ALL_MS] = hasMain ? all : all | HOST_BIT; // the host may bring work: then nobody waits in vain
  i32[S.IDLE_PS] = all;
  i32[S.GOIDS] = FIRST_GOID;
  i32[S.HEAP_NEXT] = addressOfP(procs);
  return words;
}
