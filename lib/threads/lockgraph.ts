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
//  I5. A wait for a reader-writer lock begins in the same turn in which it is noted: so the order of notes is that of the line.
//
// Source: the wait-for graph of databases; the check in the thread that closes the circle is that of InnoDB. Rejected: asking
// the lock words alone: the owner of a lock is known, but not in which memory the word lies that the owner waits for.

import { fileURLToPath } from "node:url";
import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";
import { circleOf, describeCircle, type LockPlace, type Page, type ThreadPage } from "./lockcircle.js";
import { acquire, release, tryTake } from "./lockword.js";
import { parkThread, type SlowPath, type Watched } from "./park.js";
import { hasEnded } from "./roster.js";
import { LockError, thisThread } from "./thread.js";

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
/** The last place that was given in a line. */
const TURNS = 3;
const HEADER_BYTES = 64;
/** A page: the thread's number plus one (0: free), the length of its text, the text (JSON). */
const PAGE_BYTES = 8192;
const PAGES = 256;
const THREAD = 0;
const LENGTH = 1;
const TEXT_BYTES = 8;

const buffer = openPages();
const words = new Int32Array(buffer);
let mine: Page = { holds: [] };

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
 * Covers each `Mutex`, `Once` and reader-writer lock that is made or attached from now on; those handed to a team are attached when
 * it starts. In the circle count threads that sleep in `lock`, `rLock`, `uLock`, `upgrade` or their `with…`, not waits with a
 * time limit and not awaited ones. A reader that is kept out by a waiting writer waits for that writer, and so for those it waits for.
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
    graph: () =>
      inTurn(readPages).map(({ thread, holds, waitsFor }) => {
        if (waitsFor === undefined) return { thread, holds, waitsFor };
        const { lock, at, how } = waitsFor;
        return { thread, holds, waitsFor: how === undefined ? { lock, at } : { lock, at, how } };
      }),
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

/** Notes that this thread holds `lock` now, `at` that line, and waits no more. */
export function noteHold(lock: string, how?: LockPlace["how"], at: string = callerLine()): void {
  const hold = how === undefined ? { lock, at } : { lock, at, how };
  inTurn(() => writePage({ holds: [...mine.holds, hold] }));
}

/** Notes that this thread is about to free `lock`: one hold of that kind, or all. Returns how many are left. */
export function noteFree(lock: string, how?: LockPlace["how"]): number {
  const { holds } = mine;
  if (holds.length === 0) return 0; // it was taken before the watch began, or is only recorded
  const last = holds.map((held) => held.lock === lock && held.how === how).lastIndexOf(true);
  const left = holds.filter((held, i) => (how === undefined ? held.lock !== lock : i !== last));
  if (left.length < holds.length) inTurn(() => writePage({ ...mine, holds: left }));
  return left.filter((held) => held.lock === lock).length;
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
  if (circle !== undefined) throw new LockError(describeCircle(call, circle));
}

/** Where a wait for a reader-writer lock stands: in its line, or behind a writer. */
export interface Standing {
  readonly isInLine?: boolean;
  readonly behind?: number;
}

/**
 * Begins `path`, the wait for a reader-writer lock, and notes it, in one turn (I5). Returns what it sleeps on; true when the lock was
 * taken after all, false when the path was over without it. @throws {LockError} when it closes a circle; then it has been given up
 */
export function beginWait(
  lock: string,
  call: string,
  how: NonNullable<LockPlace["how"]>,
  path: SlowPath,
  standing: () => Standing,
): Watched | boolean {
  const at = callerLine();
  let circle: ThreadPage[] | undefined;
  const begun = inTurn((): Watched | boolean => {
    const step = path.next();
    if (step.done === true) return step.value;
    const { isInLine, behind } = standing();
    const turn = isInLine === true ? ++words[TURNS]! : undefined;
    writePage({ holds: mine.holds, waitsFor: { lock, at, how, turn, behind } });
    circle = circleOf(thisThread, readPages());
    if (circle === undefined) return step.value;
    writePage({ holds: mine.holds });
    const end = path.next("timed-out");
    if (end.done === true && end.value) circle = undefined; // it was just freed, by one that nobody watches
    return end.done === true && end.value;
  });
  if (circle !== undefined) throw new LockError(describeCircle(call, circle));
  return begun;
}

const ours = new URL(".", import.meta.url);
const folders = [ours.href, fileURLToPath(ours)];

/** The line of the stack that called into this library. */
export function callerLine(): string {
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

function writePage(next: Page): void {
  mine = next;
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

function readPages(): ThreadPage[] {
  const threads: ThreadPage[] = [];
  for (let at = 0; at < PAGES; at++) {
    const { head, text } = pageOf(at);
    const thread = head[THREAD]! - 1;
    if (thread < 0 || head[LENGTH] === 0 || hasEnded(thread)) continue; // I4
    const json = new TextDecoder().decode(text.slice(0, head[LENGTH]));
    if (json.endsWith("}")) threads.push({ thread, ...(JSON.parse(json) as Page) });
  }
  return threads;
}
