// Go's tests of sync/atomic, written from what they check (src/sync/atomic/atomic_test.go, go1.26), for the types'
// methods. Without a counterpart, and why:
//   TestSwapInt32 … TestStorePointer (without Method): functions on addresses; nothing has an address here.
//   Test…Uintptr, Test…UintptrMethod: a pointer as a number does not exist.
//   TestUnaligned64, TestAutoAligned64: no alignment. TestNilDeref: no nil pointers to atomics.
import {
  AtomicBool,
  AtomicInt32,
  AtomicInt64,
  AtomicPointer,
  AtomicUint32,
  AtomicUint64,
  AtomicValue,
  casLoop,
  explore,
  type Go,
  gosched,
  MisuseError,
  type Op,
  run,
  WaitGroup,
} from "happens-before";
import { describe, expect, test } from "vitest";
import { isOpFunction, isOpMethod } from "../../lib/transform/words.js";

interface Cell<N> {
  load(): Op<N>;
  store(value: N): Op<void>;
  swap(value: N): Op<N>;
  compareAndSwap(old: N, value: N): Op<boolean>;
}
interface Integer<N> extends Cell<N> {
  add(delta: N): Op<N>;
  and(mask: N): Op<N>;
  or(mask: N): Op<N>;
}

/** A width: how to make a cell, its range, and its arithmetic done in bigints, apart from the library's. */
interface Kind {
  readonly name: string;
  readonly bits: bigint;
  readonly isSigned: boolean;
  make(value?: bigint): Integer<bigint>;
}

const op = <T>(go: Go<T>): Op<T> => go as unknown as Op<T>;

/** Speaks bigint to a cell of numbers, so that one test serves all widths. */
class Widened implements Integer<bigint> {
  readonly cell: Integer<number>;
  constructor(cell: Integer<number>) {
    this.cell = cell;
  }
  load = () => op(big(this.cell.load()));
  store = (value: bigint) => this.cell.store(Number(value));
  swap = (value: bigint) => op(big(this.cell.swap(Number(value))));
  compareAndSwap = (old: bigint, value: bigint) => this.cell.compareAndSwap(Number(old), Number(value));
  add = (delta: bigint) => op(big(this.cell.add(Number(delta))));
  and = (mask: bigint) => op(big(this.cell.and(Number(mask))));
  or = (mask: bigint) => op(big(this.cell.or(Number(mask))));
}
function* big(operation: Op<number>): Go<bigint> {
  return BigInt(yield* operation);
}

const KINDS: Kind[] = [
  { name: "Int32", bits: 32n, isSigned: true, make: (v = 0n) => new Widened(new AtomicInt32(Number(v))) },
  { name: "Uint32", bits: 32n, isSigned: false, make: (v = 0n) => new Widened(new AtomicUint32(Number(v))) },
  { name: "Int64", bits: 64n, isSigned: true, make: (v = 0n) => new AtomicInt64(v) },
  { name: "Uint64", bits: 64n, isSigned: false, make: (v = 0n) => new AtomicUint64(v) },
];

const wrap = (kind: Kind, v: bigint): bigint =>
  kind.isSigned ? BigInt.asIntN(Number(kind.bits), v) : BigInt.asUintN(Number(kind.bits), v);

/** 1, 2, 4 … up to the highest bit, the two ends of the range, and a pattern. */
function values(kind: Kind): bigint[] {
  const powers = Array.from({ length: Number(kind.bits) }, (_, i) => wrap(kind, 1n << BigInt(i)));
  const low = kind.isSigned ? -(1n << (kind.bits - 1n)) : 0n;
  return [...powers, low, wrap(kind, low - 1n), wrap(kind, 0xdeddeadbeefbeefn)];
}

// Both ways through the library: the fast path of a direct run and `perform` of a controlled one.
const WAYS = [{ strategy: "gmp" }, { strategy: "random" }] as const;

