// The contention bench: structures against each other on real threads, and functions on one.
export type { Comparison, Decision, RatioData } from "../stats/index.js";
export { contend } from "./contend.js";
export { type Mode, mode } from "./mode.js";
export type { ContendOptions } from "./plan.js";
export type { Progress } from "./progress.js";
export { type Role, type Scenario, scenario, type Variants } from "./scenario.js";
export { loadComparison, saveComparison } from "./store.js";
export { type TimeOptions, time } from "./time.js";
