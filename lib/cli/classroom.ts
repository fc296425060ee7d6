// hb grade, worker, handout and feedback: words and arguments of what a teacher does.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { ClassProgress, ClassRun } from "../classroom/index.js";
import type { IsolationWish } from "../grade/index.js";
import { classProgress } from "./class-progress.js";
import { EXIT, UsageError } from "./exit-code.js";
import { ISOLATION_HELP, isolationWish } from "./isolationwish.js";
import type { Output } from "./output.js";

const GRADE_HELP = `
Folders and files that are understood, also inside zips:
  ada/06-deadlocks/transfer.ts   ada/transfer.ts   ada_06-deadlocks_transfer.ts
  submitted/ada/06-deadlocks/06-deadlocks.ipynb (nbgrader: cells that begin with // exercise: NN-name/x)

Written to the results folder: submissions/<student>/<unit>/<exercise>.json, class.csv and class.html.
Run it again to go on after a stop, or when more was handed in: nothing is graded twice.

Exit codes: 0 every submission has a result, 2 nothing was recognised or the words make no sense,
  3 the grader failed at some submissions (run it again), 4 the results cannot be written or Redis cannot
  be reached, 130 interrupted (what was graded stays)`;

/** Adds the commands for teachers. */
export function classroomCommands(program: Command, out: Output, done: (code: number) => void): void {
  program
    .command("grade")
    .description("grade a class: a folder or zip of submissions into a folder of results")
    .argument("<submissions...>", "folders, zips or files; with --merge: folders of results")
    .requiredOption("--out <folder>", "where the results go")
    .option("--jobs <n>", "how many at a time (default: the cores)", positiveInteger)
    .option("--only <words>", "these exercises or units, with commas between them: 05,06-deadlocks/transfer")
    .option("--shard <i/n>", "only this part of n: the same submissions on every machine")
    .option("--merge", "put the results of several folders, such as shards, into one")
    .option("--queue <url>", "let workers grade (`hb worker`), over Redis: redis://host:port")
    .option("--isolation <how>", `${ISOLATION_HELP} (default strict)`, isolationWish)
    .option("--seed <text>", "explore other schedules (default 1)")
    .option(
      "--format <name>",
      "write each result for gradescope, legacy, prairielearn, exercism, junit or json as well",
    )
    .option("--fresh", "grade again what has a result")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", GRADE_HELP)
    .action(async (submissions: string[], words: GradeWords) => {
      done(await gradeCommand(submissions, words, out));
    });
  program
    .command("worker")
    .description("grade submissions from a queue, until it is stopped with Ctrl-C")
    .requiredOption("--queue <url>", "Redis: redis://host:port")
    .option("--jobs <n>", "how many at a time (default: the cores)", positiveInteger)
    .option(
      "--lock <seconds>",
      "how long the work of a worker that died stays taken (default 30)",
      positiveInteger,
    )
    .option("--isolation <how>", `${ISOLATION_HELP} (default strict)`, isolationWish)
    .action(async (words: WorkerWords) => {
      done(await workerCommand(words, out));
    });
  program
    .command("feedback")
    .description("write a page for each student: verdicts, hints, the failing interleavings")
    .argument("<results>", "the folder that hb grade wrote")
    .requiredOption("--out <folder>", "where the pages go")
    .action(async (results: string, words: { readonly out: string }) => {
      const { writeFeedback } = await import("../classroom/index.js");
      const files = await sensible(() => writeFeedback(results, words.out));
      out.print(`${files.length} pages in ${words.out}`);
      done(EXIT.ok);
    });
  program
    .command("handout")
    .description("write units of the course without solutions and hidden checks, for students")
    .argument("<units...>", "05, or 05-the-rwmutex-incident")
    .requiredOption("--out <path>", "a .zip; with --nbgrader the folder for release versions")
    .option("--nbgrader", "write the notebooks as nbgrader's release version instead")
    .action(async (units: string[], words: HandoutWords) => {
      done(await handoutCommand(units, words, out));
    });
}

interface GradeWords {
  readonly out: string;
  readonly jobs?: number;
  readonly only?: string;
  readonly shard?: string;
  readonly merge?: boolean;
  readonly queue?: string;
  readonly isolation?: IsolationWish;
  readonly seed?: string;
  readonly format?: string;
  readonly fresh?: boolean;
  readonly json?: boolean;
}

async function gradeCommand(submissions: readonly string[], words: GradeWords, out: Output): Promise<number> {
  const missing = submissions.find((path) => !existsSync(path));
  if (missing !== undefined) throw new UsageError(`there is no folder or file ${missing}`);
  const room = await import("../classroom/index.js");
  if (words.merge === true) {
    await sensible(() => room.mergeResults(submissions, words.out));
    return summaryOf(undefined, words, out);
  }
  const shard =
    words.shard === undefined ? {} : { shard: await sensible(() => room.parseShard(words.shard!)) };
  const { queue } = words;
  const stop = new AbortController();
  const progress = classProgress(process.stderr);
  const run = await untilSignal(stop, () =>
    sensible(() =>
      room.gradeClass({
        submissions,
        out: words.out,
        ...shard,
        ...(words.jobs === undefined ? {} : { jobs: words.jobs }),
        ...(words.only === undefined ? {} : { only: words.only.split(",") }),
        ...(words.isolation === undefined ? {} : { isolation: words.isolation }),
        ...(words.seed === undefined ? {} : { seed: words.seed }),
        ...(queue === undefined
          ? {}
          : { desk: ({ hash }) => room.openQueueDesk({ url: queue, course: hash }) }),
        isFresh: words.fresh === true,
        signal: stop.signal,
        onProgress: (now: ClassProgress) => progress.tell(now),
      }),
    ),
  ).finally(() => progress.end());
  return summaryOf(run, words, out);
}

