// Leftovers: the timers and workers of cells, so that an interrupt ends them all.
//
// Workers whose `name` begins with `hb-` belong to a pool that is used again: they stay after a cell, and end with an
// interrupt. Other workers end with their cell: they would take processor time from every later measurement.
//
// Timers are seen by a hook (also those of `node:timers/promises`); workers by a subclass put in the place of Node's
// `Worker`, because Node 20 does not tell a worker's name.
import { createHook } from "node:async_hooks";
import { createRequire, syncBuiltinESMExports } from "node:module";
import type { Worker, WorkerOptions } from "node:worker_threads";
import { type CellContext, contexts, type HostTimer } from "./cell-context.js";

const POOL = "hb-";
const SWEEP_AT = 1_000;

type WorkerClass = new (file: string | URL, options?: WorkerOptions) => Worker;

const pooled = new WeakSet<Worker>();

/** Begins to note what cells start. */
export function watchLeftovers(): void {
  createHook({
    init(_id, type, _trigger, resource) {
      if (type !== "Timeout" && type !== "Immediate") return;
      const cell = contexts.caller();
      if (cell === undefined) return;
      if (cell.isInterrupted) queueMicrotask(() => clear(resource as HostTimer));
      if (cell.timers.length >= SWEEP_AT) cell.timers = cell.timers.filter(isPending);
      cell.timers.push(resource as HostTimer);
    },
  }).enable();
  const threads = createRequire(import.meta.url)("node:worker_threads") as { Worker: WorkerClass };
  const Plain = threads.Worker;
  threads.Worker = class Worker extends Plain {
    constructor(file: string | URL, options?: WorkerOptions) {
      super(file, options);
      note(this as unknown as Worker, options?.name ?? "");
    }
  } as unknown as WorkerClass;
  syncBuiltinESMExports();
}

function note(worker: Worker, name: string): void {
  const cell = contexts.current();
  if (cell === undefined) return;
  if (name.startsWith(POOL)) pooled.add(worker);
  cell.workers.add(worker);
  worker.once("exit", () => cell.workers.delete(worker));
  if (cell.isInterrupted) void worker.terminate();
}

/** Ends the workers that a finished cell left running, but for pools. Returns how many. */
export async function endWorkers(cell: CellContext): Promise<number> {
  const left = [...cell.workers].filter((worker) => !pooled.has(worker));
  await Promise.all(left.map((worker) => worker.terminate()));
  return left.length;
}

/** Ends whatever a cell still does: timers, workers, pools. Nothing that it prints later is shown. */
export async function endEverything(cell: CellContext): Promise<void> {
  cell.isInterrupted = true;
  for (const timer of cell.timers) clear(timer);
  cell.timers = [];
  await Promise.all([...workersFor(cell)].map((worker) => worker.terminate()));
  cell.outputs.flush();
  cell.outputs.close();
}

/** The workers that may work for a cell: its own, and those of pools, whichever cell made them. */
function workersFor(cell: CellContext): Set<Worker> {
  const pools = [...contexts.all()].flatMap(({ workers }) =>
    [...workers].filter((worker) => pooled.has(worker)),
  );
  return new Set([...cell.workers, ...pools]);
}

function isPending(timer: HostTimer): boolean {
  return (timer as { _destroyed?: boolean })._destroyed !== true;
}

function clear(timer: HostTimer): void {
  clearTimeout(timer as NodeJS.Timeout);
  clearImmediate(timer as NodeJS.Immediate);
}
