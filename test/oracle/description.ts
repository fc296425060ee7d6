// The neutral description of a small concurrent program: plain data, from which both our program (interpret.ts) and a
// Go program (gosource.ts) are made. Values are integers; what a program shows is its log.
//
// Invariants:
//  I1. Descriptions are race-free: what two goroutines share is an object, or a `var` that a lock or a channel guards.
//      The recorder runs them under `go build -race`.
//  I2. A program ends when main ends. Its outcome is the log at that moment, or the text it died with.

/** An integer, a variable, or an operation on two of them. */
export type Expr = number | string | readonly ["+" | "-" | "*" | "%", Expr, Expr];

/** A comparison. */
export type Test = readonly ["==" | "!=" | "<" | ">", Expr, Expr];

export type Block = readonly Stmt[];

export type SelectCase =
  | readonly ["send", chan: string, value: Expr, then: Block]
  | readonly ["recv", chan: string, into: string, ok: string, then: Block]
  | readonly ["done", context: string, then: Block]
  | readonly ["fires", timer: string, then: Block]
  | readonly ["default", then: Block];

export type Stmt =
  // Goroutines. `args` are evaluated at the go statement.
  | readonly ["go", body: Block, args?: Readonly<Record<string, Expr>>]
  | readonly ["gosched"]
  | readonly ["goexit"]
  // Channels.
  | readonly ["send", chan: string, value: Expr]
  | readonly ["recv", chan: string, into: string]
  | readonly ["recvOk", chan: string, into: string, ok: string]
  | readonly ["range", chan: string, into: string, body: Block]
  | readonly ["close", chan: string]
  | readonly ["len", chan: string, into: string]
  | readonly ["select", cases: readonly SelectCase[]]
  // Locks: of a mutex or an rwmutex.
  | readonly ["lock" | "unlock" | "rLock" | "rUnlock", lock: string]
  | readonly ["tryLock" | "tryRLock", lock: string, into: string]
  // Waiting for others.
  | readonly ["add", group: string, delta: Expr]
  | readonly ["done" | "wait", group: string]
  | readonly ["wgGo", group: string, body: Block]
  | readonly ["once", once: string, body: Block]
  | readonly ["condWait" | "signal" | "broadcast", cond: string]
  // Atomics.
  | readonly ["load", atomic: string, into: string]
  | readonly ["store", atomic: string, value: Expr]
  | readonly ["addTo", atomic: string, delta: Expr, into: string]
  | readonly ["swap", atomic: string, value: Expr, into: string]
  | readonly ["cas", atomic: string, old: Expr, value: Expr, into: string]
  // sync.Map.
  | readonly ["mapStore", map: string, key: Expr, value: Expr]
  | readonly ["mapLoad", map: string, key: Expr, into: string, ok: string]
  | readonly ["mapLoadOrStore", map: string, key: Expr, value: Expr, into: string, loaded: string]
  | readonly ["mapLoadAndDelete", map: string, key: Expr, into: string, loaded: string]
  | readonly ["mapCas", map: string, key: Expr, old: Expr, value: Expr, into: string]
  // Time. Milliseconds; in Go a fraction of them, since only the order matters.
  | readonly ["sleep", ms: number]
  | readonly ["newTimer", timer: string, ms: number]
  | readonly ["afterFunc", timer: string, ms: number, body: Block]
  | readonly ["stop", timer: string, into: string]
  | readonly ["fires", timer: string]
  // Contexts. `ctxErr`: 0 none, 1 canceled, 2 deadline exceeded.
  | readonly ["cancel", context: string]
  | readonly ["awaitDone", context: string]
  | readonly ["ctxErr", context: string, into: string]
  // Panics. `recovering` logs `recovered: <text>`; `deferred` runs `last` when `body` has ended in whatever way.
  | readonly ["panic", text: string]
  | readonly ["recovering", body: Block]
  | readonly ["deferred", body: Block, last: Block]
  // Plain code.
  | readonly ["set", variable: string, value: Expr]
  | readonly ["if", test: Test, then: Block, otherwise?: Block]
  | readonly ["while", test: Test, body: Block]
  | readonly ["times", count: number, body: Block]
  | readonly ["log", text: string, ...values: Expr[]];

export type ObjectSpec =
  | readonly ["chan", capacity: number]
  | readonly ["nilchan" | "mutex" | "rwmutex" | "waitgroup" | "once" | "map" | "timer"]
  | readonly ["cond", lock: string]
  | readonly ["atomic" | "var", initial: number]
  | readonly ["cancelCtx", parent?: string]
  | readonly ["timeoutCtx", ms: number, parent?: string];

export interface Description {
  readonly name: string;
  /** What it is about, for the table. */
  readonly about: string;
  /** Made in this order before main's first statement. */
  readonly objects: Readonly<Record<string, ObjectSpec>>;
  readonly main: Block;
  /** The log is sorted: the order of its lines is of no interest. */
  readonly isSorted?: true;
  /** It may end with a panic, a fatal error or a deadlock, so Go needs a process of its own for it. */
  readonly dies?: true;
  /** It spends real time in Go. */
  readonly isSlow?: true;
}

/** The names that a goroutine's body assigns, without those of goroutines that it starts and without `shared`. */
export function localsOf(body: Block, shared: ReadonlySet<string>): string[] {
  const names = new Set<string>();
  const add = (...found: string[]): void => {
    for (const name of found) if (!shared.has(name)) names.add(name);
  };
  const visit = (block: Block): void => {
    for (const s of block) {
      add(...assigned(s));
      if (s[0] === "select") {
        for (const c of s[1]) if (c[0] === "recv") add(c[2], c[3]);
      }
      for (const inner of innerBlocks(s)) visit(inner);
    }
  };
  visit(body);
  return [...names].sort();
}

/** The variables that one statement itself assigns. */
function assigned(s: Stmt): string[] {
  switch (s[0]) {
    case "recv":
    case "range":
    case "len":
    case "tryLock":
    case "tryRLock":
    case "load":
    case "stop":
    case "ctxErr":
      return [s[2]];
    case "recvOk":
      return [s[2], s[3]];
    case "addTo":
    case "swap":
      return [s[3]];
    case "cas":
      return [s[4]];
    case "mapLoad":
    case "mapLoadAndDelete":
      return [s[3], s[4]];
    case "mapLoadOrStore":
      return [s[4], s[5]];
    case "mapCas":
      return [s[5]];
    case "set":
      return [s[1]];
    default:
      return [];
  }
}

/** The blocks that the same goroutine runs. */
function innerBlocks(s: Stmt): Block[] {
  switch (s[0]) {
    case "range":
      return [s[3]];
    case "select":
      return s[1].map((c) => c[c.length - 1] as Block);
    case "once":
    case "while":
    case "times":
      return [s[2]];
    case "recovering":
      return [s[1]];
    case "deferred":
      return [s[1], s[2]];
    case "if":
      return [s[2], s[3] ?? []];
    default:
      return [];
  }
}

/** The names of a description's plain variables that goroutines share. */
export function sharedVariables(d: Description): ReadonlySet<string> {
  return new Set(
    Object.entries(d.objects)
      .filter(([, spec]) => spec[0] === "var")
      .map(([name]) => name),
  );
}
