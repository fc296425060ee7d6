// LockGraph: who holds and who waits for which lock, across threads, while somebody watches; finds deadlocks.
//
// Locks made or attached while the watch is on carry a flag in their word, so their fast path fails and each lock and
// unlock comes here. Locks without the flag pay nothing. Each thread has a page in shared memory where it writes what
// it holds and what it waits for, and where in the program; a waiter reads the pages of all before it sleeps.
//
// Invariants:
//  I1. Pages are read and written under one lock, TURN. So what a waiter reads is one moment of all threads.
//  I2. A hold is on the page before its thread can wait for anything else, and off it before the lock is free. A wait
//      is on the page before its thread sleeps. So when the last thread of a circle is about to sleep, the whole
//      circle is on the pages, and what looks like a circle is one: nothing in it can move.
//  I3. Only waits without a time limit that block their thread count: the others end by themselves, or leave the thread
//      free to unlock.
//  I4. A page whose thread has ended counts as empty.
//
// Source: the wait-for graph of databases; the check in the thread that closes the circle is that of InnoDB. Rejected: asking
// the lock words alone: the owner of a lock is known, but not in which memory the word lies that the owner waits for.

import { fileURLToPath } from "node:url";
import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";
import { acquire, release, tryTake } from "./lockword.js";
import { parkThread } from "./park.js";
import { hasEnded } from "./roster.js";
import { LockError, thisThread, threadName } from "./thread.js";

/** A lock at a place in the program. */
export interface LockPlace {
  /** The class and the number that the watch gave it: `Mutex 2`. */
  readonly lock: string;
  /** The line of the stack that called, as an error's stack has it: `    at body (hb-thread-3.js:4:9)`. */
  readonly at: string;
}

/** What a watched thread holds and waits for. */
export interface LockGraphThread {
  /** Its number, 0 for the main thread. */
  readonly thread: number;
  readonly holds: readonly LockPlace[];
  /** The lock that it sleeps for, without a time limit. */
  readonly waitsFor?: LockPlace | undefined;
}

/** A watch over the locks. */
export interface LockWatch {
  /** Who holds and waits for what at this moment; threads that do neither are left out. */
  graph(): LockGraphThread[];
  /** Ends the watch: locks are fast again after their next unlock. */
  stop(): void;
}

const KEY = "happens-before.lockgraph";
/** Words of the header: 1 while somebody watches, the lock of the pages, the last number given to a lock. */
const WATCHING = 0;
const TURN = 1;
const LOCKS = 2;
const HEADER_BYTES = 64;
/** A page: the thread's number plus one (0: free), the length of its text, the text (JSON). */
const PAGE_BYTES = 8192;
const PAGES = 256;
const THREAD = 0;
const LENGTH = 1;
const TEXT_BYTES = 8;

const buffer = openPages();
const words = new Int32Array(buffer);
const mine: { holds: LockPlace[]; waitsFor?: LockPlace | undefined } = { holds: [] };

function openPages(): SharedArrayBuffer {
  const known: unknown = getEnvironmentData(KEY);
  if (known instanceof SharedArrayBuffer) return known;
  const pages = new SharedArrayBuffer(HEADER_BYTES + PAGES * PAGE_BYTES); // untouched pages of it cost nothing
  setEnvironmentData(KEY, pages);
  return pages;
}

/**
 * Watches the locks of all threads: an AB-BA deadlock, or a longer circle, is an error in the thread that closes it, instead
 * of threads that sleep for ever. The others go on once that thread has unlocked what it held.
 *
 * Covers each `Mutex` that is made or attached from now on; those handed to a team are attached when it starts. In the
 * circle count threads that sleep in `lock` or `withLock`, not waits with a time limit and not `lockAsync`.
 *
 * **Cost:** nothing for locks made before; a watched lock + unlock about 50 us, for it takes a stack.
 * **Limits:** 256 threads that hold locks at a time.
 *
 * @throws {LockError} `Mutex.lock: would deadlock: thread 3 and thread 4 wait for each other …` (from `lock`), with each one's
 * lock and line
 * @example
 * const watch = watchLocks();
 * const [a, b] = [new Mutex(), new Mutex()];
 * const error = await team(2, (t, a, b) => {
 *   const [first, second] = t.id === 0 ? [a, b] : [b, a];
 *   first.lock();
 *   t.barrier(); // both hold one
 *   second.lock();
 * }, { args: [a, b] }).catch((error) => error);
 * watch.stop();
 * console.log(error.name, error.message.includes("wait for each other")); // prints: LockError true
 */
export function watchLocks(): LockWatch {
  Atomics.store(words, WATCHING, 1); // ORDER: none needed; a lock made after this call is made after this store
  return {
    graph: () => inTurn(readPages).map(({ thread, holds, waitsFor }) => ({ thread, holds, waitsFor })),
    stop: () => void Atomics.store(words, WATCHING, 0), // ORDER: none needed; others may notice later
  };
}

/** True while somebody watches. */
export function isWatching(): boolean {
  return Atomics.load(words, WATCHING) === 1; // ORDER: none needed; a lock made on the way may be in or out
}

