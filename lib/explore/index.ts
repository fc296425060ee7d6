// Searching through schedules.
import "./strategies.js";

export { type BoardOptions, playBoard } from "./board.js";
export type {
  Board,
  BoardEnding,
  BoardEvent,
  BoardGoroutine,
  BoardObject,
  BoardState,
  BoardStep,
} from "./boarddata.js";
export { expectNoLeaks, type NoLeaksOptions } from "./expectnoleaks.js";
export { explore } from "./explore.js";
export { type GeneratedCalls, generatedCalls } from "./generated.js";
export type { ExploreOptions } from "./options.js";
export { type NextStep, type Stepper, stepper } from "./player.js";
export { type ProgramFile, programFile } from "./programfile.js";
export type { Progress } from "./progress.js";
