// The TypeScript compiler, loaded when the first text needs it: it takes about 250 ms, and most commands do not.
import { createRequire } from "node:module";
import type ts from "typescript";

let loaded: typeof ts | undefined;

/** Returns the compiler. **Cost:** about 250 ms at the first call, nothing later. */
export function compiler(): typeof ts {
  loaded ??= createRequire(import.meta.url)("typescript") as typeof ts;
  return loaded;
}
