// What HashTrieMap answers is tested with SyncMap; here is how its trie looks and what Go would lock.

import fc from "fast-check";
import { type Go, HashTrieMap, type HashTrieStats, ReadDirtyMap, run } from "happens-before";
import { expect, test } from "vitest";

/** Keys that stand for their own hash. */
const identity = { hash: (key: number) => key };

function* keysOf<K>(m: HashTrieMap<K, unknown>): Go<K[]> {
  const keys: K[] = [];
  yield* m.range(function* (key) {
    keys.push(key);
  });
  return keys;
}

test("HashTrieMap: hashes that differ in their last four bits make one more level per four bits they share", async () => {
  await run(function* () {
    const m = new HashTrieMap<number, number>(identity);
    m.store(0x00000001, 1);
    m.store(0x10000001, 2); // the first 28 bits are equal
    expect(m.stats).toEqual({ keys: 2, nodes: 8, depth: 8, locked: 2 });
    expect(yield* m.load(0x00000001)).toBe(1);
    expect(yield* m.load(0x10000001)).toBe(2);
    expect(yield* m.load(0x20000001)).toBeUndefined();
  });
});

test("HashTrieMap: nodes that lose their last child leave, up to the root", async () => {
  await run(function* () {
    const m = new HashTrieMap<number, number>(identity);
    m.store(0x00000001, 1);
    m.store(0x10000001, 2);
    m.delete(0x00000001);
    expect(m.stats.nodes).toBe(8); // Go, too, moves nobody up
    m.delete(0x10000001);
    expect(m.stats).toEqual({ keys: 0, nodes: 1, depth: 1, locked: 2 + 2 + 7 });
  });
});

test("HashTrieMap: equal hashes share a chain, from which each can leave", async () => {
  for (const first of [0, 1, 2]) {
    await run(function* () {
      const m = new HashTrieMap<string, number>({ hash: () => 7 });
      const keys = ["a", "b", "c"];
      for (const [i, key] of keys.entries()) m.store(key, i);
      expect(m.stats).toMatchObject({ keys: 3, nodes: 1, depth: 1 });
      m.delete(keys[first] as string);
      for (const [i, key] of keys.entries()) expect(yield* m.load(key)).toBe(i === first ? undefined : i);
      expect((yield* keysOf(m)).sort()).toEqual(keys.filter((_, i) => i !== first));
    });
  }
});

test("HashTrieMap: reading takes no lock, a write takes one, a failed delete or compare none", async () => {
  await run(function* () {
    const m = new HashTrieMap<string, number>();
    m.store("k", 1);
    const { locked } = m.stats;
    yield* m.load("k");
    yield* m.loadOk("none");
    yield* m.loadOrStore("k", 2);
    m.delete("none");
    yield* m.compareAndSwap("k", 9, 2);
    yield* m.compareAndDelete("k", 9);
    yield* keysOf(m);
    expect(m.stats.locked).toBe(locked);
    yield* m.swap("k", 2);
    yield* m.compareAndSwap("k", 2, 3);
    expect(m.stats.locked).toBe(locked + 2);
  });
});

test("HashTrieMap: keys that come and go copy nothing, and ReadDirtyMap shows what that is worth", async () => {
  await run(function* () {
    const trie = new HashTrieMap<number, number>();
    const old = new ReadDirtyMap<number, number>();
    for (let n = 0; n < 1000; n++) {
      trie.store(n, n);
      old.store(n, n);
    }
    for (let n = 1000; n < 1100; n++) {
      trie.store(n, n);
      trie.delete(n);
      old.store(n, n);
      yield* old.range(function* () {
        return false; // promotes
      });
      old.delete(n);
    }
    expect(trie.stats.keys).toBe(1000);
    expect(old.stats.copiedKeys).toBeGreaterThan(90_000);
  });
});

test("HashTrieMap: the built-in hash keeps 10,000 keys of every kind apart", async () => {
  const kinds: Record<string, (n: number) => unknown> = {
    "whole numbers": (n) => n,
    "multiples of 65536": (n) => n * 65536,
    fractions: (n) => n + 0.5,
    texts: (n) => `user:${n}`,
    bigints: (n) => 10n ** 20n + BigInt(n),
    objects: (n) => ({ n }),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    const { nodes, keys } = await run(function* (): Go<HashTrieStats> {
      const m = new HashTrieMap<unknown, number>();
      const all = Array.from({ length: 10_000 }, (_, n) => make(n));
      for (const [n, key] of all.entries()) m.store(key, n);
      for (const [n, key] of all.entries()) if ((yield* m.load(key)) !== n) throw new Error(`${kind} ${n}`);
      return m.stats;
    });
    // perfectly even hashes make about 5000 nodes
    expect({ kind, keys, isEven: nodes < 5500 }).toEqual({ kind, keys: 10_000, isEven: true });
  }
});

test("HashTrieMap: keys are told apart by === (NaN, 0 and -0, null and undefined, equal texts of symbols)", async () => {
  await run(function* () {
    const m = new HashTrieMap<unknown, number>();
    const [a, b] = [Symbol("s"), Symbol("s")];
    for (const [i, key] of [a, b, null, undefined, true, "true", 0, 1n, 1].entries()) m.store(key, i);
    expect(yield* m.load(-0)).toBe(6);
    for (const [i, key] of [a, b, null, undefined, true, "true", 0, 1n, 1].entries())
      expect(yield* m.load(key)).toBe(i);
    m.store(Number.NaN, 1);
    m.store(Number.NaN, 2);
    expect(yield* m.loadOk(Number.NaN)).toEqual({ value: undefined, ok: false });
    expect(m.stats.keys).toBe(11);
  });
});

test("HashTrieMap: the same seed, the same order; another seed, another order", async () => {
  const order = (seed: string) =>
    run(
      function* () {
        const m = new HashTrieMap<string, number>();
        for (let n = 0; n < 20; n++) m.store(`k${n}`, n);
        return (yield* keysOf(m)).join();
      },
      { seed },
    );
  expect(await order("1")).toBe(await order("1"));
  expect(await order("1")).not.toBe(await order("2"));
});

test("HashTrieMap: counts of keys and nodes are right after any stores and deletes (property)", async () => {
  const write = fc.tuple(
    fc.boolean(),
    fc.nat({ max: 0xff }).map((n) => ((n & 15) << 28) | (n >> 4)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 80 }), async (writes) => {
      await run(function* () {
        const m = new HashTrieMap<number, number>(identity);
        const there = new Set<number>();
        for (const [isStore, key] of writes) {
          if (isStore) m.store(key, key);
          else m.delete(key);
          if (isStore) there.add(key);
          else there.delete(key);
        }
        expect((yield* keysOf(m)).sort()).toEqual([...there].sort());
        expect(m.stats.keys).toBe(there.size);
        for (const key of there) m.delete(key);
        expect(m.stats).toMatchObject({ keys: 0, nodes: 1, depth: 1 });
      });
    }),
    { numRuns: 200, seed: 42 },
  );
});

test("HashTrieMap: a hash that is no function is refused by name", () => {
  expect(() => new HashTrieMap({ hash: 7 as never })).toThrow(
    "HashTrieMap: expected `hash` to be a function, got 7",
  );
});
