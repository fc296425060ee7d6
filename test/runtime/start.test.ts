import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import {
  background,
  Chan,
  DeadlockError,
  FatalError,
  fromPromise,
  type Go,
  go,
  goexit,
  LeakError,
  Mutex,
  PanicError,
  select,
  sleep,
  start,
  withTimeout,
} from "../../lib/index.js";

test("a call resolves with what its goroutine returned, and gets its arguments", async () => {
  const lab = start();
  const sum = lab.call(
    function* (a: number, b: number) {
      yield* sleep(0);
      return a + b;
    },
    40,
    2,
  );
  expect(await sum).toBe(42);
  await lab.stop();
});

test("calls share channels: one waits until the next has sent", async () => {
  const lab = start();
  const ch = new Chan<string>();
  const waiting = lab.call(function* () {
    return yield* ch.recv();
  });
  await new Promise((later) => setImmediate(later));
  await lab.call(function* () {
    yield* ch.send("news");
  });
  expect(await waiting).toBe("news");
  await lab.stop();
});

test("ten thousand concurrent calls go through one mutex", async () => {
  const lab = start();
  const mu = new Mutex();
  let inside = 0;
  let most = 0;
  let sum = 0;
  function* handler(i: number): Go<number> {
    yield* mu.lock();
    most = Math.max(most, ++inside);
    if (i % 1000 === 0) yield* sleep(1);
    sum++;
    inside--;
    mu.unlock();
    return i;
  }
  const got = await Promise.all(Array.from({ length: 10_000 }, (_, i) => lab.call(handler, i)));
  expect(got[9_999]).toBe(9_999);
  expect([most, sum]).toEqual([1, 10_000]);
  await lab.stop();
});

test("a throw rejects its call with what was thrown; the others go on", async () => {
  const lab = start();
  const error = new RangeError("no such order");
  const other = lab.call(function* () {
    yield* sleep(1);
    return "fine";
  });
  await expect(
    lab.call(function* () {
      throw error;
    }),
  ).rejects.toBe(error);
  expect(await other).toBe("fine");
  await lab.stop();
});

test("a channel's panic rejects its call as a PanicError", async () => {
  const lab = start();
  const failed = lab.call(function* () {
    const ch = new Chan<number>();
    ch.close();
    yield* ch.send(1);
  });
  await expect(failed).rejects.toThrow(PanicError);
  await expect(failed).rejects.toThrow("send on closed channel");
  await lab.stop();
});

test("goexit rejects its call in Go's words", async () => {
  const lab = start();
  await expect(
    lab.call(function* () {
      yield* goexit();
    }),
  ).rejects.toThrow("runtime.Goexit was called");
  expect(
    await lab.call(function* () {
      return 1;
    }),
  ).toBe(1);
  await lab.stop();
});

test("a panic in a goroutine that no call is ends the run: pending and later calls and stop reject", async () => {
  const lab = start();
  const pending = lab.call(function* () {
    go(function* worker() {
      yield* sleep(1);
      throw new Error("worker died");
    });
    yield* new Chan<number>().recv();
  });
  await expect(pending).rejects.toThrow(/^panic: worker died\n\ngoroutine \d+ \[running\]:/);
  const later = lab.call(function* () {
    return 1;
  });
  await expect(later).rejects.toThrow(PanicError);
  await expect(lab.stop()).rejects.toThrow(PanicError);
});

test("a fatal error in a call ends the run", async () => {
  const lab = start();
  const other = lab.call(function* () {
    yield* new Chan<number>().recv();
  });
  const failed = lab.call(function* () {
    new Mutex().unlock();
  });
  await expect(failed).rejects.toThrow(FatalError);
  await expect(other).rejects.toThrow("fatal error: sync: unlock of unlocked mutex");
  await expect(lab.stop()).rejects.toThrow(FatalError);
});

test("stop waits for calls that are pending and refuses further ones", async () => {
  const lab = start();
  const slow = lab.call(function* () {
    yield* sleep(20);
    return "done";
  });
  const stopping = lab.stop();
  await expect(
    lab.call(function* () {
      return 1;
    }),
  ).rejects.toThrow("start: the run was stopped");
  await stopping;
  expect(await slow).toBe("done");
  await lab.stop(); // a second time is no mistake
});

test("stop finds calls that nobody can wake any more, and says what each waits for", async () => {
  const lab = start();
  const mu = new Mutex();
  const stuck = lab.call(function* transfer() {
    yield* mu.lock();
    yield* mu.lock();
  });
  const stopped = lab.stop();
  await expect(stuck).rejects.toThrow(DeadlockError);
  await expect(stuck).rejects.toThrow(
    /fatal error: all goroutines are asleep - deadlock![\s\S]*goroutine 2 \[sync\.Mutex\.Lock\]:\ntransfer/,
  );
  await expect(stopped).rejects.toThrow(DeadlockError);
});