/** Writes table and page, says what was done, and returns the exit code. */
async function summaryOf(run: ClassRun | undefined, words: GradeWords, out: Output): Promise<number> {
  const { summarise, writeFormats } = await import("../classroom/index.js");
  const { report, csv, page } = await sensible(() => summarise(words.out));
  if (words.format !== undefined) await sensible(() => writeFormats(words.out, words.format!));
  const graded = report.rows.filter(({ result }) => result !== undefined);
  const passed = graded.filter(({ result }) => result?.status === "pass").length;
  if (words.json === true) {
    const { unrecognised, pending, clusters, pairs } = report;
    const counts = { results: graded.length, passed, pending, similar: pairs.length };
    out.print(JSON.stringify({ ...run, ...counts, unrecognised, clusters, csv, page }, undefined, 2));
  } else {
    if (run !== undefined) out.print(runLine(run));
    out.print(`${graded.length} submissions of ${report.standings.length} students: ${passed} passed`);
    if (report.pairs.length > 0) out.print(`${report.pairs.length} pairs of submissions are similar`);
    if (report.pending > 0) out.print(`${report.pending} are not graded yet`);
    for (const { path, why } of report.unrecognised.slice(0, MOST_FILES))
      out.note(`not graded: ${path}: ${why}`);
    const more = report.unrecognised.length - MOST_FILES;
    if (more > 0) out.note(`… and ${more} more files, listed in ${page}`);
    out.note(`\nwrote ${[csv, page].map((file) => relative(process.cwd(), file)).join(" and ")}`);
  }
  if (run?.isInterrupted === true) return EXIT.interrupted;
  return (run?.failed ?? 0) > 0 ? EXIT.unknown : EXIT.ok;
}

/** Unrecognised files that are printed; the page has all. */
const MOST_FILES = 20;

function runLine({ graded, kept, failed, elapsedMs }: ClassRun): string {
  const seconds = (elapsedMs / 1000).toFixed(1);
  const trouble = failed === 0 ? "" : `; the grader failed at ${failed}, which the next run grades again`;
  return `graded ${graded} in ${seconds} s, ${kept} kept from before${trouble}`;
}

interface WorkerWords {
  readonly queue: string;
  readonly jobs?: number;
  readonly lock?: number;
  readonly isolation?: IsolationWish;
}

async function workerCommand(words: WorkerWords, out: Output): Promise<number> {
  const { startWorker } = await import("../classroom/index.js");
  const stop = new AbortController();
  return untilSignal(stop, async () => {
    const worker = await startWorker({
      url: words.queue,
      ...(words.jobs === undefined ? {} : { jobs: words.jobs }),
      ...(words.isolation === undefined ? {} : { isolation: words.isolation }),
      ...(words.lock === undefined ? {} : { lockMs: words.lock * 1000 }),
      onGraded: ({ exercise, result }) =>
        out.print(`${exercise}: ${result.status} ${result.points}/${result.maxPoints}`),
      onTrouble: (message) => out.note(`hb worker: ${message}`),
    });
    out.note(
      `course ${worker.course.slice(0, 12)}, ${words.jobs ?? availableParallelism()} at a time; Ctrl-C ends it`,
    );
    if (!stop.signal.aborted) {
      await new Promise<void>((resolve) =>
        stop.signal.addEventListener("abort", () => resolve(), { once: true }),
      );
    }
    await worker.close();
    return EXIT.ok;
  });
}

interface HandoutWords {
  readonly out: string;
  readonly nbgrader?: boolean;
}

async function handoutCommand(units: readonly string[], words: HandoutWords, out: Output): Promise<number> {
  const { writeHandout, writeRelease } = await import("../classroom/index.js");
  if (words.nbgrader === true) {
    const files = await sensible(() => writeRelease(words.out, { units }));
    for (const file of files) out.print(file);
    return EXIT.ok;
  }
  if (!words.out.endsWith(".zip")) throw new UsageError(`expected --out to end in .zip, got ${words.out}`);
  const count = await sensible(() => writeHandout(words.out, { units }));
  out.print(`${count} files in ${words.out}`);
  return EXIT.ok;
}

/** Runs until it ends by itself; the first SIGINT or SIGTERM aborts, a second one ends the process at once. */
async function untilSignal<T>(stop: AbortController, run: () => Promise<T>): Promise<T> {
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
  };
  const names = ["SIGINT", "SIGTERM"] as const;
  for (const name of names) process.on(name, onSignal);
  try {
    return await run();
  } finally {
    for (const name of names) process.removeListener(name, onSignal);
  }
}

/** What the words got wrong is a matter of words; a folder that cannot be written is not. */
async function sensible<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { name, message } = error as Error;
    const isUsage = ["UnknownUnitError", "RangeError"].includes(name);
    if (isUsage || (name === "ResultsError" && !message.startsWith("cannot write")))
      throw new UsageError(message);
    throw error;
  }
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("Expected an integer >= 1.");
}
