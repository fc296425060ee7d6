import { expect, test } from "vitest";
import {
  afterFunc,
  background,
  Cell,
  Chan,
  Cond,
  explore,
  go,
  gosched,
  Mutex,
  newTimer,
  now,
  onDefault,
  report,
  run,
  select,
  sleep,
  synctest,
  synctestDate,
  synctestSleep,
  synctestWait,
  tick,
  WaitGroup,
  withTimeout,
} from "../../lib/index.js";
import type { Body, Go, Op } from "../../lib/op/index.js";

const DIRECT = { clock: "jump" } as const;

/** Runs `body` in a bubble of a direct run, of one on the real clock, and of a controlled one; the results. */
async function everywhere<T>(body: Body<[], T>): Promise<(T | undefined)[]> {
  const main = function* () {
    return yield* synctest(body);
  };
  const random = await report(main, { strategy: "random", clock: "free" });
  expect(random.verdict, random.error?.message).toBe("ok");
  return [await run(main, DIRECT), await run(main), random.result];
}

const thrice = <T>(value: T) => [value, value, value];

test("the clock of a bubble starts in the year 2000 and moves by a sleep [TestNow]", async () => {
  const seen = await everywhere(function* () {
    const dates = [synctestDate().toISOString()];
    const inner = new Chan<string>(1);
    go(function* () {
      yield* inner.send(synctestDate().toISOString());
    });
    yield* sleep(1000);
    dates.push((yield* inner.recv()) ?? "", synctestDate().toISOString());
    return dates;
  });
  const start = "2000-01-01T00:00:00.000Z";
  expect(seen).toEqual(thrice([start, start, "2000-01-01T00:00:01.000Z"]));
});

test("time in a bubble and time outside are two things", async () => {
  const seen = await run(function* () {
    yield* sleep(7);
    const inside = yield* synctest(function* () {
      yield* sleep(3_600_000);
      return now();
    });
    return [inside, now()];
  }, DIRECT);
  expect(seen).toEqual([3_600_000, 7]);
});

test("an empty bubble ends at once, and returns what its body returned [TestRunEmpty]", async () => {
  expect(
    await everywhere(function* () {
      return 42;
    }),
  ).toEqual(thrice(42));
});

test("wait returns when the others have ended [TestGoroutineWait, TestSimpleWait]", async () => {
  const seen = await everywhere(function* () {
    yield* synctestWait();
    let isDone = false;
    go(function* () {
      yield* gosched();
      isDone = true;
    });
    yield* synctestWait();
    return isDone;
  });
  expect(seen).toEqual(thrice(true));
});

test("wait waits for a chain of a hundred goroutines that start each other [TestWait]", async () => {
  const seen = await everywhere(function* () {
    let isDone = false;
    const ch = new Chan<number>();
    const link = function* (): Go {
      const count = (yield* ch.recv()) ?? 0;
      if (count === 0) {
        isDone = true;
      } else {
        go(link);
        yield* ch.send(count - 1);
      }
    };
    go(link);
    yield* ch.send(100);
    yield* synctestWait();
    return isDone;
  });
  expect(seen).toEqual(thrice(true));
});

test("timers run on the bubble's clock [TestTimerReadBeforeDeadline, TestTimerReadAfterDeadline, TestTimerReset]", async () => {
  const seen = await everywhere(function* () {
    const got: unknown[] = [];
    const tm = newTimer(1000);
    got.push(yield* tm.c.recv());
    tm.reset(2000);
    got.push(yield* tm.c.recv());
    tm.reset(3000);
    yield* sleep(1000);
    tm.reset(3000);
    got.push(yield* tm.c.recv());
    const late = newTimer(1000);
    yield* sleep(2000);
    got.push(yield* late.c.recv());
    return got;
  });
  expect(seen).toEqual(thrice([1000, 3000, 7000, 8000]));
});

test("what afterFunc starts is in the bubble, and so is what that starts [TestTimeAfter]", async () => {
  const seen = await everywhere(function* () {
    let i = 0;
    afterFunc(1000, function* () {
      i++;
      go(function* () {
        yield* sleep(1000);
        i++;
      });
    });
    yield* sleep(3000);
    yield* synctestWait();
    return i;
  });
  expect(seen).toEqual(thrice(2));
});

test("time stops when the body has ended: a timer that is left does not fire [TestTimerAfterBubbleExit]", async () => {
  let hasRun = false;
  await everywhere(function* () {
    afterFunc(1000, function* () {
      hasRun = true;
    });
  });
  expect(hasRun).toBe(false);
});

