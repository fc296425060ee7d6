// ConcurrentMap: what it does on one thread, between threads, and at every point at which a writer can stop or a reader be
// passed. The last are not left to chance: the Atomics calls of a read are interrupted one by one by whole writes, those of a
// write by whole reads.
import { ConcurrentMap, Mutex, team } from "happens-before/threads";
import { describe, expect, test, vi } from "vitest";
import { POISONED } from "../../lib/threads/lockword.js";
import { MapKey } from "../../lib/threads/mapkey.js";
import { EPOCH, MOVED, PHASE, shardAt, startOf } from "../../lib/threads/maplayout.js";

const deadlineMs = 20_000;
const { load: realLoad, store: realStore } = Atomics;

/** Runs `body` with another `Atomics.load` or `store`. (A spy would keep every call.) */
function withAtomic<N extends "load" | "store", R>(name: N, other: AtomicCall, body: () => R): R {
  const { [name]: real } = Atomics;
  Object.assign(Atomics, { [name]: other });
  try {
    return body();
  } finally {
    Object.assign(Atomics, { [name]: real });
  }
}

type AtomicCall = (words: Int32Array, at: number, value: number) => number;

/** xorshift32: the same choices for the same seed. */
function chooser(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const VALUES: readonly unknown[] = [
  0,
  -0,
  7,
  -1,
  2 ** 31,
  0.5,
  Number.NaN,
  "",
  "abcde",
  "日本語",
  null,
  undefined,
  true,
  5n,
];

describe("ConcurrentMap on one thread", () => {
  for (const seed of [1, 2, 3]) {
    test(`ConcurrentMap: does what a Map does through 20 000 random calls with keys and values of all kinds (seed ${seed})`, () => {
      const choose = chooser(seed);
      const map = new ConcurrentMap<number | string, unknown>({ shards: 2 });
      const model = new Map<number | string, unknown>();
      const keyOf = (n: number) => [n, n / 8 - 10, `key ${n}`, "x".repeat(n % 40) + n][choose(4)]!;
      for (let i = 0; i < 20_000; i++) {
        const key = keyOf(choose(100));
        const value = VALUES[choose(VALUES.length)];
        const way = choose(8);
        if (way < 2) expect(map.delete(key)).toBe(model.delete(key));
        else if (way < 4) expect(map.loadOk(key)).toEqual({ value: model.get(key), loaded: model.has(key) });
        else if (way === 4) {
          expect(map.loadOrStore(key, value).loaded).toBe(model.has(key));
          if (!model.has(key)) model.set(key, value);
        } else if (way === 5) {
          expect(map.swap(key, value)).toEqual({ value: model.get(key), loaded: model.has(key) });
          model.set(key, value);
        } else {
          map.store(key, value);
          model.set(key, value);
        }
      }
      expect(new Map(map.entries())).toEqual(model);
      expect(map.size).toBe(model.size);
    });
  }

  test("ConcurrentMap: values are copies: numbers with their sign, texts, dates, maps, typed arrays", () => {
    const map = new ConcurrentMap<string, unknown>();
    const all = [...VALUES, new Map([[1, [new Date(5)]]]), { deep: [new Float64Array([1, 2])] }];
    for (const [i, value] of all.entries()) map.store(`key ${i}`, value);
    expect(all.map((_, i) => map.load(`key ${i}`))).toEqual(all);
    const shared = { n: 1 };
    map.store("shared", shared);
    shared.n = 2;
    expect(map.load("shared")).toEqual({ n: 1 });
    expect(() => map.store("function", () => 1)).toThrow(/could not be cloned/);
    expect(map.has("function")).toBe(false);
  });

  test("ConcurrentMap: texts that are the same in UTF-8, and wide beside narrow ones, are different keys", () => {
    const map = new ConcurrentMap<string, number>({ shards: 1 });
    const keys = [
      "\ud800",
      "\ud801",
      "\ufffd",
      "A\u0100",
      "\u0141",
      "",
      "\0",
      "\0\0",
      "é",
      "e\u0301",
      "a".repeat(5000),
    ];
    for (const [i, key] of keys.entries()) map.store(key, i);
    expect(keys.map((key) => map.load(key))).toEqual(keys.map((_, i) => i));
    expect(new Map(map.entries())).toEqual(new Map(keys.map((key, i) => [key, i])));
  });

  test("ConcurrentMap: compareAndSwap and compareAndDelete compare values, NaN with itself, and refuse objects", () => {
    const map = new ConcurrentMap<string, unknown>();
    map.store("a", Number.NaN);
    expect([map.compareAndSwap("a", 1, 2), map.compareAndSwap("a", Number.NaN, "x")]).toEqual([false, true]);
    expect([map.compareAndSwap("b", undefined, 1), map.has("b")]).toEqual([false, false]);
    expect([map.compareAndDelete("a", "y"), map.compareAndDelete("a", "x"), map.size]).toEqual([
      false,
      true,
      0,
    ]);
    expect(() => map.compareAndSwap("a", {}, 1)).toThrow(
      new TypeError("ConcurrentMap.compareAndSwap: expected `old` to be no object, got an object"),
    );
  });

  test("ConcurrentMap: range stops when told, and may change the map; clear takes all out; update may use the map", () => {
    const map = new ConcurrentMap<number, number>({ shards: 4 });
    for (let i = 0; i < 100; i++) map.store(i, i);
    let seen = 0;
    map.range((key) => {
      map.store(key + 1000, 1);
      return ++seen < 10;
    });
    expect([seen, map.size]).toEqual([10, 110]);
    expect(map.update(3, (value = 0) => value + map.load(4)!)).toBe(7);
    map.clear();
    expect([map.size, map.entries(), map.load(3)]).toEqual([0, [], undefined]);
  });

  test("ConcurrentMap: texts that come and go use the same room again; a full buffer is told and nothing is lost", () => {
    const map = new ConcurrentMap<string, string>({ shards: 1, reserveBytes: 4096 });
    for (let i = 0; i < 20_000; i++) {
      map.store(`key ${i}`, `a value of some length ${i}`);
      map.delete(`key ${i - 3}`);
    }
    expect(map.size).toBe(3);
    const fill = () => {
      for (let i = 0; ; i++) map.store(`more ${i}`, "x".repeat(50));
    };
    expect(fill).toThrow(
      /^ConcurrentMap: the buffer is full, \d+ bytes are wanted and \d+ are left; pass \{ reserveBytes: … \}$/,
    );
    expect(map.load("key 19999")).toBe("a value of some length 19999");
    expect(map.entries().length).toBe(map.size);
    const [last] = map.entries().at(-1)!;
    map.delete(last);
    map.store(last, "back"); // the room of what was taken out
    expect(map.load(last)).toBe("back");
  });

  test("ConcurrentMap: bad arguments are told; handles carry their type", () => {
    const map = new ConcurrentMap();
    expect(() => map.load(Number.NaN)).toThrow(
      new TypeError("ConcurrentMap: expected `key` to be a string or a number other than NaN, got NaN"),
    );
    expect(() => new ConcurrentMap({ shards: 3 })).toThrow(
      "ConcurrentMap: expected `shards` to be a power of two, got 3",
    );
    expect(() => ConcurrentMap.attach(new Mutex().handle)).toThrow(
      "ConcurrentMap.attach: expected the handle of a ConcurrentMap, got the handle of a Mutex",
    );
    map.store("a", 1);
    expect(ConcurrentMap.attach(map.handle).load("a")).toBe(1);
  });
});

/** What one thread of a program of the tests below does. */
interface Case {
  readonly what: string;
  readonly before: readonly [number | string, unknown][];
  readonly key: number | string;
  write(map: ConcurrentMap<number | string, unknown>): void;
}

/** Enough keys for a table to be left: twice, so that the first one's memory is used again. */
function churn(map: ConcurrentMap<number | string, unknown>, rounds: number): void {
  for (let i = 0; i < rounds; i++) {
    for (let k = 0; k < 5; k++) map.store(`churn ${i} ${k}`, i);
    for (let k = 0; k < 5; k++) map.delete(`churn ${i} ${k}`);
  }
}

const CASES: readonly Case[] = [
  { what: "a number over a number", before: [[1, 1.5]], key: 1, write: (map) => map.store(1, 2.5) },
  { what: "an integer over an integer", before: [[1, 5]], key: 1, write: (map) => map.store(1, 6) },
  {
    what: "a text over a text of another length",
    before: [["k", "one"]],
    key: "k",
    write: (map) => map.store("k", "a longer text"),
  },
  {
    what: "an object over a text",
    before: [["k", "one"]],
    key: "k",
    write: (map) => map.store("k", { two: [2] }),
  },
  { what: "a delete", before: [["k", "one"]], key: "k", write: (map) => void map.delete("k") },
  { what: "a first store", before: [], key: "k", write: (map) => map.store("k", 1) },
  {
    what: "a delete and a store of another key with the same room",
    before: [["k", "one"]],
    key: "k",
    write(map) {
      map.delete("k");
      map.store("m", "two");
    },
  },
  {
    what: "tables that are left",
    before: [
      ["k", "one"],
      ["m", 1],
    ],
    key: "k",
    write: (map) => churn(map, 1),
  },
  {
    what: "tables that are left and used again",
    before: [["k", "one"]],
    key: "k",
    write: (map) => churn(map, 4),
  },
  ...[1, 8].map(
    (rounds): Case => ({
      what: `a key that comes to lie in front of where it was, after ${rounds} rounds`,
      before: [
        [neighbours()[0], "in front"],
        [neighbours()[1], "behind"],
      ],
      key: neighbours()[1],
      write(map) {
        map.delete(neighbours()[0]);
        churn(map, rounds);
      },
    }),
  ),
];

/** Whole programs in the middle of a read: what was there in between is nothing that it may return. */
const LONG_WRITES: readonly Case[] = [
  {
    what: "integers, texts and a delete over an integer",
    before: [[1, 5]],
    key: 1,
    write(map) {
      map.store(1, "five");
      map.delete(1);
      map.store(1, 5);
    },
  },
];

/** Two numbers whose search begins at the same slot of every small table. */
function neighbours(): [number, number] {
  const starts = new Map<number, number>();
  for (let key = 0; ; key++) {
    const start = startOf(new MapKey("").set(key).hash) & 255;
    const other = starts.get(start);
    if (other !== undefined) return [other, key];
    starts.set(start, key);
  }
}

function makeMap(given: Case): ConcurrentMap<number | string, unknown> {
  const map = new ConcurrentMap<number | string, unknown>({ shards: 1, reserveBytes: 32_768 });
  churn(map, 3);
  for (const [key, value] of given.before) map.store(key, value);
  return map;
}

/** The values that `key` may have had during the write. */
function allowed(given: Case): unknown[] {
  const map = makeMap(given);
  const before = map.loadOk(given.key);
  given.write(map);
  return [before, map.loadOk(given.key)];
}

/** What `read` returns, or the text of its error. */
function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return String(error);
  }
}

