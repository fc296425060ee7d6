// Next step: what to do about an error of Go's runtime, which says what happened and no more.

const NEXT_STEPS: readonly (readonly [error: RegExp, step: string])[] = [
  [
    /negative WaitGroup counter/,
    "see that each done has an add of its own, made before the goroutine starts; `wg.go` does both.",
  ],
  [/WaitGroup (is reused|misuse)/, "make every add before anybody waits, or a new WaitGroup for each round."],
  [/unlock of unlocked/i, "unlock once for each lock, after it, on every path; withLock does both."],
  [/concurrent map/, "hold one Mutex around every use of the map, reads too, or take a SyncMap."],
  [/assignment to entry in nil map/, "make the map before its first entry."],
  [/close of nil channel/, "make the channel before it is closed."],
  [/in goroutine after .* has completed/, "let the test wait for its goroutines before it returns."],
];

/** The line with the next step after `error`, if there is one to give. */
export function nextStep(error: string): string | undefined {
  const step = NEXT_STEPS.find(([pattern]) => pattern.test(error))?.[1];
  return step === undefined ? undefined : `next: ${step}`;
}
