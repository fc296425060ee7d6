// TraceReader: what the threads of a recording have noted, as events of the trace model.
//
// Invariants:
//  I1. What a thread writes while we read is left out, never half read (tracewriter.ts I1).
//  I2. Events are in the order of their times; those of one thread stay in its own order.

import { fileURLToPath } from "node:url";
import type { EventData, Position } from "../event/index.js";
import { typeName } from "./memory.js";
import { mapThreadStack } from "./threadstack.js";
import {
  BUFFER,
  CAPACITY,
  CODE,
  Code,
  EVENT_WORDS,
  Freed,
  KIND_SHIFT,
  OFFSET,
  ringAt,
  SLOTS,
  STACK,
  STACKS_LOST,
  slotAt,
  stacksAt,
  TASK_SHIFT,
  THREAD,
  TYPE,
  VALUE,
  WRITTEN,
} from "./tracelayout.js";

/** An event as it was written. */
export interface Noted {
  readonly thread: number;
  readonly atNs: number;
  readonly code: number;
  /** 0: the thread itself waited; else the number of a task that awaited. */
  readonly task: number;
  readonly type: number;
  readonly buffer: number;
  readonly offset: number;
  readonly call: string;
  readonly stack: readonly Position[];
  readonly value: number;
}

/** All that was written, in the order of time. */
export interface Notes {
  readonly noted: readonly Noted[];
  readonly threads: readonly number[];
  /** Events that newer ones have taken the place of. */
  readonly lost: number;
  /** Stacks that found no room. */
  readonly stacksLost: number;
}

/** Reads what is written so far. */
export function readNotes(words: Int32Array): Notes {
  const capacity = words[CAPACITY]!;
  const noted: Noted[] = [];
  const threads: number[] = [];
  let [lost, stacksLost] = [0, 0];
  for (let i = 0; i < SLOTS; i++) {
    const slot = slotAt(capacity, i);
    const thread = Atomics.load(words, slot + THREAD) - 1; // ORDER: none needed; WRITTEN says what may be read
    if (thread < 0) break;
    const read = readSlot(words, capacity, slot, thread);
    threads.push(thread);
    noted.push(...read.noted);
    lost += read.lost;
    stacksLost += words[slot + STACKS_LOST]!;
  }
  return { noted: noted.sort((a, b) => a.atNs - b.atNs), threads, lost, stacksLost }; // I2: the sort is stable
}

function readSlot(words: Int32Array, capacity: number, slot: number, thread: number) {
  const ring = ringAt(slot);
  const written = Atomics.load(words, slot + WRITTEN) >>> 0; // I1. ORDER: acquire; pairs with the store in TraceWriter
  const copy = words.slice(ring, ring + capacity * EVENT_WORDS);
  // I1. ORDER: after the copy; what was written meanwhile has spoilt as many of the oldest, and one may be half written.
  const later = Atomics.load(words, slot + WRITTEN) >>> 0;
  const first = Math.max(0, later === written ? written - capacity : later + 1 - capacity);
  const times = new Float64Array(copy.buffer);
  const stacks = new Map<number, ReturnType<typeof readStack>>();
  const noted: Noted[] = [];
  for (let n = first; n < written; n++) {
    const at = (n % capacity) * EVENT_WORDS;
    const place = copy[at + STACK]!;
    if (!stacks.has(place)) stacks.set(place, readStack(words, stacksAt(capacity, slot), place));
    const code = copy[at + CODE]!;
    noted.push({
      thread,
      atNs: times[at >> 1]!,
      code: code & ((1 << TASK_SHIFT) - 1),
      task: code >> TASK_SHIFT,
      type: copy[at + TYPE]!,
      buffer: copy[at + BUFFER]!,
      offset: copy[at + OFFSET]!,
      value: copy[at + VALUE]!,
      ...stacks.get(place)!,
    });
  }
  return { noted, lost: Math.min(first, written) };
}

const FRAME = /^\s*at (?:(.*?) \()?((?:file:\/\/)?[^()]*?):(\d+):(\d+)\)?$/;

/** The stack at `place - 1` of the area that begins at word `area`. */
function readStack(
  words: Int32Array,
  area: number,
  place: number,
): { readonly call: string; readonly stack: readonly Position[] } {
  if (place === 0) return { call: "", stack: [] };
  const at = area + (place - 1) / 4;
  const bytes = new Uint8Array(words.buffer, (at + 1) * 4, words[at]!).slice();
  const [call = "", ...lines] = new TextDecoder().decode(bytes).split("\n");
  return { call, stack: mapThreadStack(lines.join("\n")).split("\n").flatMap(positionOf) };
}

