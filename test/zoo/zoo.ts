// zoo: what is asserted of every kernel. The test files beside it share the kernels among themselves.
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { explore, type Program, type RunOptions, report, type Verdict } from "../../lib/index.js";
import type { Kernel } from "./kernel.js";
import { PENDING } from "./pending.js";

/** Schedules in which the bug must be found, and over which its repair must show nothing. */
export const SCHEDULES = 1000;

const STRATEGIES = ["random", "pct", "pos", "urw", "delay"] as const;
const TRACED = { clock: "free", maxSteps: 10_000, trace: true } as const;

const FOLDER = new URL("./kernels/", import.meta.url);

function isCycle({ category }: Kernel): boolean {
  return category === "AB-BA" || category === "RWR";
}

/** Where locks make a cycle, saying so is as good as waiting for the deadlock. */
export function expected(kernel: Kernel): readonly Verdict[] {
  return isCycle(kernel) ? [...kernel.verdicts, "lock-order"] : kernel.verdicts;
}

/** The names of all kernels, sorted. */
export function kernelNames(): string[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".ts"));
  return files.map((file) => file.slice(0, -".ts".length)).sort();
}

/** Loads the kernel of that name: the default export of its file. */
export async function loadKernel(name: string): Promise<Kernel> {
  const { default: kernel } = (await import(`./kernels/${name}.ts`)) as { default: Kernel };
  return kernel;
}

/** Declares the tests of every kernel whose place in the alphabet is `share` modulo `of`. */
export async function testKernels(share: number, of: number): Promise<void> {
  const names = kernelNames().filter((_, i) => i % of === share);
  for (const name of names) testKernel(name, await loadKernel(name));
}

function testKernel(name: string, kernel: Kernel): void {
  describe(`${name} (${kernel.category})`, () => {
    test("is named as its file is", () => expect(kernel.name).toBe(name));

    const missing = PENDING[name];
    if (missing === undefined) {
      test(`is found within ${SCHEDULES} schedules, and its schedule replays step for step`, async () => {
        const { failure, verdict } = await explore(kernel.broken, { schedules: SCHEDULES });
        expect(expected(kernel)).toContain(verdict);
        const { schedule, events } = failure ?? expect.fail("no failure");
        const again = await report(kernel.broken, { schedule, trace: true });
        expect(again.verdict).toBe(verdict);
        expect(events?.length).toBeGreaterThan(0);
        expect(again.events).toEqual(events);
      });
    } else {
      test(`is not found yet, for want of ${missing}`, async () => {
        const { verdict } = await explore(kernel.broken, { schedules: SCHEDULES });
        expect(expected(kernel)).not.toContain(verdict);
      });
    }

    test("replays step for step under every strategy, broken and repaired", async () => {
      for (const program of [kernel.broken, kernel.fixed]) {
        for (const strategy of STRATEGIES) await replays(program, { ...TRACED, strategy, seed: name });
      }
    });

    if (isCycle(kernel)) {
      test("is seen in the order of its locks, in a run that ends well", async () => {
        for (let seed = 1; seed <= 20; seed++) {
          const how = { strategy: "random", seed: `${seed}`, detect: ["lock-order"] } as const;
          if ((await report(kernel.broken, how)).verdict === "lock-order") return;
        }
        expect.fail("none of 20 runs has the verdict lock-order");
      });
    }

    test.each(["free", "jump"] as const)(
      "shows no detector anything when repaired, clock %s",
      async (clock) => {
        const how = { schedules: SCHEDULES, clock, detect: "all" } as const;
        const { failure, verdict, schedules } = await explore(kernel.fixed, how);
        expect(failure?.findings.map(({ message }) => message) ?? []).toEqual([]);
        expect({ verdict, schedules }).toEqual({ verdict: "ok", schedules: SCHEDULES });
      },
    );
  });
}

/** Asserts that a run and the replay of its schedule do the same thing. */
async function replays(program: Program<unknown>, options: RunOptions): Promise<void> {
  const seen = await report(program, options);
  const again = await report(program, { schedule: seen.schedule, maxSteps: 10_000, trace: true, detect: [] });
  expect(again.events).toEqual(seen.events);
  expect([again.verdict, again.schedule]).toEqual([seen.verdict, seen.schedule]);
}
