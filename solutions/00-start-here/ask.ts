// exercise: 00-start-here/ask
// A shop asks two price servers, the second one only when the first has answered: customers
// wait twice. Ask both at once, and return both answers, the first server's first.
// Check: npx hb check 00-start-here/ask
// Fails: one server was asked, and the other not before it had answered
import { type Go, WaitGroup } from "happens-before";

/** Asks a server for a price, in cents. It may take its time; others run meanwhile. */
export type Server = () => Go<number>;

/** Returns what both servers answer, in the order of the parameters. */
export function* ask(first: Server, second: Server): Go<[number, number]> {
  const wg = new WaitGroup();
  let b = 0;
  wg.go(function* () {
    b = yield* second();
  });
  // This goroutine asks the first one itself: two questions, one more goroutine.
  const a = yield* first();
  // The write to b happens before wait returns, so b is read only when it is there.
  yield* wg.wait();
  return [a, b];
}
