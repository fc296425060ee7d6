// Checks, verdicts, isolation.
export { check } from "./check.js";
export { CHECK_SEED, type CheckOptions, checkText } from "./checktext.js";
export { type CheckCost, costOf, type PropertyCost } from "./cost.js";
export {
  type CheckedIn,
  type CourseState,
  type ExerciseState,
  NEW_STATE,
  STATE_SCHEMA,
  stateOf,
  withCheck,
  withCurrent,
  withHint,
  withReset,
} from "./coursestate.js";
export { type DebugOptions, debugSchedule } from "./debug.js";
export {
  type Exercise,
  exercise,
  type HintKey,
  type Hints,
  type LabProperty,
  type Measure,
  type Property,
  type RaceProperty,
} from "./exercise.js";
export type { CheckProgress } from "./grading.js";
export { DEFAULT_LIMITS, type Limits, limitsWithin } from "./limits.js";
export { type Loaded, loadExercise } from "./load.js";
export { nearest } from "./nearest.js";
export { notHandedIn } from "./nothandedin.js";
export {
  coursePlaces,
  exerciseIds,
  type Found,
  findExercise,
  type Places,
  projectRoot,
  submissionFile,
  UnknownExerciseError,
} from "./places.js";
export { loadPlayable, type Playable } from "./playable.js";
export { besideReport, type HintStage, hintsOf, resultAnsi, resultHtml, resultText } from "./present.js";
export { courseState, isLearners, rememberCheck } from "./remember.js";
export { type Replayed, replayFile } from "./replay.js";
export type { CheckResult, Problem, PropertyResult, Status, Visibility } from "./result.js";
export { boundaryFor, IsolationError, type IsolationWish } from "./sandbox.js";
export { StateError, StateFile } from "./statefile.js";
export { isHidden, studentView } from "./studentview.js";
