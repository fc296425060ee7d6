// A session: all rows one after the other, with progress. After every row what is known so far is written down, so that
// an interrupted run has not been for nothing.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SingleBar } from "cli-progress";
import { findPeers, type Ready } from "./contestants.js";
import { environment } from "./environment.js";
import type { Kind } from "./kind.js";
import type { Results, RowEntries } from "./results.js";
import { measureRow, type RoundOptions } from "./rounds.js";

/** What bench.mjs offers. */
export interface Host {
  /** The project folder. */
  readonly root: string;
  /** Installs and builds what takes part; says loudly what is left out. */
  prepare(parts: { go: boolean; peers: boolean; race: boolean }): Promise<Ready>;
}

type Named = { readonly name: string; readonly what: string; readonly isRace?: true };

/** Where the rows measured so far are written. */
export function lastFile(root: string): string {
  return join(root, ".cache", "bench", "last.json");
}

/** Measures `rows` and prints a line for each. */
export async function measureTable<R extends Named>(
  kind: Kind<R>,
  rows: readonly R[],
  size: RoundOptions,
  { go, peers }: { readonly go: boolean; readonly peers: boolean },
  host: Host,
): Promise<Results> {
  const ready = await host.prepare({ go, peers, race: rows.some(({ isRace }) => isRace === true) });
  const bodies = ready.peers === null ? null : join(ready.peers, kind.folder);
  const found = await findPeers(bodies, (line) => void process.stderr.write(`!! ${line}\n`));
  const measured: Record<string, RowEntries> = {};
  const results: Results = {
    version: 1,
    environment: environment(host.root, ready.go),
    parameters: { ...size, peers: versions(host.root, ready) },
    rows: measured,
  };
  const show = new Progress(rows.length, kind);
  for (const [done, row] of rows.entries()) {
    measured[row.name] = await measureRow(row, kind.contestantsOf(row, ready, found), {
      ...size,
      onProcess: ({ name }, round) => show.at(done, row, name, round),
    });
    save(lastFile(host.root), results);
    show.done(row, results);
  }
  show.end(results);
  return results;
}

function save(file: string, results: Results): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

function versions(root: string, ready: Ready): Record<string, string> {
  if (ready.peers === null) return {};
  const file = join(root, "test", "speed", "peers", "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { dependencies: Record<string, string> }).dependencies;
}

/** A bar on a terminal; a line for each finished row everywhere. */
class Progress<R extends Named> {
  readonly #kind: Kind<R>;
  readonly #isTerminal = process.stderr.isTTY === true;
  readonly #bar = new SingleBar({
    format: "{bar} {value}/{total} rows  {row}: {who}, round {round}   {duration_formatted}",
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });

  constructor(total: number, kind: Kind<R>) {
    this.#kind = kind;
    this.#say(kind.head);
    if (this.#isTerminal) this.#bar.start(total, 0, { row: "", who: "", round: 0 });
  }

  at(done: number, row: R, who: string, round: number): void {
    if (this.#isTerminal) this.#bar.update(done, { row: row.name, who, round: round + 1 });
  }

  done(row: R, results: Results): void {
    if (this.#isTerminal) process.stderr.write("\r\u001b[K");
    for (const line of this.#kind.lines(row, results)) this.#say(line);
  }

  end(results: Results): void {
    if (this.#isTerminal) this.#bar.stop();
    this.#say(`\n${this.#kind.verdict(results)}.`);
  }

  #say(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}
