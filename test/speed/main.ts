// The words of `npm run bench`, and what each does. lib/cli/bench.mjs builds this file and calls `main`.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import { chooseRows } from "./choose.js";
import { compare, describeComparison } from "./compare.js";
import { contestantsOf, findPeers, type Peer, type Ready } from "./contestants.js";
import type { ClockName } from "./measure.js";
import { cells, HEAD, insert, markdown, terminalLine, verdict } from "./render.js";
import { type Environment, parseResults, type Results, type RowEntries } from "./results.js";
import { measureRow, type RoundOptions } from "./rounds.js";
import type { Row } from "./row.js";
import { summarize } from "./summary.js";
import { TABLE } from "./table.js";

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

/** What bench.mjs offers. */
export interface Host {
  /** The project folder. */
  readonly root: string;
  /** Installs and builds what takes part; says loudly what is left out. */
  prepare(parts: { go: boolean; peers: boolean; race: boolean }): Promise<Ready>;
}

const FULL = { rounds: 5, budgetMs: 200 };
const QUICK = { rounds: 2, budgetMs: 80 };

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const warn = (line: string): void => void process.stderr.write(`!! ${line}\n`);

/** Runs the command. Returns the exit code. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  const options = readOptions(argv);
  const rows = chooseRows(TABLE, options.rows);
  if (options.list === true) {
    for (const row of rows) say(`${row.name.padEnd(28)}${row.what}`);
    return 0;
  }
  const committed = join(host.root, "test", "speed", "results.json");
  if (options.render === true) {
    render(join(host.root, "test", "speed", "README.md"), read(committed));
    return 0;
  }
  const results = options.with === undefined ? await run(rows, options, host) : read(options.with);
  if (options.with === undefined) {
    const file =
      options.json ?? (isOfficial(options) ? committed : join(host.root, ".cache", "bench", "last.json"));
    writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
    say(`written: ${file}`);
  }
  if (options.compare === undefined) return 0;
  const compared = compare(read(options.compare), results);
  for (const line of describeComparison(compared)) say(line);
  return compared.worse.length > 0 ? 1 : 0;
}

function readOptions(argv: readonly string[]): Options {
  const program = new Command("npm run bench --")
    .description("Measures this library, the best npm packages and real Go, in turn, and prints ratios.")
    .option("--rows <names>", "some rows only: names, families (chan), patterns (mutex.held.*), with commas")
    .option("--rounds <n>", `how many rounds (default ${FULL.rounds})`, wholeNumber)
    .option("--quick", `${QUICK.rounds} rounds of ${QUICK.budgetMs} ms: an impression, no claim`)
    .option("--no-go", "without Go")
    .option("--no-peers", "without npm packages (nothing is downloaded)")
    .option("--cpu", "processor time instead of elapsed time: for a busy machine, not for results to keep")
    .option("--list", "print the rows and what they measure")
    .option(
      "--json <file>",
      "write the raw samples here (default: test/speed/results.json when all take part)",
    )
    .option(
      "--render",
      "measure nothing: write the table of test/speed/results.json into test/speed/README.md",
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

function isOfficial({ rows, quick, cpu, go, peers }: Options): boolean {
  return rows === undefined && quick !== true && cpu !== true && go && peers;
}

function read(file: string): Results {
  return parseResults(readFileSync(file, "utf8"), file);
}

function render(file: string, results: Results): void {
  writeFileSync(file, insert(readFileSync(file, "utf8"), markdown(TABLE, results)));
  say(`written: ${file}`);
}

async function run(rows: readonly Row[], options: Options, host: Host): Promise<Results> {
  const { go, peers } = options;
  const ready = await host.prepare({ go, peers, race: rows.some((row) => row.isRace === true) });
  const found = await findPeers(ready.peers, warn);
  const clock: ClockName = options.cpu === true ? "cpu" : "wall";
  const size = { ...(options.quick === true ? QUICK : FULL), clock };
  if (options.rounds !== undefined) size.rounds = options.rounds;
  const measured = await measureAll(rows, ready, found, size);
  const results: Results = {
    version: 1,
    environment: environment(host.root, ready.go),
    parameters: { ...size, peers: versions(host.root, ready) },
    rows: measured,
  };
  say(`\n${verdict(summarize(TABLE, results))}.`);
  return results;
}

async function measureAll(
  rows: readonly Row[],
  ready: Ready,
  peers: readonly Peer[],
  size: RoundOptions,
): Promise<Record<string, RowEntries>> {
  const bar = new SingleBar({
    format: "{bar} {value}/{total} rows  {row}: {who}, round {round}   {duration_formatted}",
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  const isTerminal = process.stderr.isTTY === true;
  const measured: Record<string, RowEntries> = {};
  say(terminalLine(HEAD));
  if (isTerminal) bar.start(rows.length, 0, { row: "", who: "", round: 0 });
  for (const [done, row] of rows.entries()) {
    measured[row.name] = await measureRow(row, contestantsOf(row, ready, peers), {
      ...size,
      onProcess: ({ name }, round) => {
        if (isTerminal) bar.update(done, { row: row.name, who: name, round: round + 1 });
      },
    });
    if (isTerminal) process.stderr.write("\r\u001b[K");
    const [line] = summarize([row], partial(measured));
    if (line !== undefined) {
      say(terminalLine(cells(line)));
      for (const failure of line.failures) say(`  – ${failure}`);
    }
  }
  if (isTerminal) bar.stop();
  return measured;
}

/** The rows so far, in the shape that a summary wants. */
function partial(rows: Record<string, RowEntries>): Results {
  const environment = { cores: 0, cpu: "", platform: "", node: "", atIso: "" };
  return { version: 1, environment, parameters: { rounds: 0, budgetMs: 0, clock: "wall", peers: {} }, rows };
}

function environment(root: string, go: string | null): Environment {
  const goVersion =
    go === null ? "" : ask(root, "go", ["version"]).replace(/^go version go(\S+).*/s, "Go $1");
  const commit = ask(root, "git", ["rev-parse", "--short=12", "HEAD"]);
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() || "unknown",
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    ...(goVersion === "" ? {} : { go: goVersion }),
    ...(commit === "" ? {} : { commit }),
    atIso: new Date().toISOString(),
  };
}

function ask(root: string, command: string, args: string[]): string {
  try {
    return execFileSync(command, args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

function versions(root: string, ready: Ready): Record<string, string> {
  if (ready.peers === null) return {};
  const file = join(root, "test", "speed", "peers", "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { dependencies: Record<string, string> }).dependencies;
}
