// Real threads over shared memory: primitives that any thread attaches to, and teams that run a function on many.

export type { ElementArrays, Field, FieldPlace, Fields, RoomOptions, Views } from "./arena.js";
export { Arena, fieldPlaces } from "./arena.js";
export { Barrier } from "./barrier.js";
export { carry, FreeNameError } from "./carry.js";
export type { CondHandle } from "./cond.js";
export { Cond } from "./cond.js";
export type { CounterOptions } from "./counter.js";
export { Counter } from "./counter.js";
export { dismissIdle } from "./crew.js";
export { Event } from "./event.js";
export { TeamError } from "./failure.js";
export { Latch } from "./latch.js";
export type { ThreadsLibrary } from "./library.js";
export type { Handle, Placement, Shared } from "./memory.js";
export { Mutex } from "./mutex.js";
export { Once } from "./once.js";
export type { WaitOptions } from "./park.js";
export { RWMutex } from "./rwmutex.js";
export { Semaphore } from "./semaphore.js";
export type { Carried, Shareable } from "./shareable.js";
export type { Numbers, SnapshotOptions } from "./snapshot.js";
export { Snapshot } from "./snapshot.js";
export type { TeamOptions, Thread } from "./team.js";
export { team } from "./team.js";
export { allowBlocking, LockError, refuseBlocking } from "./thread.js";
export { WaitGroup } from "./waitgroup.js";