test("a timer made outside runs on the clock outside, and waiting for it is not durable [TestTimerFromOutsideBubble]", async () => {
  for (const options of [DIRECT, { strategy: "random", clock: "jump" }] as const) {
    const got = await run(function* () {
      const tm = newTimer(10);
      return yield* synctest(function* () {
        const at = yield* tm.c.recv();
        return [at, now(), tm.stop()];
      });
    }, options);
    expect(got).toEqual([10, 0, false]);
  }
});

test("timers of one instant fire in different orders [TestTimerNondeterminism]", async () => {
  const seen = await run(function* () {
    return yield* synctest(function* () {
      const first = new Set<number>();
      for (let i = 0; i < 1000 && first.size < 2; i++) {
        const got = yield* select(newTimer(1e-6).c.onRecv(), newTimer(1e-6).c.onRecv());
        first.add(got.index);
        yield* synctestWait();
      }
      return first.size;
    });
  }, DIRECT);
  expect(seen).toBe(2);
});

test("sleepers of one instant wake in different orders, which explore all finds [TestSleepNondeterminism]", async () => {
  const program = function* () {
    return yield* synctest(function* () {
      let order = "";
      for (const name of ["a", "b"]) {
        go(function* () {
          yield* sleep(1);
          order += name;
        });
      }
      yield* sleep(1);
      yield* synctestWait();
      return order;
    });
  };
  const found = await explore(program, { schedules: 200, stopAt: "never" });
  expect(found.verdict).toBe("ok");
  expect(found.outcomes.map((o) => o.result).sort()).toEqual(["ab", "ba"]);
  for (const { result, witness } of found.outcomes) {
    expect((await report(program, { schedule: witness, clock: "free" })).result).toBe(result);
  }
});

test("a direct run's order of timers depends on the seed only", async () => {
  const order = (seed: string) =>
    run(
      function* () {
        return yield* synctest(function* () {
          let text = "";
          for (const name of "abcdef") {
            afterFunc(1, function* () {
              text += name;
            });
          }
          yield* synctestSleep(1);
          return text;
        });
      },
      { ...DIRECT, seed },
    );
  expect(await order("1")).toBe(await order("1"));
  expect(new Set(await Promise.all(["1", "2", "3", "4"].map(order))).size).toBeGreaterThan(1);
});

test("a timer of zero is readable at once [TestTimerRunsImmediately, TestTimerRanInPast]", async () => {
  const seen = await everywhere(function* () {
    const got = [(yield* select(newTimer(0).c.onRecv(), onDefault())).index];
    const tm = newTimer(1000);
    yield* sleep(2000);
    const past = yield* select(tm.c.onRecv(), onDefault());
    return [...got, past.index, past.value];
  });
  expect(seen).toEqual(thrice([0, 0, 1000]));
});

test("afterFunc of zero starts although the bubble never rests [TestAfterFuncRunsImmediately]", async () => {
  const seen = await everywhere(function* () {
    let isSet = false;
    afterFunc(0, function* () {
      isSet = true;
    });
    let rounds = 0;
    while (!isSet && rounds < 1000) {
      rounds++;
      yield* gosched();
    }
    return isSet;
  });
  expect(seen).toEqual(thrice(true));
});

test("resetting a timer to zero does not hang [TestTimerResetZeroDoNotHang]", async () => {
  const seen = await everywhere(function* () {
    const timer = newTimer(0);
    const quit = new Chan<never>();
    let ticks = 0;
    go(function* () {
      for (;;) {
        const got = yield* select(quit.onRecv(), timer.c.onRecv());
        if (got.index === 0) return;
        ticks++;
      }
    });
    yield* synctestWait();
    timer.reset(0);
    yield* synctestWait();
    yield* quit.close();
    yield* synctestWait();
    return ticks;
  });
  expect(seen).toEqual(thrice(2));
});

const outside: [what: string, outside: (ch: Chan<number>) => Body, inside: (ch: Chan<number>) => Body][] = [
  [
    "read closed",
    (ch) =>
      function* () {
        yield* ch.close();
      },
    (ch) =>
      function* () {
        yield* ch.recv();
      },
  ],
  [
    "read value",
    (ch) =>
      function* () {
        yield* ch.send(0);
      },
    (ch) =>
      function* () {
        yield* ch.recv();
      },
  ],
  [
    "write value",
    (ch) =>
      function* () {
        yield* ch.recv();
      },
    (ch) =>
      function* () {
        yield* ch.send(0);
      },
  ],
  [
    "select mixed",
    (ch) =>
      function* () {
        yield* ch.close();
      },
    (ch) =>
      function* () {
        yield* select(ch.onRecv(), new Chan<number>().onRecv());
      },
  ],
];
for (const [what, from, inside] of outside) {
  test(`waiting for a channel from outside is not durable: ${what} [TestChannelFromOutsideBubble]`, async () => {
    const isAfter = await run(function* () {
      const ch = new Chan<number>();
      afterFunc(1, from(ch));
      yield* synctest(inside(ch));
      return now();
    }, DIRECT);
    expect(isAfter).toBe(1);
  });
}

