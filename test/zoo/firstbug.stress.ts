// The table of first bugs (first-bugs.md): for each kernel and strategy the median over several seeds, beside what is
// published. Part of the long runs; `npx vitest run -c test/stress.config.ts test/zoo -u` writes it anew.
import { expect, test } from "vitest";
import "../../lib/index.js";
import { firstBug } from "./firstbug.js";
import type { Kernel } from "./kernel.js";
import { PENDING } from "./pending.js";
import { PUBLISHED } from "./published.js";
import { kernelNames, loadKernel, SCHEDULES } from "./zoo.js";

const SEEDS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const STRATEGIES = ["random", "pct", "pos", "urw", "delay"] as const;

const HEAD = `# Schedules to the first bug

Made by \`test/zoo/firstbug.stress.ts\`: the schedule in which a strategy first shows the bug with an expected verdict,
median of ${SEEDS.length} seeds ("–": not within ${SCHEDULES}). *all* is the portfolio, the five in turn; *worst* its largest of the ${SEEDS.length}.
On the right what is published (\`published.ts\`): *Go %* runs in 100 in which plain Go showed it; the first run of 100 in
which Go's runtime / goleak / go-deadlock / GoAT found it; *race* runs of 20 in which Go's \`-race\` or a panic did. A
schedule here and a run there are not the same effort, and the kernels are written anew, so compare patterns, not digits.

| kernel | ${STRATEGIES.join(" | ")} | all | worst | Go % | runs | race |
| --- | ${"--: | ".repeat(STRATEGIES.length + 3)}--- | --: |
`;

const rows: string[] = [];

test.each(kernelNames())("%s is found by the portfolio under every seed", async (name) => {
  const kernel = await loadKernel(name);
  const all = SEEDS.map((seed) => firstBug(kernel, { seed }, SCHEDULES));
  const cells = STRATEGIES.map((strategy) => show(median(ofStrategy(kernel, strategy))));
  const { goPercent, runs, raceOf20 } = PUBLISHED[name] ?? {};
  const published = [goPercent ?? "", runs?.map(show).join("/") ?? "", raceOf20 ?? ""];
  rows.push(`| ${[name, ...cells, show(median(all)), show(worst(all)), ...published].join(" | ")} |`);
  if (PENDING[name] === undefined) expect(all).not.toContain(null);
});

test("the table is the one that is committed", async () => {
  await expect(`${HEAD}${rows.join("\n")}\n`).toMatchFileSnapshot("first-bugs.md");
});

function ofStrategy(kernel: Kernel, strategy: (typeof STRATEGIES)[number]): (number | null)[] {
  return SEEDS.map((seed) => firstBug(kernel, { seed, strategies: [strategy] }, SCHEDULES));
}

function median(values: readonly (number | null)[]): number | null {
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] as number;
  return middle === Number.POSITIVE_INFINITY ? null : middle;
}

function worst(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : Math.max(...values.map((value) => value ?? 0));
}

function show(value: number | null): string {
  return value === null ? "–" : String(value);
}
