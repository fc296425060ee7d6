// LessonError: what is wrong in a lesson master, all of it at once, each with its place.

/** One authoring mistake. `line` starts at 1. */
export interface LessonMistake {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Thrown by `parseLesson` and `buildNotebook`; its message has one line `file:line: what to do` a mistake. */
export class LessonError extends Error {
  override readonly name = "LessonError";
  readonly mistakes: readonly LessonMistake[];

  constructor(mistakes: readonly LessonMistake[]) {
    super(mistakes.map((m) => `${m.file}:${m.line}: ${m.message}`).join("\n"));
    this.mistakes = mistakes;
  }
}