test("stop tells which goroutines have leaked", async () => {
  const lab = start();
  await lab.call(function* () {
    const ch = new Chan<number>();
    go(function* forgotten() {
      yield* ch.recv();
    });
  });
  const stopped = lab.stop();
  await expect(stopped).rejects.toThrow(LeakError);
  await expect(stopped).rejects.toThrow(
    /^one goroutine is blocked for ever\n\ngoroutine 3 \[chan receive\]:/,
  );
});

test("goroutines that wait for time are dropped at stop, and are no leak", async () => {
  const lab = start();
  await lab.call(function* () {
    go(function* () {
      for (;;) yield* sleep(1_000_000);
    });
  });
  await lab.stop();
});

test("aborting the signal rejects pending calls with its reason, and stop resolves", async () => {
  const controller = new AbortController();
  const lab = start({ signal: controller.signal });
  const pending = lab.call(function* () {
    yield* new Chan<number>().recv();
  });
  await new Promise((later) => setImmediate(later));
  controller.abort(new Error("shutting down"));
  await expect(pending).rejects.toThrow("shutting down");
  await expect(
    lab.call(function* () {
      return 1;
    }),
  ).rejects.toThrow("shutting down");
  await lab.stop();
});

test("a signal aborted before: every call rejects", async () => {
  const lab = start({ signal: AbortSignal.abort(new Error("never")) });
  await expect(
    lab.call(function* () {
      return 1;
    }),
  ).rejects.toThrow("never");
});

test("the host's promises enter through fromPromise", async () => {
  const lab = start();
  const got = lab.call(function* () {
    return (yield* fromPromise(new Promise<number>((done) => setImmediate(done, 7)))) + 1;
  });
  const stopping = lab.stop(); // waits for the host, too
  expect(await got).toBe(8);
  await stopping;
});

test("goroutines that never rest leave the event loop its turn", async () => {
  const lab = start();
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await lab.call(function* () {
    const ch = new Chan<number>();
    go(function* () {
      for (;;) yield* ch.send(1);
    });
    while (turns < 3) yield* ch.recv(); // would never end if the host had no turn
  });
  isDone = true;
  await lab.stop().catch(() => {}); // its sender is left
});

test("controlled strategies are refused: calls from the host cannot be replayed", () => {
  expect(() => start({ strategy: "random" })).toThrow(
    'start: expected strategy gmp or fifo, got "random": calls from the host cannot be replayed',
  );
});

test("a body that is no generator function is named", async () => {
  const lab = start();
  await expect(lab.call(undefined as unknown as () => Go)).rejects.toThrow(
    "call: expected `body` to be a generator function, got undefined",
  );
  await expect(lab.call(function handler() {} as unknown as () => Go)).rejects.toThrow(
    "call: expected handler to be a generator function, got a plain one. Write `function*`.",
  );
  await lab.stop();
});

test("an HTTP server's handlers use a mutex, a channel and a context with a timeout", async () => {
  const lab = start();
  const mu = new Mutex();
  const answers = new Chan<string>(1);
  let served = 0;
  function* handle(path: string): Go<string> {
    yield* mu.lock();
    served++;
    mu.unlock();
    if (path === "/answer") {
      yield* answers.send("42");
      return "sent";
    }
    const [ctx, cancel] = withTimeout(background(), path === "/wait" ? 5000 : 5);
    const got = yield* select(answers.onRecv(), ctx.done().onRecv());
    cancel();
    return got.index === 0 ? `got ${got.value}` : `504 ${ctx.err()?.message}`;
  }
  const server = createServer(async (request, response) => {
    response.end(await lab.call(handle, request.url ?? ""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = async (path: string): Promise<string> => (await fetch(url + path)).text();
  expect(await get("/late")).toBe("504 context deadline exceeded");
  const waiting = get("/wait");
  expect(await get("/answer")).toBe("sent");
  expect(await waiting).toBe("got 42");
  expect(served).toBe(3);
  server.closeAllConnections();
  server.close();
  await lab.stop();
});

test("an open run keeps the process alive while calls are pending, and only then", async () => {
  /** What keeps the event loop alive now; a ticker in the background does not. */
  const timeouts = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timeouts();
  const lab = start();
  await lab.call(function* () {
    go(function* () {
      for (;;) yield* sleep(50);
    });
  });
  const ch = new Chan<string>();
  const idle = timeouts();
  const waiting = lab.call(function* () {
    return yield* ch.recv();
  });
  const pending = timeouts();
  await lab.call(function* () {
    yield* ch.send("kept alive");
  });
  expect(await waiting).toBe("kept alive");
  await new Promise((later) => setImmediate(later));
  expect([idle - before, pending - before, timeouts() - before]).toEqual([0, 1, 0]);
  await lab.stop();
});
