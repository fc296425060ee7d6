// Go's test without a counterpart here: TestNilPool calls a method of a nil pointer, which JavaScript refuses by itself.

import fc from "fast-check";
import { explore, go, gosched, Pool, run, WaitGroup, work } from "happens-before";
import { expect, test } from "vitest";
import { PoolChain, PoolDequeue } from "../../lib/sync/poolchain.js";

const makesNone = () => new Pool<string | undefined>(() => undefined);

test("Pool: the first one put is taken first, then the latest; two clean-ups empty it [TestPool]", async () => {
  await run(function* () {
    const p = makesNone();
    expect(yield* p.get()).toBeUndefined();
    for (const x of ["a", "b", "c"]) p.put(x);
    expect([yield* p.get(), yield* p.get(), yield* p.get(), yield* p.get()]).toEqual([
      "a",
      "c",
      "b",
      undefined,
    ]);
    for (let i = 0; i < 100; i++) p.put("c");
    Pool.cleanup();
    expect(yield* p.get()).toBe("c");
    Pool.cleanup();
    expect(yield* p.get()).toBeUndefined();
  });
});

test("Pool: makes an object when none is free, and only then [TestPoolNew]", async () => {
  await run(function* () {
    let made = 0;
    const p = new Pool(() => ++made);
    expect([yield* p.get(), yield* p.get()]).toEqual([1, 2]);
    p.put(42);
    expect([yield* p.get(), yield* p.get()]).toEqual([42, 3]);
  });
});

for (const [goTest, drains] of [
  ["TestPoolGC", false],
  ["TestPoolRelease", true],
] as const) {
  test(`Pool: what is put in can be collected after two clean-ups${drains ? ", of a pool in use too" : ""} [${goTest}]`, async () => {
    await run(function* () {
      let made = 0;
      const p = new Pool(() => ++made);
      for (let i = 0; i < 100; i++) p.put(-1);
      for (let cycle = 0; cycle < 2; cycle++) {
        if (drains) expect(yield* p.get()).toBe(-1);
        Pool.cleanup();
      }
      for (let i = 0; i < 100; i++) expect(yield* p.get()).toBe(i + 1);
    });
  });
}

test("Pool: 10 goroutines take and put 1,000 times and never find what is not theirs [TestPoolStress]", async () => {
  await run(function* () {
    const p = new Pool<{ owner: number }>(() => ({ owner: -1 }));
    const wg = new WaitGroup();
    for (let me = 0; me < 10; me++)
      wg.go(function* () {
        for (let k = 0; k < 1000; k++) {
          const x = yield* p.get();
          expect(x.owner).toBe(-1);
          x.owner = me;
          if (k % 7 === 0) yield* gosched();
          expect(x.owner).toBe(me);
          x.owner = -1;
          p.put(x);
          if (k % 100 === 0) Pool.cleanup();
        }
      });
    yield* wg.wait();
  });
});

test("Pool: null and undefined are not kept", async () => {
  await run(function* () {
    const p = new Pool<string | null | undefined>(() => "made");
    p.put(null);
    p.put(undefined);
    expect(yield* p.get()).toBe("made");
  });
});

test("Pool: a pool from outside serves one run after the other", async () => {
  const p = makesNone();
  for (const x of ["a", "b"]) {
    await run(function* () {
      p.put(x);
      Pool.cleanup();
      expect(yield* p.get()).toBe(x);
    });
  }
});

test("Pool: what cannot make objects is refused", () => {
  expect(() => new Pool(undefined as never)).toThrow("Pool: expected `make` to be a function, got undefined");
});

test("Pool: any sequence of put and get gives each object at most once between puts", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("put", "get", "cleanup")), async (calls) => {
      await run(function* () {
        const inside = new Set<object>();
        const p = new Pool<object>(() => ({}));
        for (const call of calls) {
          if (call === "cleanup") Pool.cleanup();
          else if (call === "put") {
            const x = {};
            inside.add(x);
            p.put(x);
          } else {
            const x = yield* p.get();
            if (!inside.delete(x)) expect([...inside]).not.toContain(x);
            inside.delete(x);
          }
        }
      });
    }),
    { numRuns: 50, seed: 42 },
  );
});

