// Its answers are tested in syncmap.test.ts; here: what its two maps cost.
import { ReadDirtyMap, run } from "happens-before";
import { expect, test } from "vitest";

test("ReadDirtyMap: as many misses as there are dirty keys make the dirty map the read map", async () => {
  await run(function* () {
    const m = new ReadDirtyMap<number, number>();
    for (let n = 0; n < 3; n++) m.store(n, n);
    expect(m.stats).toMatchObject({ readKeys: 0, dirtyKeys: 3, misses: 0, promotions: 0 });
    yield* m.load(0);
    yield* m.load(99); // a key that is nowhere is a miss, too
    expect(m.stats).toMatchObject({ readKeys: 0, dirtyKeys: 3, misses: 2, promotions: 0 });
    yield* m.load(0);
    expect(m.stats).toMatchObject({ readKeys: 3, dirtyKeys: 0, misses: 0, promotions: 1 });
  });
});

test("ReadDirtyMap: keys that stay are read and written without the lock", async () => {
  await run(function* () {
    const m = new ReadDirtyMap<string, number>();
    m.store("a", 1);
    yield* m.load("a");
    const { locked } = m.stats;
    for (let n = 0; n < 100; n++) {
      m.store("a", n);
      yield* m.load("a");
      m.delete("a");
    }
    expect(m.stats.locked).toBe(locked);
  });
});

test("ReadDirtyMap: the first new key after a promotion copies the map, without the removed keys", async () => {
  await run(function* () {
    const m = new ReadDirtyMap<number, number>();
    for (let n = 0; n < 10; n++) m.store(n, n);
    for (let n = 0; n < 10; n++) yield* m.load(0);
    m.delete(0);
    expect(m.stats).toMatchObject({ readKeys: 10, dirtyKeys: 0, copiedKeys: 0 });
    m.store(10, 10);
    expect(m.stats).toMatchObject({ readKeys: 10, dirtyKeys: 10, copiedKeys: 9 });
    m.store(11, 11);
    expect(m.stats.copiedKeys).toBe(9); // the second one copies nothing
  });
});

test("ReadDirtyMap: a removed key that comes back after a copy is in both maps and survives the promotion", async () => {
  await run(function* () {
    const m = new ReadDirtyMap<number, string>();
    m.store(0, "a");
    yield* m.load(0);
    m.delete(0);
    m.store(1, "b"); // copies: key 0 is expunged
    m.store(0, "again");
    for (let n = 0; n < 2; n++) yield* m.load(1);
    expect(m.stats).toMatchObject({ promotions: 2, dirtyKeys: 0 });
    expect(yield* m.load(0)).toBe("again");
  });
});
