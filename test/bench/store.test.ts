import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Comparison, contend, loadComparison, saveComparison } from "happens-before/bench";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder = "";
let measured: Comparison;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hb-store-"));
  const nothing = { share: () => [], roles: { only: { threads: 1, rateHz: 1000, op() {} } } };
  measured = await contend(
    { a: nothing, b: nothing },
    { rounds: 3, durationMs: 10, warmupMs: 0, progress: "none" },
  );
});

afterAll(() => rm(folder, { recursive: true }));

test("a saved comparison comes back as it was", async () => {
  const path = join(folder, "whole.json");
  await saveComparison(path, measured);
  expect(await loadComparison(path)).toEqual(measured);
});

async function spoiled(change: (data: Record<string, unknown>) => void): Promise<string> {
  const path = join(folder, "spoiled.json");
  await saveComparison(path, measured);
  const data = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  change(data);
  await writeFile(path, JSON.stringify(data));
  return path;
}

test.each<[string, (data: Record<string, unknown>) => void, string]>([
  [
    "of another format",
    (data) => Object.assign(data, { format: "other 2" }),
    "`/format` must be equal to constant",
  ],
  [
    "of an unknown kind",
    (data) => Object.assign(data, { kind: "guess" }),
    "`/kind` must be equal to one of the allowed values",
  ],
  [
    "without variants",
    (data) => delete data["variants"],
    "`the whole file` must have required property 'variants'",
  ],
  [
    "with a word for a number",
    (data) => Object.assign(data["noise"] as object, { spread: "little" }),
    "`/noise/spread` must be number",
  ],
])("a file %s is refused with the place", async (_name, change, text) => {
  const path = await spoiled(change);
  await expect(loadComparison(path)).rejects.toThrow(
    new TypeError(`${path}: not a saved comparison: ${text}`),
  );
});

test("a file that is not JSON is refused", async () => {
  const path = join(folder, "text.json");
  await writeFile(path, "{ not json");
  await expect(loadComparison(path)).rejects.toThrow(`${path}: not a saved comparison: not JSON (`);
});

test("a file that is not there is the system's error, with its name", async () => {
  await expect(loadComparison(join(folder, "none.json"))).rejects.toThrow(/ENOENT.*none\.json/);
});
