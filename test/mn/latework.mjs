// The real M, made to meet the worst moment: on the way to sleep it waits until there is work, and only then lies down. Afterwards the
// thread is as it was: other runs use it.
import { runM as realRunM } from "../../.build/lib/mn/entry.js";
import { Search } from "../../.build/lib/mn/search.js";

const { lieDown, lastLook } = Search.prototype;

function lieDownLate() {
  const untilMs = performance.now() + 2000;
  while (!this.seesWork() && performance.now() < untilMs);
  lieDown.call(this);
}

/** Runs the M, with `look` as its last look. */
export async function runM(t, job, main, args, look = lastLook) {
  Object.assign(Search.prototype, { lieDown: lieDownLate, lastLook: look });
  try {
    return await realRunM(t, job, main, args);
  } finally {
    Object.assign(Search.prototype, { lieDown, lastLook });
  }
}
