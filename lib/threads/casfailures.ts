// CasFailures: how often this thread found another value than it expected, in compare-exchanges that are tried again.
//
// Counted where one has failed and its loop goes on; one that succeeds costs nothing. A lock that finds itself taken is
// no failure: its caller waits, and waits are told by their own numbers.

let failures = 0;

/** Notes that a compare-exchange has failed and is tried again. For the structures of this room. */
export function casFailed(): void {
  failures++;
}

/**
 * How many compare-exchanges of this room's structures have failed and were tried again, in this thread, since it
 * started: by queues, stacks, deques, channels, semaphores, maps, locks. Take the difference of two looks.
 *
 * **Cost:** nothing on paths that succeed; an addition for each failure.
 *
 * @example
 * const stack = new TreiberStack({ capacityItems: 4 });
 * const before = casFailures();
 * stack.tryPush(1);
 * console.log(casFailures() - before); // prints: 0
 */
export function casFailures(): number {
  return failures;
}
