// A planted bug: an M that goes to sleep without the last look at the queues.
import { runM as runLate } from "./latework.mjs";

export function runM(t, job, main, args) {
  return runLate(t, job, main, args, () => false);
}
