// Locks and other primitives of Go's package sync.
export { BitMutex } from "./bitmutex.js";
export type { Loaded } from "./concurrentmap.js";
export { Cond } from "./cond.js";
export { GoMap } from "./gomap.js";
export type { Cancellation, WaitLimit } from "./limit.js";
export type { Locker } from "./locker.js";
export { Mutex } from "./mutex.js";
export { Once } from "./once.js";
export { onceFunc, onceValue, onceValues } from "./oncefunc.js";
export { Pool } from "./pool.js";
export { ReadDirtyMap, type ReadDirtyStats } from "./readdirtymap.js";
export { RWMutex } from "./rwmutex.js";
export { SemaMutex } from "./semamutex.js";
export { SyncMap } from "./syncmap.js";
export { WaitGroup } from "./waitgroup.js";
