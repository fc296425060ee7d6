import { explore, gosched, run, Snapshot, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

test("Snapshot: what was loaded stays as it was, and versions count up by one", async () => {
  await run(function* () {
    const config = new Snapshot({ host: "a", port: 1 });
    const first = yield* config.load();
    expect(yield* config.publish({ host: "b", port: 2 })).toBe(2);
    expect(yield* config.publish({ host: "c", port: 3 })).toBe(3);
    expect(first).toEqual({ version: 1, value: { host: "a", port: 1 } });
    expect(yield* config.load()).toEqual({ version: 3, value: { host: "c", port: 3 } });
  });
});

test("Snapshot: a version and its value are frozen; numbers and typed arrays are taken as they are", async () => {
  await run(function* () {
    const { value } = yield* new Snapshot({ n: 1 }).load();
    expect(() => {
      value.n = 2;
    }).toThrow(TypeError);
    expect((yield* new Snapshot(5).load()).value).toBe(5);
    expect((yield* new Snapshot(new Float64Array([1])).load()).value[0]).toBe(1);
  });
});

test("Snapshot: a reader never sees half of a publication, in every schedule", async () => {
  const seen = await explore(
    {
      setup: () => ({ pair: new Snapshot({ a: 0, b: 0 }), torn: 0 }),
      *main(s) {
        const wg = new WaitGroup();
        wg.go(function* writer() {
          for (let n = 1; n <= 2; n++) yield* s.pair.publish({ a: n, b: n });
        });
        wg.go(function* reader() {
          let last = 0;
          for (let i = 0; i < 2; i++) {
            const { value, version } = yield* s.pair.load();
            yield* gosched();
            if (value.a !== value.b) s.torn++;
            if (version < last) throw new Error("a version went back");
            last = version;
          }
        });
        yield* wg.wait();
        return s.torn;
      },
    },
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.failure?.error).toBeUndefined();
  expect(seen.outcomes.map((o) => o.result)).toEqual([0]);
});

test("planted: a pair changed in place is seen half done, and the explorer finds it", async () => {
  const seen = await explore(
    {
      setup: () => ({ pair: { a: 0, b: 0 } }),
      *main({ pair }) {
        const wg = new WaitGroup();
        wg.go(function* writer() {
          pair.a = 1;
          yield* gosched();
          pair.b = 1;
        });
        yield* gosched();
        const isTorn = pair.a !== pair.b;
        yield* wg.wait();
        return isTorn;
      },
    },
    { schedules: 200, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([false, true]);
});

/** Two goroutines add one each, by `add`. */
const adding = (add: (n: Snapshot<number>) => ReturnType<Snapshot<number>["update"]>) => ({
  setup: () => ({ n: new Snapshot(0) }),
  *main(s: { n: Snapshot<number> }) {
    const wg = new WaitGroup();
    for (let i = 0; i < 3; i++) wg.go(() => add(s.n));
    yield* wg.wait();
    const { value, version } = yield* s.n.load();
    return [value, version];
  },
});

test("Snapshot: update loses no change and says what it published, in every schedule", async () => {
  const seen = await explore(
    adding((n) => n.update((value) => value + 1)),
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result)).toEqual([[3, 4]]);
});

test("planted: load and publish without a look at the version loses changes, and is found", async () => {
  const seen = await explore(
    adding(function* (n) {
      const { value } = yield* n.load();
      return { version: yield* n.publish(value + 1), value };
    }),
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.outcomes.length).toBeGreaterThan(1);
});

test("Snapshot: publishIf refuses when somebody else was first, even with the same value", async () => {
  await run(function* () {
    const n = new Snapshot(1);
    const seen = yield* n.load();
    yield* n.publish(2);
    yield* n.publish(1);
    expect(yield* n.publishIf(seen, 5)).toBe(false); // no ABA: the version is another one
    expect(yield* n.publishIf(yield* n.load(), 5)).toBe(true);
    expect(yield* n.update((value) => value + 1)).toEqual({ version: 5, value: 6 });
  });
});
