// Layout: which word of a run's shared memory means what.
//
// One SharedArrayBuffer holds a whole run: the words of the scheduler, an M for each thread, the Ps with their deques,
// and behind them blocks for goroutines, channels, locks and values. An address is an index into it as an Int32Array;
// 0 is nobody's address.
//
// Invariants:
//  I1. What different threads write often lies on different 64-byte lines.
//  I2. A goroutine's record is written by one thread at a time: who starts it, then the thread that runs it, and while it
//      waits whoever takes its waiter out of a queue (under that queue's lock).

/** Words of one 64-byte line. */
export const LINE_WORDS = 16;

/** Ms are bits of one word; the last bit stands for the host. */
export const MOST_MS = 31;
export const HOST_BIT = 1 << MOST_MS;

/** Words of the scheduler. */
export const S = {
  /** How the run ended: one of `Ended`. */
  ENDED: 0,
  /** Bits of the Ms that sleep, or are about to and will look once more. */
  IDLE_MS: 16,
  /** Bits of the Ps that no M holds. */
  IDLE_PS: 32,
  /** Bits of the Ms that have goroutines to run and no P. */
  WANT_PS: 48,
  /** How many Ms look for work without having any (Go: nmspinning). */
  SPINNING: 64,
  /** The global queue: lock, first, last, count. */
  GLOBAL: 80,
  /** The next batch of goroutine numbers. */
  GOIDS: 96,
  /** The heap: lock, next block never used, first free block by class. */
  HEAP_LOCK: 112,
  HEAP_NEXT: 113,
  HEAP_FREE: 114,
  /** Bits of all Ms, and of the host while it may bring work. */
  ALL_MS: 144,
  /** How many Ms will sleep until somebody wakes them, and how often one went on (deadlock.ts). */
  SETTLED: 145,
  /** Ms in blocking calls. */
  BLOCKED: 146,
  M_COUNT: 147,
  PROCS: 148,
  /** How many Ms the host is asked to start. */
  WANT_MS: 149,
  /** Where main's result is: a value cell. */
  RESULT: 152,
  /** Rung when the host has something to do. */
  BELL: 160,
  /** 1 while the host has seen the bell and not looked. On its own line: everybody who has something for the host reads it. */
  HOST_AWAKE: 176,
  FIRST_M: 192,
} as const;

/** How a run ended; the first one counts. */
export const Ended = { NO: 0, RETURNED: 1, PANIC: 2, DEADLOCK: 3, STOPPED: 4 } as const;

/** Words of an M. */
export const M = {
  /** Set to 1 by who wakes it; what it sleeps on. */
  NOTE: 0,
  /** Goroutines of its own that others made runnable: a stack, linked by G.NEXT. */
  INBOX: 16,
  /** A P that somebody gave it, plus 1. */
  GIVEN_P: 32,
  /** Its own: for people who look. The P that it holds, plus 1. */
  P: 33,
  RUNNING: 34,
  QUEUED: 35,
  TICKS: 36,
  STARTED: 37,
  STOLEN: 38,
  PARKS: 39,
  WAKES: 40,
  SLEEPS: 41,
  IS_BLOCKED: 42,
  IS_SPINNING: 43,
  EXITED: 44,
  /** The host's tasks that have ended here: a stack, linked by G.NEXT. */
  OUTBOX: 48,
  WORDS: 64,
} as const;

/** Words of a P, and its deque behind them. */
export const P = { TOP: 0, BOTTOM: 16, TICKS: 32, RING: 48 } as const;
/** Goroutines in a deque. Go: len(p.runq) */
export const RING = 256;
export const P_WORDS = P.RING + RING;

/** Words of a waiter in a queue (Go: sudog). One lies inside each goroutine; a select has one for each case. */
export const W = {
  NEXT: 0,
  PREV: 1,
  G: 2,
  /** What it waits for. */
  OBJECT: 3,
  /** The number of its case, or -1 when it is not a select's. */
  CASE: 4,
  /** What came of it: 1 a value went, 0 the channel was closed. */
  OK: 5,
  /** Milliseconds since the run began, when it began to wait. */
  SINCE: 6,
  IS_QUEUED: 7,
  /** The value that it brings or got: a cell. */
  CELL: 8,
  WORDS: 12,
} as const;

/** Words of a value cell: tag, detail, and 8 bytes. */
export const CELL_WORDS = 4;

/** Words of a goroutine: 128 bytes. The first four are those of a plain task, too. */
export const G = {
  NEXT: 0,
  /** The number of the host's task that it is: a goroutine's, or minus a plain function's; 0: none. */
  TASK: 1,
  BODY: 2,
  /** How many arguments, or -1: they are one array. Of a task that has ended: 1 if it threw. */
  ARGS: 3,
  /** The M that it belongs to once it has started, or -1. */
  M: 4,
  /** Its number among the goroutines of its M. */
  LOCAL: 5,
  ID: 6,
  PARENT: 7,
  /** Set by the first case of its select that happens. */
  SELECTED: 8,
  /** The wait group that it counts for, or 0. */
  GROUP: 9,
  WOKEN_BY: 10,
  /** The waiter through which it was woken. */
  WOKEN_AT: 11,
  WAITER: 12,
  /** Three cells: the arguments before it starts; the first one is its waiter's cell. */
  CELLS: 20,
} as const;
/** The heap's class of a goroutine. */
export const G_CLASS = 1;
/** Three cells of a plain task, which is one line: what goes to another core and back goes by the line. */
export const TASK_CELLS = 4;
/** The heap's class of a plain task. */
export const TASK_CLASS = 0;
/** Arguments that fit into either record. */
export const INLINE_ARGS = 3;

/** Where the cells of the record at `address` begin: of a plain task, or of a goroutine. */
export function cellsOf(i32: Int32Array, address: number): number {
  return address + ((i32[address + G.TASK] as number) < 0 ? TASK_CELLS : G.CELLS);
}

/** Every object of a run says here what it is: one of `Kind`. */
export const KIND = 15;
export const Kind = { CHAN: 0x6d6e01, MUTEX: 0x6d6e02, WAIT_GROUP: 0x6d6e03 } as const;

/** Words of a channel, and its cells behind them. A queue of waiters is two words. */
export const C = {
  LOCK: 0,
  CAPACITY: 1,
  COUNT: 2,
  HEAD: 3,
  CLOSED: 4,
  RECEIVERS: 6,
  SENDERS: 8,
  CELLS: 16,
} as const;

/** Words of a mutex and of a wait group. */
export const L = { LOCK: 0, STATE: 1, WAITERS: 2, HAS_WAITERS: 4 } as const;

/** Where the Ps begin. */
export const FIRST_P = S.FIRST_M + MOST_MS * M.WORDS;

/** The first word of P `number`. */
export function addressOfP(number: number): number {
  return FIRST_P + number * P_WORDS;
}
