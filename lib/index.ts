// happens-before: goroutines, Go's primitives, and ways to look at every schedule of a program.
export { AtomicPointer } from "./atomic/index.js";
export {
  type Case,
  Chan,
  type DefaultCase,
  onDefault,
  type Received,
  type RecvCase,
  type Selected,
  type SendCase,
  select,
} from "./chan/index.js";
export type {
  ErrorData,
  EventData,
  Exploration,
  Finding,
  GoroutineData,
  Position,
  Report,
  Verdict,
} from "./event/index.js";
export { type ExploreOptions, explore } from "./explore/index.js";
export type { Body, Go, Op, Program, Step, Wait } from "./op/index.js";
export { render } from "./plot/index.js";
export {
  DeadlockError,
  FatalError,
  fromPromise,
  type GmpSwitches,
  go,
  gosched,
  MisuseError,
  PanicError,
  type RunOptions,
  report,
  run,
  schedtrace,
  syscall,
  work,
} from "./runtime/index.js";
export { Mutex, RWMutex, WaitGroup } from "./sync/index.js";
export { now, sleep } from "./time/index.js";
