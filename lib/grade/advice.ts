// advice: what the verdicts mean, in one plain sentence each, and hints for those that mean the same everywhere.
import type { Hints } from "./exercise.js";
import type { Problem } from "./result.js";

/** Begins every message about a check that is itself at fault. */
export const CHECK_FAILED = "The check itself failed; this is not about your code. Please report it";

export const MEANING: Readonly<Record<Problem["verdict"], string>> = {
  ok: "Nothing wrong was found.",
  "global-deadlock": "Every goroutine waits, and nobody is left to wake one.",
  "partial-deadlock": "Some goroutines wait for each other for ever, while others still run.",
  leak: "The program returned and left a goroutine blocked for ever.",
  race: "Two goroutines touch the same data, one of them writes, and nothing orders them.",
  "lock-order": "Locks are taken in different orders; in some schedule that is a deadlock.",
  panic: "The code threw.",
  fatal: "The code did what no program may do, and cannot go on.",
  "wrong-result": "The program ended, with a result that cannot be right.",
  starvation: "A goroutine that could run was never allowed to.",
  livelock: "Goroutines keep running and nothing gets done.",
  misuse: "An operation was used in a way that cannot work.",
  "out-of-steps": "The program was still running after the step limit.",
  diverged: "The same schedule gave two different runs: the program depends on something outside itself.",
  "too-slow": "It works, and is too slow.",
  "too-noisy": "This machine is too busy for a fair measurement. Close other programs and check again.",
  "not-implemented": "This part is still the starter's.",
  "does-not-compile": "The text is not a module that can be loaded.",
  "out-of-time": "It was still running when its time was up.",
  "out-of-memory": "It used more memory than it may.",
  "out-of-output": "It printed more than it may.",
  "not-run": "Not run.",
  "check-failed": "The check itself failed.",
};

/** Used where an exercise has no hints of its own for the verdict. */
export const GENERIC_HINTS: Hints = {
  "not-implemented": [
    "Read the comment above the function: it says what must hold.",
    "Replace the line that throws `not implemented` by your own code.",
    "Look for the section of the notebook that has the same names as this function.",
  ],
  "does-not-compile": [
    "The caret stands where the compiler gave up; the mistake is there or just before.",
    "Count the braces and parentheses of the function around that line.",
    "Take the starter's text again and put your lines back one by one.",
  ],
  "out-of-time": [
    "Some loop never ends, or never lets another goroutine run.",
    "Look at the loop's condition: who changes what it reads, and can they run meanwhile?",
    "A loop that waits for another goroutine must wait by a `yield*` of a lock, channel or WaitGroup.",
  ],
  "out-of-memory": [
    "Something grows without end: an array, a map, or the number of goroutines.",
    "Look for the loop that adds to it, and for what should stop that loop.",
    "Give it a bound: a full buffer should make its producer wait.",
  ],
  "out-of-output": [
    "Every schedule runs your code again, so what it prints comes hundreds of times.",
    "Remove the printing from the loop, or print only when something is wrong.",
    "`npx hb replay` runs one schedule: print there as much as you like.",
  ],
  misuse: [
    "Look at the line that is named: is there a `yield*` before the operation?",
    "An operation that may block does nothing until it is `yield*`-ed; two of them cannot wait at the same time.",
    "Write `yield* mu.lock()`, `yield* ch.recv()`; inside a callback make the callback a `function*` and `yield*` it.",
  ],
};
