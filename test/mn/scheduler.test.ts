import { chromeTrace, type Go } from "happens-before";
import { type Chan, type Machine, reportThreads, runThreads, type WaitGroup } from "happens-before/mn";
import { describe, expect, test } from "vitest";
import { conduct } from "../../lib/mn/run.js";

const deadlineMs = 20_000;

describe("scheduler: stealing", () => {
  test("a thread that has nothing to do steals what has not started; the report counts it, the trace shows it", async () => {
    const seen = await reportThreads(
      2,
      function* main(t) {
        // Each goroutine waits for one that runs on another thread, with its whole thread: only a thief can help.
        function* meet(_t: Machine, both: Int32Array, wg: WaitGroup): Go {
          Atomics.add(both, 0, 1);
          Atomics.notify(both, 0);
          while (Atomics.load(both, 0) < 2) Atomics.wait(both, 0, 1);
          wg.done();
        }
        const [both, wg] = [t.int32(1), t.waitGroup()];
        wg.add(2);
        t.go(meet, both, wg);
        t.go(meet, both, wg);
        yield* wg.wait();
      },
      { deadlineMs, trace: true },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.metrics["stolen"]).toBeGreaterThanOrEqual(1);
    expect(seen.metrics["started"]).toBe(2);
    const starts = seen.events!.filter(({ what }) => what === "start");
    expect(starts.some(({ op }) => op === "steal")).toBe(true);
    expect(new Set(seen.turns!.filter(({ g }) => g !== undefined).map(({ proc }) => proc)).size).toBe(2);
  });

  test("with one thread nothing is stolen, and what was started last runs first", async () => {
    const seen = await reportThreads(
      1,
      function* main(t) {
        const out = t.chan<number>(8);
        for (let i = 0; i < 4; i++) {
          t.go(
            function* (_t, i: number, out: Chan<number>) {
              yield* out.send(i);
            },
            i,
            out,
          );
        }
        const order: number[] = [];
        for (let i = 0; i < 4; i++) order.push((yield* out.recv())!);
        return order;
      },
      { deadlineMs },
    );
    expect(seen.result).toEqual([3, 2, 1, 0]);
    expect(seen.metrics["stolen"]).toBe(0);
  });

  test("a pair that wakes each other for ever keeps nobody out", async () => {
    const seen = await runThreads(
      1,
      function* (t) {
        function* echo(_t: Machine, a: Chan<number>, b: Chan<number>): Go {
          for (;;) yield* b.send((yield* a.recv())!);
        }
        const [a, b, done] = [t.chan<number>(), t.chan<number>(), t.chan<string>()];
        t.go(function* (_t, done: Chan<string>) {
          yield* done.send("I ran");
        }, done);
        t.go(echo, a, b);
        t.go(echo, b, a);
        yield* a.send(1);
        return yield* done.recv();
      },
      { deadlineMs },
    );
    expect(seen).toBe("I ran");
  });

  test("a goroutine whose operations never wait gives way all the same", async () => {
    const seen = await runThreads(
      1,
      function* (t) {
        const [full, stop] = [t.chan<number>(1), t.int32(1)];
        t.go(function* (_t, stop: Int32Array) {
          stop[0] = 1;
        }, stop);
        let rounds = 0;
        for (; stop[0] === 0; rounds++) {
          yield* full.send(1);
          yield* full.recv();
        }
        return rounds;
      },
      { deadlineMs },
    );
    expect(seen).toBeGreaterThan(0);
  });
});

