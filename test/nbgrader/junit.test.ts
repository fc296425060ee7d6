// JUnit XML before a real reader (junitparser) and a real schema validator (libxml2).
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { junit } from "../../lib/formats/index.js";
import { KINDS, resultOf, someResult } from "../formats/results.js";
import { python, root } from "./python.js";

const folder = join(root, ".cache", `test-junit-${process.pid}`);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Read {
  readonly counts: readonly number[];
  readonly cases: readonly {
    name: string;
    classname: string;
    result: string[];
    type: string[];
    text: string[];
  }[];
  readonly properties: Readonly<Record<string, string>>;
  readonly complaints: readonly string[];
}

/** Writes the texts as files and returns what the reader made of each. */
async function readAll(texts: readonly string[]): Promise<Read[]> {
  mkdirSync(folder, { recursive: true });
  const files = texts.map((text, index) => {
    const file = join(folder, `${index}.xml`);
    writeFileSync(file, text);
    return file;
  });
  const ran = await python([here("read-junit.py"), here("jenkins-junit.xsd"), ...files]);
  expect(ran.stderr).toBe("");
  return ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Read);
}

test("junitparser shows counts, verdicts and messages, and libxml2 has no complaint", async () => {
  const [, failed, noisy] = await readAll(
    KINDS.map(([, result]) => junit(result, { timestamp: "2026-06-01T14:33:11Z" })),
  );
  expect(failed?.complaints).toEqual([]);
  expect(failed?.counts).toEqual([2, 1, 0]);
  expect(failed?.properties).toMatchObject({ points: "2", max_points: "5", seed: "1" });
  expect(failed?.cases.map((one) => [one.name, one.classname, one.result, one.type])).toEqual([
    ["both transfers finish", "06-deadlocks.transfer", [], []],
    ["no money is lost", "06-deadlocks.transfer", ["Failure"], ["wrong-result"]],
  ]);
  expect(failed?.cases[1]?.text[0]).toContain("200 cents became 150\na read and a write were torn apart");
  expect(noisy?.cases[0]?.result).toEqual(["Skipped"]);
});

test("the oddest texts there are still make files that both can read", async () => {
  const results = fc.sample(someResult, { numRuns: 30, seed: 7 });
  const read = await readAll(results.map((result) => junit(result)));
  for (const [index, { complaints, cases, counts }] of read.entries()) {
    expect(complaints, `result ${index}`).toEqual([]);
    expect(counts[0]).toBe(results[index]?.properties.length);
    expect(cases.every(({ name }) => name !== "")).toBe(true);
  }
});

test("the validator can fail: a suite without its counts is refused", async () => {
  const broken = junit(resultOf([KINDS[0]![1].properties[0]!])).replace(/ failures="0"/g, "");
  const [read] = await readAll([broken]).catch(() => []);
  expect(read?.complaints.join("\n")).toContain("failures");
});
