// Show: three ways to let somebody follow watch mode: a window that is drawn anew, lines, and JSON for programs.
import { stripVTControlCharacters } from "node:util";
import { type CheckResult, resultText } from "../grade/index.js";
import { clipLine, wrapLine } from "../plot/index.js";
import type { Console } from "./console.js";
import { currentOf, doneCount, type Model, type WatchEvent } from "./model.js";
import { screenLines } from "./screen.js";

/** Lets somebody follow a watch. */
export interface Show {
  begin(model: Model): void;
  /** After each event; without one, at the beginning. */
  draw(model: Model, console: Console, event: WatchEvent | undefined): void;
  end(): void;
}

/** Clears the window and what was scrolled out of it, as watchers do: what is above is of an older text. */
const CLEAR = "\u001b[H\u001b[2J\u001b[3J";
const CLEAR_LINE = "\r\u001b[K";
const TICK_MS = 1_000;
/** Without a screen, progress is told so often. */
const REMIND_MS = 5_000;

/** A window, drawn anew at each event; while a check runs, one line says how far it is. */
export function screenShow(shorten: (path: string) => string): Show {
  return new ScreenShow(shorten);
}

class ScreenShow implements Show {
  readonly #shorten: (path: string) => string;
  /** The frame on the screen; empty when a line of progress stands under it. */
  #frame = "";
  #ticker: NodeJS.Timeout | undefined;
  #work = "";
  #sinceMs = 0;
  #progress = "";

  constructor(shorten: (path: string) => string) {
    this.#shorten = shorten;
  }

  begin(): void {}

  draw(model: Model, console: Console, event: WatchEvent | undefined): void {
    const isBusy = model.phase === "checking" || model.phase === "checking-all";
    this.#progress = model.progress;
    if (isBusy && event?.kind === "progress") {
      this.#status(console);
      return;
    }
    const { columns, rows } = console.size();
    const window = { columns, rows, hasColor: console.hasColor, shorten: this.#shorten };
    const frame = screenLines(model, window).join("\n");
    const isAnew = event?.kind === "resized" || event?.kind === "done"; // something else may have been on the screen
    if (frame !== this.#frame || isAnew) console.write(`${CLEAR}${frame}\n`);
    this.#frame = frame;
    const work = isBusy ? `${model.phase} ${currentOf(model).id}` : "";
    if (work !== this.#work) this.#follow(work, console);
  }

  end(): void {
    clearInterval(this.#ticker);
  }

  /** Shows the seconds of what runs now. */
  #follow(work: string, console: Console): void {
    clearInterval(this.#ticker);
    this.#work = work;
    this.#sinceMs = performance.now();
    if (work === "") return;
    this.#ticker = setInterval(() => this.#status(console), TICK_MS);
    this.#ticker.unref();
  }

  #status(console: Console): void {
    const seconds = ((performance.now() - this.#sinceMs) / 1000).toFixed(0);
    const line = clipLine(`${seconds} s  ${this.#progress}`, console.size().columns - 1);
    console.write(`${CLEAR_LINE}${line}`);
    this.#frame = "";
  }
}

/** Lines that follow each other: for pipes, screen readers and terminals that cannot be drawn on. */
export function lineShow(shorten: (path: string) => string): Show {
  let last = "";
  let before: Model | undefined;
  let toldMs = 0;
  const progress = (model: Model, console: Console): void => {
    if (performance.now() - toldMs < REMIND_MS) return;
    toldMs = performance.now();
    console.write(`${model.progress}\n`);
  };
  return {
    begin() {},
    draw(model, console, event) {
      if (event?.kind === "progress") {
        progress(model, console);
        return;
      }
      const { columns, rows } = console.size();
      const window = { columns, rows, hasColor: console.hasColor, shorten };
      const frame = screenLines(model, window).join("\n");
      const added = addedLines(before, model);
      before = model;
      if (frame === last) return;
      last = frame;
      toldMs = performance.now();
      const shown = added.length === 0 ? frame : added.flatMap((line) => wrapLine(line, columns)).join("\n");
      console.write(`${shown}\n\n`);
    },
    end() {},
  };
}

/** What a key brought besides what stands above already: a hint, a note; nothing where there is more to be read anew. */
function addedLines(before: Model | undefined, model: Model): string[] {
  const isSame =
    before !== undefined &&
    (["result", "view", "phase", "at", "isFinished"] as const).every((key) => model[key] === before[key]);
  if (!isSame) return [];
  const { text } = hintOf(model);
  return [
    ...(model.hint > before.hint && text !== undefined ? [`Hint ${model.hint}: ${text}`] : []),
    ...(model.note !== before.note && model.note !== "" ? [model.note] : []),
  ];
}

/** One JSON object a line: `begin`, `check`, `result`, `all`, `note`, `end`. */
export function jsonShow(write: (line: string) => void): Show {
  let last: { model?: Model } = {};
  const say = (event: string, data: object): void => write(JSON.stringify({ event, ...data }));
  const progressOf = (model: Model): object => ({
    current: currentOf(model).id,
    done: doneCount(model),
    of: model.exercises.length,
  });
  return {
    begin(model) {
      say("begin", progressOf(model));
    },
    draw(model, _console, event) {
      const before = last.model;
      last = { model };
      if (event?.kind === "progress") say("progress", { text: model.progress });
      if (event?.kind === "checked")
        say("result", { ...progressOf(model), result: plainResult(event.result) });
      if (event?.kind === "checked-all") {
        const results = event.results.map(({ id, status, points, maxPoints }) => ({
          id,
          status,
          points,
          maxPoints,
        }));
        say("all", { ...progressOf(model), results, isFinished: model.isFinished });
      }
      if (event?.kind === "failed") say("failed", { message: event.message });
      if (model.phase === "checking" && before?.phase !== "checking")
        say("check", { id: currentOf(model).id });
      if (model.note !== "" && model.note !== before?.note) say("note", { text: model.note });
      if (event?.kind === "key" && model.hint > (before?.hint ?? 0)) say("hint", hintOf(model));
      if (model.view.kind === "diff" && before?.view !== model.view)
        say("diff", { lines: model.view.lines.map(stripVTControlCharacters) });
    },
    end() {
      if (last.model !== undefined) say("end", progressOf(last.model));
    },
  };
}

function hintOf({ result, hint }: Model): { readonly stage: number; readonly text: string | undefined } {
  const hints = result?.properties.find((p) => p.status !== "pass" && p.hints.length > 0)?.hints ?? [];
  return { stage: hint, text: hints[hint - 1] };
}

/** Drawings are left out: they are long, and `hb check --json` has them. */
function plainResult(result: CheckResult): object {
  const properties = result.properties.map(({ report: _, ...property }) => property);
  return { ...result, properties, text: resultText(result) };
}