/** No read of these tests takes so many. */
const MOST_LOADS = 500;

/** A fault that a reader may have: what it takes a word for. */
type Fault = (at: number, seen: number, epoch: number) => number;

/** Reads `given.key`, with the write in front of the n-th atomic load, for every n. Returns what was read that never was. */
function interruptReads(given: Case, fault?: Fault): unknown[] {
  const right = allowed(given).map((value) => JSON.stringify(value));
  const wrong: unknown[] = [];
  for (let n = 1; ; n++) {
    const map = makeMap(given);
    const reader = ConcurrentMap.attach(map.handle);
    reader.load(given.key); // knows the table
    const epoch = new Int32Array(map.handle.buffer)[shardAt(0) + EPOCH]!;
    let loads = 0;
    let isWriting = false;
    const load: AtomicCall = (words, at) => {
      if (isWriting) return realLoad(words, at);
      if (++loads > MOST_LOADS) throw new Error("reads for ever");
      if (loads === n) {
        isWriting = true;
        given.write(map);
        isWriting = false;
      }
      const seen = realLoad(words, at);
      return fault === undefined ? seen : fault(at, seen, epoch);
    };
    const result = attempt(() => withAtomic("load", load, () => reader.loadOk(given.key)));
    if (!right.includes(JSON.stringify(result))) wrong.push(result);
    if (loads < n || n === MOST_LOADS) return wrong;
  }
}

