// What Go prints for panics that follow each other. Every text here was printed by Go 1.26, by the program of that name
// written with defer, recover and runtime.Goexit.

import { expect, test } from "vitest";
import { type Go, goexit, gosched, recover, run, withDefer } from "../../lib/index.js";

/** A frame that panics with "A" and has deferred `calls`, the last one first. */
const frame = (...calls: (() => Go)[]): (() => Go<unknown>) =>
  function* () {
    yield* withDefer(function* (defer) {
      for (const call of calls) defer(call);
      yield* gosched();
      throw "A";
    });
  };

const panics = (value: unknown): (() => Go) =>
  function* () {
    yield* gosched();
    throw value;
  };

const cases: [name: string, body: () => Go<unknown>, printed: string][] = [
  ["a deferred call panics", frame(panics("B")), "panic: A\n\tpanic: B"],
  ["two deferred calls panic", frame(panics("C"), panics("B")), "panic: A\n\tpanic: B\n\tpanic: C"],
  [
    "recovered, then another",
    frame(function* () {
      recover();
      throw "B";
    }),
    "panic: A [recovered]\n\tpanic: B",
  ],
  [
    "recovered and raised again",
    frame(function* () {
      throw recover();
    }),
    "panic: A [recovered, repanicked]",
  ],
  [
    "a runtime error in a deferred call",
    frame(panics(new TypeError("no map"))),
    "panic: A\n\tpanic: TypeError: no map",
  ],
  [
    "a panic in a deferred call of a deferred call",
    frame(function* () {
      yield* withDefer(function* (defer) {
        defer(panics("C"));
        throw "B";
      });
    }),
    "panic: A\n\tpanic: B\n\tpanic: C",
  ],
  [
    "the inner panic is recovered from, the outer one goes on",
    frame(function* () {
      yield* withDefer(function* (defer) {
        defer(() => recover());
        throw "B";
      });
    }),
    "panic: A",
  ],
  [
    "through an outer frame",
    function* () {
      yield* withDefer(function* (defer) {
        defer(function* () {});
        yield* frame(panics("B"))();
      });
    },
    "panic: A\n\tpanic: B",
  ],
  [
    "the outer frame's deferred call panics",
    function* () {
      yield* withDefer(function* (defer) {
        defer(panics("B"));
        yield* frame()();
      });
    },
    "panic: A\n\tpanic: B",
  ],
  [
    "a panic in a deferred call of a goexit",
    function* () {
      yield* withDefer(function* (defer) {
        defer(panics("B"));
        yield* goexit();
      });
    },
    "panic: B",
  ],
  [
    "a text of two lines",
    function* () {
      yield* gosched();
      throw "a\nb";
    },
    "panic: a\n\tb",
  ],
  [
    "an earlier panic that was recovered from leaves no trace",
    function* () {
      yield* withDefer(function* (defer) {
        defer(() => recover());
        yield* frame(panics("B"))();
      });
      throw "C";
    },
    "panic: C",
  ],
];

for (const [name, body, printed] of cases) {
  for (const strategy of ["gmp", "random"] as const) {
    test(`an uncaught panic prints as in Go: ${name} (${strategy})`, async () => {
      const error = await run(body, { strategy, clock: "jump" }).then(
        () => new Error("it did not panic"),
        (thrown: unknown) => thrown as Error,
      );
      expect(error.message.split("\n\n")[0]).toBe(printed);
    });
  }
}

test("a goexit in a deferred call aborts the panic", async () => {
  await expect(
    run(
      frame(function* () {
        yield* goexit();
      }),
      { clock: "jump" },
    ),
  ).rejects.toThrow("fatal error: no goroutines (main called runtime.Goexit) - deadlock!");
});
