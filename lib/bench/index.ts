// The contention bench: structures against each other on real threads, and functions on one.
export type { Comparison, Decision, RatioData } from "../stats/index.js";
export { calibrate } from "./calibrate.js";
export { contend } from "./contend.js";
export {
  type LitmusOptions,
  type LitmusOutcome,
  type LitmusResult,
  litmus,
  litmusText,
} from "./litmus.js";
export { type LitmusStep, type LitmusTest, litmusTests } from "./litmustests.js";
export type { SoFar } from "./live.js";
export { type Mode, mode } from "./mode.js";
export type { ContendOptions } from "./plan.js";
export type { Keys, Player } from "./player.js";
export type { Progress } from "./progress.js";
export {
  type Regression,
  type RegressionOptions,
  type RegressionOutcome,
  type RegressionRow,
  regression,
} from "./regression.js";
export { type Role, type Scenario, scenario, type Variants } from "./scenario.js";
export { type SixOptions, six } from "./six.js";
export { type SixAdvice, sixAdvice, sixTree } from "./sixadvice.js";
export {
  type SixGo,
  type SixResult,
  type SixRow,
  type SixScaling,
  type SixWaits,
  type SixWork,
  type SixWorkload,
  sixComparison,
  sixRows,
  sixScaling,
} from "./sixresult.js";
export { loadSix, saveSix } from "./sixstore.js";
export { loadComparison, saveComparison } from "./store.js";
export {
  type Knee,
  type SweepMetric,
  type SweepOf,
  type SweepPoint,
  type SweepResult,
  type SweepRow,
  sweep,
  sweepBest,
  sweepKnee,
  sweepPoints,
  sweepRole,
} from "./sweep.js";
export { type TimeOptions, time } from "./time.js";
