// Searching through schedules.
import "./strategies.js";

export { expectNoLeaks, type NoLeaksOptions } from "./expectnoleaks.js";
export { explore } from "./explore.js";
export type { ExploreOptions } from "./options.js";
export { type NextStep, type Stepper, stepper } from "./player.js";
export { type ProgramFile, programFile } from "./programfile.js";
export type { Progress } from "./progress.js";
