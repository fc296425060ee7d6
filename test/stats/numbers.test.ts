import { expect, test } from "vitest";
import { jainIndex, median, quantile } from "../../lib/stats/index.js";

test("median: the middle of an odd number, the mean of the middle two of an even number", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([1, 9, 5, 7])).toBe(6);
});

test("quantile: interpolates as R's type 7 and NumPy do", () => {
  expect(quantile([1, 2, 3, 4], 0.9)).toBeCloseTo(3.7, 12);
  expect(quantile([4, 1, 3, 2], 0)).toBe(1);
  expect(quantile([4, 1, 3, 2], 1)).toBe(4);
});

test("quantile: does not reorder what it is given", () => {
  const values = [3, 1, 2];
  quantile(values, 0.5);
  expect(values).toEqual([3, 1, 2]);
});

test("quantile: bad arguments are refused", () => {
  expect(() => quantile([], 0.5)).toThrow("quantile: expected at least one value, got none");
  expect(() => quantile([1], 2)).toThrow("quantile: expected `q` to be between 0 and 1, got 2");
});

test.each([
  [[10, 10, 10], 1],
  [[30, 0, 0], 1 / 3],
  [[4, 2], 0.9],
  [[0, 0], 1],
  [[5], 1],
])("jainIndex: of %j is %f", (shares, want) => {
  expect(jainIndex(shares)).toBeCloseTo(want, 12);
});

test("jainIndex: a negative share is refused", () => {
  expect(() => jainIndex([1, -1])).toThrow("jainIndex: expected numbers >= 0, got -1");
});
