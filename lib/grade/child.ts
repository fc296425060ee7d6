// child: the process that holds a submission and the programs of a check. Started by `isolate`, never imported.
//
// Invariants:
//  I1. The token is read before any foreign code runs and lives in this file's closure only.
//  I2. Everything needed later (write, encode, clock, exit) is taken before any foreign code runs.
//  I3. A property's outcome leaves as soon as it is there, so a later crash cannot take it back.
//  I4. All of the library is loaded, and locked, before the submission is; and before source maps are switched on, since
//      reading those of its files takes as long as loading them, and no report shows a place in them.
//  I5. What a program returns is copied when it returns: a submission cannot change it, or answer twice, later.
//  I6. A submission is loaded when the event loop has turned once: what it left behind that ends or blocks the process (a rejection
//      that nobody handles, microtasks without end) does so before any property is run.
//  I7. Each property gets an instance of the submission of its own: what it leaves locked or counted in a variable of its
//      module is not there for the next one, and a replay, which runs one property alone, begins as the check did.
import { readFileSync, writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import workerThreads, { Worker, type WorkerOptions } from "node:worker_threads";
import * as atomic from "../atomic/index.js";
import * as bench from "../bench/index.js";
import * as chan from "../chan/index.js";
import * as context from "../context/index.js";
import * as explorer from "../explore/index.js";
import { type Go, installInterruptWord, type Program, throwIfInterrupted } from "../op/index.js";
import * as patterns from "../patterns/index.js";
import "../plot/index.js"; // the top of what "happens-before" loads
import * as runtime from "../runtime/index.js";
import * as sync from "../sync/index.js";
import * as time from "../time/index.js";
import { errorData } from "./errordata.js";
import type { Exercise, LabProperty, Property, RaceProperty } from "./exercise.js";
import { LATER_SHARE, MAX_STEPS } from "./limits.js";
import { lockDown, type Printer } from "./lockdown.js";
import { type Job, type Message, type Outcome, toLine } from "./message.js";
import { decode, encode } from "./plain.js";

const CHANNEL = 3;
const job = JSON.parse(readFileSync(0, "utf8")) as Job; // I1
const write = writeSync; // I2
const exit = (process as unknown as { reallyExit(code: number): never }).reallyExit.bind(process);
const now = performance.now.bind(performance);
const clock = Date.now;
const nextTurn = setImmediate;
const encoder = new TextEncoder(); // not Buffer: what it has held stays readable in its pool
const isFrozen = process.execArgv.includes("--frozen-intrinsics");

function send(message: Message): void {
  let rest: Uint8Array = encoder.encode(toLine(job.token, message));
  while (rest.length > 0) {
    try {
      rest = rest.subarray(write(CHANNEL, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") exit(1);
    }
  }
}

// The interrupt word, and the time (ms since 1970) at which the watcher sets it.
const word = new Int32Array(new SharedArrayBuffer(4));
const deadline = new BigInt64Array(new SharedArrayBuffer(8));

const WATCHER = `
  const { workerData: { word, deadline }, } = require("node:worker_threads");
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
    if (BigInt(Date.now()) > Atomics.load(deadline, 0)) Atomics.store(word, 0, 1);
  }, 100);`;

/** A thread that asks a phase to stop when its time is up, and ends this process when the grader is gone. */
function startWatcher(): void {
  Atomics.store(deadline, 0, BigInt(clock() + job.loadMs));
  installInterruptWord(word);
  // What the loop guards of the submission use (see guard.ts).
  Object.defineProperties(globalThis, { $hb: { value: word }, $hbStop: { value: throwIfInterrupted } });
  new Worker(WATCHER, { eval: true, name: "hb-watcher", workerData: { word, deadline } }).unref();
}

/** Every thread that the library starts from now on is locked before its program begins. */
function lockThreads(): void {
  const lock = new URL("./lockworker.js", import.meta.url).href;
  class LockedWorker extends Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      super(file, { ...options, execArgv: [...(options.execArgv ?? []), "--import", lock] });
    }
  }
  workerThreads.Worker = LockedWorker;
  syncBuiltinESMExports();
}

/** A new phase begins, with its own time. */
function allow(durationMs: number): void {
  // ORDER: the deadline moves before the word is cleared, so the watcher cannot set it for the old one again.
  Atomics.store(deadline, 0, BigInt(Math.round(clock() + durationMs)));
  Atomics.store(word, 0, 0);
}

/** The primitives that a submission is judged by are not its to change. */
function freezeLibrary(exports: Readonly<Record<string, unknown>>): void {
  for (const value of Object.values(exports)) {
    if (typeof value !== "function") continue;
    const { prototype } = value as { prototype?: object };
    if (prototype !== undefined) Object.freeze(prototype);
    Object.freeze(value);
  }
}

/** I5. What is no plain value becomes one here, while the goroutine that made it has just ended. */
function plainResult(program: Program<unknown>): Program<unknown> {
  return {
    ...program,
    *main(state: unknown): Go<unknown> {
      const result = yield* program.main(state);
      const isPlain = result === null || (typeof result !== "object" && typeof result !== "function");
      return isPlain ? result : decode(encode(result));
    },
  };
}

async function runLab(property: LabProperty<unknown>, index: number, x: unknown): Promise<Outcome> {
  const program = plainResult(property.lab(x));
  const source = job.sources[index] ?? "";
  if (job.schedule !== undefined) {
    const how = { schedule: job.schedule, source, clock: "free", maxSteps: MAX_STEPS, trace: true } as const;
    return { kind: "replayed", report: await runtime.report(program, how) };
  }
  const how = { schedules: property.schedules, seed: job.seed, source, maxSteps: MAX_STEPS };
  return { kind: "explored", exploration: await explorer.explore(program, how) };
}

async function runRace(property: RaceProperty<unknown>, x: unknown): Promise<Outcome> {
  const comparison = await bench.contend(property.race(x), {
    ...property.measure,
    progress: ({ done, total, next }) => send({ kind: "progress", text: next, done, total }),
  });
  return { kind: "measured", comparison };
}

async function runProperty(
  property: Property<unknown>,
  index: number,
  instance: () => Promise<unknown>,
): Promise<Outcome> {
  try {
    const x = await instance();
    return property.lab === undefined ? await runRace(property, x) : await runLab(property, index, x);
  } catch (error) {
    return { kind: "threw", error: errorData(error) };
  }
}

/** What was left behind cannot be written down: too deep, too large, or it throws when it is read. */
function sendOutcome(index: number, outcome: Outcome, elapsedMs: number): void {
  try {
    send({ kind: "property", index, outcome, elapsedMs });
  } catch (error) {
    send({ kind: "property", index, outcome: { kind: "threw", error: errorData(error) }, elapsedMs });
  }
}

async function load(): Promise<Record<string, unknown>> {
  try {
    return await loadFrom(job.submission);
  } catch (error) {
    send({ kind: "load-failed", error: errorData(error) });
    return exit(0);
  }
}

/** I6. */
async function loadFrom(url: string): Promise<Record<string, unknown>> {
  const loaded = (await import(url)) as Record<string, unknown>;
  await new Promise((resolve) => nextTurn(resolve));
  return loaded;
}

/** I7. At another address, a module is another instance. What it prints while it is loaded was shown the first time. */
async function loadAgain(turn: number, printer: Printer): Promise<unknown> {
  const { isSilent } = printer;
  printer.isSilent = true;
  allow(job.loadMs);
  try {
    return await loadFrom(`${job.submission}?${turn}`);
  } finally {
    printer.isSilent = isSilent;
  }
}

async function loadDrivers(): Promise<Property<unknown>[]> {
  const properties: Property<unknown>[] = [];
  for (const url of job.drivers) {
    const driver = (await import(url)) as { default: Exercise<unknown> };
    properties.push(...driver.default.properties);
  }
  return properties;
}

async function main(): Promise<void> {
  startWatcher();
  lockThreads();
  const entries = await Promise.all(job.imports.map((name) => import(name) as Promise<object>)); // I4
  process.setSourceMapsEnabled(true);
  const properties = await loadDrivers();
  process.on("beforeExit", () => {
    send({ kind: "idle" });
    exit(0);
  });
  const library = [atomic, bench, chan, context, explorer, patterns, runtime, sync, time];
  for (const room of [...library, ...entries]) {
    freezeLibrary(room as Readonly<Record<string, unknown>>);
  }
  const printer = lockDown(isFrozen);
  send({ kind: "ready" });
  allow(job.loadMs);
  const x = await load();
  send({ kind: "loaded", exports: Object.keys(x) });
  if (job.exports.every((name) => name in x)) await runAll(properties, x, printer);
  send({ kind: "done" });
  exit(0);
}

async function runAll(
  properties: readonly Property<unknown>[],
  first: unknown,
  printer: Printer,
): Promise<void> {
  let isLate = false;
  for (const [turn, index] of job.indexes.entries()) {
    const property = properties[index];
    if (property === undefined) throw new RangeError(`expected property ${index} in ${job.drivers}`);
    printer.isSilent = index >= job.visible;
    send({ kind: "start", index });
    const share = isLate ? LATER_SHARE : 1;
    const instance = async (): Promise<unknown> => {
      const x = turn === 0 ? first : await loadAgain(turn, printer);
      allow((property.lab === undefined ? job.raceMs : job.labMs) * share);
      return x;
    };
    const startedMs = now();
    const outcome = await runProperty(property, index, instance);
    sendOutcome(index, outcome, now() - startedMs); // I3
    isLate ||= Atomics.load(word, 0) !== 0;
  }
}

main().catch((error: unknown) => {
  send({ kind: "broken", error: errorData(error) });
  exit(1);
});