for (const way of WAYS) {
  for (const kind of KINDS) {
    describe(`${kind.name} under ${way.strategy}`, () => {
      test(`swap returns the old value and stores the new one [TestSwap${kind.name}Method]`, async () => {
        await run(function* () {
          const x = kind.make();
          let before = 0n;
          for (const v of values(kind)) {
            expect(yield* x.swap(v)).toBe(before);
            expect(yield* x.load()).toBe(v);
            before = v;
          }
        }, way);
      });

      test(`add returns the new value and wraps around [TestAdd${kind.name}Method]`, async () => {
        await run(function* () {
          const x = kind.make();
          let sum = 0n;
          for (const v of values(kind)) {
            sum = wrap(kind, sum + v);
            expect(yield* x.add(v)).toBe(sum);
          }
          const high = wrap(kind, (1n << (kind.bits - (kind.isSigned ? 1n : 0n))) - 1n);
          expect(yield* kind.make(high).add(1n)).toBe(wrap(kind, high + 1n));
        }, way);
      });

      for (const [word, on] of [
        ["And", (a: bigint, b: bigint) => a & b],
        ["Or", (a: bigint, b: bigint) => a | b],
      ] as const) {
        test(`${word.toLowerCase()} returns the old value [Test${word}${kind.name}Method]`, async () => {
          await run(function* () {
            const start = wrap(kind, word === "And" ? -1n : 0n);
            const x = kind.make(start);
            let wanted = start;
            for (const v of values(kind)) {
              const mask = word === "And" ? wrap(kind, ~v) : v;
              expect(yield* word === "And" ? x.and(mask) : x.or(mask)).toBe(wanted);
              wanted = wrap(kind, on(wanted, mask));
              expect(yield* x.load()).toBe(wanted);
            }
          }, way);
        });
      }

      test(`compareAndSwap swaps only the value it names [TestCompareAndSwap${kind.name}Method]`, async () => {
        await run(function* () {
          const x = kind.make();
          for (const v of values(kind)) {
            yield* x.store(v);
            const next = wrap(kind, v + 1n);
            expect(yield* x.compareAndSwap(v, next)).toBe(true);
            expect(yield* x.compareAndSwap(v, next)).toBe(false);
            expect(yield* x.load()).toBe(next);
          }
        }, way);
      });

      test(`load and store [TestLoad${kind.name}Method, TestStore${kind.name}Method]`, async () => {
        await run(function* () {
          const x = kind.make();
          for (const v of values(kind)) {
            yield* x.store(v);
            expect(yield* x.load()).toBe(v);
            expect(yield* kind.make(v).load()).toBe(v);
          }
        }, way);
      });
    });
  }

  test(`AtomicPointer under ${way.strategy} [TestSwapPointerMethod, TestCompareAndSwapPointerMethod, TestLoadPointerMethod, TestStorePointerMethod]`, async () => {
    await run(function* () {
      const [a, b] = [{ n: 1 }, { n: 1 }];
      const p = new AtomicPointer<{ n: number } | null>(null);
      expect(yield* p.load()).toBe(null);
      yield* p.store(a);
      expect(yield* p.compareAndSwap(b, null)).toBe(false); // equal, but not the same
      expect(yield* p.swap(b)).toBe(a);
      expect(yield* p.compareAndSwap(b, a)).toBe(true);
      expect(yield* p.load()).toBe(a);
    }, way);
  });

  test(`AtomicBool under ${way.strategy}: load, store, swap, compareAndSwap`, async () => {
    await run(function* () {
      const b = new AtomicBool();
      expect(yield* b.load()).toBe(false);
      yield* b.store(true);
      expect(yield* b.swap(false)).toBe(true);
      expect(yield* b.compareAndSwap(true, false)).toBe(false);
      expect(yield* b.compareAndSwap(false, true)).toBe(true);
      expect(yield* b.load()).toBe(true);
      expect(yield* new AtomicBool(true).load()).toBe(true);
    }, way);
  });
}

/** Four goroutines count up to 4 x 250 in one of Go's five ways. */
function hammer(name: string, make: () => Integer<bigint>, goTest: string): void {
  const ways: [string, (x: Integer<bigint>) => Op<unknown>][] = [
    ["add", (x) => x.add(1n)],
    ["casLoop", (x) => op(casLoop(x, (old) => old + 1n))],
  ];
  for (const [way, once] of ways) {
    test(`no count is lost when four goroutines hammer ${name} by ${way} [${goTest}]`, async () => {
      const n = await run(
        function* () {
          const x = make();
          const wg = new WaitGroup();
          for (let i = 0; i < 4; i++)
            wg.go(function* () {
              for (let k = 0; k < 250; k++) yield* once(x);
            });
          yield* wg.wait();
          return yield* x.load();
        },
        { strategy: "random", maxSteps: 1_000_000 },
      );
      expect(n).toBe(1000n);
    });
  }
}
for (const kind of KINDS) hammer(kind.name, kind.make, kind.bits === 32n ? "TestHammer32" : "TestHammer64");

