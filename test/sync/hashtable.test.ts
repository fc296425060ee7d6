import fc from "fast-check";
import { expect, test } from "vitest";
import { HashTable } from "../../lib/sync/hashtable.js";

const key = fc.oneof(fc.nat({ max: 9 }), fc.constantFrom("a", "b"), fc.constantFrom(true, null, undefined));
const move = fc.record({
  what: fc.constantFrom("set", "delete", "get", "clear"),
  key,
  value: fc.option(fc.nat(), { nil: undefined }),
});

test("is a Map, whatever comes and goes", () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 300 }), (moves) => {
      const table = new HashTable<unknown, number | undefined>();
      const model = new Map<unknown, number | undefined>();
      let inserted = 0;
      for (const { what, key: k, value } of moves) {
        if (what === "set") {
          if (!model.has(k)) inserted++;
          model.set(k, value);
          table.set(k, value);
        } else if (what === "delete") {
          model.delete(k);
          table.delete(k);
        } else if (what === "clear" && value === 7) {
          model.clear();
          table.clear();
        }
        expect([table.get(k), table.has(k), table.inserted]).toEqual([model.get(k), model.has(k), inserted]);
      }
      expect(new Set(table.keys())).toEqual(new Set(model.keys()));
      expect(table.keys()).toHaveLength(model.size);
    }),
  );
});

test("a key that comes and goes a thousand times beside others leaves one mark", () => {
  const table = new HashTable<number, number>();
  for (let i = 0; i < 100; i++) table.set(i, i);
  for (let i = 0; i < 1000; i++) {
    table.set(-1, i);
    table.delete(-1);
  }
  expect(table.inserted).toBe(1100);
  expect(table.keys()).toHaveLength(100);
});

test("marks are swept when there are more of them than entries", () => {
  const table = new HashTable<number, number>();
  for (let i = 0; i < 10_000; i++) {
    table.set(i, i);
    table.delete(i);
    expect(table.has(i)).toBe(false);
  }
  expect(table.keys()).toEqual([]);
});