/** The name of the lock whose number is in word `at` of `of`; gives it one when it has none. */
export function lockName(label: string, of: Int32Array, at: number): string {
  // ORDER: none needed; one number wins, and it is only a name.
  if (Atomics.load(of, at) === 0) Atomics.compareExchange(of, at, 0, Atomics.add(words, LOCKS, 1) + 1);
  return `${label} ${Atomics.load(of, at)}`; // ORDER: none needed; it never changes any more
}

/** Notes that this thread holds `lock` now, and waits no more. */
export function noteHold(lock: string): void {
  const at = callerLine();
  inTurn(() => writePage({ holds: [...mine.holds, { lock, at }] }));
}

/** Notes that this thread is about to free `lock`. */
export function noteFree(lock: string): void {
  if (mine.holds.length === 0) return; // it was taken before the watch began, or is only recorded
  inTurn(() => writePage({ holds: mine.holds.filter((held) => held.lock !== lock) }));
}

/** Notes that this thread gave up waiting. */
export function noteGiveUp(): void {
  inTurn(() => writePage({ holds: mine.holds }));
}

/** Notes that this thread is about to sleep for `lock`. @throws {LockError} when that closes a circle; then it is not noted */
export function noteWait(lock: string, call: string): void {
  const waitsFor = { lock, at: callerLine() };
  const circle = inTurn(() => {
    writePage({ holds: mine.holds, waitsFor });
    const found = circleOf(thisThread, readPages());
    if (found !== undefined) writePage({ holds: mine.holds });
    return found;
  });
  if (circle !== undefined) throw new LockError(describe(call, circle));
}

/** The threads from `first` along what each waits for, when that leads back to `first` (I2). */
function circleOf(first: number, threads: readonly LockGraphThread[]): LockGraphThread[] | undefined {
  const circle: LockGraphThread[] = [];
  let next = threads.find(({ thread }) => thread === first);
  while (next !== undefined && !circle.includes(next)) {
    circle.push(next);
    const wanted = next.waitsFor?.lock;
    next = threads.find(({ holds }) => holds.some(({ lock }) => lock === wanted));
  }
  return next === circle[0] ? circle : undefined;
}

function describe(call: string, circle: readonly LockGraphThread[]): string {
  const names = circle.map(({ thread }) => threadName(thread));
  const who = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  const lines = circle.flatMap(({ thread, holds, waitsFor }, i) => {
    const wanted = circle.at(i - 1)?.waitsFor?.lock;
    const held = holds.find(({ lock }) => lock === wanted);
    const name = threadName(thread);
    return [
      `  ${name} waits for ${waitsFor?.lock}`,
      waitsFor?.at,
      `  ${name} holds ${wanted}, locked`,
      held?.at,
    ];
  });
  return [`${call}: would deadlock: ${who} wait for each other`, ...lines].join("\n");
}

const ours = new URL(".", import.meta.url);
const folders = [ours.href, fileURLToPath(ours)];

/** The line of the stack that called into this library. */
function callerLine(): string {
  const lines = (new Error().stack ?? "").split("\n").slice(1);
  const at = lines.find((line) => !folders.some((folder) => line.includes(folder)));
  return (at ?? "    at unknown").slice(0, 300);
}

/** Runs `body` with the pages to itself (I1). Short, so the main thread may spin for it. */
function inTurn<R>(body: () => R): R {
  if (isMainThread) while (!tryTake(words, TURN));
  else parkThread(words, acquire(words, TURN));
  try {
    return body();
  } finally {
    release(words, TURN);
  }
}

function pageOf(page: number): { head: Int32Array; text: Uint8Array } {
  const start = HEADER_BYTES + page * PAGE_BYTES;
  return {
    head: new Int32Array(buffer, start, TEXT_BYTES / 4),
    text: new Uint8Array(buffer, start + TEXT_BYTES, PAGE_BYTES - TEXT_BYTES),
  };
}

function writePage(next: { holds: LockPlace[]; waitsFor?: LockPlace | undefined }): void {
  Object.assign(mine, { waitsFor: undefined }, next);
  let spare: ReturnType<typeof pageOf> | undefined;
  for (let at = 0; at < PAGES; at++) {
    const page = pageOf(at);
    const owner = page.head[THREAD]! - 1;
    if (owner === thisThread || (spare === undefined && (owner < 0 || hasEnded(owner)))) spare = page;
    if (owner === thisThread) break;
  }
  if (spare === undefined) return; // more threads than pages: this one is not seen
  spare.head[LENGTH] = 0; // an end in the middle leaves an empty page
  spare.head[THREAD] = thisThread + 1;
  if (next.holds.length === 0 && next.waitsFor === undefined) spare.head[THREAD] = 0;
  else spare.head[LENGTH] = new TextEncoder().encodeInto(JSON.stringify(next), spare.text).written;
}

function readPages(): LockGraphThread[] {
  const threads: LockGraphThread[] = [];
  for (let at = 0; at < PAGES; at++) {
    const { head, text } = pageOf(at);
    const thread = head[THREAD]! - 1;
    if (thread < 0 || head[LENGTH] === 0 || hasEnded(thread)) continue; // I4
    const json = new TextDecoder().decode(text.slice(0, head[LENGTH]));
    if (json.endsWith("}"))
      threads.push({ thread, ...(JSON.parse(json) as Omit<LockGraphThread, "thread">) });
  }
  return threads;
}
