// watch: `npx hb`: the loop around `update`: keys and files in, checks out, the window drawn anew.
//
// Invariants:
//  I1. Events are handled one after the other, each to its end; what takes time is an errand that ends in an event.
//  I2. Whatever ends the loop, the keyboard is given back and nothing runs on.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { courseState, type StateFile, withCurrent, withHint } from "../grade/index.js";
import { checkAll, checkExercise } from "./checking.js";
import type { Console } from "./console.js";
import type { Course, CourseExercise } from "./course.js";
import { FileWatch } from "./filewatch.js";
import type { Key } from "./keys.js";
import type { Effect, Model, WatchEvent } from "./model.js";
import { nextPending } from "./model.js";
import { resetExercise } from "./reset.js";
import type { Show } from "./show.js";
import { solutionDiff } from "./solution.js";
import { begin, update } from "./update.js";

/** How a watch ended: `done` by `q` or the end of the input, `interrupted` by Ctrl-C. */
export interface Watched {
  readonly ended: "done" | "interrupted";
  /** The model at the end. */
  readonly model: Model;
}

export interface WatchOptions {
  /** The id to begin with; else where the learner stopped, or the first that is not done. */
  readonly exercise?: string;
  readonly console: Console;
  readonly show: Show;
  /** What to tell before anything else, e.g. what an update of the course brought. */
  readonly note?: string;
}

/**
 * Runs watch mode until the learner quits.
 *
 * @throws {RangeError} when the course has no exercise, or not this one
 */
export async function watchCourse(course: Course, options: WatchOptions): Promise<Watched> {
  const watch = new Watch(course, options);
  return watch.run();
}

class Watch {
  readonly #course: Course;
  readonly #options: WatchOptions;
  readonly #file: StateFile;
  readonly #files: FileWatch;
  #model: Model;
  #finish: ((ended: Watched["ended"]) => void) | undefined;
  #endsWhenIdle = false;
  /** Keys of a pipe that came while a check ran: a script cannot wait until it has ended. */
  readonly #ahead: Key[] = [];

