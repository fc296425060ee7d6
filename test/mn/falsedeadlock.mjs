// A planted bug: the bits of all Ms are set, so it must be a deadlock.
import { S } from "../../.build/lib/mn/layout.js";
import { runM as runHeldUp } from "./lateinbox.mjs";

export function runM(t, job, main, args) {
  const i32 = new Int32Array(job.buffer);
  const isDeadlock = () => Atomics.load(i32, S.IDLE_MS) === Atomics.load(i32, S.ALL_MS);
  return runHeldUp(t, job, main, args, isDeadlock);
}
