import { describe, expect, test } from "vitest";
import {
  AtomicBool,
  AtomicInt32,
  type Body,
  Cell,
  Chan,
  explore,
  type Go,
  go,
  gosched,
  Mutex,
  newTicker,
  onDefault,
  type Report,
  report,
  select,
  sleep,
  WaitGroup,
  work,
} from "../../lib/index.js";

const OPTIONS = { detect: ["livelock"], clock: "jump", maxSteps: 5_000 } as const;

function textOf(seen: Report): string {
  const found = seen.findings.find((f) => f.verdict === "livelock");
  return (found?.message ?? "no livelock").replaceAll(/ at \/[^\n]*?:\d+:\d+/g, " at HERE");
}

function* giveWay(): Go {
  yield* gosched();
}

/** Each holds one lock, tries the other, and lets go: as long as their steps alternate, for ever. */
function* polite(pause: () => Go<unknown>): Go {
  const [a, b] = [new Mutex(), new Mutex()];
  const wg = new WaitGroup();
  for (const [first, second] of [
    [a, b],
    [b, a],
  ] as const) {
    yield* wg.go(function* walker() {
      for (;;) {
        yield* first.lock();
        yield* pause();
        const isMine = yield* second.tryLockFor(0);
        yield* pause();
        if (isMine) break;
        yield* first.unlock();
        yield* pause();
      }
      yield* second.unlock();
      yield* first.unlock();
    });
  }
  yield* wg.wait();
}

describe("planted", () => {
  test("two that are polite to each other, in step", async () => {
    const seen = await report(() => polite(giveWay), { ...OPTIONS, strategy: "fifo" });
    expect(seen.verdict).toBe("livelock");
    expect(seen.findings.map((f) => f.verdict)).toEqual(["out-of-steps", "livelock"]);
    expect(textOf(seen).replaceAll(/\d{3,}/g, "N")).toBe(
      [
        "livelock: 2 goroutines run and nothing changes, for N steps now",
        '  goroutine 2 "walker" has looked or tried N times in vain, last with tryLockFor on mutex#1 at HERE',
        '  goroutine 3 "walker" has looked or tried N times in vain, last with tryLockFor on mutex#2 at HERE',
        '  goroutine 1 "func" waits for waitgroup#1 (sync.WaitGroup.Wait) at HERE',
        "Everybody who can run has tried again and again, and no timer is pending that could bring a change.",
        "next: take the locks in one order and wait for them with `lock`; if you must try, wait a random time between two tries.",
      ].join("\n"),
    );
    expect(seen.findings[1]?.at).toHaveLength(2);
  });

  test("the same with sleeps between the tries", async () => {
    const seen = await report(
      () =>
        polite(function* () {
          yield* sleep(1);
        }),
      OPTIONS,
    );
    expect(seen.verdict).toBe("livelock");
  });

  const spins: [what: string, body: () => Body][] = [
    [
      "an atomic flag that nobody sets",
      () =>
        function* () {
          const flag = new AtomicBool();
          while (!(yield* flag.load())) yield* gosched();
        },
    ],
    [
      "a flag looked at between sleeps",
      () =>
        function* () {
          const flag = new Cell(false);
          while (!(yield* flag.read())) yield* sleep(1);
        },
    ],
    [
      "a flag under a lock",
      () =>
        function* () {
          const mu = new Mutex();
          const flag = new Cell(false);
          for (let isSet = false; !isSet; ) {
            yield* mu.lock();
            isSet = yield* flag.read();
            yield* mu.unlock();
            yield* gosched();
          }
        },
    ],
    [
      "a compare-and-swap whose expectation is never met",
      () =>
        function* () {
          const state = new AtomicInt32(1);
          while (!(yield* state.compareAndSwap(0, 1))) yield* gosched();
        },
    ],
    [
      "a select whose default is always taken",
      () =>
        function* () {
          const ch = new Chan<number>();
          for (;;) {
            if ((yield* select(ch.onRecv(), onDefault())).index === 0) return;
            yield* gosched();
          }
        },
    ],
    [
      "a lock that is tried and never given back",
      () =>
        function* () {
          const mu = new Mutex();
          yield* mu.lock();
          while (!mu.tryLock()) yield* gosched();
        },
    ],
    [
      "two flags put up and down in turn",
      () =>
        function* () {
          const flags = [new AtomicBool(), new AtomicBool()] as const;
          const wg = new WaitGroup();
          for (const [mine, other] of [flags, [flags[1], flags[0]] as const]) {
            wg.go(function* () {
              yield* mine.store(true);
              yield* gosched();
              while (yield* other.load()) {
                yield* mine.store(false);
                yield* gosched();
                yield* mine.store(true);
                yield* gosched();
              }
            });
          }
          yield* wg.wait();
        },
    ],
  ];
  test.each(spins)("%s", async (_, body) => {
    const seen = await report(body(), OPTIONS);
    expect(seen.verdict).toBe("livelock");
    expect(textOf(seen).split("\n").at(-1)).toMatch(/^next: /);
    expect(textOf(seen).split("\n").length).toBeLessThan(40);
  });

  test("found while exploring, by default, under fair and unfair strategies", async () => {
    for (const strategy of ["random", "pct", "delay"] as const) {
      const found = await explore(
        function* () {
          const flag = new AtomicBool();
          while (!(yield* flag.load())) yield* gosched();
        },
        { schedules: 3, strategy, maxSteps: 1_200 },
      );
      expect([strategy, found.verdict]).toEqual([strategy, "livelock"]);
    }
  });
});

