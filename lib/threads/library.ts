// Library: what a thread's body finds as `t.threads`, and how a primitive is made again from its handle.

import { Arena, fieldPlaces } from "./arena.js";
import { Barrier } from "./barrier.js";
import { casFailures } from "./casfailures.js";
import { Chan } from "./chan.js";
import { ChannelError } from "./channelerror.js";
import { ConcurrentMap } from "./concurrentmap.js";
import { Cond } from "./cond.js";
import { CopyOnWrite } from "./copyonwrite.js";
import { Counter } from "./counter.js";
import { WorkDeque } from "./deque.js";
import { Disruptor } from "./disruptor.js";
import { DistributedRWMutex } from "./distributedrwmutex.js";
import { Event } from "./event.js";
import { FairRWMutex } from "./fairrwmutex.js";
import { Latch } from "./latch.js";
import type { Handle, Shared } from "./memory.js";
import { MSQueue } from "./msqueue.js";
import { Mutex } from "./mutex.js";
import { Once } from "./once.js";
import { Queue } from "./queue.js";
import { ReadersFirstRWMutex } from "./readersfirstrwmutex.js";
import { Ring } from "./ring.js";
import { RWMutex } from "./rwmutex.js";
import { select, selectAsync, selectFor } from "./select.js";
import { onDefault } from "./selectcase.js";
import { Semaphore } from "./semaphore.js";
import { SeqLock } from "./seqlock.js";
import { ShardedMap } from "./shardedmap.js";
import { Snapshot } from "./snapshot.js";
import { LockError } from "./thread.js";
import { TreiberStack } from "./treiber.js";
import { UpgradableRWMutex } from "./upgradablerwmutex.js";
import { WaitGroup } from "./waitgroup.js";

/** The primitives over shared memory, by name, as `t.threads` inside a team. */
export interface ThreadsLibrary {
  readonly Arena: typeof Arena;
  readonly Barrier: typeof Barrier;
  readonly Chan: typeof Chan;
  readonly ChannelError: typeof ChannelError;
  readonly ConcurrentMap: typeof ConcurrentMap;
  readonly Cond: typeof Cond;
  readonly CopyOnWrite: typeof CopyOnWrite;
  readonly Counter: typeof Counter;
  readonly Disruptor: typeof Disruptor;
  readonly DistributedRWMutex: typeof DistributedRWMutex;
  readonly Event: typeof Event;
  readonly FairRWMutex: typeof FairRWMutex;
  readonly Latch: typeof Latch;
  readonly LockError: typeof LockError;
  readonly MSQueue: typeof MSQueue;
  readonly Mutex: typeof Mutex;
  readonly Once: typeof Once;
  readonly Queue: typeof Queue;
  readonly RWMutex: typeof RWMutex;
  readonly ReadersFirstRWMutex: typeof ReadersFirstRWMutex;
  readonly Ring: typeof Ring;
  readonly Semaphore: typeof Semaphore;
  readonly SeqLock: typeof SeqLock;
  readonly ShardedMap: typeof ShardedMap;
  readonly Snapshot: typeof Snapshot;
  readonly TreiberStack: typeof TreiberStack;
  readonly UpgradableRWMutex: typeof UpgradableRWMutex;
  readonly WaitGroup: typeof WaitGroup;
  readonly WorkDeque: typeof WorkDeque;
  readonly casFailures: typeof casFailures;
  readonly fieldPlaces: typeof fieldPlaces;
  readonly onDefault: typeof onDefault;
  readonly select: typeof select;
  readonly selectAsync: typeof selectAsync;
  readonly selectFor: typeof selectFor;
}

export const library: ThreadsLibrary = {
  Arena,
  Barrier,
  Chan,
  ChannelError,
  ConcurrentMap,
  Cond,
  CopyOnWrite,
  Counter,
  Disruptor,
  DistributedRWMutex,
  Event,
  FairRWMutex,
  Latch,
  LockError,
  MSQueue,
  Mutex,
  Once,
  Queue,
  RWMutex,
  ReadersFirstRWMutex,
  Ring,
  Semaphore,
  SeqLock,
  ShardedMap,
  Snapshot,
  TreiberStack,
  UpgradableRWMutex,
  WaitGroup,
  WorkDeque,
  casFailures,
  fieldPlaces,
  onDefault,
  select,
  selectAsync,
  selectFor,
};

const PRIMITIVES: Readonly<Record<string, { attach(handle: Handle): Shared }>> = {
  Arena,
  Barrier,
  Chan,
  ConcurrentMap,
  Cond,
  CopyOnWrite,
  Counter,
  Disruptor,
  DistributedRWMutex,
  Event,
  FairRWMutex,
  Latch,
  MSQueue,
  Mutex,
  Once,
  Queue,
  RWMutex,
  ReadersFirstRWMutex,
  Ring,
  Semaphore,
  SeqLock,
  ShardedMap,
  Snapshot,
  TreiberStack,
  UpgradableRWMutex,
  WaitGroup,
  WorkDeque,
};

/** True for an object that one of the primitives' classes made. */
export function isPrimitive(value: object): value is Shared {
  return Object.values(PRIMITIVES).some((made) => value instanceof (made as unknown as typeof Mutex));
}

/** Makes a primitive again from its handle, whatever its class. @throws {TypeError} for a handle of nothing known */
export function attachAny(handle: Handle): Shared {
  const made = PRIMITIVES[handle.tag];
  if (made === undefined)
    throw new TypeError(`attach: expected the handle of a primitive, got ${handle.tag}`);
  return made.attach(handle);
}
