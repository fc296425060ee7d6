// hb, hb list, next, progress, hint, diff, reset, doctor, zoo: the words of the course in the terminal.
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { type Command, InvalidArgumentError } from "commander";
import type { Course, CourseExercise } from "../course/index.js";
import { courseState, findExercise, projectRoot, withCurrent } from "../grade/index.js";
import { EXIT, UsageError } from "./exit-code.js";
import { fitted } from "./fitted.js";
import type { Output } from "./output.js";

type Done = (code: number) => void;

interface JsonWords {
  readonly json?: boolean;
}

const WATCH_HELP = `
Without a command, hb watches: it opens your current exercise in workspace/exercises and checks it whenever you save.
Keys: n next, r again, h hint, l list, c check all, s solution (once passed), p player, x reset, ? keys, q quit.
Without a terminal it prints lines, takes the same keys from its input, and ends with the input: exit code 0 if the
exercise is done then, 1 if not. HB_POLL=1 looks at the files every second, for network drives.`;

/** Adds the commands of the course. */
export function courseCommands(program: Command, out: Output, done: Done): void {
  program.addHelpText("after", WATCH_HELP);
  program
    .command("watch")
    .alias("resume")
    .description("check the current exercise whenever it is saved: where you left off (hb without a command)")
    .argument("[exercise]", "begin with this one")
    .option("--json", "one JSON object a line, for programs")
    .option("--plain", "lines that follow each other, for screen readers and logs")
    .action(async (word: string | undefined, words) => done(await watchCommand(word, words, out)));
  program
    .command("list")
    .description("list the exercises, and which are done")
    .option("--json", "as JSON")
    .action(async (words: JsonWords) => done(await listCommand(words, out)));
  program
    .command("progress")
    .description("how far you are, unit by unit")
    .option("--json", "as JSON")
    .action(async (words: JsonWords) => done(await progressCommand(words, out)));
  program
    .command("next")
    .description("which exercise comes next, and where it is")
    .option("--json", "as JSON")
    .action(async (words: JsonWords) => done(await nextCommand(words, out)));
  exerciseWords(program, out, done);
  machineWords(program, out, done);
}

function exerciseWords(program: Command, out: Output, done: Done): void {
  program
    .command("hint")
    .description("the next hint for your text as it is now")
    .argument("[exercise]", "as for check; without it the current one")
    .option("--stage <n>", "the first n hints (1 to 3)", stage)
    .option("--json", "as JSON")
    .action(async (word: string | undefined, words) => done(await hintCommand(word, words, out)));
  program
    .command("diff")
    .description("your text and the reference solution, once yours has passed")
    .argument("[exercise]", "as for check; without it the current one")
    .option("--json", "as JSON")
    .action(async (word: string | undefined, words: JsonWords) => done(await diffCommand(word, words, out)));
  program
    .command("reset")
    .description("the starter's text again; yours is kept in workspace/backups")
    .argument("<exercise>", "as for check")
    .option("--json", "as JSON")
    .action(async (word: string, words: JsonWords) => done(await resetCommand(word, words, out)));
}

function machineWords(program: Command, out: Output, done: Done): void {
  program
    .command("doctor")
    .description("whether this machine can do what the course asks of it, and what to do where it cannot")
    .option("--json", "as JSON")
    .action(async (words: JsonWords) => done(await doctorCommand(words, out)));
  program
    .command("zoo")
    .description("real concurrency bugs: all of them, or one with its story, broken and repaired")
    .argument("[bug]", "its name or a part of it, e.g. etcd_5509; or a category, e.g. AB-BA")
    .option("--schedule <text>", "play this schedule of the broken program again")
    .option("--seed <text>", "explore other schedules (default 1)")
    .option("--json", "as JSON")
    .action(async (word: string | undefined, words) => {
      const { zooCommand } = await import("./zoo.js");
      done(await zooCommand(word, words, out));
    });
}