const moved: [what: string, use: (ch: Chan<number>) => Body, text: string][] = [
  [
    "receive",
    (ch) =>
      function* () {
        yield* ch.recv();
      },
    "receive on synctest channel from outside bubble",
  ],
  [
    "send",
    (ch) =>
      function* () {
        yield* ch.send(1);
      },
    "send on synctest channel from outside bubble",
  ],
  [
    "close",
    (ch) =>
      function* () {
        yield* ch.close();
      },
    "close of synctest channel from outside bubble",
  ],
  [
    "select",
    (ch) =>
      function* () {
        yield* select(ch.onRecv(), onDefault());
      },
    "select on synctest channel from outside bubble",
  ],
  [
    "trySend",
    (ch) =>
      function* () {
        ch.trySend(1);
      },
    "send on synctest channel from outside bubble",
  ],
  [
    "tryRecv",
    (ch) =>
      function* () {
        ch.tryRecv();
      },
    "receive on synctest channel from outside bubble",
  ],
];
for (const [what, use, text] of moved) {
  test(`a channel of a bubble must stay in it: ${what} [TestChannelMovedOutOfBubble]`, async () => {
    for (const isInOther of [false, true]) {
      for (const strategy of ["gmp", "random"] as const) {
        const seen = await report(
          function* () {
            const out: Chan<number>[] = [];
            yield* synctest(function* () {
              out.push(new Chan<number>(1));
            });
            const misuse = use(out[0] as Chan<number>);
            if (isInOther) yield* synctest(misuse);
            else yield* misuse();
          },
          { strategy, clock: "jump" },
        );
        expect([seen.verdict, seen.findings[0]?.message]).toEqual(["fatal", text]);
      }
    }
  });
}

test("a timer of a bubble must stay in it [TestTimerFromInsideBubble]", async () => {
  const texts: unknown[] = [];
  for (const use of ["recv", "reset", "stop"] as const) {
    const seen = await report(function* () {
      const tm = yield* synctest(function* () {
        return newTimer(1000);
      });
      if (use === "recv") yield* tm.c.recv();
      else if (use === "reset") tm.reset(1000);
      else tm.stop();
    });
    texts.push(seen.findings[0]?.message);
  }
  expect(texts).toEqual([
    "receive on synctest channel from outside bubble",
    "reset of synctest timer from outside bubble",
    "stop of synctest timer from outside bubble",
  ]);
});

/** What `synctest(body)` throws, in a direct and in a controlled run. */
async function panics(body: Body): Promise<string[]> {
  const texts: string[] = [];
  for (const strategy of ["gmp", "random"] as const) {
    await run(
      function* () {
        try {
          yield* synctest(body);
          texts.push("nothing");
        } catch (error) {
          texts.push((error as Error).message);
        }
      },
      { strategy, clock: "jump" },
    );
  }
  return texts;
}

test("a body that is blocked for ever is a deadlock [TestDeadlockRoot]", async () => {
  const text = "deadlock: all goroutines in bubble are blocked";
  expect(
    await panics(function* () {
      yield* select();
    }),
  ).toEqual([text, text]);
});

test("a goroutine that is left blocked is a deadlock [TestDeadlockChild, TestDeadlockTicker]", async () => {
  const text = "deadlock: main bubble goroutine has exited but blocked goroutines remain";
  const bodies: Body[] = [
    function* () {
      yield* select();
    },
    function* () {
      yield* tick(1000).recv();
    },
  ];
  for (const body of bodies) {
    expect(
      await panics(function* () {
        go(body);
      }),
    ).toEqual([text, text]);
  }
});

test("an uncaught deadlock of a bubble ends the run, with the bubble in the dump", async () => {
  const seen = run(function* () {
    yield* synctest(function* stuck() {
      yield* new Chan<number>().recv();
    });
  }, DIRECT);
  await expect(seen).rejects.toThrow(/^panic: deadlock: all goroutines in bubble are blocked/);
  await expect(seen).rejects.toThrow(/goroutine 2 \[chan receive \(durable\), synctest bubble 1\]:/);
});

