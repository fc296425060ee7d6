// Progress: what a long search says while it runs, and how it lets the host breathe and end it.
//
// Nothing is said in the first two seconds: a short search leaves no trace on the screen.

import { throwIfInterrupted } from "../op/index.js";
import type { ExploreOptions } from "./options.js";

/** How far a search has come. */
export interface Progress {
  /** Schedules that ran so far. */
  readonly schedules: number;
  /** The budget in schedules. */
  readonly budget: number;
  /** The first failure's verdict, or `ok`. */
  readonly verdict: string;
  readonly elapsedMs: number;
}

/** How long the explorer keeps the host's event loop waiting. */
const SLICE_MS = 40;
const QUIET_MS = 2000;
const SAY_EVERY_MS = 200;

export class Pace {
  readonly #options: ExploreOptions;
  readonly #budget: number;
  readonly #startMs = performance.now();
  readonly #fuseMs: number;
  #sliceMs = this.#startMs;
  #saidMs = this.#startMs + QUIET_MS;
  #hasLine = false;

  constructor(options: ExploreOptions, budget: number) {
    this.#options = options;
    this.#budget = budget;
    this.#fuseMs = (options.seconds ?? Number.POSITIVE_INFINITY) * 1000;
  }

  /**
   * Called after every schedule. Returns null as long as all is well; otherwise a promise of whether the search may go
   * on: false when the time fuse has blown.
   *
   * @throws what ended the search from outside: an interrupt, an aborted signal
   */
  next(schedules: number, verdict: string): Promise<boolean> | null {
    const nowMs = performance.now();
    if (nowMs - this.#startMs > this.#fuseMs) return Promise.resolve(false);
    if (nowMs - this.#sliceMs <= SLICE_MS) return null;
    if (nowMs > this.#saidMs) this.#say({ schedules, verdict, nowMs });
    return this.#breathe();
  }

  /** Takes the line off the terminal. */
  end(): void {
    if (this.#hasLine) process.stderr.write("\r\u001b[K");
    this.#hasLine = false;
  }

  async #breathe(): Promise<boolean> {
    await new Promise((go) => setImmediate(go));
    throwIfInterrupted();
    this.#options.signal?.throwIfAborted();
    this.#sliceMs = performance.now();
    return true;
  }

  #say({ schedules, verdict, nowMs }: { schedules: number; verdict: string; nowMs: number }): void {
    this.#saidMs = nowMs + SAY_EVERY_MS;
    const budget = this.#budget;
    const { progress } = this.#options;
    if (progress !== undefined) {
      progress({ schedules, budget, verdict, elapsedMs: nowMs - this.#startMs });
    } else if (process.stderr.isTTY === true) {
      this.#hasLine = true;
      process.stderr.write(`\r\u001b[K${progressLine(schedules, budget, verdict)}`);
    }
  }
}

const WIDTH = 24;

/** `[######                  ] 25%  12,500 of 50,000 schedules, nothing wrong so far` */
export function progressLine(schedules: number, budget: number, verdict: string): string {
  const share = Math.min(1, schedules / budget);
  const bar = "#".repeat(Math.floor(share * WIDTH)).padEnd(WIDTH);
  const found = verdict === "ok" ? "nothing wrong so far" : `${verdict} found`;
  const count = (n: number): string => n.toLocaleString("en-US");
  return `[${bar}] ${Math.floor(share * 100)}%  ${count(schedules)} of ${count(budget)} schedules, ${found}`;
}
