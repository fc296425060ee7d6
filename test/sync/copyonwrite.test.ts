import { CopyOnWrite, explore, go, gosched, now, run, sleep, WaitGroup } from "happens-before";
import { expect, test } from "vitest";

const JUMP = { clock: "jump", strategy: "fifo" } as const;
const copyMap = (map: Map<string, number>): Map<string, number> => new Map(map);

for (const seed of ["1", "2", "42"]) {
  test(`CopyOnWrite: no write is lost, and each is visible when it returns (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => ({ cow: new CopyOnWrite(new Map<string, number>(), copyMap, { capacityItems: 2 }) }),
        *main({ cow }) {
          const wg = new WaitGroup();
          for (let i = 0; i < 4; i++)
            wg.go(function* () {
              const version = yield* cow.write((draft) => draft.set("sum", (draft.get("sum") ?? 0) + 1));
              const now = yield* cow.load();
              if (now.version < version) throw new Error("returned before its version was published");
            });
          yield* wg.wait();
          const { value, version } = yield* cow.load();
          if (cow.waiting > 0) throw new Error("somebody is left in the queue");
          return [value.get("sum"), version];
        },
      },
      { seed, schedules: 500, stopAt: "never" },
    );
    expect(seen.failure?.error).toBeUndefined();
    expect(seen.verdict).toBe("ok");
    const results = seen.outcomes.map((o) => o.result as [number, number]);
    expect(results.every(([sum]) => sum === 4)).toBe(true);
    // From all four in two batches (the queue holds two) to each in a batch of its own.
    const versions = new Set(results.map(([, version]) => version));
    expect(versions.size).toBeGreaterThan(1);
    expect([...versions].filter((version) => version < 3 || version > 5)).toEqual([]);
  });
}

test("planted: loading, copying and publishing by hand loses writes, and the explorer finds it", async () => {
  const seen = await explore(
    {
      setup: () => ({ current: new Map([["sum", 0]]) }),
      *main(s) {
        const wg = new WaitGroup();
        for (let i = 0; i < 2; i++)
          wg.go(function* () {
            const draft = copyMap(s.current);
            yield* gosched();
            draft.set("sum", (draft.get("sum") as number) + 1);
            s.current = draft;
          });
        yield* wg.wait();
        return s.current.get("sum");
      },
    },
    { schedules: 300, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2]);
});

test("CopyOnWrite: one copy serves a whole batch, and readers keep what they have loaded", async () => {
  await run(function* () {
    let copies = 0;
    const cow = new CopyOnWrite({ n: 0 }, (value) => {
      copies++;
      return { ...value };
    });
    const before = yield* cow.load();
    const wg = new WaitGroup();
    for (let i = 0; i < 10; i++)
      wg.go(function* () {
        yield* cow.write((draft) => draft.n++);
      });
    yield* wg.wait();
    const after = yield* cow.load();
    expect([copies, before.value.n, after.value.n, after.version]).toEqual([1, 0, 10, 2]);
  }, JUMP);
});

test("CopyOnWrite: a change that throws is as if never tried; only its own write sees the error", async () => {
  await run(function* () {
    const cow = new CopyOnWrite({ list: [] as string[] }, (value) => ({ list: [...value.list] }));
    const wg = new WaitGroup();
    const errors: string[] = [];
    for (const name of ["a", "bad", "b"])
      wg.go(function* () {
        try {
          yield* cow.write((draft) => {
            draft.list.push(name);
            if (name === "bad") throw new Error("half done");
          });
        } catch (error) {
          errors.push(`${name}: ${(error as Error).message}`);
        }
      });
    yield* wg.wait();
    const { value, version } = yield* cow.load();
    expect([value.list, errors, version]).toEqual([["a", "b"], ["bad: half done"], 2]);
  }, JUMP);
});

test("CopyOnWrite: when every change of a batch throws, nothing is published", async () => {
  await run(function* () {
    const cow = new CopyOnWrite([1], (value) => [...value]);
    let caught: unknown;
    try {
      yield* cow.write(() => {
        throw new RangeError("no");
      });
    } catch (error) {
      caught = error;
    }
    expect(caught).toEqual(new RangeError("no"));
    expect((yield* cow.load()).version).toBe(1);
  }, JUMP);
});

test("CopyOnWrite: a published value cannot be altered", async () => {
  await run(function* () {
    const cow = new CopyOnWrite({ n: 0 }, (value) => ({ ...value }));
    yield* cow.write((draft) => {
      draft.n = 1;
    });
    const { value } = yield* cow.load();
    expect(() => {
      value.n = 2;
    }).toThrow(TypeError);
  });
});

test("CopyOnWrite: a full queue makes writers wait in order; the writer goroutine ends with the work", async () => {
  await run(function* () {
    const order: number[] = [];
    const cow = new CopyOnWrite<number[]>([], (value) => [...value], { capacityItems: 1 });
    const wg = new WaitGroup();
    for (let i = 0; i < 5; i++)
      wg.go(function* () {
        yield* cow.write((draft) => draft.push(i));
        order.push(i);
      });
    yield* gosched();
    expect(cow.waiting).toBeGreaterThan(0);
    yield* wg.wait();
    expect(order).toEqual([0, 1, 2, 3, 4]);
    expect((yield* cow.load()).value).toEqual([0, 1, 2, 3, 4]);
    expect(cow.waiting).toBe(0);
  }, JUMP);
});

test("CopyOnWrite: a write with a limit is not applied when it was given up", async () => {
  const seen = await explore(
    {
      setup: () => ({ cow: new CopyOnWrite({ n: 0 }, (value) => ({ ...value }), { capacityItems: 1 }) }),
      *main({ cow }) {
        const wg = new WaitGroup();
        let written = 0;
        for (let i = 0; i < 3; i++)
          wg.go(function* () {
            if (yield* cow.tryWriteFor(1, (draft) => draft.n++)) written++;
          });
        yield* wg.wait();
        yield* sleep(2);
        const { value } = yield* cow.load();
        if (value.n !== written) throw new Error(`${written} said yes, ${value.n} are in`);
        return written;
      },
    },
    { schedules: 500, stopAt: "never" },
  );
  expect(seen.failure?.error).toBeUndefined();
  expect(seen.outcomes.length).toBeGreaterThan(1);
});

test("CopyOnWrite: a slow writer's queue is left at the limit, exactly", async () => {
  await run(function* () {
    const cow = new CopyOnWrite({ n: 0 }, (value) => ({ ...value }));
    expect(yield* cow.tryWriteFor(0, (draft) => draft.n++)).toBe(false);
    expect(yield* cow.tryWriteFor({ signal: AbortSignal.abort() }, (draft) => draft.n++)).toBe(false);
    go(function* () {
      expect(yield* cow.tryWriteFor(5, (draft) => draft.n++)).toBe(true);
    });
    yield* sleep(10);
    expect([(yield* cow.load()).value.n, now()]).toEqual([1, 10]);
  }, JUMP);
});

test("CopyOnWrite: bad arguments name expectation and value", async () => {
  expect(() => new CopyOnWrite(1, (n) => n, { capacityItems: 0 })).toThrow(
    new RangeError("CopyOnWrite: expected `capacityItems` to be an integer >= 1, got 0"),
  );
  expect(() => new CopyOnWrite(1, undefined as unknown as (n: number) => number)).toThrow(
    new TypeError("CopyOnWrite: expected `copy` to be a function, got undefined"),
  );
  await run(function* () {
    const cow = new CopyOnWrite(1, (n) => n);
    expect(() => cow.write(5 as unknown as () => void)).toThrow(
      new TypeError("CopyOnWrite.write: expected `change` to be a function, got 5"),
    );
  });
});
