// The trace model: what happened, as plain data.
export type {
  ErrorData,
  EventData,
  Exploration,
  Finding,
  GoroutineData,
  Position,
  Report,
  Verdict,
} from "./report.js";
export { VERDICT_ORDER } from "./report.js";