describe("ConcurrentMap: a read that is passed by a write", () => {
  for (const given of [...CASES, ...LONG_WRITES]) {
    test(`ConcurrentMap: ${given.what}, in front of each load of a read: it returns what was there before or after`, () => {
      expect(interruptReads(given)).toEqual([]);
    });
  }

  test("ConcurrentMap: a read that believes its first look returns what never was (planted bug)", () => {
    const wrong = CASES.slice(0, -4).flatMap((given) => {
      const first = new Map<number, number>();
      return interruptReads(given, (at, seen) => {
        // The state of a slot is what it was when this read saw it first.
        if (!isState(at)) return seen;
        if (!first.has(at)) first.set(at, seen);
        return first.get(at)!;
      });
    });
    expect(wrong.length).toBeGreaterThan(0);
  });
});

/** True when the word at `at` is the state of a slot: tables lie on lines, states are every eighth word of them. */
function isState(at: number): boolean {
  return at >= shardAt(1) && at % 8 === shardAt(1) % 8;
}

/** Reads before each atomic store of the write; returns what was read that never was. `keep` says which stores happen. */
function interruptWrites(given: Case, keep: (at: number, value: number) => boolean = () => true): unknown[] {
  const right = allowed(given).map((value) => JSON.stringify(value));
  const map = makeMap(given);
  const reader = ConcurrentMap.attach(map.handle);
  reader.load(given.key);
  const wrong: unknown[] = [];
  const look = () => {
    const result = reader.loadOk(given.key);
    if (!right.includes(JSON.stringify(result))) wrong.push(result);
  };
  const store: AtomicCall = (words, at, value) => {
    look();
    return keep(at, value) ? realStore(words, at, value) : value;
  };
  withAtomic("store", store, () => given.write(map));
  look();
  return wrong;
}

