// The trace model: what happened, as plain data.
export { chromeTrace } from "./chrome.js";
export type { ChromeEvent, ChromeTrace } from "./chrometracks.js";
export {
  type GoAccess,
  type GoArg,
  type GoDump,
  type GoFrame,
  type GoGoroutine,
  parseGoDump,
} from "./godump.js";
export { explainGoDump, type GoGroup, goGroups } from "./goexplain.js";
export { goDumpReport } from "./goreport.js";
export { placeOf } from "./place.js";
export { blockProfile, goroutineProfile, mutexProfile } from "./pprof.js";
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
  OrderEdge,
  OrderPoint,
  Position,
  RaceData,
  Report,
  TurnData,
  Verdict,
  WaitData,
  WakerData,
} from "./report.js";
export { VERDICT_ORDER } from "./report.js";
