// Words: which names of "happens-before" block, which do not, and which start goroutines.
//
// Only the table knows the API; the rules about beginners' mistakes know nothing but the table.

/** Methods that return an `Op`, by class. Forgetting `yield*` before one of them does nothing at all. */
const OP_METHODS: Readonly<Record<string, readonly string[]>> = {
  Chan: ["send", "recv", "recvOk", "forEach"],
  Mutex: ["lock", "tryLockFor", "withLock"],
  RWMutex: ["lock", "rLock", "tryLockFor", "tryRLockFor", "withLock", "withRLock"],
  WaitGroup: ["wait", "waitFor"],
  Barrier: ["wait", "waitFor"],
  Guard: [],
  CopyOnWrite: ["load", "write", "tryWriteFor"],
  DistributedRWMutex: ["lock", "rLock", "tryLockFor"],
  FairRWMutex: ["lock", "rLock", "tryLockFor", "tryRLockFor"],
  GuardedMutex: ["lock"],
  Latch: ["wait", "waitFor"],
  ReadersFirstRWMutex: ["lock", "rLock", "tryLockFor"],
  ShardedMap: ["get", "set", "update", "delete", "size", "snapshot"],
  Snapshot: ["load", "publish", "publishIf", "update"],
  StripedMutex: ["lockAll"],
  UpgradableRWMutex: ["lock", "rLock", "uLock", "upgrade", "tryUpgradeFor"],
  Cond: ["wait"],
  Semaphore: ["acquire"],
  Group: ["go", "wait"],
  Limiter: ["wait"],
  SingleFlight: ["do"],
  Once: ["do"],
  BitMutex: ["lock"],
  SemaMutex: ["lock"],
  Pool: ["get"],
  GoMap: ["get", "getOk", "set", "delete", "clear", "clone", "forEach"],
  SyncMap: [
    "load",
    "loadOk",
    "loadOrStore",
    "loadAndDelete",
    "swap",
    "compareAndSwap",
    "compareAndDelete",
    "range",
  ],
  ReadDirtyMap: [
    "load",
    "loadOk",
    "loadOrStore",
    "loadAndDelete",
    "swap",
    "compareAndSwap",
    "compareAndDelete",
    "range",
  ],
  HashTrieMap: [
    "load",
    "loadOk",
    "loadOrStore",
    "loadAndDelete",
    "swap",
    "compareAndSwap",
    "compareAndDelete",
    "range",
  ],
  AtomicBool: ["load", "store", "swap", "compareAndSwap"],
  AtomicInt32: ["load", "store", "swap", "compareAndSwap", "add", "and", "or"],
  AtomicInt64: ["load", "store", "swap", "compareAndSwap", "add", "and", "or"],
  AtomicPointer: ["load", "store", "swap", "compareAndSwap"],
  AtomicUint32: ["load", "store", "swap", "compareAndSwap", "add", "and", "or"],
  AtomicUint64: ["load", "store", "swap", "compareAndSwap", "add", "and", "or"],
  AtomicValue: ["load", "store", "swap", "compareAndSwap"],
  Cell: ["read", "write", "atomicLoad", "atomicStore", "atomicAdd", "atomicCompareAndSwap"],
  TracedArray: ["get", "set", "push", "length"],
  TracedObject: ["get", "set"],
  BoundedQueue: ["tryPush", "tryPop"],
  Disruptor: ["publish", "tryPublish"],
  DisruptorConsumer: ["take", "tryTake", "lag"],
  FreeList: ["acquire", "release"],
  MSQueue: ["push", "pop"],
  SeqLock: ["read", "write"],
  TreiberStack: ["push", "pop"],
  WorkDeque: ["push", "pop", "steal"],
  Bulkhead: ["call"],
  CircuitBreaker: ["call"],
  IdempotencyKeys: ["call"],
  TokenBucket: ["take", "takeWithin"],
  LeakyBucket: ["pour"],
  SingleFlightCache: ["get"],
  RetryableOnce: ["do"],
  AdaptiveQueue: ["offer", "take"],
  SafeTimer: [],
  FixedPool: ["submit", "close"],
  GoPerRequest: ["submit", "close"],
  Future: ["get", "settle"],
  Owned: ["load", "use", "transfer"],
  Store: ["set", "get", "del", "incr", "eval", "pttl"],
  DistributedLock: ["acquire", "tryAcquire"],
  Lease: ["release", "renew"],
  FencedResource: ["write"],
  Supervisor: ["run"],
};

/** Methods that return a `Step`, by class: a plain call is right, and so is `yield*`. */
const STEP_METHODS: Readonly<Record<string, readonly string[]>> = {
  Chan: ["close"],
  Mutex: ["unlock"],
  RWMutex: ["unlock", "rUnlock"],
  Barrier: ["break"],
  DistributedRWMutex: ["unlock", "rUnlock"],
  FairRWMutex: ["unlock", "rUnlock"],
  Guard: ["unlock"],
  Latch: ["countDown"],
  ReadersFirstRWMutex: ["unlock", "rUnlock"],
  UpgradableRWMutex: ["unlock", "rUnlock", "uUnlock", "downgrade"],
  WaitGroup: ["add", "done", "go"],
  Cond: ["signal", "broadcast"],
  BitMutex: ["unlock"],
  SemaMutex: ["unlock"],
  Pool: ["put"],
  SyncMap: ["store", "delete", "clear"],
  ReadDirtyMap: ["store", "delete", "clear"],
  HashTrieMap: ["store", "delete", "clear"],
  Semaphore: ["release"],
  SingleFlight: ["forget"],
  SingleFlightCache: ["invalidate"],
  AdaptiveQueue: ["close"],
  SafeTimer: ["reset", "stop"],
  Supervisor: ["stop"],
};

/** Operations that are functions. */
const OP_FUNCTIONS = new Set([
  "withDefer",
  "withRegion",
  "casLoop",
  "expectNoLeaksSince",
  "goexit",
  "sleep",
  "gosched",
  "select",
  "fromPromise",
  "work",
  "syscall",
  "retry",
  "synctest",
  "synctestSleep",
  "synctestWait",
]);

/** Functions whose first argument is a goroutine body (or, for the last three, may be a program). */
const STARTERS = new Set(["go", "synctest", "run", "report", "explore", "expectNoLeaks"]);

/** Methods that mean a blocking operation when they stand in a goroutine, whatever the receiver is. */
const TELLING_OPS = new Set([
  "send",
  "recv",
  "recvOk",
  "lock",
  "rLock",
  "wait",
  "acquire",
  "withLock",
  "withRLock",
]);
const TELLING_STEPS = new Set(["unlock", "rUnlock", "done", "close", "signal", "broadcast", "release"]);

export const isPrimitive = (className: string): boolean => Object.hasOwn(OP_METHODS, className);
export const isOpFunction = (name: string): boolean => OP_FUNCTIONS.has(name);
export const isStarter = (name: string): boolean => STARTERS.has(name);

/** True when a method of `className` blocks; without a class, when its name says so by itself. */
export function isOpMethod(method: string, className: string | undefined): boolean {
  return className === undefined
    ? TELLING_OPS.has(method)
    : (OP_METHODS[className]?.includes(method) ?? false);
}

/** True when a method of `className` is a step; without a class, when its name says so by itself. */
export function isStepMethod(method: string, className: string | undefined): boolean {
  return className === undefined
    ? TELLING_STEPS.has(method)
    : (STEP_METHODS[className]?.includes(method) ?? false);
}
