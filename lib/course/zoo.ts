// zoo: the bugs of test/zoo from the terminal: their stories, and each one broken and repaired.
//
// The kernels are built with the checks (`lib/tsconfig.json`), so that they run on the library that runs here.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Exploration, Report, Verdict } from "../event/index.js";
import { explore } from "../explore/index.js";
import { nearest } from "../grade/index.js";
import type { Program } from "../op/index.js";
import { report } from "../runtime/index.js";

/** What is known of a bug without running it. */
export interface ZooEntry {
  /** Project and number of the pull request: `etcd_5509`. */
  readonly name: string;
  /** `AB-BA`, `channel and lock`, … */
  readonly category: string;
  /** The pull request that repaired it. */
  readonly url: string;
  /** What happened, a paragraph. */
  readonly story: string;
  /** Its source, from the project folder. */
  readonly source: string;
}

/** A bug as it was seen here. */
export interface ZooRun {
  readonly entry: ZooEntry;
  /** The verdicts of which the broken program must show one. */
  readonly expected: readonly Verdict[];
  readonly broken: Exploration<unknown>;
  readonly fixed: Exploration<unknown>;
}

/** No such bug; the message says what there is. */
export class UnknownKernelError extends Error {
  override readonly name = "UnknownKernelError";
}

interface Kernel {
  readonly verdicts: readonly Verdict[];
  readonly broken: Program<unknown>;
  readonly fixed: Program<unknown>;
}

const SCHEDULES = 1_000;

/** All bugs, sorted by name; empty in a copy of the course without `test/zoo`. **Cost:** reads the sources. */
export function zooEntries(root: string): ZooEntry[] {
  const folder = join(root, "test", "zoo", "kernels");
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ts")) : [];
  return files.sort().map((file) => entryOf(file.slice(0, -3), readFileSync(join(folder, file), "utf8")));
}

function entryOf(name: string, text: string): ZooEntry {
  const header = /^(?:\/\/.*\n)+/.exec(text)?.[0].split("\n") ?? [];
  const [head = "", ...story] = header.map((line) => line.replace(/^\/\/ ?/, ""));
  return {
    name,
    url: /https?:\S+/.exec(head)?.[0] ?? "",
    category: /category: "([^"]+)"/.exec(text)?.[1] ?? "",
    story: story.join(" ").replace(/\s+/g, " ").trim(),
    source: `test/zoo/kernels/${name}.ts`,
  };
}

/**
 * The bug that `word` means: its name, or a part that only one name has.
 *
 * @throws {UnknownKernelError} `no bug "…" in the zoo. Did you mean "…"?`
 */
export function findKernel(root: string, word: string): ZooEntry {
  const entries = zooEntries(root);
  const exact = entries.find(({ name }) => name === word);
  const fitting = entries.filter(({ name }) => name.includes(word));
  const found = exact ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (found !== undefined) return found;
  if (fitting.length > 1) {
    throw new UnknownKernelError(`"${word}" fits several: ${fitting.map(({ name }) => name).join(", ")}`);
  }
  const close = nearest(
    word,
    entries.map(({ name }) => name),
  );
  const hint = close === undefined ? "" : ` Did you mean "${close}"?`;
  throw new UnknownKernelError(`no bug "${word}" in the zoo.${hint} \`npx hb zoo\` shows all.`);
}

/** Explores the bug and its repair. **Cost:** up to 1,000 schedules of each, some seconds at most. */
export async function runKernel(root: string, entry: ZooEntry, seed = "1"): Promise<ZooRun> {
  const { verdicts, broken, fixed } = await loadKernel(root, entry);
  const how = { schedules: SCHEDULES, seed };
  return {
    entry,
    expected: verdicts,
    broken: await explore(broken, how),
    fixed: await explore(fixed, how),
  };
}

/** One schedule of the broken program again. */
export async function replayKernel(
  root: string,
  entry: ZooEntry,
  schedule: string,
): Promise<Report<unknown>> {
  const { broken } = await loadKernel(root, entry);
  return report(broken, { schedule, trace: true });
}

async function loadKernel(root: string, { name }: ZooEntry): Promise<Kernel> {
  const file = join(root, ".build", "test", "zoo", "kernels", `${name}.js`);
  if (!existsSync(file)) throw new Error(`expected the built bug at ${file}. Run \`npm run build\`.`);
  process.setSourceMapsEnabled(true); // places are those of `entry.source`, which one can open
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default: Kernel };
  return module.default;
}
