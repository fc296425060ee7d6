// Atomic values for goroutines.
export { AtomicBool } from "./bool.js";
export { casLoop, type Swappable } from "./casloop.js";
export { Cell } from "./cell.js";
export { AtomicInt32, AtomicInt64, AtomicUint32, AtomicUint64 } from "./integers.js";
export { forgetPlainAccesses, plainAccessText } from "./plainaccesses.js";
export { AtomicPointer } from "./pointer.js";
export { TracedArray } from "./tracedarray.js";
export { TracedObject } from "./tracedobject.js";
export { AtomicValue } from "./value.js";