test("who waits for a bubble says so in the dump", async () => {
  await expect(
    run(function* () {
      const ch = new Chan<number>();
      yield* synctest(function* () {
        yield* ch.recv();
      });
    }, DIRECT),
  ).rejects.toThrow(
    /all goroutines are asleep - deadlock!\n\ngoroutine 1 \[synctest\.Run \(durable\), synctest bubble 1\][\s\S]*goroutine 2 \[chan receive, synctest bubble 1\]/,
  );
});

test("Cond and its lock are durable [TestCond]", async () => {
  const seen = await everywhere(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    go(function* () {
      for (const wake of ["signal", "broadcast"] as const) {
        yield* sleep(1);
        yield* mu.lock();
        yield* cond[wake]();
        yield* mu.unlock();
      }
    });
    yield* mu.lock();
    yield* cond.wait();
    yield* mu.unlock();
    const times = [now()];
    let isDone = false;
    go(function* () {
      yield* mu.lock();
      yield* cond.wait();
      yield* mu.unlock();
      isDone = true;
    });
    yield* mu.lock();
    yield* cond.wait();
    yield* mu.unlock();
    yield* synctestWait();
    return [...times, now(), isDone];
  });
  expect(seen).toEqual(thrice([1, 2, true]));
});

test("waking a bubble's Cond from outside ends the run", async () => {
  const woken = await report(function* () {
    const cond = new Cond(new Mutex());
    const border = new Chan<number>();
    go(function* () {
      yield* border.recv();
      yield* sleep(1);
      yield* cond.signal();
    });
    yield* synctest(function* () {
      go(function* () {
        yield* cond.L.lock();
        yield* cond.wait();
      });
      yield* synctestWait();
      yield* border.send(1);
      yield* border.recv();
    });
  });
  expect(woken.findings[0]?.message).toBe("semaphore wake of synctest goroutine from outside bubble");
});

test("mutexes are durable: time moves while somebody waits for one, which in Go it does not", async () => {
  const seen = await everywhere(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    go(function* () {
      yield* mu.lock();
      mu.unlock();
    });
    yield* synctestWait();
    yield* sleep(1000);
    mu.unlock();
    return now();
  });
  expect(seen).toEqual(thrice(1000));
});

test("a mutex that the outside uses as well is not durable", async () => {
  const seen = await run(function* () {
    const mu = new Mutex();
    const ready = new Chan<number>();
    yield* synctest(function* () {}); // from the first bubble on, uses are seen
    go(function* () {
      yield* mu.lock();
      yield* ready.send(1);
      yield* sleep(5);
      mu.unlock();
    });
    yield* ready.recv();
    yield* synctest(function* () {
      yield* mu.lock(); // neither a deadlock nor a jump
    });
    return now();
  }, DIRECT);
  expect(seen).toBe(5);
});

test("a wait group that the bubble adds to is durable [TestWaitGroupInBubble, TestWaitGroupRacingAdds]", async () => {
  const seen = await everywhere(function* () {
    const wg = new WaitGroup();
    wg.add(1);
    go(function* () {
      yield* sleep(1000);
      wg.done();
    });
    yield* wg.wait();
    for (let i = 0; i < 100; i++) wg.go(function* () {});
    yield* wg.wait();
    return now();
  });
  expect(seen).toEqual(thrice(1000));
});

test("waiting for a wait group of the outside is not durable [TestWaitGroupOutOfBubble]", async () => {
  const seen = await run(function* () {
    const wg = new WaitGroup();
    wg.add(1);
    const done = new Chan<number>();
    go(function* () {
      yield* synctest(function* () {
        yield* wg.wait();
      });
      yield* done.send(now());
    });
    yield* sleep(1);
    wg.done();
    return yield* done.recv();
  }, DIRECT);
  expect(seen).toBe(1);
});

const BOTH = "sync: WaitGroup.Add called from inside and outside synctest bubble";
const groups: [title: string, body: Body, text: string][] = [
  [
    "into a bubble [TestWaitGroupMovedIntoBubble]",
    function* () {
      const wg = new WaitGroup();
      wg.add(1);
      yield* synctest(function* () {
        wg.add(1);
      });
    },
    BOTH,
  ],
  [
    "out of a bubble [TestWaitGroupMovedOutOfBubble]",
    function* () {
      const wg = new WaitGroup();
      yield* synctest(function* () {
        wg.add(1);
      });
      wg.add(1);
    },
    BOTH,
  ],
  [
    "from one to another [TestWaitGroupMovedBetweenBubblesWithNonZeroCount]",
    function* () {
      const wg = new WaitGroup();
      for (let i = 0; i < 2; i++) {
        yield* synctest(function* () {
          wg.add(1);
        });
      }
    },
    "sync: WaitGroup.Add called from multiple synctest bubbles",
  ],
];
for (const [title, body, text] of groups) {
  test(`a wait group must not move ${title}`, async () => {
    for (const strategy of ["gmp", "random"] as const) {
      expect((await report(body, { strategy, clock: "jump" })).findings[0]?.message).toBe(text);
    }
  });
}

