import { Mutex, ShardedMap, team } from "happens-before/threads";
import { describe, expect, test } from "vitest";
import { SELF } from "../../lib/threads/lockword.js";

const deadlineMs = 20_000;

describe("ShardedMap between threads", () => {
  for (const [threads, shards] of [
    [2, 64],
    [4, 1],
    [4, 8],
  ] as const) {
    test(`ShardedMap: ${threads} threads on ${shards} shards lose no update while the shards grow`, async () => {
      const map = new ShardedMap({ shards });
      await team(
        threads,
        (t, map) => {
          t.barrier();
          for (let i = 0; i < 5_000; i++) {
            map.update(i % 500, (n = 0) => n + 1); // shared
            map.set(1e6 * (t.id + 1) + i, i); // its own
            if (i % 2 === 1) map.delete(1e6 * (t.id + 1) + i - 1);
          }
        },
        { args: [map], deadlineMs },
      );
      expect(map.size).toBe(500 + threads * 2_500);
      for (let key = 0; key < 500; key++) expect(map.get(key)).toBe(threads * 10);
      expect([map.get(1e6 + 1), map.get(1e6 + 2), map.get(1e6 + 4_999)]).toEqual([1, undefined, 4_999]);
    });
  }

  test("ShardedMap: reading and writing in two calls loses updates (planted bug)", async () => {
    const map = new ShardedMap({ shards: 1 });
    map.set(1, 0);
    await team(
      2,
      (t, map) => {
        const seen = map.get(1)!;
        t.barrier(); // both have read
        map.set(1, seen + 1);
      },
      { args: [map], deadlineMs },
    );
    expect(map.get(1)).toBe(1);
  });

  test("ShardedMap: a call waits for the shard in a thread and on the event loop, and is refused on the main thread", async () => {
    const map = new ShardedMap({ shards: 1 });
    const words = new Int32Array(map.handle.buffer);
    words[16] = SELF; // as if another task of the main thread held the shard: its lock is the first word
    const setting = map.setAsync(1, 5);
    expect(() => map.get(1)).toThrow(/^ShardedMap: would block the main thread/);
    const updating = team(1, (_t, map) => map.update(1, (n = 0) => n + 1) >= 1, { args: [map], deadlineMs });
    words[16] = 0;
    Atomics.notify(words, 16);
    await Promise.all([setting, updating]);
    expect([5, 6]).toContain(await map.getAsync(1));
    expect([await map.deleteAsync(1), await map.deleteAsync(1)]).toEqual([true, false]);
  });
});

describe("ShardedMap on one thread", () => {
  for (const seed of [1, 2, 3]) {
    test(`ShardedMap: does what a Map does through 20 000 random calls (seed ${seed})`, () => {
      let state = seed;
      const choose = (below: number) => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) % below;
      };
      const map = new ShardedMap({ shards: 2 });
      const model = new Map<number, number>();
      for (let i = 0; i < 20_000; i++) {
        const key = choose(2) === 0 ? choose(300) : choose(300) / 8 - 10;
        const way = choose(4);
        if (way === 0) expect(map.delete(key)).toBe(model.delete(key));
        else if (way === 1) expect(map.get(key)).toBe(model.get(key));
        else {
          map.set(key, i);
          model.set(key, i);
        }
      }
      const inOrder = (entries: Iterable<[number, number]>) => [...entries].sort(([a], [b]) => a - b);
      expect(inOrder(map.entries())).toEqual(inOrder(model));
      expect(map.size).toBe(model.size);
    });
  }

  test("ShardedMap: coming and going does not use up the buffer, which a growing map does, and then stays whole", () => {
    const map = new ShardedMap({ shards: 1, reserveBytes: 2 * 16 * 32 });
    for (let i = 0; i < 10_000; i++) {
      map.set(i, i);
      map.delete(i - 3);
    }
    const fill = () => {
      for (let i = 10_000; ; i++) map.set(i, i);
    };
    expect(fill).toThrow(
      /^ShardedMap: the buffer is full, 1024 bytes are wanted and \d+ are left; pass \{ reserveBytes: … \}$/,
    );
    const keys = map.entries().map(([key]) => key);
    expect(keys.sort()).toEqual(Array.from({ length: keys.length }, (_, i) => 9_997 + i).sort());
    expect([map.size, map.get(9_998), map.get(10_000)]).toEqual([keys.length, 9_998, 10_000]);
  });

  test("ShardedMap: keys and values may be texts, values what structured clone copies", () => {
    const map = new ShardedMap<string, unknown>({ shards: 2 });
    map.set("a", "text");
    map.set("ä", { n: [1] });
    expect([map.get("a"), map.get("ä"), map.get("b"), map.has("a"), map.has("b")]).toEqual([
      "text",
      { n: [1] },
      undefined,
      true,
      false,
    ]);
    expect(map.update("a", (old) => `${old} and more`)).toBe("text and more");
    map.clear();
    expect([map.size, map.entries()]).toEqual([0, []]);
  });

  test("ShardedMap: keys are numbers of all kinds; bad arguments are told", () => {
    const map = new ShardedMap();
    for (const key of [0, 0.5, -1, 2 ** 53, Number.POSITIVE_INFINITY]) map.set(key, key);
    expect([map.get(-0), map.get(0.5), map.get(Number.POSITIVE_INFINITY), map.size]).toEqual([
      0,
      0.5,
      Number.POSITIVE_INFINITY,
      5,
    ]);
    expect(() => map.get(Number.NaN)).toThrow(
      "ShardedMap: expected `key` to be a string or a number other than NaN, got NaN",
    );
    expect(() => new ShardedMap({ shards: 3 })).toThrow(
      "ShardedMap: expected `shards` to be a power of two, got 3",
    );
    expect(ShardedMap.attach(map.handle).get(-1)).toBe(-1);
    expect(() => ShardedMap.attach(new Mutex().handle)).toThrow(
      "ShardedMap.attach: expected the handle of a ShardedMap, got the handle of a Mutex",
    );
  });
});
