// zootext: the bugs of the zoo as text: the list, and one bug with what was seen of it.
import type { Exploration, Report } from "../event/index.js";
import { clipLine, render, reportLines, wrapLine } from "../plot/index.js";
import { paints } from "./paint.js";
import type { ZooEntry, ZooRun } from "./zoo.js";

/** The bugs by category, a line each. */
export function zooLines(entries: readonly ZooEntry[], columns: number, hasColor: boolean): string[] {
  const c = paints(hasColor);
  const width = Math.max(0, ...entries.map(({ name }) => name.length));
  const categories = [...new Set(entries.map(({ category }) => category))];
  const lines = categories.flatMap((category) => [
    c.bold(category),
    ...entries
      .filter((entry) => entry.category === category)
      .map(({ name, story }) => clipLine(`  ${name.padEnd(width)}  ${story}`, columns)),
    "",
  ]);
  return [...lines, ...wrapLine("One of them, seen happen and repaired: npx hb zoo <name>", columns)];
}

/** One bug: its story, the failing run as lanes, and that the repair shows nothing. */
export function zooRunLines({ entry, broken, fixed }: ZooRun, columns: number, hasColor: boolean): string[] {
  const c = paints(hasColor);
  const { failure } = broken;
  const paintBroken = failure === undefined ? c.yellow : c.red;
  const paintFixed = fixed.verdict === "ok" ? c.green : c.red;
  return [
    ...storyLines(entry, columns, hasColor),
    "",
    ...wrapLine(`${c.bold("broken")}: ${paintBroken(broken.claim)}`, columns),
    ...(failure === undefined ? [] : ["", ...runLines(entry, failure, columns, hasColor)]),
    "",
    ...wrapLine(`${c.bold("repaired")}: ${paintFixed(fixed.claim)}`, columns),
  ];
}

/** One bug's story, with where to read on. */
export function storyLines(entry: ZooEntry, columns: number, hasColor: boolean): string[] {
  const c = paints(hasColor);
  const head = `${c.bold(entry.name)}  ${entry.category}`;
  const places = [`source: ${entry.source}`, ...(entry.url === "" ? [] : [`repaired in: ${entry.url}`])];
  return [head, "", ...wrapLine(entry.story, columns), "", ...places.map((line) => c.dim(line))];
}

/** A run of the broken program, with the command that shows it again. */
export function runLines(
  { name }: ZooEntry,
  report: Report<unknown>,
  columns: number,
  hasColor: boolean,
): string[] {
  const lines = render(report, hasColor ? "ansi" : "text", { width: Math.max(60, columns) }).split("\n");
  const own = lines.filter((line) => !/^replay: /.test(line));
  return [...reportLines(own, columns), `replay: npx hb zoo ${name} --schedule ${report.schedule}`];
}

/** What a program sees of a run: verdicts, claims and the schedule; the drawings are left out. */
export function zooData({ entry, expected, broken, fixed }: ZooRun): object {
  const brief = ({ verdict, claim, schedules, failure }: Exploration<unknown>) => ({
    verdict,
    claim,
    schedules,
    ...(failure === undefined ? {} : { schedule: failure.schedule }),
  });
  return { ...entry, expected, broken: brief(broken), fixed: brief(fixed) };
}
