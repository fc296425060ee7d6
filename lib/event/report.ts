// What a run leaves behind, as plain data: it crosses processes, goes to disk and is drawn without the runtime.

/** A place in the source that a person wrote. `line` and `column` start at 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The function around it, when known. */
  readonly name?: string;
}

/** The outcome of a run, of one schedule, or of a whole exploration. */
export type Verdict =
  | "ok"
  | "global-deadlock"
  | "partial-deadlock"
  | "leak"
  | "race"
  | "lock-order"
  | "panic"
  | "fatal"
  | "wrong-result"
  | "starvation"
  | "livelock"
  | "misuse"
  | "out-of-steps"
  | "diverged";

/** When several hold, the verdict of a run is the first of these. */
export const VERDICT_ORDER: readonly Verdict[] = [
  "diverged",
  "misuse",
  "panic",
  "fatal",
  "global-deadlock",
  "partial-deadlock",
  "race",
  "wrong-result",
  "leak",
  "lock-order",
  "starvation",
  "livelock",
  "out-of-steps",
  "ok",
];

/** One of the two accesses of a data race. */
export interface AccessData {
  readonly isWrite: boolean;
  readonly goroutine: number;
  /** The name of the goroutine's body. */
  readonly name: string;
  /** The operation that made the access, when it was one: `read`, `set`, `close`. */
  readonly op?: string;
  /** Empty when the run was not asked for stacks. */
  readonly stack: readonly Position[];
  /** The locks that the goroutine held, e.g. `mutex#1`, `rwmutex#1 (for reading)`. */
  readonly locks: readonly string[];
  /** The goroutine that started it; 0 for main. */
  readonly createdBy: number;
  readonly createdAt?: Position;
  readonly hasEnded: boolean;
}

/** One end of an edge of the happens-before order: what a goroutine did, and when. */
export interface OrderPoint {
  readonly goroutine: number;
  /** The scheduling step. */
  readonly step: number;
  /** Counts the points of one report in the order of time. */
  readonly order: number;
  /** The operation: `go`, `unlock`, `send`; `start` where a goroutine began. */
  readonly op: string;
  /** The object that it was done on, e.g. `mutex#1`. */
  readonly object?: string;
  readonly at?: Position;
}

/** What a goroutine did before the first point comes before what another one did after the second. */
export interface OrderEdge {
  readonly from: OrderPoint;
  readonly to: OrderPoint;
}

/** Two accesses to one variable that nothing orders. */
export interface RaceData {
  readonly variable: string;
  /** The access that found it, and the one before. */
  readonly accesses: readonly [AccessData, AccessData];
  /** What would have ordered them, as a sentence. */
  readonly advice: string;
  /** When each access was, and the nearest edges between the two goroutines; in a run with events only. */
  readonly order?: {
    readonly accesses: readonly [OrderPoint, OrderPoint];
    readonly edges: readonly OrderEdge[];
    /** Where the goroutine of the earlier access next let others come after it; left out when it never did. */
    readonly released?: OrderPoint;
  };
}

/** A goroutine that holds one lock and takes another. Places are known when the run was asked for stacks. */
export interface LockStep {
  readonly goroutine: number;
  /** The name of the goroutine's body. */
  readonly name: string;
  /** The lock that it takes, e.g. `mutex#2`, and whether for reading. */
  readonly takes: string;
  readonly isReading: boolean;
  readonly at?: Position;
  /** The lock that it holds meanwhile; left out for a writer in line. */
  readonly holds?: string;
  readonly isHeldForReading?: boolean;
  readonly heldSince?: Position;
  /** A schedule that shows it, when the steps come from different ones. */
  readonly schedule?: string;
}

/** Goroutines that could all wait for each other: each takes what the next one holds. */
export interface LockOrderData {
  readonly steps: readonly LockStep[];
  /** Who must be in line to write, for readers to wait for readers. */
  readonly writers: readonly LockStep[];
  /** What to change, as a sentence. */
  readonly advice: string;
}

/** A goroutine that could end a wait, or that keeps it from ending. */
export interface WakerData {
  readonly goroutine: number;
  readonly name: string;
  /** What it would have to act on, e.g. `mutex#1`. */
  readonly object: string;
  /** `holds`, `reads`: has the lock; `in line`: waits to write and keeps new readers out; `used`: has used it before. */
  readonly why: "holds" | "reads" | "in line" | "used";
  readonly state: "waits" | "goes on" | "ended";
  /** Where it took the lock. */
  readonly at?: Position;
}

/** A goroutine that waits at the end of a run, and who could wake it: its edges in the wait-for graph. */
export interface WaitData {
  readonly goroutine: number;
  readonly name: string;
  /** The operation: `lock`, `recv`, `select`. */
  readonly op: string;
  /** Go's wait reason, e.g. `sync.Mutex.Lock`. */
  readonly reason: string;
  /** What it waits for: several in a select, none when nothing can ever come. */
  readonly objects: readonly string[];
  readonly at?: Position;
  readonly wakers: readonly WakerData[];
}

