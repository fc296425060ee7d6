// The ways a program can go wrong, with Go's exact texts.
//
// Source: Go src/runtime/panic.go. A panic can be recovered from; a fatal error cannot.

/** A panic: what the library throws where Go panics, and what `run` rejects with when nobody caught one. */
export class PanicError extends Error {
  override readonly name: string = "PanicError";
  /** What was thrown: for a panic of the library itself, its text. */
  readonly value: unknown;

  constructor(message: string, value: unknown = message) {
    super(message, value instanceof Error ? { cause: value } : undefined);
    this.value = value;
  }
}

/** An error that Go prints as `fatal error: …` and that `recover` cannot catch: it ends the whole run. */
export class FatalError extends Error {
  override readonly name: string = "FatalError";
}

/** `all goroutines are asleep - deadlock!`, followed by a goroutine dump. */
export class DeadlockError extends FatalError {
  override readonly name: string = "DeadlockError";
}

/** Goroutines are left that nobody could ever wake; followed by a goroutine dump. */
export class LeakError extends Error {
  override readonly name: string = "LeakError";
}

/** The library was used in a way that cannot work, e.g. an operation was created and never yielded. */
export class MisuseError extends Error {
  override readonly name: string = "MisuseError";
}

/** A schedule did not fit the program it was replayed on. */
export class DivergedError extends Error {
  override readonly name: string = "DivergedError";
}

/** The run took more scheduling steps than `maxSteps`. */
export class OutOfStepsError extends Error {
  override readonly name: string = "OutOfStepsError";
}

/** Two accesses to one variable that nothing orders: what `run` rejects with under `detect: ["race"]`. */
export class RaceError extends Error {
  override readonly name: string = "RaceError";
}
