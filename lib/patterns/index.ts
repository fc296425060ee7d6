// Patterns for services: what stands between a caller and something that may be slow, broken or asked twice.
export { BreakerOpenError, type BreakerOptions, type BreakerState, CircuitBreaker } from "./breaker.js";
export { Bulkhead, BulkheadFullError, type BulkheadOptions } from "./bulkhead.js";
export { IdempotencyKeyError, IdempotencyKeys, type IdempotencyOptions } from "./idempotency.js";
export { type Jitter, type RetryOptions, retry } from "./retry.js";
export { RetryBudget, type RetryBudgetOptions } from "./retrybudget.js";
