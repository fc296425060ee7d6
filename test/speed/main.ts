// The words of `npm run bench`, and what each does. lib/cli/bench.mjs builds this file and calls `main`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { chooseRows } from "./choose.js";
import { compare, describeComparison } from "./compare.js";
import { type Kind, ONE_THREAD } from "./kind.js";
import { pageText, readAll, resultsFile } from "./page.js";
import { insert } from "./render.js";
import { parseResults, type Results } from "./results.js";
import type { RoundOptions } from "./rounds.js";
import { type Host, lastFile, measureTable } from "./session.js";
import { THREADS_KIND } from "./threads/kind.js";

interface Options {
  readonly rows?: string;
  readonly rounds?: number;
  readonly quick?: true;
  readonly go: boolean;
  readonly peers: boolean;
  readonly cpu?: true;
  readonly list?: true;
  readonly json?: string;
  readonly render?: true;
  readonly compare?: string;
  readonly with?: string;
}

const FULL = { rounds: 5, budgetMs: 200 };
const QUICK = { rounds: 2, budgetMs: 80 };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs the command. Returns the exit code. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  if (argv[0] === "threads") return mainOf(THREADS_KIND, argv.slice(1), host);
  return mainOf(ONE_THREAD, argv, host);
}

async function mainOf<R extends { readonly name: string; readonly what: string }>(
  kind: Kind<R>,
  argv: readonly string[],
  host: Host,
): Promise<number> {
  const options = readOptions(argv);
  const rows = chooseRows(kind.table, options.rows);
  if (options.list === true) {
    for (const row of rows) say(`${row.name.padEnd(28)}${row.what}`);
    return 0;
  }
  const folder = join(host.root, "test", "speed", kind.folder);
  if (options.render === true) {
    render(join(folder, "README.md"), pageText(kind, readAll(folder)));
    return 0;
  }
  const results =
    options.with === undefined
      ? await measureTable(kind, rows, sizeOf(options), options, host)
      : read(options.with);
  if (options.with === undefined) {
    const committed = join(folder, resultsFile(results.environment.cpu));
    const file = options.json ?? (isOfficial(options) ? committed : lastFile(host.root));
    writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
    say(`written: ${file}`);
  }
  if (options.compare === undefined) return 0;
  const compared = compare(read(options.compare), results, kind.go);
  for (const line of describeComparison(compared)) say(line);
  return compared.worse.length > 0 ? 1 : 0;
}

function readOptions(argv: readonly string[]): Options {
  const program = new Command("npm run bench --")
    .description(
      "Measures this library, the best npm packages and real Go, in turn, and prints ratios. With `threads` as the first word: real threads.",
    )
    .option("--rows <names>", "some rows only: names, families (chan), patterns (mutex.held.*), with commas")
    .option("--rounds <n>", `how many rounds (default ${FULL.rounds})`, wholeNumber)
    .option("--quick", `${QUICK.rounds} rounds of ${QUICK.budgetMs} ms: an impression, no claim`)
    .option("--no-go", "without Go")
    .option("--no-peers", "without npm packages (nothing is downloaded)")
    .option("--cpu", "processor time instead of elapsed time: for a busy machine, not for results to keep")
    .option("--list", "print the rows and what they measure")
    .option(
      "--json <file>",
      "write the raw samples here (default, when all take part: test/speed/results-<processor>.json)",
    )
    .option(
      "--render",
      "measure nothing: write the tables of test/speed/results-*.json into test/speed/README.md",
    )
    .option("--compare <old.json>", "name the rows that are worse than in an older file; exit code 1 if any")
    .option("--with <new.json>", "measure nothing: compare this file with the older one");
  return program.parse([...argv], { from: "user" }).opts<Options>();
}

function wholeNumber(text: string): number {
  const n = Number(text);
  if (Number.isInteger(n) && n >= 1) return n;
  throw new InvalidArgumentError("Expected an integer >= 1.");
}

function sizeOf({ quick, cpu, rounds }: Options): RoundOptions {
  const size = quick === true ? QUICK : FULL;
  return { ...size, rounds: rounds ?? size.rounds, clock: cpu === true ? "cpu" : "wall" };
}

function isOfficial({ rows, quick, cpu, go, peers }: Options): boolean {
  return rows === undefined && quick !== true && cpu !== true && go && peers;
}

function read(file: string): Results {
  return parseResults(readFileSync(file, "utf8"), file);
}

function render(file: string, text: string): void {
  writeFileSync(file, insert(readFileSync(file, "utf8"), text));
  say(`written: ${file}`);
}
