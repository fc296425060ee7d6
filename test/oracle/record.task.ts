// What record.mjs runs: long runs in Go, the race detector, and all outcomes of this library. Rewrites recorded.json.

import { cpus } from "node:os";
import { expect, test } from "vitest";
import { type Comparison, comparison, contradictions, table } from "./compare.js";
import { compileGo, goOutcomes, goVersion } from "./golang.js";
import { ourOutcomes } from "./ours.js";
import { PROGRAMS } from "./programs/index.js";
import { descriptionHash, type Recorded, writeRecord } from "./record.js";

const RUNS = 1000;
const GO = { iterations: 1000, processes: 24 };
const GO_RACE = { iterations: 60, processes: 1, deadlineMs: 3000 };

const version = goVersion() ?? "";

test("Go's race detector is silent on every program", async () => {
  const binary = compileGo(PROGRAMS, version, { race: true });
  for (const d of PROGRAMS) await goOutcomes(binary, d, GO_RACE);
});

test("what Go shows is recorded, and can happen here", async () => {
  const binary = compileGo(PROGRAMS, version);
  const programs: Record<string, Recorded> = {};
  const rows: Comparison[] = [];
  for (const d of PROGRAMS) {
    const ours = await ourOutcomes(d, RUNS);
    const go = await goOutcomes(binary, d, GO);
    rows.push(comparison(d, ours, go));
    programs[d.name] = {
      hash: descriptionHash(d),
      go: Object.fromEntries([...go].sort(([a], [b]) => (a < b ? -1 : 1))),
      ours: [...ours.keys()].sort(),
    };
  }
  console.log(table(rows, `${version}, ${cpus().length} cores`));
  expect(rows.flatMap(contradictions)).toEqual([]);
  writeRecord({ go: version, machine: `${cpus().length} cores`, programs });
});
