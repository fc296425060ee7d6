// CellContext: what belongs to one cell while it runs and after: its outputs, its timers, its workers.
//
// Source: Node's AsyncLocalStorage; what a cell starts inherits its context, through timers, promises and workers.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Worker } from "node:worker_threads";
import type { CellOutput } from "./cell.js";
import { CellOutputs } from "./cell-outputs.js";

/** A host timer of Node: what `setTimeout`, `setInterval` or `setImmediate` return. */
export type HostTimer = NodeJS.Timeout | NodeJS.Immediate;

export class CellContext {
  readonly id: number;
  readonly outputs: CellOutputs;
  readonly workers = new Set<Worker>();
  timers: HostTimer[] = [];
  isInterrupted = false;

  constructor(id: number, isGraded: boolean, emit: (output: CellOutput) => void) {
    this.id = id;
    this.outputs = new CellOutputs(isGraded, emit);
  }
}

export const cellContext: AsyncLocalStorage<CellContext> = new AsyncLocalStorage();

let last: CellContext | undefined;
const entered = new Set<CellContext>();
const KEPT = 1_000;

/** The cells that have run in this process; the oldest of very many are forgotten. */
export const contexts = {
  /** The cell whose code runs now; for code that nobody called, the last one. */
  current(): CellContext | undefined {
    return cellContext.getStore() ?? last;
  },
  enter(cell: CellContext): void {
    last = cell;
    entered.add(cell);
    const [oldest] = entered;
    if (entered.size > KEPT && oldest !== undefined) entered.delete(oldest);
  },
  all(): Iterable<CellContext> {
    return entered;
  },
};
