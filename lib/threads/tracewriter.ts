// TraceWriter: a thread's side of a recording: notes waits, holds and hand-overs in a ring of its own.
//
// Who records nothing pays a comparison with null where a thread is about to sleep, or where a lock leaves its fast path. A lock
// that is made or attached while its thread records has a flag in its word (lockword.ts), so each of its calls comes here.
//
// Invariants:
//  I1. Only its thread writes to a slot. An event is whole before WRITTEN counts it, so a reader takes what WRITTEN
//      counts, and afterwards leaves out what was overwritten meanwhile.
//  I2. Of n waits one is noted, with its end; of n holds one, with its end; a lock that others wait for is noted whenever
//      it is freed. So what a noted waiter waited for is known.
//  I3. Freeing has a time before the lock is free, taking one after it is taken, waiting one before anybody can see that
//      somebody waits. So on the one clock a lock's events stand in the order in which they happened.
//
// Source: the buffer per M of Go's execution tracer (src/runtime/trace.go). Differs: a full buffer forgets the oldest.

import { getEnvironmentData } from "node:worker_threads";
import { numberWord, typeWordOf } from "./memory.js";
import type { SlowPath } from "./park.js";
import { thisThread } from "./thread.js";
import {
  BUFFER,
  BUFFERS,
  CAPACITY,
  CODE,
  Code,
  EVENT_WORDS,
  EVERY,
  Freed,
  HAS_STACKS,
  KIND_SHIFT,
  NUMBER,
  OFFSET,
  ON,
  ringAt,
  SLOTS,
  STACK,
  STACK_BYTES,
  STACK_BYTES_USED,
  STACKS_LOST,
  slotAt,
  stacksAt,
  TASK_SHIFT,
  THREAD,
  TYPE,
  traceWords,
  VALUE,
  WITHOUT_SLOT,
  WRITTEN,
} from "./tracelayout.js";
import { callAndCallers, rawStack } from "./tracestack.js";

/** Under this key a recording is handed to threads that are started while it goes on. */
export const TRACE_KEY = "happens-before.threadtrace";

let writer: TraceWriter | null = null;
/** The last one of this thread: it knows the stacks that it has written. */
let last: TraceWriter | null = null;
/** Words of the library's own, of no primitive, where waits are to be noted too. */
const named = new WeakSet<Int32Array>();

/** True while this thread records. */
export function isTracing(): boolean {
  return writer !== null;
}

/** From now on this thread writes to the recording in `buffer`; undefined or one that is over: it does not record. */
export function traceInto(buffer: SharedArrayBuffer | undefined): void {
  writer = null;
  if (buffer === undefined) return;
  const words = new Int32Array(buffer);
  if (Atomics.load(words, ON) === 0) return; // ORDER: none needed; a recording that ends now may miss this thread
  if (last?.number !== words[NUMBER]) last = TraceWriter.open(buffer);
  writer = last;
}

/** Where this thread records; undefined when it does not. */
export function recordingBuffer(): SharedArrayBuffer | undefined {
  return writer?.buffer;
}

/** Says that a body begins or ends here. */
export function traceBody(hasEnded: boolean): void {
  writer?.body(hasEnded);
}

/** The slow path of a wait on `words`, noted if this thread records. */
export function traced(words: Int32Array, path: SlowPath, isTask: boolean): SlowPath {
  return writer === null ? path : writer.follow(words, path, isTask);
}

/** How a lock is held: for itself, to read, upgradable. */
export type Kind = 0 | 1 | 2;

/** Notes that this thread holds the lock in `words` now. */
export function traceHeld(words: Int32Array, kind: Kind = 0): void {
  writer?.held(words, kind);
}

/** Notes that this thread is about to free the lock in `words`. */
export function traceFreed(
  words: Int32Array,
  isAwaited: boolean,
  isHandedOver: boolean,
  kind: Kind = 0,
): void {
  writer?.freed(words, isAwaited, isHandedOver, kind);
}

/** Says that waits on `words`, which belong to no primitive, are to be noted: those of `select`. */
export function noteWaitsOn(words: Int32Array): void {
  named.add(words);
}

/** Of one clock for all threads (CLOCK_MONOTONIC). */
export function nowNs(): number {
  const [seconds, ns] = process.hrtime();
  return seconds * 1e9 + ns;
}

class TraceWriter {
  readonly number: number;
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #text: Uint8Array;
  readonly #slot: number;
  readonly #ring: number;
  readonly #capacity: number;
  readonly #every: number;
  readonly #hasStacks: boolean;
  readonly #stacks = new Map<string, number>();
  readonly #buffers = new WeakMap<object, number>();
  /** Holds whose end is to be noted; of a lock that is read, as often as it is. */
  readonly #holds = new Map<Int32Array, number>();
  /** Numbers of tasks that wait. */
  readonly #tasks = new Set<number>();
  #waits = 0;
  #takes = 0;
  /** The lock whose `held` was told as the end of a wait. */
  #woken: Int32Array | undefined;

