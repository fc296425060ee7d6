// The trace model: what happened, as plain data.
export type {
  AccessData,
  Coverage,
  ErrorData,
  EventData,
  Exploration,
  Finding,
  GoroutineData,
  LockOrderData,
  LockStep,
  Position,
  RaceData,
  Report,
  Verdict,
} from "./report.js";
export { VERDICT_ORDER } from "./report.js";
