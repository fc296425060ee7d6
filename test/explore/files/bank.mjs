// Programs by file, for searches on several threads.
import { AtomicInt32, Chan, go, Mutex, WaitGroup } from "happens-before";

/** Two goroutines add without a lock: an update may be lost. */
export const lostUpdate = {
  setup: () => new AtomicInt32(0),
  *main(n) {
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      wg.go(function* () {
        const seen = yield* n.load();
        yield* n.store(seen + 1);
      });
    }
    yield* wg.wait();
    return yield* n.load();
  },
};

/** Fails in few schedules only: all three must have passed in one order. */
export default function* rare() {
  const ch = new Chan(8);
  const wg = new WaitGroup();
  for (let i = 0; i < 4; i++) {
    wg.go(function* () {
      yield* ch.send(i);
      yield* ch.send(i);
    });
  }
  yield* wg.wait();
  let text = "";
  for (let i = 0; i < 8; i++) text += yield* ch.recv();
  if (text === "32103210") throw new Error("the one order that nobody thought of");
  return { first: text[0], last: text[7] };
}

export function* deadlock() {
  const [a, b] = [new Mutex(), new Mutex()];
  yield* go(function* () {
    yield* b.lock();
    yield* a.lock();
  });
  yield* a.lock();
  yield* b.lock();
}

export function* returnsAFunction() {
  return () => 1;
}

/** Ends the thread that runs it, but not the test's own. */
export function* dies() {
  if (globalThis.isTheTest !== true) process.exit(3);
}

export const notAProgram = 7;