/** The course with an up-to-date workspace, and what the update has to tell. */
async function opened(out: Output): Promise<{ course: Course; note: string }> {
  const { openCourse, updateDetails, updateText, updateWorkspace } = await import("../course/index.js");
  const root = projectRoot();
  const did = updateWorkspace(root);
  for (const line of updateDetails(root, did)) out.note(line);
  const isNews = did.replaced.length + did.merged.length + did.kept.length + did.removed.length > 0;
  return { course: openCourse(), note: isNews ? `The course was updated: ${updateText(did)}.` : "" };
}

async function watchCommand(
  word: string | undefined,
  words: { readonly json?: boolean; readonly plain?: boolean },
  out: Output,
): Promise<number> {
  const { jsonShow, lineShow, processConsole, screenShow, watchCourse } = await import("../course/index.js");
  const { course, note } = await opened(out);
  const exercise = word === undefined ? undefined : findExercise(word, course.places).id;
  const isPlain = words.json === true || words.plain === true;
  const console = processConsole(out.hasColor, isPlain);
  const shorten = (path: string): string => relative(process.cwd(), path) || ".";
  const show =
    words.json === true ? jsonShow(out.print) : console.isScreen ? screenShow(shorten) : lineShow(shorten);
  process.once("SIGHUP", () => process.exit(EXIT.interrupted)); // the window was closed
  const options = { console, show, ...(exercise === undefined ? {} : { exercise }) };
  const { ended, model } = await watchCourse(course, note === "" ? options : { ...options, note });
  if (ended === "interrupted") process.exit(EXIT.interrupted); // `exit` handlers end a check that runs
  const current = model.exercises[model.at]?.id ?? "";
  if (console.isScreen && words.json !== true) out.note("Your progress is kept. `npx hb` goes on from here.");
  return console.isScreen || model.state.exercises[current]?.isDone === true ? EXIT.ok : EXIT.failed;
}

async function listCommand({ json }: JsonWords, out: Output): Promise<number> {
  const { exerciseRows, openCourse, rowLines } = await import("../course/index.js");
  const course = openCourse();
  const rows = exerciseRows(course, courseState(course.root, out.note).read());
  if (json === true) out.print(JSON.stringify(rows, undefined, 2));
  else if (rows.length === 0) out.note("No exercises are built yet. Run `npm run build`.");
  else {
    const width = out.columns ?? Number.POSITIVE_INFINITY; // a script wants whole paths
    for (const line of rowLines(rows, width, out.hasColor)) out.print(line);
    out.note("\nThe files are in workspace/exercises. Check one: npx hb check <exercise>");
  }
  return EXIT.ok;
}

async function progressCommand({ json }: JsonWords, out: Output): Promise<number> {
  const { openCourse, progressLines, progressOf } = await import("../course/index.js");
  const course = openCourse();
  const progress = progressOf(course, courseState(course.root, out.note).read());
  if (json === true) out.print(JSON.stringify(progress, undefined, 2));
  else for (const line of progressLines(progress, columns(), out.hasColor)) out.print(line);
  return EXIT.ok;
}

async function nextCommand({ json }: JsonWords, out: Output): Promise<number> {
  const { nextExercise } = await import("../course/index.js");
  const { course } = await opened(out);
  const file = courseState(course.root, out.note);
  const next = nextExercise(course, file.read());
  if (next !== undefined) file.update((state) => withCurrent(state, next.id));
  if (json === true) {
    const { id, about, file: path } = next ?? {};
    out.print(
      JSON.stringify(next === undefined ? { isFinished: true } : { id, about, file: path }, undefined, 2),
    );
  } else if (next === undefined) out.print("Every exercise is done.");
  else {
    out.print(fitted(`${next.id}\n${relative(process.cwd(), next.file)}\n\n${next.about}`, out));
    out.note(`\nCheck it: npx hb check ${next.id}`);
  }
  return EXIT.ok;
}