test("load and store are not one step, so a counter made of them loses counts", async () => {
  const seen = await explore(
    counting((x) => op(loadThenStore(x))),
    { schedules: 200, stopAt: "never" },
  );
  expect(seen.outcomes.map((o) => o.result).sort()).toEqual([1, 2]);
});

for (const seed of ["1", "2", "42"]) {
  test(`casLoop and add lose none in any schedule (seed ${seed})`, async () => {
    for (const once of [(x: AtomicInt32) => x.add(1), (x: AtomicInt32) => op(casLoop(x, (n) => n + 1))]) {
      const seen = await explore(counting(once), { seed, schedules: 300, stopAt: "never" });
      expect(seen.outcomes.map((o) => o.result)).toEqual([2]);
    }
  });
}

function* loadThenStore(x: AtomicInt32): Go {
  yield* x.store((yield* x.load()) + 1);
}

function counting(once: (x: AtomicInt32) => Op<unknown>) {
  return {
    setup: () => new AtomicInt32(),
    *main(x: AtomicInt32): Go<number> {
      const wg = new WaitGroup();
      for (let i = 0; i < 2; i++)
        wg.go(function* () {
          yield* once(x);
        });
      yield* wg.wait();
      return yield* x.load();
    },
  };
}

test("a stored value is never seen in half [TestHammerStoreLoad]", async () => {
  await run(
    function* () {
      const [x32, x64] = [new AtomicUint32(), new AtomicUint64()];
      const wg = new WaitGroup();
      for (let i = 0; i < 8; i++)
        wg.go(function* () {
          for (let k = 0; k < 50; k++) {
            const a = yield* x32.load();
            expect(a & 0xffff).toBe(a >>> 16);
            yield* x32.store(a + 1 + (1 << 16));
            const b = yield* x64.load();
            expect(b & 0xffffffffn).toBe(b >> 32n);
            yield* x64.store(b + 1n + (1n << 32n));
          }
        });
      yield* wg.wait();
    },
    { strategy: "random", maxSteps: 1_000_000 },
  );
});

/** Two goroutines, two cells each; the result is what both read. */
function litmus<N extends number | bigint>(
  make: () => Cell<N>,
  one: N,
  left: (a: Cell<N>, b: Cell<N>, one: N) => Go<string>,
  right: (a: Cell<N>, b: Cell<N>, one: N) => Go<string>,
) {
  return {
    setup: () => ({ a: make(), b: make() }),
    *main({ a, b }: { a: Cell<N>; b: Cell<N> }): Go<string> {
      const wg = new WaitGroup();
      const saw = ["", ""];
      wg.go(function* () {
        saw[0] = yield* left(a, b, one);
      });
      wg.go(function* () {
        saw[1] = yield* right(a, b, one);
      });
      yield* wg.wait();
      return saw.join("");
    },
  };
}
function* storeThenLoad<N>(mine: Cell<N>, other: Cell<N>, one: N): Go<string> {
  yield* mine.store(one);
  return String(yield* other.load());
}
function* loadBeforeStore<N>(mine: Cell<N>, other: Cell<N>, one: N): Go<string> {
  const seen = yield* other.load();
  yield* mine.store(one);
  return String(seen);
}
function* publish<N>(data: Cell<N>, flag: Cell<N>, one: N): Go<string> {
  yield* data.store(one);
  yield* flag.store(one);
  return "";
}
function* consume<N>(data: Cell<N>, flag: Cell<N>): Go<string> {
  const isSet = yield* flag.load();
  return `${isSet}${yield* data.load()}`;
}
const swapped =
  <N>(body: (a: Cell<N>, b: Cell<N>, one: N) => Go<string>) =>
  (a: Cell<N>, b: Cell<N>, one: N) =>
    body(b, a, one);

async function outcomes(program: ReturnType<typeof litmus>): Promise<unknown[]> {
  const seen = await explore(program, { schedules: 500, stopAt: "never" });
  expect(seen.verdict).toBe("ok");
  return seen.outcomes.map((o) => o.result).sort();
}

for (const [goTest, cells] of [
  ["32", () => litmus32],
  ["64", () => litmus64],
] as const) {
  const make = cells();
  test(`of two who store and then look, one sees the other [TestStoreLoadSeqCst${goTest}]`, async () => {
    expect(await outcomes(make(storeThenLoad, swapped(storeThenLoad)))).toEqual(["01", "10", "11"]);
  });
  test(`who looks before storing may be missed by both, so the test above can fail (${goTest} bits)`, async () => {
    expect(await outcomes(make(loadBeforeStore, swapped(loadBeforeStore)))).toContain("00");
  });
  test(`who sees the flag sees the data [TestStoreLoadRelAcq${goTest}]`, async () => {
    expect(await outcomes(make(publish, consume))).toEqual(["00", "01", "11"]);
  });
  test(`a flag set before the data shows stale data, so the test above can fail (${goTest} bits)`, async () => {
    expect(await outcomes(make(swapped(publish), consume))).toContain("10");
  });
}

