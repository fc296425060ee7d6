// hb: words and arguments. What the commands do lives in the rooms below.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { type HintStage, projectRoot, UnknownExerciseError } from "../grade/index.js";
import { classroomCommands } from "./classroom.js";
import { courseCommands } from "./course.js";
import { EXIT, EXIT_HELP, UsageError } from "./exit-code.js";
import { ISOLATION_HELP, isolationWish } from "./isolationwish.js";
import { type Output, terminal } from "./output.js";

/**
 * Runs `hb` with the given words (without `node` and the script's name) and returns its exit code. Prints what there
 * is to say; never rejects.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const out = terminal(!argv.includes("--no-color"));
  let code: number = EXIT.ok;
  const program = commands(out, (value) => {
    code = value;
  });
  const onSignal = (): never => process.exit(EXIT.interrupted); // `exit` handlers end the children
  const command = argv.find((word) => !word.startsWith("-")) ?? "";
  if (!process.stdout.listeners("error").includes(ended)) process.stdout.on("error", ended); // of `hb … | head`
  const endsItself = ["grade", "worker"].includes(command); // they finish or give back what they have
  if (!endsItself) process.once("SIGTERM", onSignal);
  if (!endsItself && command !== "run") process.once("SIGINT", onSignal); // `run` ends its cell first
  try {
    await program.parseAsync(withCommand(argv), { from: "user" });
    return code;
  } catch (error) {
    return codeOf(error, out);
  } finally {
    process.removeListener("SIGTERM", onSignal);
    process.removeListener("SIGINT", onSignal);
  }
}

/** Whoever reads the output has read enough, and is gone; anything else that befell it is a mistake. */
function ended(error: NodeJS.ErrnoException): never {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
}

/** Without a command `hb` watches; `hb --help` and `hb --version` are answered by themselves. */
function withCommand(argv: readonly string[]): string[] {
  const asks = argv.some(
    (word) => !word.startsWith("-") || ["-h", "--help", "-V", "--version"].includes(word),
  );
  return asks ? [...argv] : ["watch", ...argv];
}

function commands(out: Output, done: (code: number) => void): Command {
  const program = new Command("hb")
    .description("Happens-Before: check exercises, replay schedules, run notebooks.")
    .version(version(), "-V, --version", "print the version")
    .option("--no-color", "no colours (NO_COLOR is honoured, too)")
    .addHelpText("after", EXIT_HELP)
    .showHelpAfterError("(add --help for the words it knows)")
    .exitOverride();
  checkCommands(program, out, done);
  exerciseCommands(program, out, done);
  notebookCommands(program, out, done);
  benchCommands(program, out, done);
  courseCommands(program, out, done);
  classroomCommands(program, out, done);
  return program;
}

function checkCommands(program: Command, out: Output, done: (code: number) => void): void {
  program
    .command("check")
    .description("grade an exercise: 05-the-rwmutex-incident/x, 05/x, x, or a file")
    .argument("<exercise>", "its id, the end of its id, or a file that begins with `// exercise: …`")
    .option("--json", "print the result as JSON")
    .option("--hint <n>", "show the first n hints (1 to 3)", hintStage)
    .option("--seed <text>", "explore other schedules (default 1)")
    .option("--isolation <how>", ISOLATION_HELP, isolationWish)
    .option(
      "--format <name>",
      "write the result for gradescope, classroom50, legacy, prairielearn, exercism, junit or json",
    )
    .option("--out <file>", "where to, whole or not at all; - is standard output (the default)")
    .option("--file <path>", "check this text, in place of your own file")
    .option("--reveal", "hidden properties with names and messages (json, gradescope): for teachers")
    .option(
      "--seconds <n>",
      "be over after about so long, with the points of what was finished",
      positiveNumber,
    )
    .option("--exit-zero", "exit with 0 whenever there is a result, as the runners of others want it")
    .action(async (word: string, words) => {
      const { checkCommand } = await import("./check.js");
      done(await checkCommand(word, words, out));
    });
  program
    .command("cost")
    .description(
      "what a check costs: seconds, schedules and steps of each property of its solution, dearest first",
    )
    .argument("[exercise]", "as for check; without it, all exercises")
    .option("--json", "as JSON")
    .action(async (word: string | undefined, words) => {
      const { costCommand } = await import("./cost.js");
      done(await costCommand(word, words, out));
    });
  program
    .command("mutate")
    .description("break the solutions in typical ways, and see which mistakes their checks do not notice")
    .argument("[exercise...]", "as for check; without it, all exercises")
    .option("--shard <k/n>", "only a part of the mutants: 3/8 is the third of eight")
    .option("--json", "as JSON")
    .action(async (names: string[], words) => {
      const { mutateCommand } = await import("./mutate.js");
      done(await mutateCommand(names, words, out));
    });
}

