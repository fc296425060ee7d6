// The detectors: they listen to a run and tell what is wrong with it. Loading this room makes them known by name.
import { provideDetector } from "../runtime/index.js";
import { ClosedDetector } from "./closed.js";
import { DeadlockDetector } from "./deadlock.js";
import { LeakDetector } from "./leak.js";
import { LivelockDetector } from "./livelock.js";
import { LockHeldDetector } from "./lockheld.js";
import { LockOrderDetector } from "./lockorder.js";
import { RaceDetector } from "./race.js";
import { StarvationDetector } from "./starvation.js";

/** What they say, they say of runs that did not end well. */
const BY_DEFAULT_LATE = { isByDefault: true, onlyExplains: true };

provideDetector("closed", (options) => new ClosedDetector(options), BY_DEFAULT_LATE);
provideDetector("deadlock", (options) => new DeadlockDetector(options), BY_DEFAULT_LATE);
provideDetector("leak", (options) => new LeakDetector(options), BY_DEFAULT_LATE);
provideDetector("livelock", (options) => new LivelockDetector(options), BY_DEFAULT_LATE);
provideDetector("lock-held", (options) => new LockHeldDetector(options), { isAdvice: true });
provideDetector("lock-order", (options) => new LockOrderDetector(options));
provideDetector("race", (options) => new RaceDetector(options), { isByDefault: true });
provideDetector("starvation", (options) => new StarvationDetector(options));

export { ClosedDetector } from "./closed.js";
export { DeadlockDetector } from "./deadlock.js";
export { LeakDetector } from "./leak.js";
export {
  expectNoLeaksSince,
  type GoroutineSnapshot,
  goroutineSnapshot,
  type LeaksSinceOptions,
} from "./leaksince.js";
export { LivelockDetector } from "./livelock.js";
export { findingsAcross } from "./lockacrossfindings.js";
export { LockHeldDetector } from "./lockheld.js";
export { LockOrderDetector } from "./lockorder.js";
export { LockRuns, type SeenLockRun } from "./lockruns.js";
export { type Omission, Ordering } from "./ordering.js";
export { RaceDetector } from "./race.js";
export { StarvationDetector } from "./starvation.js";
