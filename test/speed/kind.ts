// Kind: a table of rows, and how its lines are printed. There are two: goroutines on one thread, and real threads.
import { type Contestant, contestantsOf, type Peer, type Ready } from "./contestants.js";
import { cells, HEAD, markdown, terminalLine, verdict } from "./render.js";
import { GO1, type Results } from "./results.js";
import type { Row } from "./row.js";
import { summarize } from "./summary.js";
import { TABLE } from "./table.js";

export interface Kind<R extends { readonly name: string; readonly what: string }> {
  readonly table: readonly R[];
  /** Below test/speed: where its results and its page are. */
  readonly folder: string;
  /** Which Go its rows are measured by. */
  readonly go: string;
  contestantsOf(row: R, ready: Ready, peers: readonly Peer[]): Contestant<R>[];
  readonly head: string;
  /** What is printed when a row is done. */
  lines(row: R, results: Results): string[];
  verdict(results: Results): string;
  markdown(results: Results): string;
  /** What stands once below the tables of all processors. */
  readonly legend: string;
}

/** Goroutines on one thread. */
export const ONE_THREAD: Kind<Row> = {
  table: TABLE,
  folder: "",
  go: GO1,
  contestantsOf,
  head: terminalLine(HEAD),
  lines: (row, results) =>
    summarize([row], results).flatMap((line) => [
      terminalLine(cells(line)),
      ...line.failures.map((failure) => `  – ${failure}`),
    ]),
  verdict: (results) => verdict(summarize(TABLE, results)),
  markdown: (results) => markdown(TABLE, results),
  legend: "",
};