function exerciseCommands(program: Command, out: Output, done: (code: number) => void): void {
  program
    .command("replay")
    .description("play one schedule of an exercise again, step by step")
    .argument("<exercise>", "as for check")
    .argument(
      "[schedule]",
      "the text that a failing check prints, e.g. 1.2-3-1-2.1861; without it the last one",
    )
    .option("--inspect [port]", "play it in a debugger: in the editor's, else one that connects to this port")
    .option("--json", "print the report as JSON")
    .option("--dump", "print Go's goroutine dump instead of the lanes")
    .option("--chrome <file>", "write the trace for ui.perfetto.dev")
    .option("--pprof <kind file...>", "write a profile for go tool pprof: block, mutex or goroutine")
    .option("--html <file>", "write the lanes as a page")
    .action(async (word: string, schedule: string | undefined, words) => {
      const { replayCommand } = await import("./replay.js");
      done(await replayCommand(word, schedule, words, out));
    });
  program
    .command("draw")
    .description("draw one schedule of an exercise: who waits for whom, why two accesses race, when who ran")
    .argument("<exercise>", "as for check; or a report.json, as replay --json prints it")
    .argument("[schedule]", "as for replay")
    .option(
      "--as <picture>",
      "lanes, wait-for, lock-order, happens-before, timeline, p-lanes, wait-heat or flame",
    )
    .option("--out <file>", "a .svg, .html or .txt; without it the picture's text is printed")
    .action(async (word: string, schedule: string | undefined, words) => {
      const { drawCommand } = await import("./draw.js");
      done(await drawCommand(word, schedule, words, out));
    });
  program
    .command("player")
    .description(
      "play an exercise or a small program by hand: you choose who goes on, forwards and backwards",
    )
    .argument("<exercise>", "as for check; or a file that exports a program or a body")
    .argument("[program]", "which: the number of an exercise's property, or the name of a file's export")
    .option("--json", "print the whole graph of states as JSON")
    .option("--width <columns>", "the longest line (default: the terminal's, at most 100)", positiveNumber)
    .action(async (word: string, which: string | undefined, words) => {
      const { playerCommand } = await import("./player.js");
      done(await playerCommand(word, which, words, out));
    });
  program
    .command("dump")
    .description("explain a goroutine dump of a Go program: who waits for what, who probably holds it")
    .argument("[file]", "a log with the dump; without it, or with -, standard input")
    .option("--json", "print what was read as JSON")
    .action(async (file: string | undefined, words) => {
      const { dumpCommand } = await import("./dump.js");
      done(await dumpCommand(file, words, out));
    });
}

function notebookCommands(program: Command, out: Output, done: (code: number) => void): void {
  program
    .command("run")
    .description("execute a notebook in Node alone; writes the executed notebook and a page")
    .argument("<notebook>", "a file, a name, or a number: 05")
    .option("--out <file>", "the executed notebook (default workspace/runs/<name>.ipynb)")
    .option("--html <file>", "the page (default workspace/runs/<name>.html)")
    .option("--timeout <seconds>", "the longest that one cell may take (default 600)", positiveNumber)
    .option("--keep-going", "go on after a failing cell")
    .action(async (word: string, words) => {
      const { runCommand } = await import("./run.js");
      done(await runCommand(word, words, out));
    });
  program
    .command("export")
    .description("write a notebook, as it is, as one page that needs no network")
    .argument("<notebook>", "as for run")
    .option("--out <file>", "the page (default <name>.html)")
    .action(async (word: string, words) => {
      const { exportCommand } = await import("./run.js");
      done(exportCommand(word, words, out));
    });
}

function benchCommands(program: Command, out: Output, done: (code: number) => void): void {
  const bench = program.command("bench").description("measure structures on real threads");
  bench
    .command("six")
    .description("six ways to guard a map, side by side, and which to use for which work on this machine")
    .option("--go", "measure real Go's table as well, where Go is installed")
    .option("--size <mode>", "smoke, quick or full (default: HB_MODE, else quick)", benchSize)
    .option("--threads <n>", "threads of the work with several (default: the cores, 2 to 4)", positiveNumber)
    .option("--load <file>", "print a table that was saved, without measuring")
    .option("--save <file>", "write all that was measured, as JSON")
    .option("--json", "print rows, advice and machine as JSON")
    .action(async (words) => {
      const { sixCommand } = await import("./six.js");
      done(await sixCommand(words, out));
    });
  bench
    .command("compare")
    .description(
      "two saved measurements of the same variants: what got slower, what faster, what cannot be told",
    )
    .argument("<before>", "a file that saveComparison wrote")
    .argument("<after>", "another, measured later")
    .option("--any-machine", "compare measurements of different machines as well")
    .option("--json", "print rows and notes as JSON")
    .addHelpText("after", COMPARE_HELP)
    .action(async (before: string, after: string, words) => {
      const { compareCommand } = await import("./benchcompare.js");
      done(await compareCommand(before, after, words, out));
    });
}

const COMPARE_HELP = `
Exit codes: 0 nothing got slower, 1 something did, 2 files that cannot be compared, 3 every figure is too noisy to tell`;

function benchSize(text: string): string {
  if (text === "smoke" || text === "quick" || text === "full") return text;
  throw new InvalidArgumentError("Expected smoke, quick or full.");
}

function hintStage(text: string): HintStage {
  const stage = Number(text);
  if (stage === 1 || stage === 2 || stage === 3) return stage;
  throw new InvalidArgumentError("Expected 1, 2 or 3.");
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Expected a number of seconds > 0.");
}

function version(): string {
  const text = readFileSync(join(projectRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Prints what has to be said about an error. */
function codeOf(error: unknown, out: Output): number {
  out.status("");
  // Help and version are errors to commander; it has printed what there is to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  out.note(`hb: ${message}`);
  const isUsage = error instanceof UsageError || error instanceof UnknownExerciseError;
  return isUsage ? EXIT.usage : EXIT.broken;
}
