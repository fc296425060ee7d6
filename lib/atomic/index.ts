// Atomic values for goroutines.
export { AtomicPointer } from "./pointer.js";
