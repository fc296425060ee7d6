// The real M, made to meet the worst moment of a deadlock's detection. The M whose goroutine has put `steps` into its global scope waits,
// on the way to sleep, until another M has woken one of its goroutines; then it lies down, and is held up before its last look. Now
// the other M lies down too, and looks whether all is over. Afterwards the thread is as it was: other runs use it.
import { runM as realRunM } from "../../.build/lib/mn/entry.js";
import { Ended, S } from "../../.build/lib/mn/layout.js";
import { Search } from "../../.build/lib/mn/search.js";

/** For how long the other M may look whether all is over. */
const HOLD_MS = 300;
const MOST_MS = 5000;
/** Of `steps`. */
const GOES_TO_SLEEP = 1;
const IS_ANSWERED = 2;

const { lieDown, lastLook, isDeadlock: realIsDeadlock } = Search.prototype;

/** Runs the M with `isDeadlock` instead of its own, if there is one. */
export async function runM(t, job, main, args, isDeadlock = realIsDeadlock) {
  Object.assign(Search.prototype, heldUp(new Int32Array(job.buffer)), { isDeadlock });
  try {
    return await realRunM(t, job, main, args);
  } finally {
    Object.assign(Search.prototype, { lieDown, lastLook, isDeadlock: realIsDeadlock });
  }
}

function heldUp(i32) {
  let isLate = false;
  const pause = (until, ms) => {
    const untilMs = performance.now() + ms;
    while (!until() && performance.now() < untilMs) Atomics.wait(i32, S.ENDED, Ended.NO, 1);
  };
  return {
    lieDown() {
      const { steps } = globalThis;
      if (steps === undefined) pause(() => this.seesWork() || Atomics.load(i32, S.IDLE_MS) !== 0, MOST_MS);
      else {
        Atomics.store(steps, GOES_TO_SLEEP, 1);
        Atomics.notify(steps, GOES_TO_SLEEP);
        pause(() => Atomics.load(steps, IS_ANSWERED) === 1, MOST_MS);
        delete globalThis.steps;
        isLate = true;
      }
      lieDown.call(this);
    },
    lastLook() {
      if (isLate) {
        isLate = false;
        pause(() => Atomics.load(i32, S.IDLE_MS) === Atomics.load(i32, S.ALL_MS), MOST_MS);
        pause(() => Atomics.load(i32, S.ENDED) !== Ended.NO, HOLD_MS);
      }
      return lastLook.call(this);
    },
  };
}
