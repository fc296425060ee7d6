// Lessons, notebooks and the kernel that runs them.

export { type CellError, type CellOutcome, type CellOutput, exerciseOf } from "./cell.js";
export { type CellProgress, type NotebookRun, type RunNotebookOptions, runNotebook } from "./headless.js";
export { progressOn } from "./headless-progress.js";
export { exportHtml, type HtmlOptions } from "./html.js";
export { type BuildOptions, buildNotebook, KIT_KEY, type Notebook, serializeNotebook } from "./ipynb.js";
export { type Lesson, type LessonCell, MAX_CELL_LINES, parseLesson } from "./lesson.js";
export { LessonError, type LessonMistake } from "./lesson-error.js";
export { type BuiltLesson, buildLessons } from "./lessons.js";
export { NotebookFileError, parseNotebook } from "./notebook-file.js";
export { type ExecuteOptions, Session, type SessionOptions } from "./session.js";
