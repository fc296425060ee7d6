// Board data: a small program as a graph of states, as plain data that a page can walk without the program.
//
// Invariants:
//  I1. What many states have in common stands once: a state holds indices into the lists of its board.
//  I2. `to` of a step is the index of a state, or -1 where the board ends before the program does.

import type { Verdict } from "../event/index.js";

/** What one goroutine is about in a state. */
export interface BoardGoroutine {
  readonly id: number;
  readonly name: string;
  /** `ready`: can be chosen; `waits`; `ended`; `failed`: its error ended the run. */
  readonly state: "ready" | "waits" | "ended" | "failed";
  /** What it does when it is chosen, or what it waits in: `lock a`, `send jobs (3)`. Empty once it has ended. */
  readonly op: string;
  /** Where that stands: `orders.ts:12`; empty when that is not known. */
  readonly at: string;
}

/** A lock, a channel, a variable or another thing that goroutines share, in a state. */
export interface BoardObject {
  readonly name: string;
  /** Its class: `mutex`, `chan`, `waitgroup`; `variable` for a plain value. */
  readonly label: string;
  readonly kind: "lock" | "channel" | "variable" | "other";
  /** Its value in words: `free`, `held by g2`, `counter 2`, `41`. */
  readonly text: string;
  /** The items in a channel's buffer, oldest first. */
  readonly items?: readonly string[];
  /** How many items the buffer can take. */
  readonly capacity?: number;
  /** Who holds a lock. */
  readonly holders?: readonly number[];
  /** Who waits, the longest first: `g3`, `g2 sends 7`. */
  readonly waiting?: readonly string[];
}

/** One thing that happened. */
export interface BoardEvent {
  /** 0 for the timer. */
  readonly g: number;
  readonly text: string;
}

/** A choice: who goes on, and what follows until the next choice. */
export interface BoardStep {
  /** The goroutine; 0 for the earliest timer. */
  readonly id: number;
  /** The options of its data choices (ready select cases), from 0. */
  readonly picks: readonly number[];
  /** What it does, in words. */
  readonly words: string;
  /** Indices into `events`. */
  readonly log: readonly number[];
  readonly to: number;
}

/** A state of the program before a choice, or at its end. */
export interface BoardState {
  /** Indices into `goroutines`, by id. */
  readonly g: readonly number[];
  /** Indices into `objects`. */
  readonly o: readonly number[];
  readonly steps: readonly BoardStep[];
  /** Index into `endings`, when the run is over. */
  readonly end?: number;
}

/** How runs end. */
export interface BoardEnding {
  readonly verdict: Verdict;
  /** What is wrong, a line each; of a run that ended well, what it returned. */
  readonly lines: readonly string[];
}

/** A small program as a graph of states. Made by `playBoard`, displayed by `show`. */
export interface Board {
  readonly kind: "board";
  readonly title: string;
  /** The exercise or file, for `npx hb replay`; empty for a program of a cell. */
  readonly source: string;
  /** With `hash`, what a schedule string needs besides the choices: `1` or `j1`. */
  readonly version: string;
  readonly hash: string;
  readonly goroutines: readonly BoardGoroutine[];
  readonly objects: readonly BoardObject[];
  readonly events: readonly BoardEvent[];
  readonly endings: readonly BoardEnding[];
  /** The first one is the start. */
  readonly states: readonly BoardState[];
  /** True when data is chosen before anybody else can run: then the first choice is of data alone. */
  readonly isLateStart?: boolean;
  /** True when every schedule of the program can be walked. */
  readonly isWhole: boolean;
  /** How much of the program the board shows, in words. */
  readonly claim: string;
}
