// Unpack: the thread's side of `pack`: primitives from handles, functions from their source.

import type { FunctionSource } from "./carry.js";
import { attachAny } from "./library.js";
import type { Handle } from "./memory.js";

/** Marks what stands for a primitive or a function in packed arguments. */
export const PACKED = "happens-before packed";

export type Packed =
  | { readonly [PACKED]: "primitive"; readonly handle: Handle }
  | { readonly [PACKED]: "function"; readonly source: FunctionSource };

/** Undoes `pack` on the other side; `revive` makes a function of its source. */
export function unpack(value: unknown, revive: (source: FunctionSource) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof SharedArrayBuffer || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((item) => unpack(item, revive));
  if (isPacked(value)) return value[PACKED] === "primitive" ? attachAny(value.handle) : revive(value.source);
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) plain[key] = unpack(item, revive);
  return plain;
}

function isPacked(value: object): value is Packed {
  return PACKED in value;
}