describe("scheduler: hand-off", () => {
  test("when a goroutine blocks its thread, another thread takes its P and runs what has not started", async () => {
    const seen = await reportThreads(
      1,
      function* main(t) {
        const word = t.int32(1);
        t.go(function* (t, word: Int32Array) {
          Atomics.store(word, 0, t.id + 1);
          Atomics.notify(word, 0);
        }, word);
        // One P only: without a hand-off nobody would ever wake this thread.
        t.blocking(() => Atomics.wait(word, 0, 0));
        yield* t.gosched();
        return { wokenBy: word[0], id: t.id };
      },
      { deadlineMs },
    );
    expect(seen.result).toEqual({ wokenBy: 2, id: 0 });
    expect(seen.metrics["threads"]).toBe(2);
  });

  test("threads share one P in turn: who blocks often and who computes both get on", async () => {
    const seen = await runThreads(
      1,
      function* (t) {
        function* block(t: Machine, n: number, wg: WaitGroup): Go {
          for (let i = 0; i < n; i++) {
            t.blocking(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1));
            yield* t.gosched();
          }
          wg.done();
        }
        const wg = t.waitGroup();
        wg.add(4);
        for (let i = 0; i < 4; i++) t.go(block, 10, wg);
        yield* wg.wait();
        return "all";
      },
      { deadlineMs },
    );
    expect(seen).toBe("all");
  });

  test("a thread in a blocking call is no deadlock", async () => {
    const seen = await runThreads(
      2,
      function* (t) {
        const ch = t.chan<string>();
        t.go(function* (t, ch: Chan<string>) {
          t.blocking(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30));
          yield* ch.send("back");
        }, ch);
        return yield* ch.recv();
      },
      { deadlineMs },
    );
    expect(seen).toBe("back");
  });
});

describe("scheduler: what people see", () => {
  test("schedtrace: Go's line, with what lies in the queues of the threads", async () => {
    const seen = await runThreads(
      1,
      function* (t) {
        for (let i = 0; i < 3; i++) t.go(function* () {});
        const before = t.schedtrace();
        yield* t.gosched();
        return before;
      },
      { deadlineMs },
    );
    expect(seen).toMatch(
      /^SCHED \d+ms: gomaxprocs=1 idleprocs=0 threads=1 spinningthreads=0 needspinning=0 idlethreads=0 runqueue=0 \[ 3 \] schedticks=\[ \d+ \]$/,
    );
  });

  test("schedtrace: what does not fit into a deque stands in the global queue", async () => {
    const seen = await runThreads(
      1,
      function* (t) {
        for (let i = 0; i < 1000; i++) t.go(function* () {});
        const line = t.schedtrace();
        yield* t.gosched();
        return line;
      },
      { deadlineMs },
    );
    const [, global, own] = /runqueue=(\d+) \[ (\d+) \]/.exec(seen)!;
    expect(Number(global)).toBeGreaterThan(500);
    expect(Number(global) + Number(own)).toBe(1000);
  });

  test("schedtrace: lines come while the run goes on", async () => {
    const lines: string[] = [];
    const seen = await reportThreads(
      2,
      function* (t) {
        yield* t.sleep(200);
      },
      { deadlineMs, schedtrace: { everyMs: 10, line: (text) => lines.push(text) } },
    );
    expect(seen.verdict).toBe("ok");
    expect(lines.length).toBeGreaterThan(1);
    expect(lines[0]).toMatch(/^SCHED \d+ms: gomaxprocs=2 /);
  });

  test("the trace is the laboratory's: who did what, who woke whom; Chrome's form takes it", async () => {
    const seen = await reportThreads(
      1,
      function* main(t) {
        const ch = t.chan<number>();
        t.go(function* sender(_t, ch: Chan<number>) {
          yield* ch.send(1);
        }, ch);
        yield* ch.recv();
      },
      { deadlineMs, trace: true },
    );
    const told = seen.events!.map(({ g, what, op, object, peer }) =>
      [g, what, op, object ?? "", peer ?? ""].join(" ").trim(),
    );
    expect(told).toEqual([
      "1 done go",
      "1 park recv chan#1",
      "2 start start",
      "2 done send chan#1",
      "2 exit exit",
      "1 wake recv chan#1 2",
      "1 exit exit",
    ]);
    const slices = chromeTrace(seen).traceEvents.filter(({ ph }) => ph === "X");
    expect(slices.map(({ name }) => name)).toContain("waits: recv chan#1");
  });

  test("a report never rejects: deadlock, panic, misuse, a dead thread, a deadline have verdicts", async () => {
    const verdicts: string[] = [];
    const programs: ((t: Machine) => Go<unknown>)[] = [
      function* (t) {
        yield* t.chan().recv();
      },
      function* (t) {
        yield* t.gosched();
        throw new Error("no");
      },
      function* (t: Machine) {
        t.gosched();
      } as never,
      function* () {
        process.exit(1);
      } as never,
    ];
    for (const program of programs) verdicts.push((await reportThreads(2, program, { deadlineMs })).verdict);
    const late = await reportThreads(
      1,
      function* (t) {
        yield* t.sleep(1e6);
      },
      { deadlineMs: 200 },
    );
    expect([...verdicts, late.verdict]).toEqual(["global-deadlock", "panic", "misuse", "fatal", "fatal"]);
    expect(late.error?.message).toBe("runThreads: the deadline of 200 ms passed");
  });
});

