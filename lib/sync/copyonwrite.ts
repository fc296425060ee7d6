// CopyOnWrite: readers load a snapshot; writes queue up, and one writer makes one copy for a whole batch.
//
// Invariants:
//  I1. At most one writer goroutine exists; it is started by the first write and ends when the queue is empty.
//  I2. At most `capacity` changes wait, those in the batch at work not counted; who finds the queue full waits
//      outside, in order, and moves up when the writer has taken a batch.
//  I3. A change that throws is as if it had never been tried: only its own `write` sees the error.
//
// Source: copy-on-write with a single-writer queue, as in "flat combining" (Hendler et al., SPAA 2010): copying costs
// O(size) once for a batch, not once for a change. Rejected: a writer goroutine that lives as long as the object
// (somebody would have to close it, or it would be reported as a leak).

import type { Go, Op } from "../op/index.js";
import { type G, type Operable, type OpKind, operate, WaitQueue } from "../runtime/index.js";
import { checkLimit, type Leavable, performFor, type WaitLimit } from "./limit.js";
import { Snapshot, type Version } from "./snapshot.js";

const WRITE: OpKind = { name: "write", wait: "sync.CopyOnWrite.Write" };
const TRY_WRITE_FOR: OpKind = { name: "tryWriteFor", wait: "sync.CopyOnWrite.Write" };
const TAKE: OpKind = { name: "take", wait: "" };
const COMMIT: OpKind = { name: "commit", wait: "" };

/** Alters the draft that it is given: a copy that nobody else sees yet. */
export type Change<T> = (draft: T) => void;

/** Options of a CopyOnWrite. */
export interface CopyOnWriteOptions {
  /** How many changes may wait in the queue. Default: 16. */
  readonly capacityItems?: number;
}

/**
 * A value for many readers and few writers. `load` never waits; `write` hands a change to the single writer and
 * waits until it is published, together with all that came meanwhile.
 *
 * `copy` must copy deeply enough that a change to the copy cannot be seen in the original. A change may run again, on
 * a new draft, when another one of its batch has thrown: it should alter the draft and nothing else.
 *
 * **Happens-before:** a `write` returns after its publication, which synchronizes before any `load` that sees it.
 * **Cost:** `load` O(1); a batch costs one `copy` (one more for each change that throws), however many changes.
 *
 * @throws {RangeError} `` CopyOnWrite: expected `capacityItems` to be an integer >= 1, got 0 ``
 * @example
 * await run(function* () {
 *   const routes = new CopyOnWrite(new Map<string, number>(), (map) => new Map(map));
 *   const wg = new WaitGroup();
 *   for (let i = 0; i < 5; i++) wg.go(function* () {
 *     yield* routes.write((draft) => draft.set(`/${i}`, i));
 *   });
 *   yield* wg.wait();
 *   const { value, version } = yield* routes.load();
 *   console.log(value.size, version); // prints: 5 2
 * }, { strategy: "fifo" });
 */
export class CopyOnWrite<T> implements Operable, Leavable {
  readonly label = "copyonwrite";
  readonly #snapshot: Snapshot<T>;
  readonly #copy: (value: T) => T;
  readonly #capacity: number;
  /** Those whose change the writer will take next (I2); a waiter's `item` is its change. */
  readonly #queue = new WaitQueue();
  /** Those that found the queue full. */
  readonly #outside = new WaitQueue();
  #hasWriter = false;

  constructor(initial: T, copy: (value: T) => T, options: CopyOnWriteOptions = {}) {
    const { capacityItems = 16 } = options;
    if (!Number.isInteger(capacityItems) || capacityItems < 1) {
      throw new RangeError(
        `CopyOnWrite: expected \`capacityItems\` to be an integer >= 1, got ${String(capacityItems)}`,
      );
    }
    if (typeof copy !== "function") {
      throw new TypeError(`CopyOnWrite: expected \`copy\` to be a function, got ${String(copy)}`);
    }
    this.#snapshot = new Snapshot(initial);
    this.#copy = copy;
    this.#capacity = capacityItems;
  }

  /** Changes in the queue and in front of it. */
  get waiting(): number {
    return this.#queue.length + this.#outside.length;
  }

  /** Returns the current version. */
  load(): Op<Version<T>> {
    return this.#snapshot.load();
  }

