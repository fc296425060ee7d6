// CopyOnWrite: readers load a snapshot; writes queue up, and one writer makes one copy for a whole batch.
//
// Whoever waits for its write and finds no writer at work becomes the writer, takes all that is queued, and publishes it as
// one version. So there is no thread that must live for it; a program that wants one calls `drain` in a loop.
//
// Invariants:
//  I1. QUEUED counts the writes that have been queued, DONE those that are published. Between them lies what waits: at most
//      the capacity. A write's fields are in the ring before QUEUED counts it, and stay there until DONE does.
//  I2. DONE moves after the publication. So if a writer dies, the next one applies the same writes again, in their order,
//      which gives the same numbers.
//  I3. A writer looks at QUEUED again after it has left; who queued a write and found the writer at work is seen by it.
//  I4. Writes are applied in the order in which they were queued: the last one of a number counts.
//
// Source: flat combining (Hendler et al., SPAA 2010); lib/sync/copyonwrite.ts does the same for goroutines. Rejected: a
// lock-free queue; threads meet at its lock for as long as it takes to store two numbers, a copy takes a thousand times that.

import { POISONED } from "./lockword.js";
import {
  checkCount,
  checkHandle,
  type Handle,
  isHandle,
  type Placement,
  place,
  type Shared,
} from "./memory.js";
import { MutexWord } from "./mutexword.js";
import type { Numbers } from "./numbers.js";
import { checkTimeout, parkTask, parkThread, type SlowPath, type WaitOptions } from "./park.js";
import { lookAfter, noticeEnd } from "./roster.js";
import { Snapshot } from "./snapshot.js";
import { checkMayBlock } from "./thread.js";
import {
  CAPACITY,
  DONE,
  IDLERS,
  QUEUED,
  RING_HEADER_BYTES,
  ringBytes,
  WAITERS,
  WRITER_LOCK,
  WriteRing,
} from "./writering.js";

const MOST_WRITES = 2 ** 20;
const DEFAULT_WRITES = 16;

/** The handle of a CopyOnWrite: it takes the handle of its snapshot along. */
export interface CopyOnWriteHandle extends Handle {
  readonly snapshot: Handle;
}

/** Options of a new CopyOnWrite. */
export interface CopyOnWriteOptions extends Placement {
  /** How many writes may wait; rounded up to a power of two. Default: 16. */
  readonly capacityItems?: number;
  /** How many threads may read it at a time. Costs a copy of the data each. Default: 32; at most 1000. */
  readonly readers?: number;
}

/**
 * A record of numbers for many readers and few writers. `load` and `read` never wait. Writes of single numbers queue up, and
 * all that have come meanwhile are published as one new version.
 *
 * `write` returns when its number can be read. `submit` only queues it: it can be read after the next `write`, `flush` or
 * `drain` of any thread, or when the queue is full.
 *
 * **Happens-before:** a write synchronizes before its publication, and that before any `load` or `read` that sees it.
 * **Cost:** a read is one atomic load while the version stays the same; a batch costs one copy of the data, however many writes.
 * **Limits:** numbers only, fixed length (see `Snapshot`). On the main thread a write is refused when another thread is publishing.
 *
 * @throws {RangeError} ``CopyOnWrite.write: expected `index` to be an integer from 0 to 9, got 10``
 * @example
 * const prices = new CopyOnWrite(new Float64Array(10));
 * await team(2, (t, prices) => {
 *   for (let i = 0; i < 100; i++) prices.submit(t.id, i);
 *   prices.flush();
 * }, { args: [prices] });
 * console.log(prices.load().slice(0, 3), prices.version < 200); // prints: Float64Array(3) [ 99, 99, 0 ] true
 */
export class CopyOnWrite<T extends Numbers = Float64Array> implements Shared {
  readonly handle: CopyOnWriteHandle;
  readonly #snapshot: Snapshot<T>;
  readonly #words: Int32Array;
  readonly #ring: WriteRing;
  readonly #writerLock: MutexWord;

