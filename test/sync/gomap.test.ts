import fc from "fast-check";
import {
  explore,
  FatalError,
  type Go,
  GoMap,
  gosched,
  Mutex,
  PanicError,
  run,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

/** Two goroutines on one map. */
const beside = (a: (m: GoMap<string, number>) => Go, b: (m: GoMap<string, number>) => Go) => ({
  setup: () => new GoMap<string, number>(),
  *main(m: GoMap<string, number>): Go {
    yield* m.set("k", 0);
    const wg = new WaitGroup();
    yield* wg.go(a, m);
    yield* wg.go(b, m);
    yield* wg.wait();
  },
});

function* write(m: GoMap<string, number>): Go {
  yield* m.set("k", 1);
}

const races: [what: string, other: (m: GoMap<string, number>) => Go, text: string][] = [
  ["a write", write, "concurrent map writes"],
  [
    "a delete",
    function* (m) {
      yield* m.delete("k");
    },
    "concurrent map writes",
  ],
  [
    "a clear",
    function* (m) {
      yield* m.clear();
    },
    "concurrent map writes",
  ],
  [
    "a read",
    function* (m) {
      yield* m.get("k");
    },
    "concurrent map read and map write",
  ],
  [
    "a read with ok",
    function* (m) {
      yield* m.getOk("k");
    },
    "concurrent map read and map write",
  ],
  [
    "an iteration",
    function* (m) {
      yield* m.forEach(function* () {});
    },
    "concurrent map iteration and map write",
  ],
  [
    "a clone",
    function* (m) {
      yield* m.clone();
    },
    "concurrent map clone and map write",
  ],
];

for (const [what, other, text] of races) {
  for (const seed of ["1", "2", "42"]) {
    test(`GoMap: ${what} inside a write is fatal with Go's text (seed ${seed})`, async () => {
      const seen = await explore(beside(write, other), { seed, schedules: 200, stopAt: "never" });
      expect(seen.verdict).toBe("fatal");
      expect(seen.failure?.error?.message.split("\n")[0]).toBe(`fatal error: ${text}`);
    });
  }
}

test("GoMap: no recover can catch it", async () => {
  const seen = await explore(
    beside(write, function* (m) {
      try {
        yield* m.set("k", 2);
      } catch {
        // too late
      }
    }),
    { schedules: 200 },
  );
  expect(seen.verdict).toBe("fatal");
});

test("GoMap: under a mutex, or with readers only, no schedule reports anything", async () => {
  const mutex = new WeakMap<GoMap<string, number>, Mutex>();
  function* guarded(m: GoMap<string, number>): Go {
    const mu = mutex.get(m) ?? new Mutex();
    mutex.set(m, mu);
    yield* mu.lock();
    yield* m.set("k", ((yield* m.get("k")) as number) + 1);
    yield* mu.unlock();
  }
  function* read(m: GoMap<string, number>): Go {
    yield* m.get("k");
    yield* m.clone();
    yield* m.forEach(function* () {
      yield* gosched();
    });
  }
  for (const body of [guarded, read]) {
    const seen = await explore(beside(body, body), { schedules: 200, stopAt: "never" });
    expect(seen.verdict).toBe("ok");
  }
});

test("GoMap: a nil map can be read, and panics when it is written", async () => {
  await run(function* () {
    const m = GoMap.nil<string, number>();
    expect(m.len).toBe(0);
    expect(yield* m.get("k")).toBeUndefined();
    expect(yield* m.getOk("k")).toEqual({ value: undefined, ok: false });
    yield* m.delete("k");
    yield* m.clear();
    yield* m.forEach(function* () {
      throw new Error("visited");
    });
    expect((yield* m.clone()).len).toBe(0);
    let caught: unknown;
    try {
      yield* m.set("k", 1);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(PanicError);
    expect((caught as Error).message).toBe("assignment to entry in nil map");
  });
});

test("GoMap: a nil map that panicked on a write is not left inside it", async () => {
  const seen = await explore(
    {
      setup: () => GoMap.nil<string, number>(),
      *main(m) {
        try {
          yield* m.set("k", 1);
        } catch {
          return (yield* m.getOk("k")).ok;
        }
        return true;
      },
    },
    { schedules: 20, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([false]);
});

test("GoMap: answers every sequence of calls as a plain Map does", async () => {
  const calls = fc.array(fc.tuple(fc.constantFrom("set", "delete", "clear"), fc.nat(4), fc.nat(9)));
  await fc.assert(
    fc.asyncProperty(calls, async (list) => {
      await run(function* () {
        const m = new GoMap<number, number>();
        const plain = new Map<number, number>();
        for (const [name, key, value] of list) {
          if (name === "set") {
            yield* m.set(key, value);
            plain.set(key, value);
          } else if (name === "delete") {
            yield* m.delete(key);
            plain.delete(key);
          } else {
            yield* m.clear();
            plain.clear();
          }
          expect(m.len).toBe(plain.size);
          const copy = yield* m.clone();
          const entries: [number, number][] = [];
          yield* copy.forEach(function* (k, v) {
            entries.push([k, v]);
          });
          expect(entries.sort(([a], [b]) => a - b)).toEqual([...plain].sort(([a], [b]) => a - b));
        }
      });
    }),
    { numRuns: 50, seed: 42 },
  );
});

test("GoMap: an iteration begins anywhere, skips what was removed, and ends at false", async () => {
  const firsts = new Set<number>();
  for (let seed = 0; seed < 30; seed++) {
    await run(
      function* () {
        const m = new GoMap<number, number>();
        for (let n = 0; n < 4; n++) yield* m.set(n, n);
        const visited: number[] = [];
        yield* m.forEach(function* (k) {
          visited.push(k);
          if (visited.length === 1) for (let n = 0; n < 4; n++) if (n !== k && n !== 3) yield* m.delete(n);
          return visited.length < 3;
        });
        firsts.add(visited[0] as number);
        expect(visited.length).toBeLessThanOrEqual(2);
      },
      { seed: String(seed) },
    );
  }
  expect([...firsts].sort()).toEqual([0, 1, 2, 3]);
});

test("GoMap: a write that was never yielded is found", async () => {
  const failure = run(function* () {
    new GoMap<number, number>().set(1, 1);
    yield* gosched();
  });
  await expect(failure).rejects.toThrow("set: the operation was created and never yielded");
  await expect(failure).rejects.not.toThrow(FatalError);
});