/** One thing that is wrong, with the goroutines and places that have to do with it. */
export interface Finding {
  readonly verdict: Verdict;
  readonly message: string;
  readonly goroutines: readonly number[];
  readonly at: readonly Position[];
  /** Both sides, when the verdict is `race`. */
  readonly race?: RaceData;
  /** The circle of waits, when the verdict is `lock-order`. */
  readonly lockOrder?: LockOrderData;
  /** Who waits for whom, when the verdict is about waiting and the detector `deadlock` looked. */
  readonly waits?: readonly WaitData[];
}

/** An error as data. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack: readonly Position[];
}

/** A goroutine at the end of a run, with Go's words for its state. */
export interface GoroutineData {
  readonly id: number;
  readonly name: string;
  readonly status: "runnable" | "running" | "waiting" | "dead";
  /** Go's wait reason, e.g. `chan receive`, when waiting. */
  readonly waitReason?: string;
  /** What it waits for, e.g. `chan#1`. */
  readonly waitingOn?: string;
  readonly waitMs: number;
  /** The number of the synctest bubble that it is in, if it is in one. */
  readonly bubble?: number;
  /** The goroutine that started it; 0 for main. */
  readonly createdBy: number;
  readonly createdAt?: Position;
  /** Where it stands, innermost first. */
  readonly stack: readonly Position[];
}

/** One step of a run: goroutine `g` did (or began to wait for, or was woken from) one operation. */
export interface EventData {
  /** Index of the scheduling step, from 0. */
  readonly step: number;
  readonly g: number;
  /** `done`: performed; `park`: had to wait; `wake`: went on after a wait; `panic`: threw; `exit`: ended. */
  readonly what: "start" | "done" | "park" | "wake" | "panic" | "exit";
  /** The operation in its API's words, e.g. `lock`, `send`, `recv`, `gosched`. */
  readonly op: string;
  /** The object it works on, e.g. `mutex#1`; its class and number in order of first use. */
  readonly object?: string;
  /** The value sent, received, read or written, printed short. */
  readonly value?: string;
  /** The goroutine on the other side: the one that woke it, or the one it woke. */
  readonly peer?: number;
  /** The number of the user's task that it belongs to: of `newTask`, `endTask`, `startRegion`, `endRegion` and `log`. */
  readonly task?: number;
  readonly atNs: number;
  readonly at?: Position;
  /** Of a `park` or an unlock: who called the function at `at`, innermost first; left out when nobody did. */
  readonly callers?: readonly Position[];
}

/** A P takes up a goroutine, or goes idle. It goes on so until its next turn. */
export interface TurnData {
  readonly step: number;
  /** Where the P stands on the virtual clock. */
  readonly atNs: number;
  readonly proc: number;
  /** The goroutine that it runs; left out: it found nothing to run. */
  readonly g?: number;
  /** Goroutines in the queues of all Ps after that (`runnext` included), and in the global queue. */
  readonly queued: readonly number[];
  readonly global: number;
}

/** All that is known about one run. Plain data. */
export interface Report<T = unknown> {
  readonly verdict: Verdict;
  readonly result?: T;
  readonly error?: ErrorData;
  readonly findings: readonly Finding[];
  readonly seed: string;
  /** `version.choices.hash-of-the-source`: pass it to `npx hb replay`, or as `schedule` to `report`. */
  readonly schedule: string;
  readonly steps: number;
  readonly virtualNs: number;
  readonly goroutines: readonly GoroutineData[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly events?: readonly EventData[];
  /** Where objects lie in the state that `setup` has made, when events were recorded: `{ "mutex#1": "bank.lock" }`. */
  readonly names?: Readonly<Record<string, string>>;
  /** True when `g` is the number of a thread of the operating system, and time is real. */
  readonly isOfThreads?: true;
  /** Who ran on which P, and how long the queues were: in a traced run of the strategy `gmp`. */
  readonly turns?: readonly TurnData[];
}

/** A meeting of two operations, over all schedules of a search. */
export interface Coverage {
  /** What waited: the operation and the kind of its object, e.g. `recv chan`. */
  readonly blocked: string;
  /** What ended the wait: an operation, `exit` of a goroutine, or `timer`. Left out: nothing did. */
  readonly by?: string;
  readonly count: number;
}

/** What many schedules of one program showed. Plain data. */
export interface Exploration<T = unknown> {
  readonly verdict: Verdict;
  /** The failing schedule with the lowest index, replayed with its trace. */
  readonly failure?: Report<T>;
  /** The distinct results of the schedules that returned one, most frequent first. */
  readonly outcomes: readonly { readonly result: T; readonly count: number; readonly witness: string }[];
  /** How many schedules ran. */
  readonly schedules: number;
  readonly classes?: number;
  readonly redundant?: number;
  /** What was shown, in words that promise no more than was done. */
  readonly claim: string;
  readonly resume?: string;
  /** With the option `coverage`: which operations were seen to end which waits, most frequent first. */
  readonly coverage?: readonly Coverage[];
}