  constructor(initial: T, options: CopyOnWriteOptions = {}) {
    const { at, arena, readers, capacityItems = DEFAULT_WRITES } = options;
    if (at === undefined) {
      checkCount("CopyOnWrite", "capacityItems", capacityItems, 1, MOST_WRITES);
      this.#snapshot = new Snapshot(initial, { arena, ...(readers === undefined ? {} : { readers }) });
    } else this.#snapshot = Snapshot.attach<T>(snapshotOf(at));
    const capacity = 2 ** Math.ceil(Math.log2(capacityItems));
    const placed = place("CopyOnWrite", at === undefined ? ringBytes(capacity) : RING_HEADER_BYTES, options);
    this.handle = { ...placed, snapshot: this.#snapshot.handle };
    const { buffer, offset } = placed;
    this.#words = new Int32Array(buffer, offset, RING_HEADER_BYTES / 4);
    // ORDER: none needed; before anybody else can have the handle.
    if (at === undefined) Atomics.store(this.#words, CAPACITY, capacity);
    this.#ring = new WriteRing(this.#words, this.handle, this.#words[CAPACITY]!);
    this.#writerLock = new MutexWord(this.#words, WRITER_LOCK, "CopyOnWrite");
  }

  /** Attaches to what `handle` leads to. @throws {TypeError} when it leads to something else */
  static attach<T extends Numbers = Float64Array>(handle: Handle): CopyOnWrite<T> {
    return new CopyOnWrite<T>(new Float64Array(0) as T, { at: handle });
  }

  /** Numbers in the record. */
  get length(): number {
    return this.#snapshot.length;
  }

  /** The number of the current version: 1 at first, one more with each batch. */
  get version(): number {
    return this.#snapshot.version;
  }

  /** How many writes wait. */
  get waiting(): number {
    return (Atomics.load(this.#words, QUEUED) - Atomics.load(this.#words, DONE)) | 0; // ORDER: none needed; a hint
  }

  /** The current version's data, until this thread's next `load` or `read`. Do not write into them. */
  load(): T {
    return this.#snapshot.load();
  }

  /** Runs `body` on the current version and returns its result. The data stay as they are until `body` ends. */
  read<R>(body: (data: T, version: number) => R): R {
    return this.#snapshot.read(body);
  }

  /** Sets one number; returns when it can be read. */
  write(index: number, value: number): void {
    this.#check("write", index);
    this.#settle(this.#enqueue(index, value), "write");
  }

  /** Queues the setting of one number. When the queue is full it publishes what waits, or waits until another thread has. */
  submit(index: number, value: number): void {
    this.#check("submit", index);
    this.#enqueue(index, value);
  }

  /** Returns when all that was queued before can be read. */
  flush(): void {
    this.#settle(Atomics.load(this.#words, QUEUED), "flush"); // ORDER: acquire; pairs with the store in WriteRing.push
  }

  /** Publishes what waits; returns how many writes that were: 0 when there were none or another thread is at it. */
  drain(): number {
    let drained = 0;
    // I3. ORDER: after the writer's lock was left; pairs with the store in WriteRing.push.
    while (this.#isBehind() && this.#writerLock.tryLock()) {
      try {
        drained += this.#publish();
      } finally {
        this.#writerLock.unlock();
      }
    }
    return drained;
  }

  /** Like `drain`, but waits at most `timeoutMs` milliseconds for a first write. For a thread that does nothing else. */
  drainFor(timeoutMs: number): number {
    checkTimeout("CopyOnWrite.drainFor", timeoutMs);
    checkMayBlock("CopyOnWrite.drainFor", "await copyOnWrite.drainAsync({ timeoutMs })");
    parkThread(this.#words, this.#untilQueued(), timeoutMs);
    return this.drain();
  }

  /** Like `drainFor` without blocking the thread. */
  async drainAsync(options: WaitOptions = {}): Promise<number> {
    if (options.timeoutMs !== undefined) checkTimeout("CopyOnWrite.drainAsync", options.timeoutMs);
    await parkTask(this.#words, this.#untilQueued(), options);
    return this.drain();
  }

  /** Like `write` without blocking the thread. When aborted the write may have been queued, and is then published all the same. */
  async writeAsync(index: number, value: number, options: Pick<WaitOptions, "signal"> = {}): Promise<void> {
    this.#check("writeAsync", index);
    options.signal?.throwIfAborted();
    let ticket = this.#ring.push(index, value);
    while (ticket === undefined) {
      await parkTask(this.#words, this.#untilMoved(), { signal: options.signal });
      ticket = this.#ring.push(index, value);
    }
    await parkTask(this.#words, this.#untilDone(ticket), { signal: options.signal });
  }

  /** Like `flush` without blocking the thread. */
  async flushAsync(options: Pick<WaitOptions, "signal"> = {}): Promise<void> {
    options.signal?.throwIfAborted();
    const ticket = Atomics.load(this.#words, QUEUED); // ORDER: acquire; pairs with the store in WriteRing.push
    await parkTask(this.#words, this.#untilDone(ticket), { signal: options.signal });
  }

  #check(call: string, index: number): void {
    checkCount(`CopyOnWrite.${call}`, "index", index, 0, this.length - 1);
  }

  #enqueue(index: number, value: number): number {
    for (;;) {
      const ticket = this.#ring.push(index, value);
      if (ticket !== undefined) return ticket;
      if (this.drain() > 0) continue;
      checkMayBlock("CopyOnWrite.submit", "await copyOnWrite.writeAsync(index, value)");
      parkThread(this.#words, this.#untilMoved());
    }
  }

  /** One version with all that waits. We hold the writer's lock. */
  #publish(): number {
    const words = this.#words;
    if ((words[WRITER_LOCK]! & POISONED) !== 0) this.#writerLock.clearPoison(); // I2
    const done = Atomics.load(words, DONE); // ORDER: none needed; we hold the writer's lock
    const queued = Atomics.load(words, QUEUED); // ORDER: acquire; pairs with the store in WriteRing.push
    const count = (queued - done) | 0;
    if (count === 0) return 0;
    this.#snapshot.publish((data) => this.#ring.apply(data, done, count)); // I4
    Atomics.store(words, DONE, queued); // I2. ORDER: release; after the publication; pairs with the loads of DONE
    // ORDER: after the store of DONE; pairs with the addition in #whileBehind.
    if (Atomics.load(words, WAITERS) !== 0) Atomics.notify(words, DONE);
    return count;
  }

  #isBehind(): boolean {
    // ORDER: acquire; pairs with the stores in WriteRing.push and #publish.
    return Atomics.load(this.#words, QUEUED) !== Atomics.load(this.#words, DONE);
  }

  #isDone(ticket: number): boolean {
    return ((Atomics.load(this.#words, DONE) - ticket) | 0) >= 0; // ORDER: acquire; pairs with the store in #publish
  }

  #settle(ticket: number, call: string): void {
    while (!this.#isDone(ticket)) {
      if (this.drain() > 0) continue;
      if (this.#isDone(ticket)) return;
      checkMayBlock(`CopyOnWrite.${call}`, `await copyOnWrite.${call}Async(…)`);
      parkThread(this.#words, this.#untilDone(ticket));
    }
  }

  #untilDone(ticket: number): SlowPath {
    return this.#whileBehind(() => this.#isDone(ticket));
  }

  /** Until there is room in the queue. */
  #untilMoved(): SlowPath {
    return this.#whileBehind(() => this.waiting < this.#ring.capacity);
  }

  /** Drains, or sleeps until the writer at work has published, until `isOver`. A writer that has died is replaced. */
  *#whileBehind(isOver: () => boolean): SlowPath {
    const words = this.#words;
    Atomics.add(words, WAITERS, 1); // ORDER: before the load of DONE; pairs with the load in #publish
    try {
      for (let looks = 0; ; ) {
        const done = Atomics.load(words, DONE); // ORDER: before the looks; pairs with the store in #publish
        if (isOver()) return true;
        if (this.drain() > 0) continue;
        const wake = yield [DONE, done, lookAfter(looks++)];
        if (wake === "timed-out") return isOver();
        if (wake === "look") noticeEnd(this.#writerLock.owner);
      }
    } finally {
      Atomics.sub(words, WAITERS, 1); // ORDER: none needed; too high a count costs a notify
    }
  }

  *#untilQueued(): SlowPath {
    const words = this.#words;
    Atomics.add(words, IDLERS, 1); // ORDER: before the load of QUEUED; pairs with the load in WriteRing.push
    try {
      for (;;) {
        const queued = Atomics.load(words, QUEUED); // ORDER: acquire; pairs with the store in WriteRing.push
        if (queued !== Atomics.load(words, DONE)) return true; // ORDER: as in #isBehind
        if ((yield [QUEUED, queued]) === "timed-out") return false;
      }
    } finally {
      Atomics.sub(words, IDLERS, 1); // ORDER: none needed; too high a count costs a notify
    }
  }
}

function snapshotOf(handle: Handle): Handle {
  const { snapshot } = checkHandle("CopyOnWrite", RING_HEADER_BYTES, handle) as Partial<CopyOnWriteHandle>;
  if (isHandle(snapshot)) return snapshot;
  throw new TypeError("CopyOnWrite.attach: expected the handle of a CopyOnWrite with its `snapshot`");
}