test("Pool: exploring shows that an object may be gone, so nobody can count on it", async () => {
  const seen = await explore(
    {
      setup: () => new Pool(() => "new"),
      *main(p) {
        yield* p.put("mine");
        return yield* p.get();
      },
    },
    { schedules: 100, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["mine", "new"]);
});

test("Pool: an object that is used after it was put is found by exploring, so a wrong pool user can fail", async () => {
  const seen = await explore(
    {
      setup: () => new Pool(() => ({ owner: "" })),
      *main(p) {
        const wg = new WaitGroup();
        let mixed = false;
        for (const me of ["a", "b"])
          wg.go(function* () {
            const x = yield* p.get();
            yield* p.put(x); // too early
            x.owner = me;
            yield* gosched();
            if (x.owner !== me) mixed = true;
          });
        yield* wg.wait();
        return mixed;
      },
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([false, true]);
});

test("Pool: tryGet takes what get would, as a plain call, and sees a put that was not yielded", async () => {
  await run(function* () {
    const p = new Pool(() => "made");
    p.put("a");
    expect([p.tryGet(), p.tryGet()]).toEqual(["a", "made"]);
  });
  const seen = await explore(
    {
      setup: () => new Pool(() => "made"),
      *main(p) {
        p.put("a");
        return p.tryGet();
      },
    },
    { schedules: 50, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual(["a", "made"]);
  expect(() => makesNone().tryGet()).toThrow("tryGet: called outside a goroutine");
});

test("Pool: a get that was never yielded is found", async () => {
  await expect(
    run(function* () {
      makesNone().get();
      go(function* () {});
    }),
  ).rejects.toThrow("get: the operation was created and never yielded");
});

test("Pool: each P has its own part; the others steal the oldest of its chain, and never its private one", async () => {
  await run(
    function* () {
      const p = makesNone();
      for (const x of ["private", "older", "newer"]) p.put(x);
      const stolen: (string | undefined)[] = [];
      const wg = new WaitGroup();
      wg.go(function* () {
        for (let i = 0; i < 3; i++) stolen.push(yield* p.get());
        p.put("theirs");
      });
      yield* work(1); // keeps this P busy: the other one takes the goroutine
      yield* wg.wait();
      expect(stolen).toEqual(["older", "newer", undefined]);
      expect(yield* p.get()).toBe("private");
      expect(yield* p.get()).toBeUndefined(); // "theirs" is the other P's private one
      Pool.cleanup();
      p.put("again");
      expect(yield* p.get()).toBe("again");
    },
    { strategy: "gmp", procs: 2, clock: "jump" },
  );
});

test("Pool: a P's own victim comes before the other Ps' victims, and both after what was put since", async () => {
  await run(function* () {
    const p = makesNone();
    for (const x of ["1", "2", "3"]) p.put(x);
    Pool.cleanup();
    p.put("new");
    expect([yield* p.get(), yield* p.get(), yield* p.get(), yield* p.get()]).toEqual(["new", "1", "2", "3"]);
  });
});

for (const [name, make] of [
  ["a dequeue [TestPoolDequeue]", () => new PoolDequeue<number>(16)],
  ["a chain [TestPoolChain]", () => new PoolChain<number>()],
] as const) {
  test(`Pool: one producer and nine thieves take each item of ${name} exactly once`, async () => {
    const items = 5000;
    for (const seed of ["1", "2", "42"]) {
      await run(
        function* () {
          const d = make();
          const have = new Array<number>(items).fill(0);
          let isOver = false;
          let heads = 0;
          const record = (n: number) => {
            have[n] = (have[n] as number) + 1;
          };
          const wg = new WaitGroup();
          for (let i = 0; i < 9; i++)
            wg.go(function* thief() {
              for (;;) {
                const n = d.popTail();
                if (n !== undefined) record(n);
                else if (isOver) return;
                yield* gosched();
              }
            });
          wg.go(function* producer() {
            for (let n = 0; n < items; n++) {
              while (d.pushHead(n) === false) yield* gosched();
              if (n % 10 !== 0) continue;
              const head = d.popHead();
              if (head !== undefined) {
                heads++;
                record(head);
              }
            }
            isOver = true;
          });
          yield* wg.wait();
          expect(have.every((count) => count === 1)).toBe(true);
          expect(heads).toBeGreaterThan(0);
        },
        { strategy: "random", seed },
      );
    }
  });
}

test("Pool: a chain is first in, first out at its tail and last in, first out at its head (property)", () => {
  const calls = fc.array(fc.constantFrom("pushHead", "pushHead", "popHead", "popTail"), { maxLength: 300 });
  fc.assert(
    fc.property(calls, (names) => {
      const chain = new PoolChain<number>();
      const model: number[] = [];
      for (const [i, name] of names.entries()) {
        if (name === "pushHead") {
          chain.pushHead(i);
          model.push(i);
        } else expect(chain[name]()).toBe(name === "popHead" ? model.pop() : model.shift());
      }
    }),
    { seed: 42 },
  );
});
