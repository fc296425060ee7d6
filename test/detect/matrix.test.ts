// The matrix detector × class of bugs, made by running; `-u` writes it into lib/detect/README.md.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { kernelNames, loadKernel } from "../zoo/zoo.js";
import { countSpeakers, type Speaker, tableOf } from "./matrix.js";
import { PLANTED } from "./planted.js";

const README = new URL("../../lib/detect/README.md", import.meta.url);
const SCHEDULES = 20;
const KERNEL_SCHEDULES = 10;

const planted = PLANTED.map((row) => ({ ...row, counts: countSpeakers(row.body, SCHEDULES) }));

test.each(planted)("planted: $what is found by $by", ({ by, counts }) => {
  expect(by.filter((who) => !counts.has(who))).toEqual([]);
});

test("the table is what runs show", { timeout: 200_000 }, async () => {
  const first = tableOf(
    "planted bug",
    planted.map(({ what, counts }) => [what, (who) => `${counts.get(who) ?? "–"}`]),
  );
  const kinds = new Map<string, { all: number; spoke: Map<Speaker, number> }>();
  const fixed = { all: 0, spoke: new Map<Speaker, number>() };
  for (const name of kernelNames()) {
    const kernel = await loadKernel(name);
    const kind = kinds.get(kernel.category) ?? { all: 0, spoke: new Map<Speaker, number>() };
    kinds.set(kernel.category, kind);
    for (const [group, program] of [
      [kind, kernel.broken],
      [fixed, kernel.fixed],
    ] as const) {
      group.all++;
      for (const who of countSpeakers(() => program, KERNEL_SCHEDULES).keys()) {
        group.spoke.set(who, (group.spoke.get(who) ?? 0) + 1);
      }
    }
  }
  const rows = [...kinds, ["**all, repaired**", fixed] as const].map(
    ([kind, { all, spoke }]) => [`${kind} (${all})`, (who: Speaker) => `${spoke.get(who) ?? "–"}`] as const,
  );
  expect([...fixed.spoke.keys()].filter((who) => who !== "lock-held")).toEqual([]);
  const text = readFileSync(README, "utf8");
  const table = `${first}\n\n${tableOf("kernels of the zoo", rows)}`;
  const made = text.replace(
    /(<!-- matrix -->\n)[\s\S]*?(\n<!-- end -->)/,
    (_, from, to) => `${from}\n${table}\n${to}`,
  );
  await expect(made).toMatchFileSnapshot(fileURLToPath(README));
});