function positionOf(line: string): Position[] {
  const [, name = "", file = "", row, column] = FRAME.exec(line) ?? [];
  if (file === "" || file.startsWith("node:")) return [];
  const path = file.startsWith("file://") ? fileURLToPath(file) : file;
  const clean = name.replace(/^(?:async |new )+/, "").replace(/ \[as .*\]$/, "");
  const more = clean === "" ? {} : { name: clean };
  return [{ file: path, line: Number(row), column: Number(column), ...more }];
}

/** The number that tasks of a thread begin with in `g`: 3000001 is the first task of thread 3. */
const TASKS = 1_000_000;

/** Who did it, as a number of its own for each thread and each of its tasks that wait at once. */
export function laneOf({ thread, task }: Pick<Noted, "thread" | "task">): number {
  return task === 0 ? thread : (thread + 1) * TASKS + task;
}

/** The words for such a number. */
export function laneName(g: number): string {
  const thread = g < TASKS ? g : Math.floor(g / TASKS) - 1;
  const name = thread === 0 ? "main thread" : `thread ${thread}`;
  return g < TASKS ? name : `${name}, task ${g % TASKS}`;
}

/** Makes events of what was noted; `startNs` is their zero. A task begins and ends with its wait. */
export function eventsFrom(noted: readonly Noted[], startNs: number): EventData[] {
  const nameOf = objectNames();
  /** Who freed a lock last. */
  const freedBy = new Map<string, number>();
  const events = noted.flatMap((one): Omit<EventData, "step">[] => {
    const object = nameOf(one);
    const g = laneOf(one);
    const peer = one.code === Code.WAKE && object !== undefined ? freedBy.get(object) : undefined;
    if (one.code === Code.FREED && object !== undefined) freedBy.set(object, one.thread);
    const [at, ...callers] = one.stack;
    const atNs = one.atNs - startNs;
    const event = {
      g,
      ...whatOf(one),
      ...(object === undefined ? {} : { object }),
      ...(peer === undefined || peer === g ? {} : { peer }),
      atNs,
      ...(at === undefined ? {} : { at }),
      ...(callers.length === 0 ? {} : { callers }),
    };
    if (one.task === 0) return [event];
    if (one.code === Code.PARK) return [{ g, what: "start", op: "start", atNs }, event];
    return [event, { g, what: "exit", op: "exit", atNs }];
  });
  return events.map((event, step) => ({ step, ...event }));
}

function whatOf(one: Noted): Pick<EventData, "what" | "op" | "value"> {
  switch (one.code) {
    case Code.START:
      return { what: "start", op: "start" };
    case Code.EXIT:
      return { what: "exit", op: "exit" };
    case Code.PARK:
      return { what: "park", op: operationOf(one) };
    case Code.WAKE:
      return one.value === 1
        ? { what: "wake", op: operationOf(one) }
        : { what: "wake", op: `${operationOf(one)}, given up`, value: "false" };
    case Code.HELD:
      return { what: "done", op: `${PREFIXES[one.value >> KIND_SHIFT]}Lock`.replace(/^L/, "l") };
    default: {
      const op = `${PREFIXES[one.value >> KIND_SHIFT]}Unlock`.replace(/^U/, "u");
      const isHandedOver = one.value % (1 << KIND_SHIFT) === Freed.HANDED_OVER;
      return { what: "done", op, ...(isHandedOver ? { value: "handed over" } : {}) };
    }
  }
}

/** By the ways of holding a lock: `lock`, `rLock`, `uLock`. */
const PREFIXES = ["", "r", "u"] as const;

/** Calls that take a lock by another name. */
const OPERATIONS: Readonly<Record<string, string>> = {
  withLock: "lock",
  tryLockFor: "lock",
  withRead: "rLock",
  tryRLockFor: "rLock",
  withWrite: "lock",
  withUpgradable: "uLock",
  tryULockFor: "uLock",
  tryUpgradeFor: "upgrade",
  tryAcquireFor: "acquire",
  withPermit: "acquire",
  selectFor: "select",
};

function operationOf({ call, type }: Noted): string {
  const name = call.replace(/Async$/, "");
  if (name !== "") return OPERATIONS[name] ?? name;
  const label = typeName(type) ?? "";
  if (label.endsWith("Mutex")) return "lock";
  return label === "Semaphore" ? "acquire" : label === "" ? "select" : "wait";
}

/** `mutex#1`: the class of an object and its number in order of first use. */
function objectNames(): (one: Noted) => string | undefined {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  return ({ type, buffer, offset }) => {
    const label = typeName(type)?.toLowerCase();
    if (label === undefined) return undefined;
    const key = `${buffer}:${offset}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    const name = `${label}#${count}`;
    names.set(key, name);
    return name;
  };
}
