// The goroutine runtime. Primitives are built on `operate`, `step`, `ready`, `running`, `current`, G and WaitQueue;
// programs use `run`, `report`, `go`, `gosched`, `fromPromise`.
export { fromPromise } from "./bridge.js";
export { created, inBubble, touchChan, touchTimer } from "./bubble.js";
export { bubblesOf } from "./bubbles.js";
export { syscall, work } from "./cpu.js";
export { current } from "./current.js";
export { type Defer, type Deferred, type Named, recover, withDefer } from "./deferring.js";
export {
  Detector,
  type DetectorName,
  type DetectorOptions,
  detectorMaker,
  type LeakOptions,
  provideDetector,
} from "./detector.js";
export { drive } from "./drive.js";
export { describeAll, formatDump } from "./dump.js";
export { isQuiet } from "./ending.js";
export {
  DeadlockError,
  DivergedError,
  FatalError,
  LeakError,
  MisuseError,
  OutOfStepsError,
  PanicError,
  RaceError,
} from "./errors.js";
export { FlightRecorder, type FlightRecorderConfig } from "./flightrecorder.js";
export { bodyName, type G, Phase, Status } from "./g.js";
export { Gmp, type GmpSwitches } from "./gmp.js";
export { go, gosched } from "./go.js";
export { EXIT, goexit } from "./goexit.js";
export { acquires, compose, Listener, noticed, releases } from "./listener.js";
export { type MetricHistogram, type Metrics, readMetrics } from "./metrics.js";
export { ObjectNames } from "./objectnames.js";
export { borrowed, catchUp, done, happened, operate, parking, ready, running, step } from "./operate.js";
export type { Edge, Operable, OpKind } from "./opkind.js";
export { DEFAULT_SEED, detectorsFor, planRun, type RunOptions, type RunPlan } from "./options.js";
export { isOperable, type Place, placesOf } from "./places.js";
export { Random } from "./random.js";
export { asProgram, conclude, report, run, scheduleOf } from "./run.js";
export { type ClockName, Runtime } from "./runtime.js";
export { schedtrace } from "./schedtrace.js";
export { decodeSchedule, encodeChoices, sourceHash, TIMER } from "./schedule.js";
export { captureStack, markStack, parseStack, positionsOf, type StackMark, stackOf } from "./stack.js";
export { type Started, start } from "./start.js";
export {
  type Estimate,
  makeStrategy,
  provideStrategy,
  Replay,
  type Strategy,
  type StrategyName,
  strategyNames,
} from "./strategy.js";
export { Timer } from "./timers.js";
export { Waiter, WaitQueue } from "./waitqueue.js";
