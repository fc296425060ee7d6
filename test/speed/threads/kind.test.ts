// What the page of real threads says of results that are written down here.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pageText, readAll } from "../page.js";
import { insert } from "../render.js";
import { entry, results } from "../samples.js";
import { THREADS_KIND } from "./kind.js";
import { measureThreads } from "./measure.js";
import { summarizeThreads } from "./summary.js";
import { THREADS } from "./table.js";

const outcomes = (rows: Parameters<typeof results>[0]): Record<string, string> =>
  Object.fromEntries(summarizeThreads(THREADS, results(rows)).map(({ row, outcome }) => [row.name, outcome]));

test("a ratio to Go with two processors is taken round by round, and its median is judged", () => {
  const go2 = entry([10, 20, 10]);
  expect(outcomes({ "mutex.2": { lib: entry([44, 88, 90]), go2 } })).toEqual({ "mutex.2": "met" });
  expect(outcomes({ "mutex.2": { lib: entry([46, 92, 40]), go2 } })).toEqual({ "mutex.2": "missed" });
});

test("a speed-up is the throughput of one row by that of another", () => {
  const one = { lib: entry([100, 100, 100]) };
  const seen = (ns: number) =>
    outcomes({ "map.sharded.1": one, "map.sharded.2": { lib: entry([ns, ns, ns]) } });
  expect(seen(62)["map.sharded.2"]).toBe("met"); // 1.61
  expect(seen(63)["map.sharded.2"]).toBe("missed"); // 1.59
});

test("a time is judged in the row's unit; postMessage is Node's own; without the other side nothing is judged", () => {
  expect(outcomes({ "pool.trivial": { lib: entry([1.4, 1.5, 9]) } })).toEqual({ "pool.trivial": "met" });
  expect(outcomes({ "chan.values": { lib: entry([300]), node: entry([905]) } })).toEqual({
    "chan.values": "met",
  });
  expect(outcomes({ "chan.values": { lib: entry([300]), node: entry([890]) } })).toEqual({
    "chan.values": "missed",
  });
  expect(outcomes({ "mutex.1": { lib: entry([1]) } })).toEqual({ "mutex.1": "unknown" });
});

test("the page names rows with more threads than cores, what was missed, and packages that are faster", () => {
  const text = THREADS_KIND.markdown(
    results({
      "mutex.1": { lib: entry([50]), go2: entry([10]), sharedmap: entry([40]) },
      "mpmc.2x2": { lib: entry([100]) },
    }),
  );
  expect(text).toContain("More threads than cores: `mpmc.2x2`.");
  expect(text).toContain(
    "| mutex.1 | 50.0 | 10.0 | 5.00 | ≤ 2.2 of Go p2 | 5.00 | missed | sharedmap 40.0 | 1.25 | – | – |",
  );
  expect(text).toContain(
    "**1 of 2 targets met; missed: mutex.1; an npm package is faster in mutex.1 (sharedmap).**",
  );
});

test("the first call, which starts the threads, is never the measurement", async () => {
  const seen: number[] = [];
  const work = {
    batch: 1,
    run: async (times: number) => {
      seen.push(times);
      return { ns: seen.length === 1 ? 1e12 : times * 1e6, check: times };
    },
  };
  const { nsPerOp, check, times } = await measureThreads(work, 100);
  expect(nsPerOp).toBe(1e6);
  expect(check).toBe(times);
});

test("what takes far longer than the budget is measured once", async () => {
  let calls = 0;
  const work = { batch: 2, run: async () => ({ ns: ++calls * 1e9, check: 7 }) };
  expect(await measureThreads(work, 50)).toEqual({ nsPerOp: 1e9, times: 1, check: 7 });
});

test("the page shows what the committed results say", () => {
  const readme = readFileSync(fileURLToPath(new URL("README.md", import.meta.url)), "utf8");
  const all = readAll(fileURLToPath(new URL(".", import.meta.url)));
  expect(all.length).toBeGreaterThan(0);
  expect(insert(readme, pageText(THREADS_KIND, all))).toBe(readme);
});
