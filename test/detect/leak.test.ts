import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  after,
  afterFunc,
  type Body,
  background,
  Chan,
  Cond,
  expectNoLeaks,
  expectNoLeaksSince,
  explore,
  fromPromise,
  type Go,
  type GoroutineSnapshot,
  go,
  goroutineSnapshot,
  gosched,
  Mutex,
  newTicker,
  nilChan,
  onDefault,
  type Report,
  RWMutex,
  report,
  run,
  Semaphore,
  type Started,
  select,
  sleep,
  start,
  WaitGroup,
  withCancel,
} from "../../lib/index.js";

const OPTIONS = { detect: ["leak"], clock: "jump" } as const;

/** Goes on for ever and helps nobody. */
function* purge(): Go {
  const t = newTicker(1);
  for (;;) yield* t.c.recv();
}

function textOf(seen: Report): string {
  const found = seen.findings.find((f) => f.verdict === "leak");
  return (found?.message ?? "no leak").replaceAll(/ at \/[^\n]*?:\d+:\d+/g, " at HERE");
}

const planted: [what: string, body: () => Body, waits: string][] = [
  [
    "a receiver whose channel nobody closes",
    () =>
      function* () {
        const ch = new Chan<number>();
        yield* go(function* lost() {
          yield* ch.recv();
        });
        yield* ch.send(1);
        yield* go(function* lost() {
          yield* ch.recv();
        });
        yield* sleep(1);
      },
    "chan#1 (chan receive)",
  ],
  [
    "a sender whose receiver has taken another answer",
    () =>
      function* () {
        const ch = new Chan<number>();
        yield* go(function* lost() {
          yield* ch.send(1);
        });
        yield* select(ch.onRecv(), onDefault());
        yield* sleep(1);
      },
    "chan#1 (chan send)",
  ],
  [
    "who waits for a nil channel",
    () =>
      function* () {
        yield* go(function* lost() {
          yield* nilChan<number>().recv();
        });
        yield* sleep(1);
      },
    "nothing (chan receive (nil chan))",
  ],
  [
    "who waits for a lock whose holder has ended",
    () =>
      function* () {
        const mu = new Mutex();
        yield* mu.lock();
        yield* go(function* lost() {
          yield* mu.lock();
        });
        yield* sleep(1);
      },
    "mutex#1 (sync.Mutex.Lock)",
  ],
  [
    "who waits for a wait group that was added to once too often",
    () =>
      function* () {
        const wg = new WaitGroup();
        wg.add(1);
        yield* go(function* lost() {
          yield* wg.wait();
        });
        yield* sleep(1);
      },
    "waitgroup#1 (sync.WaitGroup.Wait)",
  ],
  [
    "who waits for a semaphore that nobody gives back",
    () =>
      function* () {
        const sem = new Semaphore(1);
        yield* sem.acquire();
        yield* go(function* lost() {
          yield* sem.acquire();
        });
        yield* sleep(1);
      },
    "semaphore#1",
  ],
];

describe.each([
  ["nobody else is left", false],
  ["somebody else goes on for ever", true],
])("planted, while %s", (_, isBusy) => {
  test.each(planted)("%s", async (_what, body, waits) => {
    const inner = body();
    const main = function* main(): Go {
      if (isBusy) yield* go(purge);
      yield* inner();
    };
    for (const strategy of ["gmp", "random"] as const) {
      const seen = await report(main, { ...OPTIONS, strategy });
      expect(seen.verdict).toBe("leak");
      expect(textOf(seen)).toContain("main returned and one goroutine is blocked for ever\n");
      expect(textOf(seen)).toMatch(/\n {2}goroutine \d "lost" waits for /);
      expect(textOf(seen)).toContain(`waits for ${waits}`);
      expect(textOf(seen)).toMatch(/\n {4}started at HERE by goroutine 1 "main"\n/);
      expect(textOf(seen).split("\n").at(-1)).toMatch(/^next: /);
      expect(
        textOf(seen).includes(
          'not counted, for they still run, can be woken, or are ignored: goroutine 2 "purge"',
        ),
      ).toBe(isBusy);
    }
  });
});

