// drive: the synchronous loops that move a run. One goroutine step is: take a runnable goroutine, (controlled:
// perform what it announced,) resume its generator until it parks, announces or ends.
//
// drive() returns when the run is over, or when only the host can go on (a promise, the real clock's next timer).

import { InterruptError, throwIfInterrupted } from "../op/index.js";
import { copied } from "./copied.js";
import { current } from "./current.js";
import { DivergedError, FatalError, MisuseError, OutOfStepsError } from "./errors.js";
import { DONE, type G, Phase, READY, Status, UNBEGUN, WAIT } from "./g.js";
import { performAnnounced, settle, unyielded } from "./operate.js";
import type { Runtime } from "./runtime.js";

// Local names: V8 folds them, while an imported binding is loaded at every use.
const here = current;
const instant = READY;
const parked = WAIT;
const { RUNNING } = Status;

/** Why drive() returned. `host` = wait for a promise or a timer; `slice` = let the event loop breathe, then go on. */
export type Pause = "over" | "host" | "slice";

/** Steps between two looks at the clock, the interrupt word and the time slice. */
const POLL_STEPS = 64;
/** How long a run on the real clock may keep the host's event loop waiting. */
const SLICE_NS = 10_000_000;

/** Moves `rt` as far as it can go without the host. Nested runs are allowed: the outer one is put back. */
export function drive(rt: Runtime): Pause {
  const { rt: outerRt, g: outerG, isFast: outerIsFast } = current;
  current.rt = rt;
  current.g = null;
  current.isFast = !rt.isControlled && rt.listener === null && rt.bubbles === null;
  try {
    return rt.isControlled ? driveControlled(rt) : driveDirect(rt);
  } finally {
    current.rt = outerRt;
    current.g = outerG;
    current.isFast = outerIsFast;
  }
}

function driveDirect(rt: Runtime): Pause {
  const isReal = rt.config.clock === "real";
  rt.readClock();
  const sliceEndNs = rt.nowNs + SLICE_NS;
  let pollAt = rt.steps + POLL_STEPS;
  while (!rt.isOver) {
    if (!takeSteps(rt, pollAt - rt.steps)) {
      const pause = idle(rt);
      if (pause !== null) return pause;
    }
    if (rt.steps < pollAt) continue; // also a program that is idle after every step is looked at
    pollAt = rt.steps + POLL_STEPS;
    throwIfInterrupted();
    if (isOutOfSteps(rt)) break;
    if (!isReal) continue;
    rt.readClock();
    if (rt.nowNs >= sliceEndNs && !rt.isOver) return "slice";
  }
  return "over";
}

/** Runs up to `most` goroutines until each parks; false when nobody can run. */
function takeSteps(rt: Runtime, most: number): boolean {
  const { runq } = rt;
  for (let left = most; left > 0 && !rt.isOver; left--) {
    const g = runq.shift();
    if (g === null) return false;
    rt.steps++;
    resume(g);
  }
  return true;
}

function driveControlled(rt: Runtime): Pause {
  while (!rt.isOver) {
    if (rt.runnable.length === 0) {
      const pause = idle(rt);
      if (pause !== null) return pause;
      continue;
    }
    rt.steps++;
    if (isOutOfSteps(rt)) break;
    if (rt.steps % POLL_STEPS === 0) throwIfInterrupted();
    let g: G | null;
    try {
      g = rt.choose();
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      rt.stop({ why: "diverged", error, g: rt.lastG });
      break;
    }
    if (g === null) {
      rt.fireNext();
    } else {
      rt.takeRunnable(g);
      rt.lastG = g;
      if (rt.bubbles === null) stepControlled(rt, g);
      else rt.bubbles.step(g, stepControlled);
    }
  }
  return "over";
}

function stepControlled(rt: Runtime, g: G): void {
  current.g = g;
  g.status = Status.RUNNING;
  if (g.phase === Phase.ANNOUNCED) {
    if (!performAnnounced(g)) return;
  }
  resume(g);
  if (g.status === Status.RUNNING) rt.ready(g); // it announced its next operation
}

function isOutOfSteps(rt: Runtime): boolean {
  if (rt.steps <= rt.config.maxSteps || rt.mainIsDone) return false;
  const error = new OutOfStepsError(`the run did not end within ${rt.config.maxSteps} scheduling steps`);
  rt.stop({ why: "out-of-steps", error, g: null });
  return true;
}

/** Nobody can run: move the clock, wait for the host, or find that everybody is asleep. */
function idle(rt: Runtime): Pause | null {
  if (rt.timers.length > 0) {
    if (rt.config.clock === "real") return "host";
    rt.fireNext();
    return null;
  }
  if (rt.pendingHost > 0) return "host";
  if (rt.mainIsDone) return "over";
  rt.stop({ why: "deadlock", g: null });
  return "over";
}

/** Runs the body of `g` until it parks, announces or ends. */
function resume(g: G): void {
  const { rt } = g;
  here.g = g;
  g.status = RUNNING;
  try {
    if (!g.hasStarted) start(g);
    const r = g.gen.next();
    if (r.done === true) {
      settle(g);
      rt.finished(g, r.value);
    } else if (r.value !== parked) {
      bareYield(g, r.value);
    } else if (instant.armed !== null) {
      unyielded(g, instant.armed);
    }
  } catch (error) {
    threw(g, error);
  }
}

function start(g: G): void {
  g.hasStarted = true;
  g.rt.listener?.start(g);
  if (g.gen !== UNBEGUN) return;
  const { body } = g; // called as a function, not as a method of `g`
  g.gen = body(...(g.arg as never[]));
  g.arg = undefined;
}

function bareYield(g: G, value: unknown): never {
  const isOp = value === g || (value as object | null) === READY || (value as object | null) === DONE;
  READY.armed = null;
  const what = isOp ? `\`yield\` before ${g.kind?.name ?? "an operation"}` : "a plain `yield`";
  return g.rt.misuse(`${what}: a goroutine waits with \`yield*\`. Add the star.`);
}

function threw(g: G, error: unknown): void {
  const { rt } = g;
  if (error instanceof InterruptError) throw error;
  const misuse = error instanceof MisuseError ? error : copied(g, error);
  if (misuse !== null) rt.stop({ why: "misuse", error: misuse, g });
  else if (error instanceof FatalError) rt.stop({ why: "fatal", error, g });
  else rt.stop({ why: "panic", error, g });
}
