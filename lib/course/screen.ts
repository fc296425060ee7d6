// screen: the model as lines of a window of some width. Pure: what is shown can be tested without a terminal.
import { type CheckResult, type HintStage, resultAnsi, resultText } from "../grade/index.js";
import { reportLines, wrapLine } from "../plot/index.js";
import { progressBar } from "./bar.js";
import { listLines } from "./listscreen.js";
import { currentOf, doneCount, isDone, type Model } from "./model.js";
import { paints } from "./paint.js";

/** The window. */
export interface Window {
  readonly columns: number;
  readonly rows: number;
  readonly hasColor: boolean;
  /** How the project's folder is called from here, e.g. `.`; for paths that can be clicked. */
  readonly shorten: (path: string) => string;
}

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ["n", "next exercise (when this one is done)"],
  ["r", "check again"],
  ["h", "a hint; again: the next one, up to three"],
  ["l", "list of all exercises"],
  ["c", "check all"],
  ["s", "your solution beside ours (once yours has passed)"],
  ["p", "play it by hand: you choose who runs"],
  ["x", "reset this exercise (your text is kept in workspace/backups)"],
  ["?", "this list"],
  ["q", "quit; your progress is kept"],
];

/** The lines of the whole window, none wider than it. */
export function screenLines(model: Model, window: Window): string[] {
  const { view } = model;
  switch (view.kind) {
    case "list":
      return listLines(model, view, window);
    case "keys":
      return [...keyLines(window), "", ...footLines(model, window)];
    case "diff":
      return [
        ...view.lines.flatMap((line) => wrapLine(line, window.columns)),
        "",
        ...footLines(model, window),
      ];
    case "confirm-reset":
      return [
        ...wrapLine(`Reset ${view.id}? Your text is kept in workspace/backups.`, window.columns),
        ...wrapLine("y: reset, any other key: no", window.columns),
      ];
    default:
      return exerciseLines(model, window);
  }
}

function exerciseLines(model: Model, window: Window): string[] {
  const { id } = currentOf(model);
  if (model.phase === "checking-all") return ["Checking all exercises. Please wait …"];
  if (model.phase === "checking") return wrapLine(`Checking ${id}. Please wait …`, window.columns);
  if (model.isFinished) return [...finishedLines(model, window), "", ...footLines(model, window)];
  const body = model.result === undefined ? [] : resultLines(model.result, model.hint, window);
  return [...body, ...doneLines(model, window), "", ...footLines(model, window)];
}

/** The result; of its report the pictures are cut, not wrapped: a lane that goes on in the next line is no lane. */
export function resultLines(result: CheckResult, hint: number, window: Window): string[] {
  const options = { hint: hint as HintStage, howToHint: "press h" };
  const text = window.hasColor ? resultAnsi(result, options) : resultText(result, options);
  const report = result.properties.flatMap((p) =>
    p.report === undefined ? [] : (window.hasColor ? p.report.ansi : p.report.text).split("\n"),
  );
  const drawn = new Set(report.filter((line) => !/^replay: /.test(line)));
  let isCut = false;
  const lines = text.split("\n").flatMap((line) => {
    if (!drawn.has(line)) return wrapLine(line, window.columns);
    const shown = reportLines([line], window.columns);
    isCut ||= shown.length === 1 && shown[0] !== line;
    return shown;
  });
  return isCut ? [...lines, ...wrapLine("(… : a wider window shows all of it)", window.columns)] : lines;
}

function doneLines(model: Model, window: Window): string[] {
  const { id } = currentOf(model);
  if (!isDone(model, id)) return [];
  const c = paints(window.hasColor);
  if (model.result !== undefined && model.result.status !== "pass") {
    return ["", ...wrapLine(c.green("This one was passed in the notebook. n leads on."), window.columns)];
  }
  const text = "Keep trying things out, compare with our solution (s), or go on with n.";
  return ["", c.bold(c.green("Exercise done ✓")), ...wrapLine(text, window.columns)];
}

function finishedLines(model: Model, window: Window): string[] {
  const c = paints(window.hasColor);
  const hints = Object.values(model.state.exercises).reduce((sum, { hints }) => sum + hints, 0);
  const taken = hints === 0 ? "without a single hint" : `with ${hints} ${hints === 1 ? "hint" : "hints"}`;
  return [
    ...wrapLine("That was the last one: every exercise passes.", window.columns).map((line) =>
      c.bold(c.green(line)),
    ),
    "",
    ...[
      `All ${model.exercises.length} were run again, and all hold, ${taken}.`,
      "What is left: the field rules at the end of each notebook, on a service of your own.",
      "`npx hb zoo` has real bugs to look at; l opens any exercise again.",
    ].flatMap((line) => wrapLine(line, window.columns)),
  ];
}

function keyLines({ columns, hasColor }: Window): string[] {
  const c = paints(hasColor);
  const intro = "The exercise is checked whenever you save its file.";
  const rows = KEYS.flatMap(([key, what]) => wrapLine(`  ${c.bold(key)}  ${what}`, columns));
  return [...wrapLine(intro, columns), "", ...rows];
}

/** Note, progress, where the exercise is, and the keys. */
function footLines(model: Model, window: Window): string[] {
  const c = paints(window.hasColor);
  const { columns } = window;
  const { file } = currentOf(model);
  const note = model.note === "" ? [] : [...wrapLine(c.yellow(model.note), columns), ""];
  const where = `Current exercise: ${window.shorten(file)}`;
  return [
    ...note,
    progressBar(doneCount(model), model.exercises.length, columns),
    ...wrapLine(where, columns),
    ...wrapLine(keyRow(model), columns).map((line) => c.dim(line)),
  ];
}

function keyRow(model: Model): string {
  const isPassed = isDone(model, currentOf(model).id);
  const seen = model.state.exercises[currentOf(model).id]?.firstPassedAt !== undefined;
  const keys = [
    ...(isPassed && !model.isFinished ? ["n:next"] : []),
    "h:hint",
    "r:again",
    "l:list",
    "c:check-all",
    ...(seen ? ["s:solution"] : []),
    "p:player",
    "x:reset",
    "?:keys",
    "q:quit",
  ];
  return keys.join(" / ");
}
