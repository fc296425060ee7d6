import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chooseRows } from "./choose.js";
import { ONE_THREAD } from "./kind.js";
import { main } from "./main.js";
import { measure, measureMemory } from "./measure.js";
import { pageText, readAll, resultsFile } from "./page.js";
import { insert, markdown } from "./render.js";
import type { Results } from "./results.js";
import { entry, results, row } from "./samples.js";
import type { Host } from "./session.js";
import { TABLE } from "./table.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const host: Host = {
  root: "/nowhere",
  prepare: () => Promise.reject(new Error("these words must not measure anything")),
};

let said = "";
let folder = "";
beforeEach(() => {
  said = "";
  folder = mkdtempSync(join(tmpdir(), "hb-bench-"));
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function save(name: string, ns: readonly number[]): string {
  const file = join(folder, name);
  const go = ns.map(() => 100);
  writeFileSync(file, JSON.stringify(results({ "chan.pingpong": { lib: entry(ns), go1: entry(go) } })));
  return file;
}

const committed = () => readAll(HERE);

test("the README shows what the committed results say", () => {
  const readme = readFileSync(join(HERE, "README.md"), "utf8");
  expect(insert(readme, pageText(ONE_THREAD, committed()))).toBe(readme);
});

test("a README with another figure is noticed", () => {
  const readme = readFileSync(join(HERE, "README.md"), "utf8").replace(
    "| chan.pingpong |",
    "| chan.pingpong | 1",
  );
  expect(insert(readme, pageText(ONE_THREAD, committed()))).not.toBe(readme);
});

test("the committed results hold every row of the table, with all rounds of the library and of Go", () => {
  for (const { rows, parameters } of committed()) {
    const rounds = (name: string, who: string) => rows[name]?.[who]?.samples.length;
    for (const { name } of TABLE) {
      const all = ["lib", "go1", "go2"].map((who) => rounds(name, who));
      expect([name, ...all]).toEqual([name, ...Array<number>(3).fill(parameters.rounds)]);
    }
  }
});

test("each processor has a file and a table of its own, the newest first, and one legend", () => {
  expect(resultsFile("Intel(R) Xeon(R) Processor @ 2.10GHz")).toBe(
    "results-intel-xeon-processor-2-10ghz.json",
  );
  const on = (cpu: string, atIso: string): Results => {
    const made = results({ "chan.pingpong": { lib: entry([50]), go1: entry([100]) } });
    return { ...made, environment: { ...made.environment, cpu, atIso } };
  };
  const write = (made: Results) =>
    writeFileSync(join(folder, resultsFile(made.environment.cpu)), JSON.stringify(made));
  expect(pageText(ONE_THREAD, readAll(folder))).toBe("Not measured yet.");
  write(on("Old", "2026-01-01T00:00:00.000Z"));
  expect(pageText(ONE_THREAD, readAll(folder))).not.toContain("###");
  write(on("New", "2026-02-01T00:00:00.000Z"));
  const text = pageText({ ...ONE_THREAD, legend: "LEGEND" }, readAll(folder));
  expect(text.match(/### \w+|LEGEND/g)).toEqual(["### New", "### Old", "LEGEND"]);
});

test("--compare ends with exit code 1 and names the row that became worse", async () => {
  const words = ["--compare", save("old.json", [50, 51, 52]), "--with", save("new.json", [70, 71, 72])];
  expect(await main(words, host)).toBe(1);
  expect(said).toContain("chan.pingpong: worse, 0.51 (0.50-0.52) of Go before, 0.71 (0.70-0.72) now");
});

test("--compare ends with exit code 0 when nothing became worse", async () => {
  const words = ["--compare", save("old.json", [50, 51, 52]), "--with", save("new.json", [50, 51, 52])];
  expect(await main(words, host)).toBe(0);
  expect(said).toContain("no row became worse");
});

test("a file that holds no results is refused by name", async () => {
  const file = join(folder, "other.json");
  writeFileSync(file, "{}");
  await expect(main(["--compare", file, "--with", file], host)).rejects.toThrow(
    `${file}: expected the results of npm run bench, got {}`,
  );
});

test("--list prints every row with what it measures", async () => {
  expect(await main(["--list"], host)).toBe(0);
  for (const { name, what } of TABLE) expect(said).toContain(`${name.padEnd(28)}${what}\n`);
});

test("rows are chosen by name, by family and by pattern, in the order of the table", () => {
  const names = (pattern: string) => chooseRows(TABLE, pattern).map((each) => each.name);
  expect(names("gosched.2, chan.pingpong")).toEqual(["chan.pingpong", "gosched.2"]);
  expect(names("gosched")).toEqual(["gosched.2", "gosched.1000"]);
  expect(names("*.held.*")).toEqual([
    "mutex.held.yield.2",
    "mutex.held.yield.100",
    "semaphore.held.yield.8of2",
  ]);
});

test("an unknown row is an error with the nearest name", async () => {
  await expect(main(["--rows", "chan.pingpnog"], host)).rejects.toThrow(
    'rows: expected names of rows, got "chan.pingpnog". Did you mean chan.pingpong?',
  );
});

test("a missed target says what it costs, and a faster peer is named", () => {
  const measured = results({
    r: { lib: entry([60]), go1: entry([100]), go2: entry([120]), medium: entry([40]) },
  });
  const text = markdown([row("r", 0.5)], measured);
  expect(text).toContain("| r | 60.0 | 100 | 120 | 0.60 | ≤ 0.5 | missed | 0.50 | medium 40.0 | 1.50 |");
  expect(text).toContain("- `r` missed: 60.0 ns, the target would be 50.0 ns; still faster than Go.");
  expect(text).toContain("**0 of 1 targets met; an npm package is faster in r (medium).**");
});

test("what Node has itself is told apart from npm's packages", () => {
  const measured = results({
    r: { lib: entry([60]), go1: entry([200]), node: entry([40]), medium: entry([90]) },
  });
  const text = markdown([row("r", 0.5)], measured);
  expect(text).toContain("| node 40.0 | 1.50 |");
  expect(text).toContain(
    "**1 of 1 targets met; faster than every npm package in all 1 rows that have one; Node itself is faster in r.**",
  );
});

test("a body is called until it is long enough, and its last answer is kept", async () => {
  const sizes: number[] = [];
  const spin = (times: number): number => {
    sizes.push(times);
    let sum = 0;
    for (let i = 0; i < times * 1000; i++) sum += i % 7;
    return sum < 0 ? -1 : times;
  };
  const measured = await measure({ batch: 10, run: spin }, 5, "cpu");
  expect(measured.check).toBe(measured.times);
  expect(measured.nsPerOp).toBeGreaterThan(0);
  expect(sizes[0]).toBe(1);
  expect(sizes.at(-1)).toBe(measured.times);
});

test("a body of a memory row says itself when everything is there", async () => {
  let residentBytes = 1000;
  const { bytesPerItem, check } = await measureMemory(
    {
      run: (times, atPeak) => {
        residentBytes += 8 * times;
        atPeak?.();
        residentBytes = 0; // what comes after does not count
        return times;
      },
    },
    100,
    () => residentBytes,
  );
  expect(check).toBe(100);
  expect(bytesPerItem).toBe(8);
});