/** Like interruptWrites, with a reader that looks before the write and then in front of the n-th store only, for every n. */
function interruptOnce(given: Case, fault?: Fault): unknown[] {
  const right = allowed(given).map((value) => JSON.stringify(value));
  const wrong: unknown[] = [];
  for (let n = 1; ; n += 1) {
    const map = makeMap(given);
    const reader = ConcurrentMap.attach(map.handle);
    reader.load(given.key);
    const epoch = new Int32Array(map.handle.buffer)[shardAt(0) + EPOCH]!;
    const load: AtomicCall = (words, at) => fault?.(at, realLoad(words, at), epoch) ?? realLoad(words, at);
    let stores = 0;
    const store: AtomicCall = (words, at, value) => {
      if (++stores === n) {
        const result = withAtomic("load", load, () => attempt(() => reader.loadOk(given.key)));
        if (!right.includes(JSON.stringify(result))) wrong.push(result);
      }
      return realStore(words, at, value);
    };
    withAtomic("store", store, () => given.write(map));
    if (stores < n) return wrong;
  }
}

describe("ConcurrentMap: a write that is passed by reads", () => {
  for (const given of CASES) {
    test(`ConcurrentMap: ${given.what}: a reader in front of each store sees what was there before or after`, () => {
      expect(interruptWrites(given)).toEqual([]);
    });
  }

  const tables = CASES.slice(-4);
  for (const given of tables) {
    test(`ConcurrentMap: ${given.what}: a reader that has not looked since, in front of any store, sees what was there before or after`, () => {
      expect(interruptOnce(given)).toEqual([]);
    });
  }

  test("ConcurrentMap: a reader that does not look again whether its table is in use misses keys (planted bug)", () => {
    const wrong = tables.flatMap((given) =>
      interruptOnce(given, (at, seen, epoch) => (at === shardAt(0) + EPOCH ? epoch : seen)),
    );
    expect(wrong).toContainEqual({ value: undefined, loaded: false });
  });

  test("ConcurrentMap: a writer that does not mark the slots of the table it leaves is found out (planted bug)", () => {
    const given: Case = {
      what: "",
      before: [["k", "one"]],
      key: "k",
      write(map) {
        for (let i = 0; i < 50; i++) map.store(i, i);
        map.store("k", "two");
      },
    };
    expect(interruptWrites(given)).toEqual([]);
    const isKept = (at: number, value: number) => !(isState(at) && (value & PHASE) === MOVED);
    const map = makeMap(given);
    const reader = ConcurrentMap.attach(map.handle);
    reader.load("k");
    const store: AtomicCall = (words, at, value) => (isKept(at, value) ? realStore(words, at, value) : value);
    withAtomic("store", store, () => given.write(map));
    expect(reader.load("k")).not.toBe("two"); // and never will be
  });

  for (const given of CASES) {
    test(`ConcurrentMap: ${given.what}: a writer that dies in front of any of its stores leaves a map that the next one puts right`, () => {
      for (let n = 1; ; n += n < 60 ? 1 : 11) {
        const map = makeMap(given);
        const reader = ConcurrentMap.attach(map.handle);
        reader.load(given.key);
        const right = allowed(given).map((value) => JSON.stringify(value));
        let stores = 0;
        const store: AtomicCall = (words, at, value) => {
          if (++stores === n) throw new Error("dies here");
          return realStore(words, at, value);
        };
        const seen = attempt(() => withAtomic("store", store, () => given.write(map)));
        const hasDied = String(seen).includes("dies here");
        if (!hasDied) return;
        const words = new Int32Array(map.handle.buffer);
        words[shardAt(0)] = POISONED; // as the lock of a thread that has died
        expect(right).toContain(JSON.stringify(reader.loadOk(given.key)));
        churn(map, 5); // the first of these repairs the shard
        expect(map.size).toBe(map.entries().length);
        expect(right).toContain(JSON.stringify(reader.loadOk(given.key)));
        expect(map.loadOk(given.key)).toEqual(reader.loadOk(given.key));
        map.store(given.key, "after");
        churn(map, 5);
        expect([map.load(given.key), reader.load(given.key)]).toEqual(["after", "after"]);
      }
    });
  }
});

