// The course in the terminal: watch mode, progress, hints, resets, updates of the course, the doctor, the zoo.
export { type Checking, checkAll, checkExercise } from "./checking.js";
export { type Console, processConsole } from "./console.js";
export { type Course, type CourseExercise, openCourse } from "./course.js";
export { type CourseUpdate, updateDetails, updateText, updateWorkspace } from "./courseupdate.js";
export { type DoctorOptions, examine, type Finding } from "./doctor.js";
export { doctorLines } from "./doctortext.js";
export { type Hint, nextHint } from "./hint.js";
export { type MergedNotebook, type MergeNotes, mergeNotebook } from "./merge.js";
export {
  type ExerciseRow,
  exerciseRows,
  nextExercise,
  type Progress,
  progressLines,
  progressOf,
  rowLines,
} from "./overview.js";
export { type Reset, resetExercise } from "./reset.js";
export { jsonShow, lineShow, type Show, screenShow } from "./show.js";
export { solutionDiff } from "./solution.js";
export { type Watched, type WatchOptions, watchCourse } from "./watch.js";
export {
  findKernel,
  replayKernel,
  runKernel,
  UnknownKernelError,
  type ZooEntry,
  type ZooRun,
  zooEntries,
} from "./zoo.js";
export { runLines, storyLines, zooData, zooLines, zooRunLines } from "./zootext.js";
