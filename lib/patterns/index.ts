// Patterns for services: what stands between a caller and something that may be slow, broken or asked twice.
export { AdaptiveQueue, type AdaptiveQueueOptions } from "./adaptivequeue.js";
export { BreakerOpenError, type BreakerOptions, type BreakerState, CircuitBreaker } from "./breaker.js";
export { Bulkhead, BulkheadFullError, type BulkheadOptions } from "./bulkhead.js";
export { type CacheOptions, SingleFlightCache } from "./cache.js";
export {
  DistributedLock,
  type DistributedLockOptions,
  FencedResource,
  Lease,
  StaleFenceError,
} from "./distributedlock.js";
export { Group } from "./errgroup.js";
export { type Executor, FixedPool, type FixedPoolOptions, GoPerRequest, RejectedError } from "./executor.js";
export { Future } from "./future.js";
export { IdempotencyKeyError, IdempotencyKeys, type IdempotencyOptions } from "./idempotency.js";
export { LeakyBucket, type LeakyBucketOptions } from "./leakybucket.js";
export { Limiter, Reservation } from "./limiter.js";
export { NotOwnerError, Owned, type Ownership } from "./owned.js";
export { type Jitter, type RetryOptions, retry } from "./retry.js";
export { RetryableOnce } from "./retryableonce.js";
export { RetryBudget, type RetryBudgetOptions } from "./retrybudget.js";
export { SafeTimer } from "./safetimer.js";
export { type Flight, SingleFlight } from "./singleflight.js";
export { type SetOptions, Store, StoreError, type StoreScript } from "./store.js";
export { type Child, Supervisor, SupervisorError, type SupervisorOptions } from "./supervisor.js";
export { TokenBucket, type TokenBucketOptions } from "./tokenbucket.js";