/** The exercise that `word` means; the current one without a word. */
function chosen(course: Course, word: string | undefined, out: Output): CourseExercise {
  const { current } = courseState(course.root, out.note).read();
  const id = word === undefined ? (current ?? course.exercises[0]?.id) : findExercise(word, course.places).id;
  const exercise = course.exercises.find((other) => other.id === id);
  if (exercise === undefined) throw new UsageError("no exercises are built yet. Run `npm run build`.");
  return exercise;
}

async function hintCommand(
  word: string | undefined,
  words: { readonly json?: boolean; readonly stage?: number },
  out: Output,
): Promise<number> {
  const { nextHint } = await import("../course/index.js");
  const { course } = await opened(out);
  const exercise = chosen(course, word, out);
  const hint = await nextHint(course, exercise, words.stage, (text) => out.status(text));
  out.status("");
  if (words.json === true) out.print(JSON.stringify(hint, undefined, 2));
  else if (hint.verdict === "ok") out.print(`${hint.id} passes; there is nothing to hint at.`);
  else if (hint.stage === 0) out.print(`${hint.id}: ${hint.verdict}. There is no hint for that.`);
  else {
    out.print(`${hint.id}: ${hint.verdict}\n`);
    for (const [index, text] of hint.hints.entries())
      out.print(fitted(`Hint ${index + 1} of ${hint.of}: ${text}`, out));
  }
  return EXIT.ok;
}

async function diffCommand(word: string | undefined, { json }: JsonWords, out: Output): Promise<number> {
  const { openCourse, solutionDiff } = await import("../course/index.js");
  const course = openCourse();
  const { id, file, solution } = chosen(course, word, out);
  const state = courseState(course.root, out.note).read();
  if (state.exercises[id]?.firstPassedAt === undefined) {
    out.note(`${id} has not passed yet. The solution can be compared with yours once yours has.`);
    return EXIT.failed;
  }
  if (!existsSync(solution))
    throw new UsageError("the reference solutions are not in this copy of the course");
  const own = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = solutionDiff(own, readFileSync(solution, "utf8"), json !== true && out.hasColor);
  if (json === true) out.print(JSON.stringify({ id, lines }, undefined, 2));
  else for (const line of lines) out.print(line);
  return EXIT.ok;
}

async function resetCommand(word: string, { json }: JsonWords, out: Output): Promise<number> {
  const { openCourse, resetExercise } = await import("../course/index.js");
  const course = openCourse();
  const did = resetExercise(course, chosen(course, word, out));
  if (json === true) {
    out.print(JSON.stringify(did, undefined, 2));
    return EXIT.ok;
  }
  const from = (path: string): string => relative(process.cwd(), path);
  out.print(`${did.id} has the starter's text again: ${from(did.file)}`);
  if (did.backup !== undefined) out.print(`Your text is kept in ${from(did.backup)}`);
  return EXIT.ok;
}

async function doctorCommand({ json }: JsonWords, out: Output): Promise<number> {
  const { doctorLines, examine } = await import("../course/index.js");
  const root = projectRoot();
  out.status("looking …");
  const script = (name: string): Promise<unknown> =>
    import(pathToFileURL(join(root, "lib", "cli", name)).href);
  type Python = { findPython(): Promise<{ python: string; version: string }> };
  const { findPython } = (await script("find-python.mjs")) as Python;
  const { hasDisplay } = (await script("browser.mjs")) as { hasDisplay(): boolean };
  const findings = await examine({ root, findPython, hasDisplay });
  out.status("");
  if (json === true) out.print(JSON.stringify(findings, undefined, 2));
  else for (const line of doctorLines(findings, columns(), out.hasColor)) out.print(line);
  return findings.some(({ status }) => status === "fail") ? EXIT.failed : EXIT.ok;
}

function columns(): number {
  return process.stdout.columns || 100;
}

function stage(text: string): number {
  const value = Number(text);
  if (value === 1 || value === 2 || value === 3) return value;
  throw new InvalidArgumentError("Expected 1, 2 or 3.");
}
