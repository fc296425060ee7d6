// The words of a goroutine program: what a body is, what it may `yield*`, and how it is interrupted.
export {
  InterruptError,
  installInterruptWord,
  interruptWord,
  LOOP_GUARD,
  throwIfInterrupted,
  withoutLoopGuards,
} from "./interrupt.js";
export type { Body, Go, Op, Program, Step, Wait } from "./types.js";
