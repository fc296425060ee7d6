// lock-order on the kernels of the bug zoo: silent on all that are repaired; where locks make a cycle, found in runs that
// end well, which is what it is for.
import { expect, test } from "vitest";
import { explore, report } from "../../lib/index.js";
import { kernelNames, loadKernel } from "../zoo/zoo.js";

const SCHEDULES = 50;
const names = kernelNames();

test(`silent on every repaired kernel, in ${SCHEDULES} schedules each under both clocks`, async () => {
  const told: Record<string, unknown> = {};
  for (const name of names) {
    const { fixed } = await loadKernel(name);
    for (const clock of ["free", "jump"] as const) {
      const seen = await explore(fixed, { detect: ["lock-order"], schedules: SCHEDULES, clock });
      if (seen.verdict !== "ok") told[name] = seen.failure?.findings[0]?.message ?? seen.verdict;
    }
  }
  expect(told).toEqual({});
});

/** The first seed whose run has no deadlock and yet is told to be able to, or -1. */
async function firstForetold(name: string): Promise<number> {
  const { broken } = await loadKernel(name);
  for (let seed = 0; seed < SCHEDULES; seed++) {
    const seen = await report(broken, {
      detect: ["lock-order"],
      strategy: "random",
      seed: `${seed}`,
      clock: "free",
      maxSteps: 10_000,
    });
    if (seen.verdict === "lock-order") return seed;
  }
  return -1;
}

for (const name of names) {
  const { category } = await loadKernel(name);
  if (category !== "AB-BA" && category !== "RWR") continue;
  test(`${name} (${category}): foretold in a run that ends well`, async () => {
    expect(await firstForetold(name)).toBeGreaterThanOrEqual(0);
  });
}
