// Current: the run and the goroutine that are executing now. One thread, so one of each.

import type { G } from "./g.js";
import type { Runtime } from "./runtime.js";

export const current: {
  rt: Runtime | null;
  g: G | null;
  /** True in a direct run that nobody listens to: operations may take their fast paths. */
  isFast: boolean;
} = { rt: null, g: null, isFast: false };
