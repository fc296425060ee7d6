// The differential oracle: small race-free programs, explored here under all strategies and run in real Go. Every
// outcome seen in Go must be among ours; where there is one outcome here, Go has no other.
//
// What Go showed in long runs is recorded.json (node test/oracle/record.mjs makes it anew); where Go is on the PATH,
// oracle.stress.ts asks it again.

import { expect, test } from "vitest";
import { type Comparison, comparison, contradictions, table } from "./compare.js";
import { ourOutcomes } from "./ours.js";
import { PROGRAMS } from "./programs/index.js";
import { descriptionHash, readRecord } from "./record.js";

/** Runs of the random walk; the other strategies have a share of that each. */
const RUNS = 400;

const record = readRecord();
const rows: Comparison[] = [];

for (const d of PROGRAMS) {
  test(`oracle: ${d.name}: whatever ${record.go} showed can happen here, and no outcome came or went`, async () => {
    const known = record.programs[d.name];
    expect(known?.hash, `${d.name} has changed: record it anew`).toBe(descriptionHash(d));
    const row = comparison(d, await ourOutcomes(d, RUNS), new Map(Object.entries(known?.go ?? {})));
    rows.push(row);
    expect(contradictions(row)).toEqual([]);
    expect([...row.ours.keys()].sort()).toEqual(known?.ours);
  });
}

test("oracle: the table of what the record and this library show", () => {
  console.log(table(rows, `${record.go}, recorded on ${record.machine}`));
  expect(PROGRAMS.length).toBeGreaterThanOrEqual(40);
  expect(new Set(PROGRAMS.map((d) => d.name)).size).toBe(PROGRAMS.length);
});