describe("scheduler: no wake-up is lost", () => {
  // Both twins wait, on the way to sleep, until there is work: it comes after they have looked and before others can see
  // that they sleep. `lostwakeup.mjs` then skips the last look.
  const rounds = function* (t: Machine): Go<number> {
    function* answer(_t: Machine, word: Int32Array): Go {
      Atomics.store(word, 0, 1);
      Atomics.notify(word, 0);
    }
    const [word, pause] = [t.int32(1), t.int32(1)];
    let done = 0;
    for (; done < 20; done++) {
      Atomics.wait(pause, 0, 0, 20); // the other thread gives up looking
      Atomics.store(word, 0, 0);
      t.go(answer, word);
      while (Atomics.load(word, 0) === 0) Atomics.wait(word, 0, 0); // the whole thread: only the other one can answer
    }
    return done;
  };

  for (const [file, isCaught] of [
    ["lostwakeup.mjs", true],
    ["latework.mjs", false],
  ] as const) {
    test(`an M that ${isCaught ? "skips the last look before it sleeps is caught" : "takes the last look finds what came late"}`, async () => {
      const entry = new URL(`./${file}`, import.meta.url).href;
      const { outcome } = await conduct(
        2,
        rounds as never,
        { deadlineMs: isCaught ? 1500 : deadlineMs },
        { entry },
      );
      expect(outcome.kind === "error").toBe(isCaught);
    });
  }
});

describe("scheduler: no deadlock is seen where there is none", () => {
  // Goroutine 1 waits, and its M is held up on the way to sleep: its bit is set, the answer that came before is in its inbox,
  // and the M that answered goes to sleep. `falsedeadlock.mjs` looks at the bits only.
  const answered = function* (t: Machine): Go<number | undefined> {
    function* answer(_t: Machine, ch: Chan<number>, steps: Int32Array): Go {
      Atomics.store(steps, 0, 1);
      Atomics.notify(steps, 0);
      while (Atomics.load(steps, 1) === 0) Atomics.wait(steps, 1, 0); // until the other thread goes to sleep
      yield* ch.send(42);
      Atomics.store(steps, 2, 1);
    }
    const [ch, steps] = [t.chan<number>(), t.int32(3)];
    t.go(answer, ch, steps);
    while (Atomics.load(steps, 0) === 0) Atomics.wait(steps, 0, 0); // the whole thread: the other one has to start it
    Object.assign(globalThis, { steps });
    return yield* ch.recv();
  };

  for (const [file, isCaught] of [
    ["falsedeadlock.mjs", true],
    ["lateinbox.mjs", false],
  ] as const) {
    test(`${isCaught ? "counting those that have not looked yet is caught" : "an M that has lain down and not looked yet does not count as asleep"}`, async () => {
      const entry = new URL(`./${file}`, import.meta.url).href;
      const { outcome } = await conduct(2, answered as never, { deadlineMs }, { entry });
      if (isCaught) expect(outcome).toMatchObject({ kind: "error", error: { name: "DeadlockError" } });
      else expect(outcome).toEqual({ kind: "result", value: 42 });
    });
  }
});
