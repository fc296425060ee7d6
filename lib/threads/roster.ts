// Roster: which threads of this process have ended, in shared memory, so that who waits for a thread finds out.
//
// Every thread that loads the library writes itself in. A lock word holds its owner's number; whoever wants the lock
// and sees an owner that has ended takes it over (lockword.ts). Nobody registers what it holds, so locking costs
// nothing more. A thread that ends in order, or whose body returns, gives up what it still holds at once: it goes
// through the locks that it has made or attached meanwhile.
//
// How to use it for a word that holds a thread's number (`thisThread`): before you sleep on it, ask `hasEnded(owner)`.
// Sleep by `yield [word, value, lookMs]` with `lookAfter(looks)` for `lookMs`; on "look" ask `noticeEnd(owner)`, then
// look at your words again. Take over by one compare-exchange from the very value you saw: two may try.
// What can be held calls `remember(this)` in its constructor; `abandon` frees it when this thread holds it.
//
// Invariants:
//  I1. A thread that is marked as ended runs no code of a body any more, or only the rest of what it runs on exit. A
//      number is never used again (thread.ts I1), so the mark never has to be taken back.
//  I2. A thread that is not in the roster (another copy of the memory, number too high) counts as running.
//  I3. An end is marked by the thread itself when it exits in order; by the thread that started it when it hears of it;
//      and on Linux by anybody who waits: the kernel's list of threads is asked. So a blocked event loop of the
//      starter keeps nobody waiting there.
//
// Source: robust mutexes of POSIX (pthread_mutexattr_setrobust, EOWNERDEAD), where the kernel keeps a list of held locks for
// each thread; JavaScript cannot hand it one. Rejected: a list of held locks, even a count of them in a variable of this
// thread (a store beside the compare-exchange: lock + unlock 1.3 times two bare ones, against 1.05); a word that deaths
// move, which sleepers cannot watch beside their lock's.

import { existsSync, readlinkSync } from "node:fs";
import { getEnvironmentData, isMainThread, setEnvironmentData, type Worker } from "node:worker_threads";
import { thisThread } from "./thread.js";

/** Shared by all threads of the process: Node hands it to every new thread, and each copy of this module finds it. */
const KEY = "happens-before.roster";
const MOST_THREADS = 2 ** 17;
/** In a thread's word: 0 never heard of it, ENDED, else its number in the operating system, RUNNING where there is none. */
const ENDED = -1;
const RUNNING = -2;
/** How long a sleeper waits before it looks whether the owner lives: twice as long each time, so it keeps its place. */
const FIRST_LOOK_MS = 50;
const LAST_LOOK_MS = 1000;

const roster = openRoster();
/** What a body has made or attached so far; undefined when no body runs. */
let remembered: Abandonable[] | undefined;

/** What a thread may hold. */
export interface Abandonable {
  /** Frees it, marked as left behind, if this thread holds it. */
  abandon(): void;
}

function openRoster(): Int32Array {
  const known: unknown = getEnvironmentData(KEY);
  if (known instanceof SharedArrayBuffer) return new Int32Array(known);
  const buffer = new SharedArrayBuffer(MOST_THREADS * 4); // untouched pages of it cost nothing
  setEnvironmentData(KEY, buffer);
  return new Int32Array(buffer);
}

/** The number of this thread in the operating system. */
function systemThread(): number {
  if (process.platform !== "linux") return RUNNING;
  try {
    return Number(/\/task\/(\d+)$/.exec(readlinkSync("/proc/thread-self"))?.[1] ?? RUNNING);
  } catch {
    return RUNNING; // no /proc here
  }
}

/** True when `thread` is known to have ended. **Cost:** one atomic load. */
export function hasEnded(thread: number): boolean {
  // ORDER: acquire; pairs with the store in markEnded: what the thread wrote before its end is visible.
  return thread >= 0 && thread < MOST_THREADS && Atomics.load(roster, thread) === ENDED;
}

/** Like `hasEnded`, and asks the operating system where that is possible (a system call). For who has waited a while. */
export function noticeEnd(thread: number): boolean {
  if (thread < 0 || thread >= MOST_THREADS) return false; // I2
  const known = Atomics.load(roster, thread); // ORDER: acquire; as in hasEnded
  if (known === ENDED) return true;
  if (known <= 0 || existsSync(`/proc/self/task/${known}`)) return false;
  markEnded(thread); // I3
  return true;
}

/** Says that `thread` has ended, or runs no body any more and will end. */
export function markEnded(thread: number): void {
  if (thread < 0 || thread >= MOST_THREADS) return;
  Atomics.store(roster, thread, ENDED); // ORDER: release; pairs with the load in hasEnded
}

/** How long a sleeper sleeps before its next look, when it has looked `looks` times. */
export function lookAfter(looks: number): number {
  return Math.min(FIRST_LOOK_MS * 2 ** Math.min(looks, 10), LAST_LOOK_MS);
}

/** Remembers `lock` until the body that runs on this thread ends; does nothing on threads that run no bodies. */
export function remember(lock: Abandonable): void {
  remembered?.push(lock);
}

/** Says that a body begins here: from now on `remember` remembers. */
export function beginBody(): void {
  remembered = [];
}

/** Says that the body has ended: frees what it still holds. */
export function endBody(): void {
  const locks = remembered ?? [];
  remembered = undefined;
  for (const lock of locks) lock.abandon();
}

function enrol(): void {
  // ORDER: none needed; nobody can ask for this thread before it has locked something. Keeps an end: a copy of this
  // module may be loaded while the thread exits.
  if (thisThread < MOST_THREADS) Atomics.compareExchange(roster, thisThread, 0, systemThread());
  if (!isMainThread) process.once("exit", leave);
  const watched = Symbol.for(KEY);
  if (watched in process) return; // another copy of this module listens already
  Object.defineProperty(process, watched, { value: true });
  process.on("worker", (worker: Worker) => {
    const thread = worker.threadId; // -1 after its end
    worker.once("exit", () => markEnded(thread)); // I3
  });
}

/** I3. Called when this thread exits in order, also by process.exit or an uncaught error; not when it is terminated. */
function leave(): void {
  endBody();
  markEnded(thisThread);
}

enrol();
