// Contestants: who takes part in a row, and by which command. Every measurement is a process of its own.
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ClockName } from "./measure.js";
import { GO1, GO2, OURS, type Sample } from "./results.js";
import type { Row } from "./row.js";

/** What lib/cli/bench.mjs has made ready. */
export interface Ready {
  /** The Go program; null without Go. */
  readonly go: string | null;
  /** The Go program with the race detector; null without it. */
  readonly goRace: string | null;
  /** The folder with the peers' packages and bodies; null without them. */
  readonly peers: string | null;
}

/** How long each process measures for, and on which clock. */
export interface How {
  readonly budgetMs: number;
  readonly clock: ClockName;
}

export interface Contestant<R = Row> {
  readonly name: string;
  readonly isPeer: boolean;
  /** Measures the row once. @throws {Error} with the reason why it cannot */
  measure(row: R, how: How): Promise<Omit<Sample, "round">>;
}

/** A process that takes longer has failed. */
const LIMIT_MS = 60_000;
/** Files beside the bodies that are none. */
const NO_BODIES = ["locks.mjs", "crew.mjs", "task.mjs"];
const CHILD = fileURLToPath(new URL("child.js", import.meta.url));

/** Everyone who has a body for `row`, the library first. */
export function contestantsOf(row: Row, ready: Ready, peers: readonly Peer[]): Contestant[] {
  const go = row.isRace === true ? ready.goRace : ready.go;
  return [
    node(OURS, []),
    ...(go === null ? [] : [goWith(go, 1), goWith(go, 2)]),
    ...peers.filter((peer) => peer.rows.includes(row.name)).map((peer) => node(peer.name, [peer.file])),
  ];
}

export interface Peer {
  readonly name: string;
  readonly file: string;
  readonly rows: readonly string[];
}

/** The peers in `folder`; one that cannot be loaded is told through `warn` and left out. */
export async function findPeers(folder: string | null, warn: (line: string) => void): Promise<Peer[]> {
  if (folder === null) return [];
  const peers: Peer[] = [];
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".mjs"))) {
    if (NO_BODIES.includes(name)) continue;
    const file = join(folder, name);
    try {
      const { default: bodies } = (await import(pathToFileURL(file).href)) as { default: object };
      peers.push({ name: name.replace(/\.mjs$/, ""), file, rows: Object.keys(bodies) });
    } catch (error) {
      warn(`${name} is left out: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
    }
  }
  return peers;
}

function node(name: string, more: readonly string[]): Contestant {
  return {
    name,
    isPeer: name !== OURS,
    measure: (row, { budgetMs, clock }) =>
      sample(row, process.execPath, [CHILD, row.name, String(budgetMs), clock, ...more], process.env),
  };
}

function goWith(program: string, procs: 1 | 2): Contestant {
  return {
    name: procs === 1 ? GO1 : GO2,
    isPeer: false,
    measure: (row, { budgetMs, clock }) =>
      sample(row, program, ["-row", row.go ?? row.name, "-ms", String(budgetMs), "-clock", clock], {
        ...process.env,
        GOMAXPROCS: String(procs),
      }),
  };
}

async function sample(
  row: Row,
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<Omit<Sample, "round">> {
  return checked(row, await output(command, args, env));
}

/** What a process printed, if it has done the work (I1 of row.ts). @throws {Error} `did other work: …` */
export function checked(row: Pick<Row, "expected">, text: string): Omit<Sample, "round"> {
  const { value, times, check, calibrationNs } = JSON.parse(text) as Printed;
  if (check !== row.expected(times)) {
    throw new Error(`did other work: returned ${check}, expected ${row.expected(times)}`);
  }
  return { value, ...(calibrationNs === undefined ? {} : { calibrationNs }) };
}

interface Printed {
  readonly value: number;
  readonly times: number;
  readonly check: number;
  readonly calibrationNs?: number;
}

/** The last line that a process printed. @throws {Error} with what it died of */
export function output(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { env, timeout: LIMIT_MS, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout.trim().split("\n").at(-1) ?? "");
      const said =
        stderr.split("\n").find((line) => /^(\w*Error|fatal error|panic|FATAL ERROR)\b/.test(line)) ??
        error.message;
      reject(new Error(error.killed === true ? `took longer than ${LIMIT_MS / 1000} s` : said.trim()));
    });
  });
}