  /** Has `change` applied by the writer; returns the version with it in. What it throws is thrown here (I3). */
  write(change: Change<T>): Op<number> {
    checkChange("CopyOnWrite.write", change);
    return operate(WRITE, this, change);
  }

  /**
   * Writes if the writer takes the change within `limit`; says whether it did. What it has taken cannot be given up
   * any more, so this may then wait until it is published. Without any time (0) nothing is written.
   */
  tryWriteFor(limit: WaitLimit, change: Change<T>): Op<boolean> {
    checkLimit("CopyOnWrite.tryWriteFor", limit);
    checkChange("CopyOnWrite.tryWriteFor", change);
    return operate(TRY_WRITE_FOR, this, { limit, change });
  }

  perform(g: G, kind: OpKind, arg: unknown): boolean {
    switch (kind) {
      case WRITE:
        return this.#enqueue(g, arg as Change<T>);
      case TRY_WRITE_FOR: {
        const { limit, change } = arg as { limit: WaitLimit; change: Change<T> };
        return performFor(
          g,
          this,
          limit,
          () => false,
          () => this.#enqueue(g, change),
        );
      }
      case TAKE:
        g.value = this.#take();
        return true;
      default:
        return wakeAll(arg as readonly Written[]);
    }
  }

  /** For writes with a limit. */
  leave(g: G): boolean {
    if (g.queue === this.#outside) {
      this.#outside.remove(g);
    } else if (g.queue === this.#queue) {
      this.#queue.remove(g);
      this.#moveUp();
    } else {
      return false;
    }
    g.item = undefined;
    return true;
  }

  #enqueue(g: G, change: Change<T>): false {
    g.item = change;
    (this.#queue.length < this.#capacity ? this.#queue : this.#outside).pushBack(g); // I2
    g.rt.block(g);
    if (!this.#hasWriter) {
      this.#hasWriter = true; // I1
      g.rt.spawn(writer<T>, [this.#snapshot, this.#copy, () => operate<G[]>(TAKE, this, undefined), this]);
    }
    return false;
  }

  /** Empties the queue; an empty batch ends the writer (I1). */
  #take(): G[] {
    const batch: G[] = [];
    for (let w = this.#queue.shift(); w !== null; w = this.#queue.shift()) batch.push(w.goroutine);
    this.#moveUp();
    if (batch.length === 0) this.#hasWriter = false;
    return batch;
  }

  #moveUp(): void {
    while (this.#queue.length < this.#capacity) {
      const w = this.#outside.shift();
      if (w === null) return;
      this.#queue.pushBack(w);
    }
  }
}

/** What became of one change. */
interface Written {
  readonly g: G;
  readonly version: number;
  readonly error?: unknown;
}

/** The body of the writer goroutine: batch after batch until nobody waits. */
function* writer<T>(snapshot: Snapshot<T>, copy: (value: T) => T, take: () => Op<G[]>, object: Operable): Go {
  for (let batch = yield* take(); batch.length > 0; batch = yield* take()) {
    const { value } = yield* snapshot.load();
    const { draft, errors } = applyAll(batch, value, copy);
    const version = errors.size === batch.length ? 0 : yield* snapshot.publish(draft);
    const written = batch.map((g) => ({ g, version, error: errors.get(g) }));
    yield* operate<void>(COMMIT, object, written);
  }
}

/** Applies the changes to a copy; after one that throws, starts again on a new copy without it (I3). */
function applyAll<T>(batch: readonly G[], value: T, copy: (value: T) => T) {
  const errors = new Map<G, { thrown: unknown }>();
  for (;;) {
    const draft = copy(value);
    const failed = batch.find((g) => !errors.has(g) && !apply(g, draft, errors));
    if (failed === undefined) return { draft, errors };
  }
}

function apply<T>(g: G, draft: T, errors: Map<G, { thrown: unknown }>): boolean {
  try {
    (g.item as Change<T>)(draft);
    return true;
  } catch (thrown) {
    errors.set(g, { thrown });
    return false;
  }
}

function wakeAll(written: readonly Written[]): true {
  for (const { g, version, error } of written) {
    g.item = undefined;
    if (error === undefined) g.value = version;
    else g.throws = (error as { thrown: unknown }).thrown ?? new Error("the change threw nothing");
    g.rt.wake(g);
  }
  return true;
}

function checkChange(what: string, change: unknown): void {
  if (typeof change === "function") return;
  throw new TypeError(`${what}: expected \`change\` to be a function, got ${String(change)}`);
}
