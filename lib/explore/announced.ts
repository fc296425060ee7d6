// What a goroutine is about to do: the footprint of its next step, as far as it is announced.

import { type G, Phase } from "../runtime/index.js";
import { Footprint, PLAIN, type Touch, touchOperation } from "./footprint.js";

/** The footprint of the operation that `g` performs when it is chosen. Cost: one small object. */
export function announced(g: G, touch: Touch = touchOperation): Footprint {
  const touched = new Footprint();
  if (!g.hasStarted) touched.touch(PLAIN, true);
  else if (g.kind === null || g.object === null) touched.touch(PLAIN, true);
  else if (g.phase === Phase.ANNOUNCED) touch(touched, g.kind, g.object, g.arg);
  else if (g.again !== null) touch(touched, g.kind, g.object, undefined);
  return touched;
}
