// Given: what the host hands to all threads and goroutines pass on by reference: primitives, shared memory, functions.
//
// Invariants:
//  I1. Host and threads walk the same arguments in the same order, so a number means the same thing everywhere.

import type { Callable } from "./functions.js";

/** The objects in `args` that are shared rather than copied, in the order in which they are met. */
export function givenIn(args: unknown): object[] {
  const found = new Set<object>();
  walk(args, found, new Set());
  return [...found];
}

function walk(value: unknown, found: Set<object>, seen: Set<object>): void {
  if (typeof value === "function") found.add(value as Callable);
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (isShared(value)) found.add(value);
  else if (Array.isArray(value)) for (const item of value) walk(item, found, seen);
  else if (!ArrayBuffer.isView(value)) for (const item of Object.values(value)) walk(item, found, seen);
}

function isShared(value: object): boolean {
  if (value instanceof SharedArrayBuffer) return true;
  if (ArrayBuffer.isView(value)) return value.buffer instanceof SharedArrayBuffer;
  return "handle" in value && typeof value.handle === "object"; // a primitive of lib/threads
}
