// hb bench six over a table that was saved; that it measures is test/bench/six.test.ts's.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { saveSix } from "happens-before/bench";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { main } from "../../lib/cli/main.js";
import type { Output } from "../../lib/cli/output.js";
import { sixCommand } from "../../lib/cli/six.js";
import { sixOfGo } from "../bench/sixsamples.js";

const BUSY = fileURLToPath(new URL("../bench/samples/six-busy.json", import.meta.url));
let folder = "";
let quiet = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hb-six-"));
  quiet = join(folder, "quiet.json");
  await saveSix(quiet, sixOfGo());
});

afterAll(() => rm(folder, { recursive: true }));

function recorder(): { out: Output; printed: string[]; noted: string[] } {
  const printed: string[] = [];
  const noted: string[] = [];
  const out = {
    print: (text: string) => void printed.push(text),
    note: (text: string) => void noted.push(text),
    status() {},
    hasColor: false,
  };
  return { out, printed, noted };
}

test("hb bench six: prints the table and the decision tree of a saved result", async () => {
  const { out, printed } = recorder();
  expect(await sixCommand({ load: quiet }, out)).toBe(0);
  const text = printed.join("\n");
  expect(text).toMatch(/^Six structures\nstructure +read, 1 thread/);
  expect(text).toContain("├─ yes → concurrent or snapshot or copyonwrite");
});

test("hb bench six: a result of a busy machine says that it cannot tell", async () => {
  const { out, printed } = recorder();
  expect(await sixCommand({ load: BUSY }, out)).toBe(0);
  expect(printed.join("\n").match(/→ cannot tell/g)).toHaveLength(5);
});

test("hb bench six: as JSON with rows, advice and machine; saved again it is the same", async () => {
  const { out, printed, noted } = recorder();
  const copy = join(folder, "copy.json");
  expect(await sixCommand({ load: BUSY, json: true, save: copy }, out)).toBe(0);
  const { kind, rows, advice, scaling, environment, noise } = JSON.parse(printed.join(""));
  expect([kind, rows.length, advice.length, scaling.length, noise.isNoisy]).toEqual(["six", 6, 5, 6, true]);
  expect(environment.cores).toBe(2);
  expect(noted).toEqual([`wrote ${copy}`]);
  expect(JSON.parse(await readFile(copy, "utf8"))).toEqual(JSON.parse(await readFile(BUSY, "utf8")));
});

test("hb bench six: an unknown size is refused with exit code 2", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  expect(await main(["bench", "six", "--size", "huge"])).toBe(2);
  expect(write.mock.calls.join("")).toContain("Expected smoke, quick or full.");
  write.mockRestore();
});
