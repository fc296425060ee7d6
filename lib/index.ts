// happens-before: goroutines, Go's primitives, and ways to look at every schedule of a program.
export {
  AtomicBool,
  AtomicInt32,
  AtomicInt64,
  AtomicPointer,
  AtomicUint32,
  AtomicUint64,
  AtomicValue,
  casLoop,
  type Swappable,
} from "./atomic/index.js";
export {
  type Case,
  Chan,
  type DefaultCase,
  nilChan,
  onDefault,
  type Received,
  type RecvCase,
  type RecvChan,
  type Selected,
  type SendCase,
  type SendChan,
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
export {
  BreakerOpenError,
  type BreakerOptions,
  type BreakerState,
  Bulkhead,
  BulkheadFullError,
  type BulkheadOptions,
  CircuitBreaker,
  IdempotencyKeyError,
  IdempotencyKeys,
  type IdempotencyOptions,
  type Jitter,
  RetryBudget,
  type RetryBudgetOptions,
  type RetryOptions,
  retry,
} from "./patterns/index.js";
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
export {
  after,
  afterFunc,
  FuncTimer,
  newTicker,
  newTimer,
  now,
  sleep,
  Ticker,
  Timer,
  type TimerOptions,
  tick,
} from "./time/index.js";
