// Two ways of searching check each other: an exhaustive search may run out of its budget, but where it says that it has
// seen all schedules, it has seen the bug, and of a repaired program it reports nothing.
import { expect, test } from "vitest";
import { explore } from "../../lib/index.js";
import { PENDING } from "./pending.js";
import { expected, kernelNames, loadKernel } from "./zoo.js";

const BUDGET = 100;

for (const name of kernelNames().filter((known) => PENDING[known] === undefined)) {
  test(`${name}: an exhaustive search that has seen all schedules has seen the bug, and none when repaired`, async () => {
    const kernel = await loadKernel(name);
    const broken = await explore(kernel.broken, { exhaustive: true, schedules: BUDGET });
    if (broken.verdict === "ok") expect(broken.claim).toContain(", not all (");
    else expect(expected(kernel)).toContain(broken.verdict);
    const fixed = await explore(kernel.fixed, { exhaustive: true, schedules: BUDGET });
    expect(fixed.verdict).toBe("ok");
  });
}
