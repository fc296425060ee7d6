import { expect, test } from "vitest";
import "../../lib/detect/index.js";
import {
  type Body,
  background,
  Chan,
  Cond,
  explore,
  type Go,
  go,
  gosched,
  Mutex,
  newTicker,
  nilChan,
  type Report,
  RWMutex,
  report,
  select,
  sleep,
  WaitGroup,
  withCancel,
} from "../../lib/index.js";

const OPTIONS = { detect: ["deadlock"], maxSteps: 300, clock: "jump" } as const;

/** Others still run: a goroutine that never ends. */
function* ticker(): Go {
  const t = newTicker(1);
  for (;;) yield* t.c.recv();
}

/** The report of `main` with a ticker beside it, in a direct and in a controlled run. */
async function beside(main: Body): Promise<[Report, Report]> {
  const whole = function* () {
    go(ticker);
    yield* main();
  };
  return [
    await report(whole, OPTIONS),
    await report(whole, { ...OPTIONS, strategy: "random", clock: "jump" }),
  ];
}

function textOf(seen: Report): string {
  const found = seen.findings.find((f) => f.verdict === "partial-deadlock");
  return (found?.message ?? "no partial deadlock").replaceAll(/ at \/[^\n]*?:\d+:\d+/g, " at HERE");
}

/** Two goroutines that take two locks in opposite orders, for certain. */
function* crossed(): Go {
  const a = new Mutex();
  const b = new Mutex();
  const wg = new WaitGroup();
  wg.go(function* left() {
    yield* a.lock();
    yield* sleep(1);
    yield* b.lock();
  });
  wg.go(function* right() {
    yield* b.lock();
    yield* sleep(1);
    yield* a.lock();
  });
  yield* wg.wait();
}

test("two locks in opposite orders, while a ticker goes on: the cycle is told, edge by edge", async () => {
  for (const seen of await beside(crossed)) {
    expect(seen.verdict).toBe("partial-deadlock");
    expect(seen.findings[0]?.verdict).toBe("out-of-steps");
    const text = textOf(seen);
    expect(text).toContain("partial deadlock: 3 goroutines wait for ever, and one other goes on\n");
    expect(text).toMatch(
      /goroutine \d "left" waits for mutex#\d \(sync\.Mutex\.Lock\) at HERE\n {4}held by goroutine \d "right"/,
    );
    expect(text).toMatch(
      /goroutine \d "right" waits for mutex#\d \(sync\.Mutex\.Lock\) at HERE\n {4}held by goroutine \d "left"/,
    );
    expect(text).toMatch(/waits for waitgroup#1 \(sync\.WaitGroup\.Wait\) at HERE\n/);
    expect(text.split("\n").at(-1)).toBe("next: take the locks in one order everywhere.");
    expect(seen.findings.find((f) => f.verdict === "partial-deadlock")?.at).toHaveLength(3);
  }
});

test("with events the report says where each lock was taken, and is stable text", async () => {
  const [one, two] = [
    await report(crossedAndReturned, { detect: ["deadlock"], trace: true }),
    await report(crossedAndReturned, { detect: ["deadlock"], trace: true }),
  ];
  expect(textOf(one)).toBe(textOf(two));
  expect(textOf(one)).toBe(
    [
      "partial deadlock: 2 goroutines wait for ever, and main has returned",
      '  goroutine 2 "left" waits for mutex#1 (sync.Mutex.Lock) at HERE',
      '    held by goroutine 3 "right" at HERE',
      '  goroutine 3 "right" waits for mutex#2 (sync.Mutex.Lock) at HERE',
      '    held by goroutine 2 "left" at HERE',
      "A lock is given back by its holder.",
      "next: take the locks in one order everywhere.",
    ].join("\n"),
  );
});

function* crossedAndReturned(): Go {
  const a = new Mutex();
  const b = new Mutex();
  for (const [name, first, second] of [
    ["left", a, b],
    ["right", b, a],
  ] as const) {
    const body = function* () {
      yield* first.lock();
      yield* sleep(1);
      yield* second.lock();
    };
    Object.defineProperty(body, "name", { value: name });
    yield* go(body);
  }
  yield* sleep(10);
}

test("main returned while two wait for each other: a partial deadlock before it is a leak", async () => {
  const seen = await report(crossedAndReturned, OPTIONS);
  expect([seen.verdict, seen.findings.map((f) => f.verdict)]).toEqual([
    "partial-deadlock",
    ["leak", "partial-deadlock"],
  ]);
});

test("main waits for a channel that nobody else has", async () => {
  for (const seen of await beside(function* () {
    yield* new Chan<number>().recv();
  })) {
    expect(seen.verdict).toBe("partial-deadlock");
    expect(textOf(seen)).toBe(
      [
        "partial deadlock: one goroutine waits for ever, and one other goes on",
        '  goroutine 1 "whole" waits for chan#1 (chan receive) at HERE',
        "    nobody else has ever used it",
        "No goroutine that still goes on has ever used the rest of what they wait for.",
        "next: see who was to send, receive or close, and on which path it does not.",
      ].join("\n"),
    );
  }
});

test("a writer in line between two read locks of one goroutine is explained", async () => {
  for (const seen of await beside(function* () {
    const rw = new RWMutex();
    yield* rw.rLock();
    go(function* writer() {
      yield* rw.lock();
    });
    yield* sleep(1);
    yield* rw.rLock();
  })) {
    expect(seen.verdict).toBe("partial-deadlock");
    const text = textOf(seen);
    expect(text).toMatch(
      /goroutine 1 "whole" waits for rwmutex#1 \(sync\.RWMutex\.RLock\) at HERE\n {4}goroutine \d "writer" is in line to write, and keeps new readers out\n/,
    );
    expect(text).toMatch(
      /"writer" waits for rwmutex#1 \(sync\.RWMutex\.Lock\) at HERE\n {4}held for reading by goroutine 1 "whole" at HERE\n/,
    );
    expect(text).toContain("next: do not lock for reading twice in one goroutine");
  }
});

test("a wait group that is never done, whose worker has ended", async () => {
  for (const seen of await beside(function* () {
    const wg = new WaitGroup();
    wg.add(2);
    go(function* worker() {
      wg.done();
    });
    yield* wg.wait();
  })) {
    expect(seen.verdict).toBe("partial-deadlock");
    expect(textOf(seen)).toMatch(
      /waits for waitgroup#1 \(sync\.WaitGroup\.Wait\) at HERE\n {4}used by goroutine 3 "worker", which has ended\n/,
    );
    expect(textOf(seen)).toContain("next: see that every add has its done");
  }
});

test("a mutex that is locked twice waits for itself; one whose holder has ended is told so", async () => {
  const [twice] = await beside(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    yield* mu.lock();
  });
  expect(textOf(twice)).toContain("    held by itself at HERE\n");
  expect(textOf(twice)).toContain("next: these locks are not reentrant");
  const [gone] = await beside(function* () {
    const mu = new Mutex();
    yield* go(function* forgetful() {
      yield* mu.lock();
    });
    yield* sleep(1);
    yield* mu.lock();
  });
  expect(textOf(gone)).toContain('    held by goroutine 3 "forgetful" at HERE, which has ended\n');
});

