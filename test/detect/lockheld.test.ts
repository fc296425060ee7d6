import { expect, test } from "vitest";
import {
  after,
  type Body,
  Chan,
  Cond,
  fromPromise,
  go,
  gosched,
  Mutex,
  type Report,
  RWMutex,
  report,
  select,
  sleep,
  syscall,
  WaitGroup,
} from "../../lib/index.js";

const OPTIONS = { detect: ["lock-held"], clock: "jump" } as const;

function textsOf(seen: Report): string[] {
  return seen.findings.map((f) => f.message.replaceAll(/ at \/[^\n]*?:\d+:\d+/g, " at HERE"));
}

test("a receive under a lock that the sender takes, too: another schedule can deadlock", async () => {
  const program: Body = function* main() {
    const mu = new Mutex();
    const ch = new Chan<number>(1);
    yield* go(function* feeder() {
      yield* mu.lock();
      yield* mu.unlock();
      yield* sleep(1);
      yield* ch.send(1);
    });
    yield* gosched();
    yield* mu.lock();
    yield* ch.recv();
    yield* mu.unlock();
  };
  const seen = await report(program, OPTIONS);
  expect(seen.verdict).toBe("lock-order");
  expect(textsOf(seen)).toEqual([
    [
      'lock held: goroutine 1 "main" waits in chan receive for chan#1 while it holds mutex#1',
      "  waits at HERE",
      "  mutex#1 taken at HERE",
      '  goroutine 2 "feeder" uses chan#1 and takes mutex#1, too: if it takes the lock first, both wait for ever',
      "next: let go of the lock before you send or receive, or let a goroutine that needs no lock do it.",
    ].join("\n"),
  ]);
});

const planted: [what: string, start: string, body: (mu: Mutex) => Body][] = [
  [
    "a sleep",
    "waits in sleep while it holds mutex#1",
    () =>
      function* () {
        yield* sleep(1);
      },
  ],
  [
    "a system call",
    "waits in syscall while it holds mutex#1",
    () =>
      function* () {
        yield* syscall(1);
      },
  ],
  [
    "a promise of the host",
    "waits in IO wait while it holds mutex#1",
    () =>
      function* () {
        yield* fromPromise(Promise.resolve());
      },
  ],
  [
    "a select",
    "waits in select for chan#1 while it holds mutex#1",
    () =>
      function* () {
        yield* select(new Chan<number>().onRecv(), after(1).onRecv());
      },
  ],
  [
    "the end of other goroutines",
    "waits in sync.WaitGroup.Wait while it holds mutex#1",
    () =>
      function* () {
        const wg = new WaitGroup();
        wg.go(function* () {
          yield* gosched();
        });
        yield* wg.wait();
      },
  ],
];
test.each(planted)("planted: a lock is held across %s", async (_, text, body) => {
  const seen = await report(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    yield* body(mu)();
    yield* mu.unlock();
  }, OPTIONS);
  expect(seen.verdict).toBe("starvation");
  expect(textsOf(seen)).toHaveLength(1);
  expect(textsOf(seen)[0]).toContain(text);
  expect(textsOf(seen)[0]?.split("\n").at(-1)).toMatch(/^next: take what you need out under the lock/);
});

const holding = (ms: number): Body =>
  function* () {
    const rw = new RWMutex();
    yield* rw.rLock();
    yield* go(function* () {});
    yield* sleep(ms);
    yield* rw.rUnlock();
  };

test("a lock that is held for longer than a limit of the run's clock; the option alone asks for the detector", async () => {
  const seen = await report(holding(150), { lockLimitMs: 100, clock: "jump" });
  expect(textsOf(seen).at(-1)).toContain(
    'goroutine 1 "func" held rwmutex#1 for 150 ms, longer than 100 ms\n',
  );
  expect(textsOf(await report(holding(100), { lockLimitMs: 100, clock: "jump" }))).toHaveLength(1);
  await expect(report(holding(1), { lockLimitMs: -1 })).rejects.toThrow(
    "lockLimitMs: expected a number >= 0, got -1",
  );
});

const innocent: [what: string, body: Body][] = [
  [
    "waits for the lock itself, and for another one",
    function* () {
      const [a, b] = [new Mutex(), new Mutex()];
      const wg = new WaitGroup();
      for (let i = 0; i < 3; i++) {
        wg.go(function* () {
          yield* a.lock();
          yield* b.lock();
          yield* gosched();
          yield* b.unlock();
          yield* a.unlock();
        });
      }
      yield* wg.wait();
    },
  ],
  [
    "a Cond gives its lock back while it waits",
    function* () {
      const c = new Cond(new Mutex());
      yield* go(function* () {
        yield* c.L.lock();
        yield* c.wait();
        yield* c.L.unlock();
      });
      yield* sleep(1);
      yield* c.signal();
      yield* sleep(1);
    },
  ],
  [
    "a message that needs no wait",
    function* () {
      const mu = new Mutex();
      const ch = new Chan<number>(1);
      yield* mu.lock();
      yield* ch.send(1);
      yield* ch.recv();
      yield* mu.unlock();
    },
  ],
  [
    "a mutex that one goroutine locks and another one unlocks: a signal",
    function* () {
      const mu = new Mutex();
      yield* mu.lock();
      yield* go(function* () {
        yield* sleep(5);
        yield* mu.unlock();
      });
      yield* sleep(1);
      yield* mu.lock();
    },
  ],
];
test.each(innocent)("silent: %s", async (_, body) => {
  expect(textsOf(await report(body, OPTIONS))).toEqual([]);
});

test("it looks only when it is asked for by name: a habit need be no mistake", async () => {
  for (const detect of [undefined, "all"] as const) {
    const seen = await report(holding(150), { clock: "jump", ...(detect === undefined ? {} : { detect }) });
    expect(seen.verdict).toBe("ok");
  }
});
