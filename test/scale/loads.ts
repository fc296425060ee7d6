// All loads, and what of the library has none because it holds no state that goroutines could share.

import { CHANNELS } from "./channels.js";
import type { Load } from "./load.js";
import { LOCKFREE } from "./lockfree.js";
import { LOCKS } from "./locks.js";
import { MAPS } from "./maps.js";
import { PATTERNS } from "./patterns.js";
import { TIME } from "./time.js";
import { WAITING } from "./waiting.js";

export const LOADS: readonly Load[] = [
  ...LOCKS,
  ...CHANNELS,
  ...WAITING,
  ...MAPS,
  ...TIME,
  ...LOCKFREE,
  ...PATTERNS,
];

function reasons(reason: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}

/** What of the library has no load, and why. */
export const HAVE_NO_LOAD: Readonly<Record<string, string>> = {
  ...reasons("reads or draws what a run left behind", [
    "blockProfile",
    "chromeTrace",
    "explainGoDump",
    "goDumpReport",
    "goGroups",
    "goroutineProfile",
    "mutexProfile",
    "parseGoDump",
  ]),
  ...reasons("judges a history; test/linear has long ones", [
    "checkLinearizable",
    "checkSequential",
    "drawLinear",
    "History",
    "linearText",
    "modelOf",
    "models",
    "REFUSED",
    "readJepsen",
    "readKeyValueLog",
    "readRegisterLog",
  ]),
  run: "runs a load",
  report: "runs a load",
  start: "lets the host call; its own test makes 10,000 calls",
  readMetrics: "reads numbers",
  generatedCalls: "calls what it is given; test/explore has its programs",
  programFile: "names a file; test/explore searches one on several threads",
  stepper: "steps a small program by hand",
  playBoard: "walks a small program; its states are limited",
  TracedArray: "a plain array that detectors see",
  TracedObject: "a plain object that detectors see",
  explore: "runs small programs",
  expectNoLeaks: "runs small programs",
  expectNoLeaksSince: "looks at who is left",
  goroutineSnapshot: "reads a number",
  render: "draws a report",
  schedtrace: "writes a text",
  FlightRecorder: "keeps events, shares nothing",
  newTask: "a note in the trace",
  startRegion: "a note in the trace",
  withRegion: "two notes in the trace",
  traceLog: "a note in the trace",
  traceEnabled: "reads a flag",
  gosched: "part of nearly every load",
  work: "moves a P's clock, shares nothing",
  syscall: "moves a P's clock, shares nothing",
  fromPromise: "waits for the host",
  background: "part of the contexts' loads",
  todo: "a constant",
  withValue: "part of the contexts' loads",
  withoutCancel: "shares nothing",
  withCancelCause: "withCancel with one more value",
  withDeadline: "what withTimeout calls",
  withDeadlineCause: "withDeadline with one more value",
  withTimeoutCause: "withTimeout with one more value",
  Canceled: "a constant",
  DeadlineExceeded: "a constant",
  nilChan: "blocks for ever",
  onDefault: "a description",
  tick: "newTicker without its stop",
  Ticker: "made by newTicker",
  Timer: "made by newTimer",
  FuncTimer: "made by afterFunc",
  Reservation: "made by a Limiter",
};
