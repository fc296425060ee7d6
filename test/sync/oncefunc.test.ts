import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  explore,
  type Go,
  goexit,
  gosched,
  type Op,
  onceFunc,
  onceValue,
  onceValues,
  run,
  WaitGroup,
} from "happens-before";
import { expect, test } from "vitest";

/** Calls `f` twice and returns what each call gave: its value, or what it threw. */
function* twice(f: () => Op<unknown>): Go<unknown[]> {
  const got: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    try {
      got.push(yield* f());
    } catch (error) {
      got.push({ threw: error });
    }
  }
  return got;
}

test("onceFunc: runs its function once [TestOnceFunc]", async () => {
  await run(function* () {
    let runs = 0;
    const f = onceFunc(function* () {
      runs++;
    });
    expect(runs).toBe(0);
    yield* twice(f);
    expect(runs).toBe(1);
  });
});

test("onceValue: gives the first call's value at every call [TestOnceValue]", async () => {
  await run(function* () {
    let runs = 0;
    const f = onceValue(function* () {
      return ++runs;
    });
    expect(yield* twice(f)).toEqual([1, 1]);
  });
});

test("onceValue: an undefined value is a value", async () => {
  await run(function* () {
    let runs = 0;
    const f = onceValue(function* () {
      runs++;
      return undefined;
    });
    expect(yield* twice(f)).toEqual([undefined, undefined]);
    expect(runs).toBe(1);
  });
});

test("onceValues: gives the first call's pair at every call [TestOnceValues]", async () => {
  await run(function* () {
    let runs = 0;
    const f = onceValues(function* () {
      return [++runs, runs + 1] as const;
    });
    expect(yield* twice(f)).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});

const makers: [name: string, goTest: string, make: (f: () => Go<never>) => () => Op<unknown>][] = [
  ["onceFunc", "TestOnceFuncPanic", onceFunc],
  ["onceValue", "TestOnceValuePanic", onceValue],
  ["onceValues", "TestOnceValuesPanic", onceValues],
];

for (const [name, goTest, make] of makers) {
  test(`${name}: every call panics with the first call's value [${goTest}]`, async () => {
    await run(function* () {
      let runs = 0;
      const thrown = new Error("x");
      const f = make(function* () {
        runs++;
        throw thrown;
      });
      const [first, second] = (yield* twice(f)) as { threw: unknown }[];
      expect(first?.threw).toBe(thrown);
      expect(second?.threw).toBe(thrown);
      expect(runs).toBe(1);
    });
  });
}

test("onceFunc: a panic with nothing is a panic at every call [TestOnceFuncPanicNil]", async () => {
  await run(function* () {
    const f = onceFunc(function* () {
      throw null;
    });
    expect(yield* twice(f)).toEqual([{ threw: null }, { threw: null }]);
  });
});

test("onceFunc: a function that ends its goroutine is not called again [TestOnceFuncGoexit]", async () => {
  await run(function* () {
    let runs = 0;
    const f = onceFunc(function* () {
      runs++;
      yield* goexit();
    });
    const wg = new WaitGroup();
    wg.go(function* () {
      yield* f();
      throw new Error("went on after goexit");
    });
    yield* wg.wait();
    const [second] = (yield* twice(f)) as { threw: Error }[];
    expect(second?.threw.message).toBe("panic called with nil argument");
    expect(runs).toBe(1);
  });
});

test("onceFunc: the panic's stack shows the function that panicked [TestOnceFuncPanicTraceback]", async () => {
  await run(function* () {
    const f = onceFunc(function* loadRules() {
      throw new Error("x");
    });
    const [first] = (yield* twice(f)) as { threw: Error }[];
    expect(first?.threw.stack).toContain("loadRules");
  });
});

test("onceValue: after the first call its function can be collected [TestOnceXGC]", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const { f, kept } = makeHeavy();
  await new Promise(setImmediate);
  collect();
  expect(kept.deref()).toBeDefined(); // not yet called: it is needed
  await run(function* () {
    yield* f();
  });
  await new Promise(setImmediate);
  collect();
  expect(kept.deref()).toBeUndefined();
});

function makeHeavy() {
  const heavy = { bytes: new Array(1000).fill(1) };
  const f = onceValue(function* () {
    return heavy.bytes.length;
  });
  return { f, kept: new WeakRef(heavy) };
}

test("onceValue: a call that was never yielded is found", async () => {
  await expect(
    run(function* () {
      const f = onceValue(function* () {
        return 1;
      });
      f();
      yield* gosched();
    }),
  ).rejects.toThrow("the operation was created and never yielded");
});

for (const seed of ["1", "2", "42"]) {
  test(`onceValue: under every schedule all callers get the one value (seed ${seed})`, async () => {
    const seen = await explore(
      {
        setup: () => {
          let runs = 0;
          return onceValue(function* () {
            yield* gosched();
            return ++runs;
          });
        },
        *main(f) {
          const got: number[] = [];
          const wg = new WaitGroup();
          for (let i = 0; i < 3; i++)
            wg.go(function* () {
              got.push(yield* f());
            });
          yield* wg.wait();
          return got.join();
        },
      },
      { seed, schedules: 300, stopAt: "never" },
    );
    expect(seen.verdict).toBe("ok");
    expect(seen.outcomes.map((o) => o.result)).toEqual(["1,1,1"]);
  });
}
