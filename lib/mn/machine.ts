// Machine: what a goroutine's body gets as its first parameter: the scheduler in Go's words, on the thread that runs it.

import type { Go, Op, Step } from "../op/index.js";
import type { ThreadsLibrary } from "../threads/index.js";
import { Chan } from "./chan.js";
import { monotonicNs } from "./clock.js";
import { HAS_VALUE, STEP } from "./goroutine.js";
import { fire, newChan } from "./hchan.js";
import { classOf } from "./heap.js";
import { KIND, Kind, LINE_WORDS, S } from "./layout.js";
import { Mutex, newMutex } from "./mutex.js";
import { schedLine } from "./schedtrace.js";
import type { Scheduler } from "./scheduler.js";
import { type Case, type DefaultCase, type Selected, select } from "./select.js";
import type { Objects, RunObject } from "./values.js";
import { newWaitGroup, WaitGroup } from "./waitgroup.js";

const MOST_CAPACITY = 2 ** 22;
const DEFAULT: DefaultCase = { isDefault: true };

/** The scheduler, as bodies see it: `function* worker(t: Machine, …) { … }`. */
export interface Machine {
  /** The number of the thread (Go: M) that runs this. A goroutine stays on the thread where it started. */
  readonly id: number;
  /** How many threads run goroutines at a time. Go: GOMAXPROCS */
  readonly count: number;
  /** The primitives of `happens-before/threads`. Their blocking forms block the thread: call them in `t.blocking`. */
  readonly threads: ThreadsLibrary;
  /**
   * Starts a goroutine, on whichever thread is free first. The body travels as its source: it sees `t`, its arguments and the globals of
   * JavaScript. Arguments are copied as by `Chan.send`.
   */
  go<A extends unknown[]>(body: (t: Machine, ...args: A) => Go<unknown>, ...args: A): Step;
  /** Makes a channel that holds `capacityItems` values. Default: 0, unbuffered. */
  chan<T>(capacityItems?: number): Chan<T>;
  mutex(): Mutex;
  waitGroup(): WaitGroup;
  /** Makes `n` words of memory, all 0, that goroutines share; they lie on lines of their own. */
  int32(n: number): Int32Array;
  /** Waits for the first of several channel operations: `yield* t.select(a.onRecv(), b.onSend(v), t.onDefault())`. */
  select<const K extends readonly Case[]>(...cases: K): Op<Selected<K>>;
  /** The case that happens when no other can. */
  onDefault(): DefaultCase;
  /** Lets others go first. */
  gosched(): Op<void>;
  /** Waits; other goroutines of the thread go on. */
  sleep(ms: number): Op<void>;
  /** A channel that gets one value, the milliseconds since then, when `ms` have passed. */
  after(ms: number): Chan<number>;
  /**
   * Runs `fn`, which may block the thread (a lock of `t.threads`, `Atomics.wait`, synchronous input): meanwhile another
   * thread takes over what has not started (Go: a system call, handoffp). Goroutines that have started here wait for its end.
   */
  blocking<R>(fn: () => R): R;
  /** The number of the goroutine; main is 1. */
  goid(): number;
  /** A line about the scheduler, as Go prints with GODEBUG=schedtrace. */
  schedtrace(): string;
}

/** Makes the face of `s`. */
export function machineOf(s: Scheduler, threads: ThreadsLibrary, startNs: number): Machine {
  return {
    id: s.id,
    count: s.i32[S.PROCS] as number,
    threads,
    go(body, ...args) {
      s.enter("go");
      s.spawn(body as never, args, 0);
      return STEP;
    },
    chan: (capacityItems = 0) => {
      checkWhole("chan", "capacityItems", capacityItems, 0, MOST_CAPACITY);
      return new Chan(s, newChan(s, capacityItems));
    },
    mutex: () => new Mutex(s, newMutex(s)),
    waitGroup: () => new WaitGroup(s, newWaitGroup(s)),
    int32: (n) => int32(s, n),
    select: (...cases) => select(s, cases) as never,
    onDefault: () => DEFAULT,
    gosched: () => s.giveWay(s.enter("gosched"), "gosched", undefined) as unknown as Op<void>,
    sleep: (ms) => sleep(s, ms),
    after: (ms) => after(s, ms),
    blocking: (fn) => blocking(s, fn),
    goid: () => s.enter("goid").id,
    schedtrace: () => schedLine(s.words, monotonicNs() - startNs),
  };
}

/** What a value's address leads to. */
export function objectsOf(scheduler: () => Scheduler): Objects {
  return {
    isOne: (value): value is RunObject =>
      value instanceof Chan || value instanceof Mutex || value instanceof WaitGroup,
    at: (address) => {
      const s = scheduler();
      const kind = s.i32[address + KIND];
      if (kind === Kind.CHAN) return new Chan(s, address);
      return kind === Kind.MUTEX ? new Mutex(s, address) : new WaitGroup(s, address);
    },
  };
}

function int32(s: Scheduler, n: number): Int32Array {
  checkWhole("int32", "n", n, 1, s.i32.length);
  const at = s.heap.take(classOf(n * 4));
  const length = LINE_WORDS * Math.ceil(n / LINE_WORDS);
  s.i32.fill(0, at, at + length);
  return new Int32Array(s.words.buffer, at * 4, n);
}

function sleep(s: Scheduler, ms: number): Op<void> {
  checkMs("sleep", ms);
  const g = s.enter("sleep");
  if (ms === 0) return s.giveWay(g, "sleep", undefined) as unknown as Op<void>;
  s.timers.add(performance.now() + ms, () => s.wakeOwn(g));
  return s.park(g, "sleep", "sleep", 0, HAS_VALUE) as unknown as Op<void>;
}

function after(s: Scheduler, ms: number): Chan<number> {
  checkMs("after", ms);
  s.enter("after");
  const chan = new Chan<number>(s, newChan(s, 1));
  const sinceMs = performance.now();
  s.timers.add(sinceMs + ms, () => fire(s, chan.address, performance.now() - sinceMs));
  return chan;
}

function blocking<R>(s: Scheduler, fn: () => R): R {
  s.enter("blocking");
  s.search.block();
  try {
    return fn();
  } finally {
    s.search.unblock();
  }
}

function checkWhole(call: string, name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `${call}: expected \`${name}\` to be an integer from ${least} to ${most}, got ${String(value)}`,
  );
}

function checkMs(call: string, ms: number): void {
  if (typeof ms === "number" && ms >= 0) return;
  throw new RangeError(`${call}: expected \`ms\` to be a number >= 0, got ${String(ms)}`);
}
