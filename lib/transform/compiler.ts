// The TypeScript compiler, loaded when the first text needs it: it takes about 250 ms, and most commands do not.
import { createRequire } from "node:module";
import type ts from "typescript";

let loaded: typeof ts | undefined;

/** Returns the compiler. **Cost:** about 250 ms and 80 MB at the first call, nothing later. */
export function compiler(): typeof ts {
  loaded ??= createRequire(import.meta.url)("typescript") as typeof ts;
  return loaded;
}

/**
 * Makes this room use a compiler that is loaded already, TypeScript 5.0 or later, instead of a second one. Call it
 * before anything else here is used.
 */
export function useCompiler(other: typeof ts): void {
  loaded = other;
}
