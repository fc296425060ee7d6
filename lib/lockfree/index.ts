// Lock-free structures, step by step: every access to shared state is an operation.
export { BoundedQueue } from "./boundedqueue.js";
export { WorkDeque } from "./deque.js";
export { Disruptor, type DisruptorConsumer } from "./disruptor.js";
export { FreeList, type FreeListOptions } from "./freelist.js";
export { MSQueue } from "./msqueue.js";
export { SeqLock } from "./seqlock.js";
export { TreiberStack } from "./treiber.js";