const innocent: [what: string, body: () => Body][] = [
  [
    "a counter that grows",
    () =>
      function* () {
        const n = new AtomicInt32(0);
        for (;;) {
          yield* n.add(1);
          yield* gosched();
        }
      },
  ],
  [
    "somebody polls, somebody else still counts",
    () =>
      function* () {
        const isDone = new AtomicBool();
        const n = new AtomicInt32(0);
        yield* go(function* () {
          while ((yield* n.add(1)) < 1e6) yield* gosched();
          yield* isDone.store(true);
        });
        while (!(yield* isDone.load())) yield* gosched();
      },
  ],
  [
    "somebody polls, somebody else gives way for long and then acts",
    () =>
      function* () {
        const isDone = new AtomicBool();
        yield* go(function* () {
          for (let i = 0; i < 1e6; i++) yield* gosched();
          yield* isDone.store(true);
        });
        while (!(yield* isDone.load())) yield* gosched();
      },
  ],
  [
    "somebody polls, somebody else works",
    () =>
      function* () {
        const isDone = new AtomicBool();
        yield* go(function* () {
          for (;;) yield* work(1);
        });
        while (!(yield* isDone.load())) yield* sleep(1);
      },
  ],
  [
    "somebody polls, somebody else reads a long list",
    () =>
      function* () {
        const list = Array.from({ length: 20_000 }, (_, i) => new Cell(i));
        const isDone = new AtomicBool();
        yield* go(function* () {
          for (const cell of list) {
            yield* cell.read();
            yield* gosched();
          }
          yield* isDone.store(true);
        });
        while (!(yield* isDone.load())) yield* gosched();
      },
  ],
  [
    "messages that go round for ever",
    () =>
      function* () {
        const ch = new Chan<boolean>();
        yield* go(function* () {
          for (;;) yield* ch.send(true);
        });
        for (;;) yield* ch.recv();
      },
  ],
  [
    "workers that take a lock again and again",
    () =>
      function* () {
        const mu = new Mutex();
        const wg = new WaitGroup();
        for (let i = 0; i < 2; i++) {
          wg.go(function* () {
            for (;;) {
              yield* mu.lock();
              yield* gosched();
              yield* mu.unlock();
            }
          });
        }
        yield* wg.wait();
      },
  ],
  [
    "a poll that a timer will end",
    () =>
      function* () {
        const isDone = new AtomicBool();
        yield* go(function* () {
          yield* sleep(1e9);
          yield* isDone.store(true);
        });
        while (!(yield* isDone.load())) yield* sleep(0.001);
      },
  ],
  [
    "a ticker that ticks for ever",
    () =>
      function* () {
        const t = newTicker(1);
        for (;;) yield* t.c.recv();
      },
  ],
  [
    "goroutines that come and go",
    () =>
      function* () {
        for (;;) {
          yield* go(function* () {});
          yield* gosched();
        }
      },
  ],
];
test.each(innocent)("silent, though it runs out of steps: %s", async (_, body) => {
  for (const strategy of ["gmp", "random", "pct"] as const) {
    const seen = await report(body(), { ...OPTIONS, strategy });
    expect(seen.findings.map((f) => f.verdict)).toEqual(["out-of-steps"]);
  }
});

test("who ends in time is never suspected, however long it polls", async () => {
  const seen = await report(
    function* () {
      const isDone = new AtomicBool();
      yield* go(function* () {
        for (let i = 0; i < 4_000; i++) yield* gosched();
        yield* isDone.store(true);
      });
      while (!(yield* isDone.load())) yield* gosched();
    },
    { ...OPTIONS, maxSteps: 20_000 },
  );
  expect(seen.verdict).toBe("ok");
});
