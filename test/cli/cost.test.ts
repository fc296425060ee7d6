// hb cost: what a check costs, for who writes it.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { costCommand } from "../../lib/cli/cost.js";
import type { Output } from "../../lib/cli/output.js";
import type { CheckCost } from "../../lib/grade/index.js";
import { buildCourse, changed, solution, TRANSFER } from "../grade/course.js";

vi.setConfig({ testTimeout: 120_000 }); // whole checks, each in a process of its own

const places = buildCourse("cost");
const file = join(places.root, ".cache", `test-cost-${process.pid}.ts`);
afterAll(() => {
  places.remove();
  rmSync(file, { force: true });
});

async function cost(
  text: string,
  words: { json?: boolean } = {},
): Promise<{ code: number; printed: string }> {
  writeFileSync(file, text);
  const printed: string[] = [];
  const out: Output = {
    print: (line) => void printed.push(line),
    note: () => {},
    status: () => {},
    hasColor: false,
  };
  const code = await costCommand(file, words, out, places);
  return { code, printed: printed.join("\n") };
}

test("each property has its time, its schedules and the steps of one schedule, the dearest first", async () => {
  const { code, printed } = await cost(solution(TRANSFER), { json: true });
  expect(code).toBe(0);
  const [only] = JSON.parse(printed) as [CheckCost];
  expect(only).toMatchObject({ id: TRANSFER, status: "pass" });
  const times = only.properties.map(({ elapsedMs }) => elapsedMs);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  const pair = only.properties.find(({ name }) => name === "no pair of transfers blocks for ever");
  expect(pair?.schedules).toBe(300);
  expect(pair?.steps?.mean).toBeGreaterThan(8); // two goroutines, four lock operations each
  expect(pair?.steps?.most).toBeGreaterThanOrEqual(pair?.steps?.mean ?? 0);
  expect(pair?.steps?.share).toBeCloseTo((pair?.steps?.most ?? 0) / 10_000);
  expect(pair?.timeShare).toBeCloseTo((pair?.elapsedMs ?? 0) / 5000);
});

test("the table has a line for each property, and its columns line up", async () => {
  const { printed } = await cost(solution(TRANSFER));
  const [title, head, ...rows] = printed.split("\n");
  expect(title).toMatch(/^90-fixture\/transfer: \d+\.\d\d s, \d+\.\d\d s of it in 3 properties$/);
  expect(head).toBe("seconds  of limit  schedules  steps each  at most  of limit  points  property");
  expect(rows).toHaveLength(3);
  for (const row of rows)
    expect(row.indexOf(row.trim().split(/ {2,}/).at(-1) ?? "")).toBe(head?.indexOf("property"));
});

test("more work costs more: a solution that yields a hundred times more often has more steps", async () => {
  const steps = async (text: string): Promise<number> => {
    const [only] = JSON.parse((await cost(text, { json: true })).printed) as [CheckCost];
    return Math.max(...only.properties.map((property) => property.steps?.mean ?? 0));
  };
  const busy = changed(
    "  // The lower id first.",
    "  for (let i = 0; i < 100; i++) yield* gosched();",
  ).replace("import type { Go,", "import { type Go, gosched, type");
  expect(await steps(busy)).toBeGreaterThan(10 * (await steps(solution(TRANSFER))));
});

test("a text that does not pass is said, with exit code 1: its costs are not those of the solution", async () => {
  const { code, printed } = await cost(changed("a.id < b.id ? [a, b] : [b, a]", "[a, b]"));
  expect(code).toBe(1);
  expect(printed).toMatch(/; it does not pass \(fail\)/);
});