type Side = <N>(a: Cell<N>, b: Cell<N>, one: N) => Go<string>;
function litmus32(left: Side, right: Side): ReturnType<typeof litmus> {
  return litmus(() => new AtomicInt32(), 1, left, right) as unknown as ReturnType<typeof litmus>;
}
function litmus64(left: Side, right: Side): ReturnType<typeof litmus> {
  return litmus(() => new AtomicInt64(), 1n, left, right) as unknown as ReturnType<typeof litmus>;
}

describe("misuse", () => {
  const wrong: [string, () => unknown, ErrorConstructor, string][] = [
    [
      "a fraction",
      () => new AtomicInt32().add(1.5),
      RangeError,
      "AtomicInt32.add: expected `delta` to be an integer in -2147483648..2147483647, got 1.5",
    ],
    [
      "a negative number without a sign",
      () => new AtomicUint32().add(-1),
      RangeError,
      "AtomicUint32.add: expected `delta` to be an integer in 0..4294967295, got -1",
    ],
    [
      "too large",
      () => new AtomicInt32(2 ** 31),
      RangeError,
      "AtomicInt32.constructor: expected `value` to be an integer in -2147483648..2147483647, got 2147483648",
    ],
    [
      "NaN",
      () => new AtomicInt32().store(Number.NaN),
      RangeError,
      "AtomicInt32.store: expected `value` to be an integer in -2147483648..2147483647, got NaN",
    ],
    [
      "a number where a bigint belongs",
      () => new AtomicInt64().add(1 as unknown as bigint),
      TypeError,
      "AtomicInt64.add: expected `delta` to be a bigint, got 1",
    ],
    [
      "a bigint that does not fit",
      () => new AtomicUint64().compareAndSwap(0n, -1n),
      RangeError,
      "AtomicUint64.compareAndSwap: expected `value` to be an integer in 0..18446744073709551615, got -1",
    ],
    [
      "a number where a boolean belongs",
      () => new AtomicBool().store(1 as unknown as boolean),
      TypeError,
      "AtomicBool.store: expected `value` to be a boolean, got 1",
    ],
    [
      "an operation outside a goroutine",
      () => new AtomicInt32().load(),
      MisuseError as unknown as ErrorConstructor,
      "load: called outside a goroutine. Call it from a body that run(), report() or explore() started.",
    ],
  ];
  for (const [what, call, type, text] of wrong) {
    test(`${what} is refused with expectation and value`, () => {
      expect(call).toThrow(type);
      expect(call).toThrow(text);
    });
  }

  test("a forgotten yield* is found, although the fast path has done the work", async () => {
    const failure = run(function* () {
      const n = new AtomicInt32();
      n.add(1);
      yield* gosched();
    });
    await expect(failure).rejects.toThrow("add: the operation was created and never yielded");
  });

  test("casLoop refuses NaN, on which no compareAndSwap ever succeeds", async () => {
    const failure = run(function* () {
      yield* casLoop(new AtomicPointer(Number.NaN), (n) => n + 1);
    });
    await expect(failure).rejects.toThrow("casLoop: expected a value that is equal to itself, got NaN");
  });
});

test("the compiler's table of operations knows every method of every atomic", () => {
  const classes = [
    AtomicBool,
    AtomicInt32,
    AtomicInt64,
    AtomicPointer,
    AtomicUint32,
    AtomicUint64,
    AtomicValue,
  ];
  const inner = new Set(["constructor", "perform", "peek"]); // `peek` is what a board reads: no operation
  for (const type of classes) {
    const parent = Object.getPrototypeOf(type.prototype) as object;
    const owners: object[] = parent === Object.prototype ? [type.prototype] : [type.prototype, parent];
    const methods = owners.flatMap((o) => Object.getOwnPropertyNames(o)).filter((name) => !inner.has(name));
    expect(methods.length).toBeGreaterThan(3);
    for (const method of methods)
      expect([type.name, method, isOpMethod(method, type.name)]).toEqual([type.name, method, true]);
  }
  expect(isOpFunction("casLoop")).toBe(true);
});
