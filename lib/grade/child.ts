// child: the process that holds a submission and the programs of a check. Started by `isolate`, never imported.
//
// Invariants:
//  I1. The token is read before any foreign code runs and lives in this file's closure only.
//  I2. Everything needed later (write, encode, clock, exit) is taken before any foreign code runs.
//  I3. A property's outcome leaves as soon as it is there, so a later crash cannot take it back.
import childProcess from "node:child_process";
import { readFileSync, writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import { Worker } from "node:worker_threads";
import * as atomic from "../atomic/index.js";
import * as chan from "../chan/index.js";
import { installInterruptWord, throwIfInterrupted } from "../op/index.js";
import * as runtime from "../runtime/index.js";
import * as sync from "../sync/index.js";
import * as time from "../time/index.js";
import { errorData } from "./errordata.js";
import type { Exercise, LabProperty, Property, RaceProperty } from "./exercise.js";
import { LATER_SHARE } from "./limits.js";
import { type Job, type Message, type Outcome, toLine } from "./message.js";

const CHANNEL = 3;
/** Scheduling steps after which one schedule is given up. */
const MAX_STEPS = 10_000;
const job = JSON.parse(readFileSync(0, "utf8")) as Job; // I1
const write = writeSync; // I2
const exit = (process as unknown as { reallyExit(code: number): never }).reallyExit.bind(process);
const now = performance.now.bind(performance);

function send(message: Message): void {
  let rest = Buffer.from(toLine(job.token, message));
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
  Atomics.store(deadline, 0, BigInt(Date.now() + job.loadMs));
  installInterruptWord(word);
  // What the loop guards of the submission use (see guard.ts).
  Object.defineProperties(globalThis, { $hb: { value: word }, $hbStop: { value: throwIfInterrupted } });
  new Worker(WATCHER, { eval: true, name: "hb-watcher", workerData: { word, deadline } }).unref();
}

/** A new phase begins, with its own time. */
function allow(durationMs: number): void {
  // ORDER: the deadline moves before the word is cleared, so the watcher cannot set it for the old one again.
  Atomics.store(deadline, 0, BigInt(Math.round(Date.now() + durationMs)));
  Atomics.store(word, 0, 0);
}

/** Else a loop that prints would fill memory, and nobody would see it before it ends. */
function printAtOnce(): void {
  for (const stream of [process.stdout, process.stderr]) {
    (stream as unknown as { _handle?: { setBlocking?(on: boolean): void } })._handle?.setBlocking?.(true);
  }
}

/** A submission may not end, kill or abort its process: a message is better than silence. */
function refuseExits(): void {
  const names = ["exit", "reallyExit", "abort", "kill", "_kill"] as const;
  for (const name of names) {
    const refuse = (value?: unknown): never => {
      throw new Error(`process.${name}(${value ?? ""}) is refused while an exercise is checked`);
    };
    Object.defineProperty(process, name, { value: refuse, writable: false, configurable: false });
  }
  syncBuiltinESMExports();
}

/** Nor may it start others, which would outlive the check. */
function refuseChildren(): void {
  const names = [
    "spawn",
    "spawnSync",
    "exec",
    "execSync",
    "execFile",
    "execFileSync",
    "fork",
    "ChildProcess",
  ];
  for (const name of names) {
    const refuse = (): never => {
      throw new Error(`child_process.${name} is refused while an exercise is checked`);
    };
    Object.defineProperty(childProcess, name, { value: refuse, writable: false, configurable: false });
  }
  syncBuiltinESMExports();
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

async function runLab(property: LabProperty<unknown>, index: number, x: unknown): Promise<Outcome> {
  const program = property.lab(x);
  const source = job.sources[index] ?? "";
  if (job.schedule !== undefined) {
    const how = { schedule: job.schedule, source, clock: "free", maxSteps: MAX_STEPS, trace: true } as const;
    return { kind: "replayed", report: await runtime.report(program, how) };
  }
  const { explore } = await import("../explore/index.js");
  const how = { schedules: property.schedules, seed: job.seed, source, maxSteps: MAX_STEPS };
  return { kind: "explored", exploration: await explore(program, how) };
}

async function runRace(property: RaceProperty<unknown>, x: unknown): Promise<Outcome> {
  const { contend } = await import("../bench/index.js");
  const comparison = await contend(property.race(x), {
    ...property.measure,
    progress: ({ done, total, next }) => send({ kind: "progress", text: next, done, total }),
  });
  return { kind: "measured", comparison };
}

async function runProperty(property: Property<unknown>, index: number, x: unknown): Promise<Outcome> {
  try {
    return property.lab === undefined ? await runRace(property, x) : await runLab(property, index, x);
  } catch (error) {
    return { kind: "threw", error: errorData(error) };
  }
}

async function load(): Promise<Record<string, unknown>> {
  try {
    return (await import(job.submission)) as Record<string, unknown>;
  } catch (error) {
    send({ kind: "load-failed", error: errorData(error) });
    return exit(0);
  }
}

async function main(): Promise<void> {
  startWatcher();
  const driver = (await import(job.driver)) as { default: Exercise<unknown> };
  process.on("beforeExit", () => {
    send({ kind: "idle" });
    exit(0);
  });
  printAtOnce();
  refuseExits();
  refuseChildren();
  for (const room of [atomic, chan, runtime, sync, time]) freezeLibrary(room);
  send({ kind: "ready" });
  allow(job.loadMs);
  const x = await load();
  send({ kind: "loaded", exports: Object.keys(x) });
  const isComplete = job.exports.every((name) => name in x);
  let isLate = false;
  for (const index of isComplete ? job.indexes : []) {
    const property = driver.default.properties[index];
    if (property === undefined) throw new RangeError(`expected property ${index} in ${job.driver}`);
    send({ kind: "start", index });
    allow((property.lab === undefined ? job.raceMs : job.labMs) * (isLate ? LATER_SHARE : 1));
    const startedMs = now();
    const outcome = await runProperty(property, index, x);
    send({ kind: "property", index, outcome, elapsedMs: now() - startedMs }); // I3
    isLate ||= Atomics.load(word, 0) !== 0;
  }
  send({ kind: "done" });
  exit(0);
}

main().catch((error: unknown) => {
  send({ kind: "broken", error: errorData(error) });
  exit(1);
});