const innocent: [what: string, body: Body][] = [
  [
    "a goroutine that goes on for ever",
    function* () {
      yield* go(purge);
    },
  ],
  [
    "who waits for somebody who still works, and has answered before",
    function* () {
      const ch = new Chan<number>();
      yield* go(function* source() {
        for (let i = 0; ; i++) {
          yield* ch.send(i);
          yield* sleep(1);
        }
      });
      yield* go(function* sink() {
        for (;;) yield* ch.recv();
      });
      yield* sleep(5);
    },
  ],
  [
    "who waits for a goroutine that a timer will start",
    function* () {
      const done = new Chan<number>();
      yield* go(purge);
      yield* go(function* waiter() {
        yield* done.recv();
      });
      afterFunc(1e9, function* () {
        yield* done.send(1);
      });
      yield* sleep(1);
    },
  ],
  [
    "who waits for a lock that its holder gives back after 20,000 steps",
    function* () {
      const mu = new Mutex();
      yield* go(function* holder() {
        yield* mu.lock();
        for (let i = 0; i < 20_000; i++) yield* gosched();
        yield* mu.unlock();
      });
      yield* gosched();
      yield* go(function* waiter() {
        yield* mu.lock();
        yield* mu.unlock();
      });
      yield* sleep(0);
    },
  ],
  [
    "who gives up by itself",
    function* () {
      const mu = new Mutex();
      yield* mu.lock();
      yield* go(function* () {
        yield* mu.tryLockFor(1e7);
      });
      yield* go(function* () {
        yield* select(new Chan<number>().onRecv(), after(1e7).onRecv());
      });
      yield* sleep(1);
    },
  ],
  [
    "who ends when its context does",
    function* () {
      const [ctx, cancel] = withCancel(background());
      yield* go(function* () {
        yield* ctx.done().recv();
      });
      yield* sleep(1);
      yield* cancel();
    },
  ],
  [
    "many readers and a writer that all come through",
    function* () {
      const rw = new RWMutex();
      for (let i = 0; i < 5; i++) {
        yield* go(function* () {
          yield* rw.rLock();
          yield* sleep(1);
          yield* rw.rUnlock();
        });
      }
      yield* rw.lock();
      yield* rw.unlock();
    },
  ],
];
test.each(innocent)("silent: %s", async (_, body) => {
  for (const strategy of ["gmp", "random"] as const) {
    const seen = await report(body, { ...OPTIONS, strategy });
    expect(seen.findings.map((f) => f.message)).toEqual([]);
  }
});

test("without the detector, a run in which somebody still works calls only those lost who wait for nothing at all", async () => {
  const seen = await report(function* main() {
    yield* go(purge);
    yield* go(function* hopeless() {
      yield* nilChan<number>().recv();
    });
    yield* go(function* perhaps() {
      yield* new Chan<number>().recv();
    });
    yield* sleep(1);
  });
  expect(seen.findings.map((f) => [f.verdict, f.message])).toEqual([
    [
      "leak",
      'main returned and one goroutine is blocked for ever: goroutine 3 "hopeless" waits in chan receive (nil chan)',
    ],
  ]);
});

test("goroutines that were started at one line and wait at one line are one row", async () => {
  const seen = await report(function* main() {
    const ch = new Chan<number>();
    for (let i = 0; i < 100; i++) {
      yield* go(function* worker() {
        yield* ch.recv();
      });
    }
    yield* sleep(1);
  }, OPTIONS);
  expect(textOf(seen)).toBe(
    [
      "leak: main returned and 100 goroutines are blocked for ever",
      '  100 goroutines "worker" (2, 3, 4, 5, 6, …) wait for chan#1 (chan receive) at HERE',
      '    started at HERE by goroutine 1 "main"',
      "    nobody else has ever used it",
      "Nobody runs any more, and no timer is pending: nobody can wake them.",
      "next: close the channel when nothing more will be sent, on every path, also after an error.",
    ].join("\n"),
  );
});

test("a signal that nobody heard, and a value that a default threw away, are named as lost wake-ups", async () => {
  const seen = await report(function* main() {
    const c = new Cond(new Mutex());
    const ch = new Chan<number>();
    yield* c.signal();
    yield* select(ch.onSend(1), onDefault());
    yield* go(function* waiter() {
      yield* c.L.lock();
      yield* c.wait();
    });
    yield* go(function* receiver() {
      yield* ch.recv();
    });
    yield* sleep(1);
  }, OPTIONS);
  const text = textOf(seen);
  expect(text).toContain(
    '    goroutine 1 "main" did signal at HERE while nobody waited: that wake-up is lost\n',
  );
  expect(text).toContain(
    '    goroutine 1 "main" did send at HERE while nobody waited: that wake-up is lost\n',
  );
  expect(text).toContain("next: look at the condition under the lock before waiting");
});

