// exercise: 00-start-here/wait
// The worker says "working" and then "done". But when main returns, everybody else is
// dropped, in Go and here: in some schedules nobody hears "done". Make main wait.
// Check: npx hb check 00-start-here/wait
// Fails: main returned when
import { type Go, gosched, WaitGroup } from "happens-before";

/** Says "working", lets others run, says "done". */
export function* worker(say: (word: string) => void): Go {
  say("working");
  yield* gosched();
  say("done");
}

/** Starts one worker. Must not return before the worker has said "done". */
export function* main(say: (word: string) => void): Go {
  const wg = new WaitGroup();
  wg.go(worker, say);
  // The end of a body started with go() happens before the return of the wait that it unblocks.
  yield* wg.wait();
}
