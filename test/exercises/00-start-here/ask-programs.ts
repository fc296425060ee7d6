// Programs of the checks of 00-start-here/ask: two servers, and what they have seen.
import { Chan, type Go, gosched, type Program } from "happens-before";

/** The submission. */
export type Submission = typeof import("../../../exercises/00-start-here/ask.js");

/** Each server answers only when both have been asked: who asks one after the other waits for ever. */
export function askedTogether(x: Submission): Program<{ asked: number; both: Chan<never> }, string> {
  return {
    setup: () => ({ asked: 0, both: new Chan<never>() }),
    *main(state) {
      function* meet(): Go {
        state.asked += 1;
        if (state.asked === 2) yield* state.both.close();
        yield* state.both.recv();
      }
      const answers = yield* x.ask(
        function* first() {
          yield* meet();
          return 250;
        },
        function* second() {
          yield* meet();
          return 300;
        },
      );
      return String(answers);
    },
  };
}

/** Servers that take a few turns; whoever is faster, the answers come in the order of the parameters. */
export function askedInOrder(x: Submission): Program<null, string> {
  return {
    setup: () => null,
    *main() {
      const answers = yield* x.ask(
        function* first() {
          yield* gosched();
          return 250;
        },
        function* second() {
          yield* gosched();
          yield* gosched();
          return 300;
        },
      );
      return String(answers);
    },
  };
}

/** How often each server was asked, and what came of it: `250,300 of 1 and 1`. */
export function askedOnce(x: Submission): Program<{ first: number; second: number }, string> {
  return {
    setup: () => ({ first: 0, second: 0 }),
    *main(asked) {
      const answers = yield* x.ask(
        function* first() {
          asked.first += 1;
          yield* gosched();
          return 120;
        },
        function* second() {
          asked.second += 1;
          yield* gosched();
          return 120;
        },
      );
      return `${String(answers)} of ${asked.first} and ${asked.second}`;
    },
  };
}
