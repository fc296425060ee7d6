// Small results for the tests: a library, Go and peers with the samples that a test names.
import type { Entry, Results, RowEntries } from "./results.js";
import type { Row } from "./row.js";

/** One value a round; `calibrationNs` is the same in all. */
export function entry(values: readonly number[], calibrationNs?: number): Entry {
  return {
    samples: values.map((value, round) => ({
      round,
      value,
      ...(calibrationNs === undefined ? {} : { calibrationNs }),
    })),
  };
}

export function results(rows: Record<string, RowEntries>): Results {
  return {
    version: 1,
    environment: {
      cores: 2,
      cpu: "Some CPU",
      platform: "linux x64",
      node: "v20.20.2",
      go: "Go 1.26.8",
      commit: "0123456789ab",
      atIso: "2026-11-21T12:00:00.000Z",
    },
    parameters: { rounds: 5, budgetMs: 200, clock: "wall", peers: { medium: "1.2.0" } },
    rows,
  };
}

export function row(name: string, target: number, more: Partial<Row> = {}): Row {
  return {
    name,
    unit: "ns",
    what: "a row of a test",
    target,
    batch: 1,
    run: (times) => times,
    expected: (times) => times,
    ...more,
  };
}
