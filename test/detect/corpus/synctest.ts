// Go: synctest_test.go
import { afterFunc, Chan, type Go, go, sleep, synctest, synctestWait } from "../../../lib/index.js";
import { cases, type Variable, variable } from "./case.js";

function* inBubble(body: (x: Variable, write: () => Go) => Go<unknown>): Go {
  yield* synctest(function* () {
    const x = variable();
    yield* body(x, function* () {
      yield* x.write(1);
    });
  });
}

export const clean = cases({
  SynctestGoroutinesExit: () =>
    inBubble(function* (_x, write) {
      yield* go(write);
      yield* synctestWait();
      yield* go(write);
    }),
});

export const racy = cases({
  SynctestGoroutinesExit: () =>
    inBubble(function* (_x, write) {
      yield* go(write);
      yield* go(write);
    }),
  SynctestGoroutinesRecv: () =>
    inBubble(function* (x) {
      const ch = new Chan<null>();
      function* f(): Go {
        yield* x.write(1);
        yield* ch.recv();
      }
      yield* go(f);
      yield* go(f);
      yield* ch.close();
    }),
  SynctestGoroutinesUnblocked: () =>
    inBubble(function* (x) {
      const ch = new Chan<null>();
      function* f(): Go {
        yield* ch.recv();
        yield* x.write(1);
      }
      yield* go(f);
      yield* go(f);
      yield* ch.close();
    }),
  SynctestGoroutinesSleep: () =>
    inBubble(function* (x) {
      for (const seconds of [1, 2]) {
        yield* go(function* () {
          yield* sleep(seconds * 1000);
          yield* x.write(1);
          yield* sleep((3 - seconds) * 1000);
        });
      }
      yield* sleep(5000);
    }),
  SynctestTimers: () =>
    inBubble(function* (_x, write) {
      afterFunc(1000, write);
      afterFunc(2000, write);
      yield* sleep(5000);
    }),
});
