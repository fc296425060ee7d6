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

// The store is a number, because Node writes it on every promise, where people see it when they print one.
const store: AsyncLocalStorage<number> = new AsyncLocalStorage();

let last: CellContext | undefined;
const entered = new Map<number, CellContext>();
const KEPT = 1_000;

/** The cells that have run in this process; the oldest of very many are forgotten. */
export const contexts = {
  /** The cell whose code runs now; for code that nobody called, the last one. */
  current(): CellContext | undefined {
    return contexts.caller() ?? last;
  },
  /** The cell whose code runs now. */
  caller(): CellContext | undefined {
    const id = store.getStore();
    return id === undefined ? undefined : entered.get(id);
  },
  /** Runs something as the cell's own. */
  run<T>(cell: CellContext, action: () => T): T {
    last = cell;
    entered.set(cell.id, cell);
    const [oldest] = entered.keys();
    if (entered.size > KEPT && oldest !== undefined) entered.delete(oldest);
    return store.run(cell.id, action);
  },
  /** Runs something as nobody's. */
  outside<T>(action: () => T): T {
    return store.exit(action);
  },
  all(): Iterable<CellContext> {
    return entered.values();
  },
};
