import { expect, test } from "vitest";
import {
  Chan,
  Cond,
  type Go,
  go,
  goexit,
  gosched,
  Mutex,
  now,
  recover,
  report,
  run,
  select,
  WaitGroup,
  withDefer,
} from "../../lib/index.js";
import { current } from "../../lib/runtime/index.js";

function* nothing(): Go {}

test("spawning: the G of a dead goroutine becomes the next one, under a new id", async () => {
  const seen = new Set<unknown>();
  const ids: number[] = [];
  await run(function* () {
    function* look(): Go {
      seen.add(current.g);
      ids.push(current.g?.id ?? -1);
    }
    for (let i = 0; i < 5; i++) {
      go(look);
      yield* gosched();
    }
  });
  expect(seen.size).toBe(1);
  expect(ids).toEqual([2, 3, 4, 5, 6]);
});

test("spawning: a G that an operation has handed out is not used again", async () => {
  const seen = new Set<unknown>();
  await run(function* () {
    function* look(): Go {
      seen.add(current.g);
      now(); // asks for the running goroutine
    }
    for (let i = 0; i < 5; i++) {
      go(look);
      yield* gosched();
    }
  });
  expect(seen.size).toBe(5);
});

test("spawning: with somebody listening every goroutine is an object of its own", async () => {
  const seen = new Set<unknown>();
  function* look(): Go {
    seen.add(current.g);
  }
  await report(
    function* () {
      for (let i = 0; i < 5; i++) {
        yield* go(look);
        yield* gosched();
      }
    },
    { trace: true },
  );
  expect(seen.size).toBe(5);
});

test("spawning: nothing of a dead goroutine reaches the one that takes its place", async () => {
  const log: string[] = [];
  await run(function* () {
    const wg = new WaitGroup();
    const ch = new Chan<number>();
    const mu = new Mutex();
    const c = new Cond(mu);
    let turn = 0;
    for (let round = 0; round < 20; round++) {
      wg.go(function* () {
        yield* withDefer(function* (defer) {
          defer(function* () {
            log.push(String(recover()));
          });
          throw new Error(`round ${round}`);
        });
      });
      wg.go(function* () {
        yield* goexit();
      });
      wg.go(function* () {
        const got = yield* select(ch.onRecv(), new Chan<number>().onRecv());
        log.push(`got ${got.value}`);
      });
      wg.go(function* () {
        yield* mu.lock();
        while (turn <= round) yield* c.wait();
        mu.unlock();
      });
      wg.go(function* () {
        yield* ch.send(round);
        yield* mu.lock();
        turn++;
        c.broadcast();
        mu.unlock();
      });
      for (let i = 0; i < 3; i++) wg.go(nothing);
      yield* wg.wait();
    }
  });
  const expected = Array.from({ length: 20 }, (_, i) => [`Error: round ${i}`, `got ${i}`]).flat();
  expect([...log].sort()).toEqual([...expected].sort());
});

test("spawning: a generator function begins at its first step, anything else is called at once", async () => {
  const log: string[] = [];
  await run(function* () {
    function* lazy(from = log.push("lazy begins")): Go {
      log.push(`lazy runs ${from}`);
    }
    go(lazy);
    go((): Go => {
      log.push("eager is called");
      return nothing();
    });
    log.push("main goes on");
    yield* gosched();
  });
  expect(log).toEqual(["eager is called", "main goes on", "lazy begins", "lazy runs 3"]);
});

test("spawning: a parameter that cannot be taken apart is a panic of the goroutine", async () => {
  const failed = run(function* () {
    go(function* ({ x }: { x: number }): Go {
      expect(x).toBe(1);
    }, undefined as never);
    yield* gosched();
  });
  await expect(failed).rejects.toThrow(/^panic: TypeError: Cannot (destructure|read)/);
});

test("spawning: a goroutine that never ran stands in the dump under its name", async () => {
  const r = await report(function* main() {
    const mu = new Mutex();
    go(function* sleeper() {
      yield* mu.lock();
      yield* mu.lock();
    });
    go(function* failing(): Go {
      throw new Error("first");
    });
    go(nothing);
    yield* gosched();
  });
  expect(r.goroutines.map((g) => g.name)).toContain("sleeper");
  expect(r.error?.message).toBe("first");
});

test("the real clock of a run goes on while no P rests, and never back", async () => {
  const times = new Set<number>();
  let last = 0;
  let isForward = true;
  await run(function* () {
    for (let i = 0; i < 5_000_000 && times.size < 4; i++) {
      const atMs = now();
      isForward &&= atMs >= last;
      last = atMs;
      times.add(atMs);
      yield* gosched();
    }
  });
  expect(isForward).toBe(true);
  expect(times.size).toBe(4);
});
