// Lock-free structures, step by step: every access to shared state is an operation.
export { FreeList, type FreeListOptions } from "./freelist.js";
export { TreiberStack } from "./treiber.js";