describe("ConcurrentMap between threads", () => {
  for (const [threads, shards] of [
    [2, 64],
    [4, 1],
    [4, 8],
  ] as const) {
    test(`ConcurrentMap: ${threads} threads on ${shards} shards lose no update and read no mix while tables come and go`, async () => {
      const map = new ConcurrentMap<number | string, unknown>({ shards });
      const mixes = await team(
        threads,
        (t, map) => {
          let mixes = 0;
          t.barrier();
          for (let i = 0; i < 3_000; i++) {
            map.update(i % 100, (n) => ((n as number) ?? 0) + 1); // shared
            map.store(`own ${t.id} ${i}`, i);
            if (i % 2 === 1) map.delete(`own ${t.id} ${i - 1}`);
            const text = String.fromCharCode(97 + ((i + t.id) % 26)).repeat(1 + (i % 30));
            map.store(`text ${i % 7}`, text);
            const seen = map.load(`text ${(i + 3) % 7}`) as string | undefined;
            if (seen !== undefined && seen !== seen.charAt(0).repeat(seen.length)) mixes++;
          }
          return mixes;
        },
        { args: [map], deadlineMs },
      );
      expect(mixes).toEqual(new Array(threads).fill(0));
      expect(map.size).toBe(100 + 7 + threads * 1_500);
      for (let key = 0; key < 100; key++) expect(map.load(key)).toBe(threads * 30);
      expect([map.load("own 1 1"), map.load("own 1 2")]).toEqual([1, undefined]);
    });
  }

  test("ConcurrentMap: readers go on while a writer holds the shard; writers wait, on the event loop too, or are refused", async () => {
    const map = new ConcurrentMap<string, number>({ shards: 1 });
    map.store("a", 1);
    const held = new Int32Array(new SharedArrayBuffer(4));
    const holding = team(
      1,
      (_t, map, held) =>
        map.update("a", (n = 0) => {
          Atomics.store(held, 0, 1);
          Atomics.notify(held, 0);
          Atomics.wait(held, 0, 1, 10_000);
          return n + 1;
        }),
      { args: [map, held], deadlineMs },
    );
    await vi.waitUntil(() => realLoad(held, 0) === 1, { timeout: deadlineMs, interval: 1 });
    expect([map.load("a"), map.size, map.entries()]).toEqual([1, 1, [["a", 1]]]);
    expect(() => map.store("a", 5)).toThrow(
      /^ConcurrentMap: would block the main thread.*await concurrentMap\.updateAsync/,
    );
    const adding = map.updateAsync("a", (n = 0) => n + 10);
    await expect(map.storeAsync("a", 0, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
    realStore(held, 0, 2);
    Atomics.notify(held, 0);
    expect([await holding, await adding, map.load("a")]).toEqual([[2], 12, 12]);
    await map.storeAsync("b", 1);
    expect([await map.deleteAsync("b"), await map.deleteAsync("b")]).toEqual([true, false]);
  });

  test("ConcurrentMap: a thread that is ended while it holds a shard blocks nobody", async () => {
    const map = new ConcurrentMap<string, number>({ shards: 1 });
    map.store("a", 1);
    const dying = team(
      1,
      (_t, map) => {
        map.update("a", () => {
          for (;;);
        });
      },
      { args: [map], deadlineMs: 200 },
    );
    await expect(dying).rejects.toThrow(/deadline/);
    expect(map.load("a")).toBe(1);
    expect(await map.updateAsync("a", (n = 0) => n + 1)).toBe(2);
    map.store("b", 2);
    expect([map.load("a"), map.load("b"), map.size]).toEqual([2, 2, 2]);
  });
});
