// Messages: what a team's caller and its threads say to each other.

import type { FunctionSource } from "./carry.js";
import type { Handle } from "./memory.js";

/** To a thread: run this. */
export interface Job {
  readonly id: number;
  readonly count: number;
  readonly body: FunctionSource;
  /** Packed arguments. */
  readonly args: readonly unknown[];
  /** What the team shares, in one buffer, for each one more makes the start slower: its barrier, and beside it STOP_WORD. */
  readonly barrier: Handle;
  /** Where the thread records what it does, while somebody records. */
  readonly trace?: SharedArrayBuffer;
}

/** The word of the barrier's buffer that is 1 when the team is to stop. */
export const STOP_WORD = 8;

/** What a clone of an Error loses. */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Own properties that are plain values, such as `code`. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** From a thread. */
export type Message =
  | { readonly kind: "ready" }
  | { readonly kind: "output"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly kind: "done"; readonly value: unknown; readonly isClean: boolean }
  | {
      readonly kind: "failed";
      /** A clone of what was thrown; undefined when that cannot be cloned. */
      readonly thrown: unknown;
      /** Of an Error: what a clone loses. */
      readonly error?: ErrorFacts | undefined;
      /** What was thrown, for people. */
      readonly text: string;
      /** It failed because another thread had ended. */
      readonly isConsequence: boolean;
      readonly isClean: boolean;
    };
