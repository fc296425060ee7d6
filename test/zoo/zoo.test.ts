import { expect, test } from "vitest";
import { PENDING } from "./pending.js";
import { kernelNames, testKernels } from "./zoo.js";

await testKernels(0, 2);

test("every pending kernel exists", () => {
  expect(Object.keys(PENDING).filter((name) => !kernelNames().includes(name))).toEqual([]);
});