test("a cycle through a channel and a lock", async () => {
  for (const seen of await beside(function* () {
    const mu = new Mutex();
    const ch = new Chan<number>();
    go(function* sender() {
      yield* mu.lock();
      yield* ch.send(1);
    });
    yield* sleep(1);
    yield* mu.lock(); // before it receives
    yield* ch.recv();
  })) {
    expect(seen.verdict).toBe("partial-deadlock");
    expect(textOf(seen)).toMatch(/goroutine 1 "whole" waits for mutex#1[\s\S]*"sender" waits for chan#1/);
  }
});

test("select, Cond and the nil channel are waited for as well", async () => {
  const bodies: Body[] = [
    function* () {
      yield* select(new Chan<number>().onRecv(), new Chan<number>().onSend(1));
    },
    function* () {
      const cond = new Cond(new Mutex());
      yield* cond.L.lock();
      yield* cond.wait();
    },
    function* () {
      yield* nilChan<number>().recv();
    },
    function* () {
      yield* select();
    },
  ];
  const texts: string[] = [];
  for (const body of bodies)
    texts.push(
      textOf((await beside(body))[0])
        .split("\n")[1]
        ?.trim() ?? "",
    );
  expect(texts).toEqual([
    'goroutine 1 "whole" waits for chan#1, chan#2 (select) at HERE',
    'goroutine 1 "whole" waits for cond#1 (sync.Cond.Wait) at HERE',
    'goroutine 1 "whole" waits for a nil channel (chan receive (nil chan)) at HERE',
    'goroutine 1 "whole" waits for nothing (select (no cases)) at HERE',
  ]);
});

const innocent: [what: string, body: Body][] = [
  [
    "workers that take two locks in one order",
    function* () {
      const a = new Mutex();
      const b = new Mutex();
      const wg = new WaitGroup();
      for (let i = 0; i < 4; i++) {
        wg.go(function* () {
          yield* a.lock();
          yield* gosched();
          yield* b.lock();
          yield* b.unlock();
          yield* a.unlock();
        });
      }
      yield* wg.wait();
    },
  ],
  [
    "a receiver whose sender sleeps",
    function* () {
      const ch = new Chan<number>();
      go(function* () {
        yield* sleep(50);
        yield* ch.send(1);
      });
      yield* ch.recv();
    },
  ],
  [
    "a mutex that another goroutine unlocks",
    function* () {
      const mu = new Mutex();
      yield* mu.lock();
      go(function* () {
        yield* sleep(1);
        mu.unlock();
      });
      yield* mu.lock();
    },
  ],
  [
    "readers that a writer keeps waiting for a while",
    function* () {
      const rw = new RWMutex();
      const wg = new WaitGroup();
      for (let i = 0; i < 3; i++) {
        wg.go(function* () {
          yield* rw.rLock();
          yield* sleep(1);
          yield* rw.rUnlock();
        });
        wg.go(function* () {
          yield* rw.lock();
          yield* rw.unlock();
        });
      }
      yield* wg.wait();
    },
  ],
];
for (const [what, body] of innocent) {
  test(`silent: ${what}`, async () => {
    expect((await report(body, OPTIONS)).findings).toEqual([]);
    const found = await explore(body, { detect: ["deadlock"], schedules: 200 });
    expect(found.verdict, found.failure?.findings[0]?.message).toBe("ok");
  });
}

test("silent in a run that ends too early: whoever still goes on may wake the others", async () => {
  for (const seen of await beside(function* () {
    const ch = new Chan<number>(1);
    const mu = new Mutex();
    const [ctx] = withCancel(background());
    go(function* busy() {
      for (;;) {
        yield* mu.lock();
        yield* gosched();
        mu.unlock();
        yield* ch.send(1);
        yield* ch.recv();
      }
    });
    go(function* () {
      for (;;) {
        yield* mu.lock();
        mu.unlock();
        yield* gosched();
      }
    });
    go(function* () {
      yield* ctx.done().recv(); // whoever has cancel is not known
    });
    yield* select(new Chan<number>().onRecv(), ch.onSend(2), ch.onRecv());
    yield* sleep(1_000_000_000);
  })) {
    expect(textOf(seen)).toBe("no partial deadlock");
    expect(seen.verdict).toBe("out-of-steps");
  }
});

test("a goroutine that is merely left behind stays a leak", async () => {
  const seen = await report(function* () {
    go(function* () {
      yield* new Chan<number>().recv();
    });
    yield* gosched();
  }, OPTIONS);
  expect(seen.findings.map((f) => f.verdict)).toEqual(["leak"]);
});

test("explore finds it, and its replay tells the same", async () => {
  const found = await explore(
    function* () {
      const a = new Mutex();
      const b = new Mutex();
      for (const [first, second] of [
        [a, b],
        [b, a],
      ] as const) {
        go(function* () {
          yield* first.lock();
          yield* second.lock();
          yield* second.unlock();
          yield* first.unlock();
        });
      }
      yield* sleep(1);
    },
    { detect: ["deadlock"], schedules: 500 },
  );
  expect(found.verdict).toBe("partial-deadlock");
  expect(found.failure?.findings.find((f) => f.verdict === "partial-deadlock")?.goroutines).toEqual([2, 3]);
});

test("main that goes on may still send on a channel that it made and has not used yet", async () => {
  const seen = await report(function* () {
    const gate = new Chan<number>();
    go(function* () {
      yield* gate.recv();
    });
    for (;;) yield* gosched(); // it waits for something else, badly
  }, OPTIONS);
  expect(seen.findings.map((f) => f.verdict)).toEqual(["out-of-steps"]);
});

test("a reader in a circle of several locks is told to keep an order, not to read once", async () => {
  const seen = await report(
    function* () {
      const [mu, rw] = [new Mutex(), new RWMutex()];
      go(function* writer() {
        yield* rw.lock();
        yield* sleep(1);
        yield* mu.lock();
      });
      yield* mu.lock();
      yield* sleep(1);
      yield* rw.rLock();
    },
    { clock: "jump", detect: ["deadlock"] },
  );
  expect(seen.verdict).toBe("global-deadlock");
  expect(seen.findings[0]?.message).toMatch(/next: take the locks in one order everywhere\.$/);
});
