// Locks and other primitives of Go's package sync.
export type { Cancellation, WaitLimit } from "./limit.js";
export { Mutex } from "./mutex.js";
export { RWMutex } from "./rwmutex.js";
export { WaitGroup } from "./waitgroup.js";
