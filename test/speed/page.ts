// Page: what the README of a table shows: its newest results on each kind of processor.
//
// Ratios to Go differ between processors (what an atomic step of Go's takes, what it takes to wake a thread), so the
// results of one kind of machine do not replace those of another.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind } from "./kind.js";
import { parseResults, type Results } from "./results.js";

/** The file of a processor's results: `results-intel-xeon-processor.json`. */
export function resultsFile(cpu: string): string {
  const words = cpu
    .toLowerCase()
    .replace(/\((r|tm)\)/g, "")
    .match(/[a-z0-9]+/g);
  return `results-${words?.join("-") ?? "unknown"}.json`;
}

/** All results in `folder`, the newest first. */
export function readAll(folder: string): Results[] {
  return readdirSync(folder)
    .filter((name) => /^results-.*\.json$/.test(name))
    .map((name) => parseResults(readFileSync(join(folder, name), "utf8"), name))
    .sort((a, b) => (a.environment.atIso < b.environment.atIso ? 1 : -1));
}

/** What stands between the markers of the README. */
export function pageText(kind: Pick<Kind<never>, "markdown" | "legend">, all: readonly Results[]): string {
  if (all.length === 0) return "Not measured yet.";
  const tables = all.map((results) =>
    all.length === 1 ? kind.markdown(results) : `### ${results.environment.cpu}\n${kind.markdown(results)}`,
  );
  return [...tables, ...(kind.legend === "" ? [] : [kind.legend])].join("\n\n");
}
