// How many random schedules a second one core explores, detectors on, stacks off: of a program of ten steps, and of each
// repaired kernel of the zoo. In CPU time, so that a busy machine does not count.
import { explore, Mutex, type Program, report, WaitGroup } from "happens-before";
import { expect, test } from "vitest";
import { kernelNames, loadKernel } from "../zoo/zoo.js";

const LEAST_PER_S = 50_000;
const ROUNDS = 7;
const SCHEDULES = 20_000;

/** Two goroutines, ten steps in total. */
const program: Program<{ mu: Mutex; wg: WaitGroup }> = {
  setup: () => ({ mu: new Mutex(), wg: new WaitGroup() }),
  *main({ mu, wg }) {
    wg.go(function* () {
      yield* mu.lock();
      yield* mu.unlock();
    });
    yield* mu.lock();
    yield* mu.unlock();
    yield* mu.lock();
    yield* mu.unlock();
    yield* wg.wait();
  },
};

/** Schedules a CPU second: the best of some rounds, the first of which warm up. */
async function rate(
  of: Program<never> | Program<never, unknown>,
  schedules: number,
  rounds = ROUNDS,
): Promise<number> {
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const seen = await explore(of as Program<unknown>, {
      strategies: ["random"],
      schedules,
      stopAt: "never",
    });
    expect(seen.schedules).toBe(schedules);
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, (schedules * 1e6) / (user + system));
  }
  return best;
}

test(`a program of ten steps runs under at least ${LEAST_PER_S} random schedules a second, detectors on`, async () => {
  const { steps } = await report(program, { strategy: "random" });
  const perS = await rate(program as unknown as Program<never>, SCHEDULES);
  console.log(`${steps} steps: ${Math.round(perS).toLocaleString("en-US")} schedules a CPU second`);
  expect(steps).toBeGreaterThanOrEqual(9);
  expect(perS).toBeGreaterThan(LEAST_PER_S);
});

test("each kernel's rate is told", async () => {
  const rows: [name: string, perS: number][] = [];
  for (const name of kernelNames()) {
    const { fixed } = await loadKernel(name);
    rows.push([name, await rate(fixed as unknown as Program<never>, 500, 3)]);
  }
  const sorted = rows.map(([, perS]) => perS).sort((a, b) => a - b);
  console.log(
    rows
      .map(([name, perS]) => `${name.padEnd(28)}${Math.round(perS).toLocaleString("en-US").padStart(9)}`)
      .join("\n"),
  );
  console.log(
    `median ${Math.round(sorted[sorted.length >> 1] as number).toLocaleString("en-US")} schedules a CPU second`,
  );
  expect(sorted[0]).toBeGreaterThan(0);
});
