// What is under way keeps its number until it is taken out; then the number is given out again.
import { expect, test } from "vitest";
import { Slots } from "../../lib/mn/slots.js";

test("Slots: numbers are never 0, are never given out twice, and come back when they are free", () => {
  const slots = new Slots<string>();
  const [a, b] = [slots.put("a"), slots.put("b")];
  expect([a, b]).toEqual([1, 2]);
  expect(slots.size).toBe(2);
  expect(slots.take(a)).toBe("a");
  expect(slots.take(a)).toBeUndefined();
  expect(slots.put("c")).toBe(a);
  expect(slots.take(b)).toBe("b");
  expect(slots.size).toBe(1);
});

test("Slots: takeAll leaves nothing, and begins anew", () => {
  const slots = new Slots<string>();
  for (const item of ["a", "b", "c"]) slots.put(item);
  slots.take(2);
  expect(slots.takeAll()).toEqual(["a", "c"]);
  expect(slots.size).toBe(0);
  expect(slots.put("d")).toBe(1);
});