test("a signal that somebody heard is not lost, and a lost one is told of a deadlock as well", async () => {
  const program = (isEarly: boolean): Body =>
    function* main() {
      const c = new Cond(new Mutex());
      yield* go(function* other() {
        if (!isEarly) yield* sleep(1);
        yield* c.signal();
      });
      if (isEarly) yield* sleep(1);
      yield* c.L.lock();
      yield* c.wait();
      if (!isEarly) yield* c.wait();
    };
  const told = async (isEarly: boolean): Promise<string> =>
    (await report(program(isEarly), { detect: ["deadlock"] })).findings[0]?.message ?? "";
  expect(await told(true)).toMatch(
    /^all goroutines are asleep - deadlock! goroutine 1 "main" waits in sync.Cond.Wait\n/,
  );
  expect(await told(true)).toContain(
    "while nobody waited: that wake-up is lost\nnext: look at the condition",
  );
  expect(await told(false)).not.toContain("lost");
});

test("sentences say who is no leak", async () => {
  const program: Body = function* main() {
    const ch = new Chan<number>();
    yield* go(function* cache() {
      yield* go(function* purger() {
        yield* ch.recv();
      });
    });
    yield* sleep(1);
  };
  const verdict = async (...ignoring: string[]): Promise<string> =>
    (await report(program, { ...OPTIONS, leaks: { ignoring } })).verdict;
  expect(await verdict()).toBe("leak");
  for (const sentence of [
    "goroutines named purger",
    'goroutine named "purger"',
    "goroutines started by cache",
    "goroutines started by main",
    "goroutines waiting in chan receive",
    "goroutines waiting for a chan",
  ]) {
    expect([sentence, await verdict("goroutines named x", sentence)]).toEqual([sentence, "ok"]);
  }
  for (const sentence of [
    "goroutines named cache",
    "goroutines started by purger",
    "goroutines waiting in chan send",
    "goroutines waiting for a mutex",
  ]) {
    expect([sentence, await verdict(sentence)]).toEqual([sentence, "leak"]);
  }
  await expect(verdict("the purger")).rejects.toThrow(
    'ignoring: expected a sentence such as "goroutines named purge", "goroutines started by main", "goroutines waiting in chan receive" or "goroutines waiting for a mutex", got "the purger"',
  );
});

test("with countRunning those who go on for ever count, too", async () => {
  const seen = await report(
    function* main() {
      yield* go(purge);
      yield* sleep(5);
    },
    { ...OPTIONS, leaks: { countRunning: true } },
  );
  expect(textOf(seen)).toContain("leak: main returned and one goroutine is left running\n");
  expect(textOf(seen)).toContain("next: give it a way to end");
});

test("a report of many kinds stays under 40 lines", async () => {
  const seen = await report(function* main() {
    for (let i = 0; i < 30; i++) {
      const ch = new Chan<number>();
      const body = function* (): Go {
        yield* ch.recv();
      };
      Object.defineProperty(body, "name", { value: `kind${i}` });
      for (let k = 0; k < 5; k++) {
        yield* go(function* user() {
          yield* select(ch.onRecv(), onDefault());
        });
      }
      yield* go(body);
    }
    yield* sleep(1);
  }, OPTIONS);
  expect(textOf(seen).split("\n").length).toBeLessThan(40);
  expect(textOf(seen)).toContain("  and in 25 more places\n");
});