test("a wait group at zero is free for the next bubble [TestWaitGroupDisassociateInWait, TestWaitGroupDisassociateInAdd]", async () => {
  const wg = new WaitGroup();
  await run(function* () {
    yield* synctest(function* () {
      wg.add(1);
      wg.done();
      yield* wg.wait();
    });
    yield* synctest(function* () {
      wg.add(1);
      go(function* () {
        yield* wg.wait();
      });
      yield* synctestWait();
      wg.done();
    });
    wg.add(1);
    wg.done();
  }, DIRECT);
});

test("a hundred bubbles side by side, a hundred goroutines each [TestWaitGroupManyBubbles]", async () => {
  const ended = await run(function* () {
    const all = new WaitGroup();
    let count = 0;
    for (let i = 0; i < 100; i++) {
      all.go(function* () {
        yield* synctest(function* () {
          const cancel = new Chan<never>();
          const wg = new WaitGroup();
          for (let k = 0; k < 100; k++) {
            wg.go(function* () {
              yield* cancel.recv();
              count++;
            });
          }
          yield* synctestWait();
          cancel.close();
          yield* wg.wait();
        });
      });
    }
    yield* all.wait();
    return count;
  }, DIRECT);
  expect(ended).toBe(10_000);
});

/** The text that iterating `op` throws, for what is created in a goroutine. */
function* textOf(op: () => Op<unknown>): Go<string> {
  try {
    yield* op();
    return "nothing";
  } catch (error) {
    return (error as Error).message;
  }
}

test("misuse has Go's texts: a bubble in a bubble, wait outside of any, two waits", async () => {
  for (const strategy of ["gmp", "random"] as const) {
    const texts = await run(
      function* () {
        const outer = yield* textOf(synctestWait);
        const inner = yield* synctest(function* () {
          go(function* () {
            yield* synctestWait();
          });
          yield* sleep(0);
          yield* gosched();
          const nested = yield* textOf(() => synctest(function* () {}));
          const second = new Chan<string>(1);
          go(function* () {
            yield* second.send(yield* textOf(synctestWait));
          });
          const first = yield* textOf(synctestWait);
          return [nested, ...[first, yield* second.recv()].sort()];
        });
        return [outer, ...inner];
      },
      { strategy, clock: "jump" },
    );
    expect(texts[0]).toBe("goroutine is not in a bubble");
    expect(texts[1]).toBe("synctest.Run called from within a synctest bubble");
    expect(texts).toContain("wait already in progress");
  }
});

test("synctest wants a generator function", async () => {
  await expect(
    run(function* () {
      yield* synctest(undefined as unknown as Body);
    }),
  ).rejects.toThrow("synctest: expected `body` to be a generator function, got undefined");
});

test("a context's deadline is on the bubble's clock", async () => {
  const seen = await everywhere(function* () {
    const [ctx] = withTimeout(background(), 5000);
    yield* sleep(5000 - 1e-6);
    yield* synctestWait();
    const before = ctx.err();
    yield* synctestSleep(1e-6);
    return [before, ctx.err()?.message];
  });
  expect(seen).toEqual(thrice([null, "context deadline exceeded"]));
});

for (const waits of [true, false]) {
  test(`what others did comes before the return of a wait${waits ? "" : ", and without one it races"} [TestHappensBefore]`, async () => {
    const found = await explore(
      function* () {
        yield* synctest(function* () {
          const v = new Cell(1);
          const ch = new Chan<never>();
          go(function* () {
            yield* v.write(2);
            yield* ch.recv();
          });
          if (waits) yield* synctestWait();
          yield* v.write(3);
          afterFunc(0, function* () {
            yield* v.write(4);
          });
          if (waits) yield* synctestWait();
          yield* v.write(5);
          ch.close();
        });
      },
      { detect: ["race"], schedules: 100 },
    );
    expect(found.verdict).toBe(waits ? "ok" : "race");
  });
}
