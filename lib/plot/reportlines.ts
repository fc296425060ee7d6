// reportLines: a run's report in a window: sentences are wrapped, pictures are cut.
//
// Rejected: cutting everything, as lanes have to be. "held by goroutine 3" is the half of a deadlock's line that one needs.
import { stripVTControlCharacters } from "node:util";
import { clipLine, wrapLine } from "./ansi.js";

/** Columns stand apart by more than one space; sentences have no such gap, and no sign of a lane. */
const DRAWN = /\S {2,}\S|[┬┴│┊●○◉]/;

/**
 * The lines of a report, none wider than the window.
 *
 * @example
 * console.log(reportLines(["goroutine 2 waits for mutex#3"], 20)); // prints: [ 'goroutine 2 waits', 'for mutex#3' ]
 * console.log(reportLines(["   5  ○ wait mutex#1  │"], 20)); // prints: [ '   5  ○ wait mutex#…' ]
 */
export function reportLines(lines: readonly string[], columns: number): string[] {
  return lines.flatMap((line) =>
    DRAWN.test(stripVTControlCharacters(line)) ? [clipLine(line, columns)] : wrapLine(line, columns),
  );
}