  /** Null when no slot is left. */
  static open(buffer: SharedArrayBuffer): TraceWriter | null {
    const words = new Int32Array(buffer);
    const capacity = words[CAPACITY]!;
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = slotAt(capacity, slot) + THREAD;
      // ORDER: claims the slot; whose it is stays as it is.
      const owner = Atomics.compareExchange(words, at, 0, thisThread + 1);
      if (owner === 0 || owner === thisThread + 1) return new TraceWriter(buffer, slotAt(capacity, slot));
    }
    Atomics.add(words, WITHOUT_SLOT, 1); // ORDER: none needed; a count
    return null;
  }

  constructor(buffer: SharedArrayBuffer, slot: number) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
    this.number = this.#words[NUMBER]!;
    this.#capacity = this.#words[CAPACITY]!;
    this.#every = this.#words[EVERY]!;
    this.#hasStacks = this.#words[HAS_STACKS] === 1;
    this.#slot = slot;
    this.#ring = ringAt(slot);
    this.#times = new Float64Array(buffer, 0, traceWords(this.#capacity) >> 1);
    this.#text = new Uint8Array(buffer, stacksAt(this.#capacity, slot) * 4, STACK_BYTES);
  }

  body(hasEnded: boolean): void {
    this.#write(hasEnded ? Code.EXIT : Code.START, undefined, 0, 0, 0);
    if (hasEnded) this.#holds.clear();
  }

  follow(words: Int32Array, path: SlowPath, isTask: boolean): SlowPath {
    const isKnown = typeWordOf(words) !== 0 || named.has(words);
    return isKnown && ++this.#waits % this.#every === 0 ? this.#wait(words, path, isTask) : path; // I2
  }

  *#wait(words: Int32Array, path: SlowPath, isTask: boolean): SlowPath {
    const beganNs = nowNs(); // before it shows in the lock's words that somebody waits (I3)
    let step = path.next();
    if (step.done === true) return step.value;
    const stack = this.#stack();
    const task = isTask ? this.#newTask() : 0;
    this.#write(Code.PARK, words, stack, 0, task, beganNs);
    let isOver = false;
    try {
      while (step.done !== true) step = path.next(yield step.value);
      isOver = step.value;
      return isOver;
    } finally {
      this.#write(Code.WAKE, words, stack, isOver ? 1 : 0, task); // I3
      this.#tasks.delete(task);
      this.#woken = isOver ? words : undefined;
      if (isOver) this.#hold(words);
    }
  }

  held(words: Int32Array, kind: Kind): void {
    const isNoted = this.#woken === words;
    this.#woken = undefined;
    if (isNoted || ++this.#takes % this.#every !== 0) return; // I2
    this.#hold(words);
    this.#write(Code.HELD, words, this.#stack(), kind << KIND_SHIFT, 0);
  }

  freed(words: Int32Array, isAwaited: boolean, isHandedOver: boolean, kind: Kind): void {
    this.#woken = undefined;
    const holds = this.#holds.get(words) ?? 0;
    if (holds === 0 && !isAwaited) return; // I2
    if (holds > 1) this.#holds.set(words, holds - 1);
    else this.#holds.delete(words);
    const how = isHandedOver ? Freed.HANDED_OVER : isAwaited ? Freed.CONTENDED : Freed.ALONE;
    this.#write(Code.FREED, words, this.#stack(), how | (kind << KIND_SHIFT), 0);
  }

  #hold(words: Int32Array): void {
    this.#holds.set(words, (this.#holds.get(words) ?? 0) + 1);
  }

  #newTask(): number {
    let task = 1;
    while (this.#tasks.has(task)) task++;
    this.#tasks.add(task);
    return task;
  }

  #write(
    code: number,
    object: Int32Array | undefined,
    stack: number,
    value: number,
    task: number,
    atNs = nowNs(),
  ): void {
    const words = this.#words;
    if (Atomics.load(words, ON) === 0) return; // ORDER: none needed; what comes at the end may be missing
    const count = this.#slot + WRITTEN;
    const written = words[count]!;
    const at = this.#ring + ((written >>> 0) % this.#capacity) * EVENT_WORDS;
    this.#times[at >> 1] = atNs;
    words[at + CODE] = code | (task << TASK_SHIFT);
    words[at + TYPE] = object === undefined ? 0 : typeWordOf(object);
    words[at + BUFFER] = object === undefined ? 0 : this.#bufferNumber(object);
    words[at + OFFSET] = object === undefined ? 0 : object.byteOffset;
    words[at + STACK] = stack;
    words[at + VALUE] = value;
    Atomics.store(words, count, written + 1); // I1. ORDER: release; pairs with the load in TraceReader
  }

  /** The number of the buffer that an object lies in, the same for all threads; 0 for words of the library's own. */
  #bufferNumber(object: Int32Array): number {
    if (named.has(object)) return 0;
    const known = this.#buffers.get(object.buffer);
    if (known !== undefined) return known;
    const numbers = numberWord(object.buffer as SharedArrayBuffer);
    // ORDER: none needed; one number wins, and it never changes any more.
    if (Atomics.load(numbers, 0) === 0)
      Atomics.compareExchange(numbers, 0, 0, Atomics.add(this.#words, BUFFERS, 1) + 1 + (this.number << 16));
    const number = Atomics.load(numbers, 0); // ORDER: none needed; as above
    this.#buffers.set(object.buffer, number);
    return number;
  }

  /** The place in the area of stacks, plus one, of where the program stands; 0 when that is not known. */
  #stack(): number {
    if (!this.#hasStacks) return 0;
    const raw = rawStack();
    const known = this.#stacks.get(raw);
    if (known !== undefined) return known;
    const place = this.#keep(callAndCallers(raw));
    this.#stacks.set(raw, place);
    return place;
  }

  #keep(text: string): number {
    const words = this.#words;
    const used = words[this.#slot + STACK_BYTES_USED]!;
    const bytes = Buffer.byteLength(text);
    const next = (used + 4 + bytes + 3) & ~3;
    if (next > STACK_BYTES) {
      words[this.#slot + STACKS_LOST]!++;
      return 0;
    }
    new TextEncoder().encodeInto(text, this.#text.subarray(used + 4));
    words[stacksAt(this.#capacity, this.#slot) + used / 4] = bytes;
    words[this.#slot + STACK_BYTES_USED] = next;
    return used + 1;
  }
}

const early: unknown = getEnvironmentData(TRACE_KEY);
if (early instanceof SharedArrayBuffer) traceInto(early);