describe("expectNoLeaks", () => {
  const leaky: Body = function* main() {
    const ch = new Chan<number>();
    yield* go(function* late() {
      yield* ch.send(1);
    });
    yield* select(ch.onRecv(), onDefault());
  };

  test("tells the leak of one schedule of many, and how to replay it", async () => {
    const error = await expectNoLeaks(leaky).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ name: "LeakError" });
    const rows = (error as Error).message.split("\n");
    expect(rows[0]).toBe("leak: main returned and one goroutine is blocked for ever");
    const schedule = /^replay: report\(program, \{ schedule: "(.*)" \}\)$/.exec(rows.at(-1) ?? "")?.[1];
    expect((await report(leaky, { schedule: schedule ?? "none" })).verdict).toBe("leak");
  });

  test("passes where nobody is left, where who is left is ignored, and where somebody only still runs", async () => {
    await expectNoLeaks(function* () {
      const wg = new WaitGroup();
      wg.go(function* () {
        yield* gosched();
      });
      yield* wg.wait();
    });
    await expectNoLeaks(leaky, { ignoring: ["goroutines named late"] });
    await expectNoLeaks(
      function* () {
        yield* go(purge);
      },
      { schedules: 3 },
    );
  });

  test("counts who still runs when it is told to", async () => {
    await expect(
      expectNoLeaks(
        function* () {
          yield* go(purge);
        },
        { schedules: 3, countRunning: true },
      ),
    ).rejects.toThrow("left running");
  });

  test("refuses a program that ends otherwise", async () => {
    await expect(
      expectNoLeaks(function* () {
        throw new Error("no");
      }),
    ).rejects.toThrow("expectNoLeaks: expected a program that ends well, got panic: panic: no");
  });
});

describe("expectNoLeaksSince", () => {
  let lab: Started;
  let before: GoroutineSnapshot;
  beforeEach(async () => {
    lab = start();
    before = await lab.call(function* () {
      return goroutineSnapshot();
    });
  });
  afterEach(() => lab.stop().catch(() => {}));

  test("is silent when those that were started have ended, also a little later", async () => {
    await lab.call(function* () {
      yield* go(function* () {
        yield* sleep(3);
      });
    });
    await lab.call(expectNoLeaksSince, before);
  });

  test("names who is left, and where it waits", async () => {
    await lab.call(function* handler() {
      yield* go(function* forgotten() {
        yield* new Chan<number>().recv();
      });
    });
    await expect(lab.call(expectNoLeaksSince, before, { waitMs: 2 })).rejects.toThrow(
      /^leak: one goroutine that was started since the snapshot is still there after 2 ms\n {2}goroutine \d "forgotten" waits \(chan receive\) at .*, started by goroutine \d\nnext: /,
    );
    await lab.call(expectNoLeaksSince, before, { waitMs: 2, ignoring: ["goroutines named forgotten"] });
    const later = await lab.call(function* () {
      return goroutineSnapshot();
    });
    await lab.call(expectNoLeaksSince, later, { waitMs: 2 });
  });

  test("inside a run on the virtual clock it takes no time, and a goroutine that is slow is waited for", async () => {
    await run(
      function* () {
        const here = goroutineSnapshot();
        yield* go(function* slow() {
          yield* sleep(900);
        });
        yield* expectNoLeaksSince(here);
      },
      { clock: "jump" },
    );
    await expect(
      run(
        function* () {
          const here = goroutineSnapshot();
          yield* go(function* tooSlow() {
            yield* sleep(2000);
          });
          yield* expectNoLeaksSince(here);
        },
        { clock: "jump" },
      ),
    ).rejects.toThrow("is still there after 1000 ms");
  });

  test("a host promise that is pending is waited for, too", async () => {
    let settle = (): void => {};
    const pending = new Promise<void>((resolve) => {
      settle = resolve;
    });
    await lab.call(function* () {
      yield* go(function* () {
        yield* fromPromise(pending);
      });
    });
    const looked = lab.call(expectNoLeaksSince, before, { waitMs: 60_000 });
    settle();
    await looked;
  });

  test("bad arguments are named", async () => {
    await expect(lab.call(expectNoLeaksSince, before, { waitMs: -1 })).rejects.toThrow(
      "expectNoLeaksSince: expected `waitMs` to be a number >= 0, got -1",
    );
  });
});

test("explore looks for leaks by default, and its report is the same text every time", async () => {
  const program: Body = function* main() {
    yield* go(function* lost() {
      yield* new Chan<number>().recv();
    });
    yield* sleep(1);
  };
  const [one, two] = [await explore(program, { schedules: 5 }), await explore(program, { schedules: 5 })];
  expect(one.verdict).toBe("leak");
  expect(one.failure?.findings).toEqual(two.failure?.findings);
});
