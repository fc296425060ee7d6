import { expect, test } from "vitest";
import { PENDING } from "./pending.js";
import { PUBLISHED } from "./published.js";
import { kernelNames, testKernels } from "./zoo.js";

await testKernels(0, 2);

test("the 58 kernels of the first list are there", () => {
  expect(Object.keys(PUBLISHED).filter((name) => !kernelNames().includes(name))).toEqual([]);
  expect(Object.keys(PUBLISHED)).toHaveLength(58);
});

test("every pending kernel exists", () => {
  expect(Object.keys(PENDING).filter((name) => !kernelNames().includes(name))).toEqual([]);
});