  constructor(course: Course, options: WatchOptions) {
    this.#course = course;
    this.#options = options;
    let note = options.note ?? "";
    this.#file = courseState(course.root, (text) => {
      note = text;
    });
    const state = this.#file.read();
    this.#model = {
      exercises: course.exercises,
      state,
      at: placeOf(course, options.exercise ?? state.current, state),
      phase: "idle",
      view: { kind: "exercise" },
      hint: 0,
      note,
      progress: "",
      isStale: false,
      isFinished: false,
    };
    const folder = course.places.submissions[0] ?? course.workspace;
    this.#files = new FileWatch(
      { folders: [folder], files: [this.#file.path] },
      {
        changed: (path) => this.#onFile(path),
        removed: (path) => this.#withExercise(path, ({ id }) => this.#dispatch({ kind: "removed", id })),
        polling: (why) => {
          const note = `The system watches no more files (${why}); yours are looked at every second.`;
          this.#dispatch({ kind: "done", note });
        },
      },
    );
    for (const { file } of course.exercises) this.#files.remember(file);
    this.#files.remember(this.#file.path);
  }

  async run(): Promise<Watched> {
    const { console, show } = this.#options;
    const isOver = new Promise<Watched["ended"]>((resolve) => {
      this.#finish = resolve;
    });
    try {
      this.#take();
      show.begin(this.#model);
      const { exercise } = this.#options;
      if (exercise !== undefined) this.#remember((state) => withCurrent(state, exercise));
      const { note } = this.#model;
      this.#follow(begin(this.#model));
      if (note !== "") this.#model = { ...this.#model, note };
      const ended = await isOver;
      return { ended, model: this.#model };
    } finally {
      show.end();
      console.release(); // I2
      await this.#files.close();
    }
  }

  #take(): void {
    this.#options.console.take({
      onKey: (key) => this.#onKey(key),
      onEnd: () => {
        this.#endsWhenIdle = true;
        this.#dispatch({ kind: "resized" });
      },
      onResize: () => this.#dispatch({ kind: "resized" }),
    });
  }

  #dispatch(event: WatchEvent): void {
    this.#follow(update(this.#model, event), event);
  }

  #follow({ model, effects }: ReturnType<typeof update>, event?: WatchEvent): void {
    this.#model = model;
    const { console, show } = this.#options;
    if (model.phase !== "away") show.draw(model, console, event);
    for (const effect of effects) this.#do(effect);
    if (this.#model.phase !== "idle") return;
    const key = this.#ahead.shift();
    if (key !== undefined) this.#dispatch({ kind: "key", key });
    else if (this.#endsWhenIdle) this.#finish?.("done");
  }

  #onKey(key: Key): void {
    const isAhead = !this.#options.console.isScreen && this.#model.phase !== "idle" && key !== "interrupt";
    if (isAhead) this.#ahead.push(key);
    else this.#dispatch({ kind: "key", key });
  }

  #do(effect: Effect): void {
    switch (effect.kind) {
      case "quit":
        this.#finish?.(effect.code);
        break;
      case "check":
        this.#errand(() => this.#check(effect.id));
        break;
      case "check-all":
        this.#errand(() => this.#checkAll());
        break;
      case "remember-hint":
        this.#remember((state) => withHint(state, effect.id, effect.stage));
        break;
      case "remember-current":
        this.#remember((state) => withCurrent(state, effect.id));
        break;
      case "reset":
        this.#errand(async () => this.#reset(this.#exercise(effect.id)));
        break;
      case "diff":
        this.#errand(async () => this.#diff(this.#exercise(effect.id)));
        break;
      case "player":
        this.#errand(() => this.#play(effect.id));
        break;
      case "suspend":
        this.#suspend();
        break;
    }
  }

  /** Does something that takes time; its failure is told, not thrown. */
  #errand(work: () => Promise<WatchEvent>): void {
    work().then(
      (event) => this.#dispatch(event),
      (error: unknown) =>
        this.#dispatch({ kind: "failed", message: error instanceof Error ? error.message : String(error) }),
    );
  }

  async #check(id: string): Promise<WatchEvent> {
    let note = "";
    const exercise = this.#exercise(id);
    const onProgress = (text: string): void => this.#dispatch({ kind: "progress", text });
    const { result, state } = await checkExercise(this.#course, exercise, onProgress, (text) => {
      note = text;
    });
    if (note !== "") this.#model = { ...this.#model, note };
    return { kind: "checked", result, state: state ?? this.#model.state };
  }

  async #checkAll(): Promise<WatchEvent> {
    const onProgress = (text: string): void => this.#dispatch({ kind: "progress", text });
    const results = await checkAll(this.#course, this.#model.state, onProgress);
    return { kind: "checked-all", results, state: this.#file.read() };
  }

  #reset(exercise: CourseExercise): WatchEvent {
    const { backup } = resetExercise(this.#course, exercise);
    this.#files.remember(exercise.file);
    const kept = backup === undefined ? "" : ` Your text is kept in ${relative(this.#course.root, backup)}.`;
    const note = `${exercise.id} has the starter's text again.${kept}`;
    const isCurrent = this.#course.exercises[this.#model.at] === exercise;
    const { view } = this.#model;
    this.#dispatch({ kind: "done", note, state: this.#file.read(), view });
    return isCurrent && view.kind === "exercise"
      ? { kind: "saved", id: exercise.id, note }
      : { kind: "state", state: this.#file.read() };
  }

  #diff({ file, solution }: CourseExercise): WatchEvent {
    if (!existsSync(solution)) {
      return { kind: "done", note: "The reference solutions are not in this copy of the course." };
    }
    const { hasColor } = this.#options.console;
    const own = existsSync(file) ? readFileSync(file, "utf8") : "";
    const lines = solutionDiff(own, readFileSync(solution, "utf8"), hasColor);
    return { kind: "done", note: "", view: { kind: "diff", lines } };
  }

  /** The player has the window to itself. */
  async #play(id: string): Promise<WatchEvent> {
    const { console } = this.#options;
    let said = "";
    console.release();
    const code = await new Promise<number | null>((resolve, reject) => {
      const words = [join(this.#course.root, "lib", "cli", "hb.mjs"), "player", id];
      const player = spawn(process.execPath, words, { stdio: ["inherit", "inherit", "pipe"] });
      player.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
      player.once("error", reject).once("close", resolve);
    }).finally(() => this.#take());
    const why = said.trim().split("\n").at(-1)?.replace(/^hb: /, "") ?? "";
    const note = why === "" ? "It cannot be played as it is: see what the check says." : why;
    return { kind: "done", note: code === 0 ? "" : note };
  }

  /** Ctrl-Z: the shell has the terminal until it brings us back. */
  #suspend(): void {
    const { console } = this.#options;
    console.release();
    process.once("SIGCONT", () => {
      this.#take();
      this.#dispatch({ kind: "resized" });
    });
    process.kill(process.pid, "SIGTSTP");
  }

  #remember(change: Parameters<StateFile["update"]>[0]): void {
    try {
      const state = this.#file.update(change);
      this.#files.remember(this.#file.path);
      this.#model = { ...this.#model, state };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#model = { ...this.#model, note: `Your progress was not kept: ${why}` };
    }
  }

  #onFile(path: string): void {
    if (path === this.#file.path) this.#errand(async () => ({ kind: "state", state: this.#file.read() }));
    else this.#withExercise(path, ({ id }) => this.#dispatch({ kind: "saved", id }));
  }

  #withExercise(path: string, then: (exercise: CourseExercise) => void): void {
    const exercise = this.#course.exercises.find(({ file }) => file === path);
    if (exercise !== undefined) then(exercise);
  }

  #exercise(id: string): CourseExercise {
    const exercise = this.#course.exercises.find((other) => other.id === id);
    if (exercise === undefined) throw new RangeError(`watch: expected an exercise of the course, got ${id}`);
    return exercise;
  }
}

/** Where to begin: at `wanted`, else at the first that is not done, else at the first. */
function placeOf(course: Course, wanted: string | undefined, state: Model["state"]): number {
  if (course.exercises.length === 0) {
    throw new RangeError("this course has no exercises: no checks are built. Run `npm run build`.");
  }
  const at = course.exercises.findIndex(({ id }) => id === wanted);
  return at >= 0 ? at : (nextPending({ exercises: course.exercises, state }, -1) ?? 0);
}
