// GoWaits: what the goroutines of a Go dump wait for, and who probably holds it.
//
// A dump does not say who holds a lock. It shows addresses: of the lock (`lockSlow(0x…58)`), and of the objects that
// functions were called with (`transfer(0x…20, 0x…40, 0xa)`). A lock nearly always lies inside such an object.
//
// Invariants:
//  I1. A lock belongs to the closest address at or below it, at most REACH bytes away, that a frame of the program
//      has for an argument. Without the lock's own address: to the receiver of the method that asked for it.
//  I2. Who waits for a lock is never named as its holder, except when nobody else can be: a method that holds it calls
//      another one of the same object, which asks for it again.
//  I3. Values that Go marks with `?` prove nothing and are not used.

import type { GoDump, GoFrame, GoGoroutine } from "./godump.js";

/** The fields of one object: a lock is looked for this far behind an argument. */
const REACH = 512;
/** Smaller numbers are no addresses of the heap. */
const LOWEST = 0x10_0000;

/** What a goroutine waits for. */
export interface GoWait {
  readonly goroutine: GoGoroutine;
  /** `mutex`, `rwmutex`, `chan`, … */
  readonly kind: "mutex" | "rwmutex" | "chan" | "waitgroup" | "cond" | "other";
  /** The object that it is part of, or its own address; undefined when the dump does not show it. */
  readonly object?: number;
  /** Where the program asked for it. */
  readonly at?: GoFrame;
}

/** A lock that goroutines wait for. */
export interface GoLock {
  readonly object: number;
  /** The type of the object, when a method of it was seen: `*main.Cache`. */
  readonly type?: string;
  readonly kind: "mutex" | "rwmutex";
  readonly waiters: readonly GoWait[];
  /** Who probably holds it, most likely first; nobody when the dump shows nobody. */
  readonly holders: readonly GoGoroutine[];
  /** The frame that probably took it. */
  readonly heldAt?: GoFrame;
}

const LIBRARY =
  /^(?:internal\/|sync\.|runtime\.|runtime\/|testing[./]|time\.|syscall\.|net\.|os\.|context\.)/;

/** True for a frame of the program itself, apart from Go's own library. */
export function isOwnFrame(frame: GoFrame): boolean {
  return !LIBRARY.test(frame.func) && frame.func !== "panic";
}

/** True for a goroutine that the runtime started for itself. */
export function isOfRuntime(g: GoGoroutine): boolean {
  return g.id === 0 || (g.creator?.startsWith("runtime.") ?? false);
}

function receiverType(func: string): string | undefined {
  const m = /^(.*)\.\((\*[^)]+)\)\.[^.]+(?:\..*)?$/.exec(func);
  return m === null ? undefined : `*${(m[1] as string).split("/").at(-1)}.${(m[2] as string).slice(1)}`;
}

function sureArg(g: GoGoroutine, func: RegExp): number | undefined {
  const arg = g.frames.find((f) => func.test(f.func) && f.args[0]?.isSure === true)?.args[0];
  return arg !== undefined && arg.value >= LOWEST ? arg.value : undefined;
}

function minus(address: number | undefined, bytes: number): number | undefined {
  return address === undefined ? undefined : address - bytes;
}

/** Every address that the program's own frames have for an argument, ascending. */
function argumentsOf(dump: GoDump): number[] {
  const all = new Set<number>();
  for (const g of dump.goroutines) {
    for (const f of g.frames.filter(isOwnFrame)) {
      for (const a of f.args) if (a.isSure && a.value >= LOWEST) all.add(a.value);
    }
  }
  return [...all].sort((a, b) => a - b);
}

function ownerOf(lock: number, addresses: readonly number[]): number {
  let low = 0;
  let high = addresses.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((addresses[middle] as number) <= lock) low = middle + 1;
    else high = middle;
  }
  const below = addresses[low - 1];
  return below !== undefined && lock - below < REACH ? below : lock; // I1
}

const SEMAPHORE = /^runtime\.semacquire1$/;

function lockAddress(g: GoGoroutine, kind: GoWait["kind"], reason: string): number | undefined {
  if (kind === "mutex") return sureArg(g, /sync\.\(\*Mutex\)\.(?:lockSlow|Lock)$/);
  // Offsets in sync.RWMutex: w 0, writerSem 8, readerSem 12.
  if (reason === "sync.RWMutex.RLock") return minus(sureArg(g, SEMAPHORE), 12);
  return sureArg(g, /sync\.\(\*RWMutex\)\.Lock$/) ?? minus(sureArg(g, SEMAPHORE), 8);
}

function kindOf(g: GoGoroutine): GoWait["kind"] {
  const has = (func: RegExp) => g.frames.some((f) => func.test(f.func));
  if (has(/^sync\.\(\*RWMutex\)\.(?:Lock|RLock)$/)) return "rwmutex";
  if (has(/sync\.\(\*Mutex\)\.(?:lockSlow|Lock)$/)) return "mutex";
  if (has(/^sync\.\(\*WaitGroup\)\.Wait$/)) return "waitgroup";
  if (has(/^sync\.\(\*Cond\)\.Wait$/)) return "cond";
  return /^(?:chan|select)/.test(g.waitReason ?? "") ? "chan" : "other";
}

function waitOf(g: GoGoroutine, addresses: readonly number[]): GoWait {
  const kind = kindOf(g);
  const at = g.frames.find(isOwnFrame);
  const place = at === undefined ? {} : { at };
  let object: number | undefined;
  if (kind === "chan") object = sureArg(g, /^runtime\.chan(?:send|recv)$/);
  else if (kind === "mutex" || kind === "rwmutex") {
    const lock = lockAddress(g, kind, g.waitReason ?? "");
    const receiver = at?.args[0];
    if (lock !== undefined) object = ownerOf(lock, addresses);
    else if (at !== undefined && receiverType(at.func) !== undefined && receiver?.isSure === true)
      object = receiver.value;
  }
  return { goroutine: g, kind, ...place, ...(object === undefined ? {} : { object }) };
}

/** What every waiting goroutine of the program waits for. O(size of the dump). */
export function goWaits(dump: GoDump): GoWait[] {
  const addresses = argumentsOf(dump);
  return dump.goroutines
    .filter((g) => g.status === "waiting" && !isOfRuntime(g))
    .map((g) => waitOf(g, addresses));
}

function mentions(g: GoGoroutine, object: number): GoFrame | undefined {
  return g.frames.find((f) => isOwnFrame(f) && f.args.some((a) => a.isSure && a.value === object));
}

/** The frame in which a waiter got the lock that it asks for again (I2). */
function askedTwice({ goroutine: g, at }: GoWait, object: number): GoFrame | undefined {
  const type = at === undefined ? undefined : receiverType(at.func);
  return g.frames.find(
    (f) => f !== at && type !== undefined && receiverType(f.func) === type && f.args[0]?.value === object,
  );
}

function lockOf(
  object: number,
  waiters: readonly GoWait[],
  known: ReadonlyMap<number, GoGoroutine[]>,
): GoLock {
  const ids = new Set(waiters.map((w) => w.goroutine.id));
  const others = (known.get(object) ?? []).filter((g) => !ids.has(g.id));
  const twice = others.length > 0 ? undefined : waiters.find((w) => askedTwice(w, object) !== undefined);
  const holders = twice === undefined ? others : [twice.goroutine];
  const [first] = holders;
  const heldAt = twice === undefined ? first && mentions(first, object) : askedTwice(twice, object);
  const type = [...waiters.map((w) => w.at), heldAt]
    .map((f) => (f === undefined ? undefined : receiverType(f.func)))
    .find((t) => t !== undefined);
  return {
    object,
    kind: waiters.some((w) => w.kind === "rwmutex") ? "rwmutex" : "mutex",
    waiters,
    holders,
    ...(type === undefined ? {} : { type }),
    ...(heldAt === undefined ? {} : { heldAt }),
  };
}

/** The locks that goroutines wait for, those with most waiters first. O(size of the dump). */
export function goLocks(dump: GoDump, waits: readonly GoWait[]): GoLock[] {
  const byObject = new Map<number, GoWait[]>();
  for (const w of waits) {
    if (w.object === undefined || (w.kind !== "mutex" && w.kind !== "rwmutex")) continue;
    const list = byObject.get(w.object);
    if (list === undefined) byObject.set(w.object, [w]);
    else list.push(w);
  }
  const known = new Map<number, GoGoroutine[]>();
  for (const g of dump.goroutines) {
    for (const f of g.frames.filter(isOwnFrame)) {
      for (const { value, isSure } of f.args) {
        if (!isSure || !byObject.has(value)) continue;
        const list = known.get(value) ?? [];
        if (list.at(-1) !== g) list.push(g);
        known.set(value, list);
      }
    }
  }
  return [...byObject]
    .map(([object, waiters]) => lockOf(object, waiters, known))
    .sort((a, b) => b.waiters.length - a.waiters.length || a.object - b.object);
}

/** A chain of goroutines in which each waits for a lock that the next one probably holds, and the last for the first. */
export function goCycle(locks: readonly GoLock[]): { goroutine: GoGoroutine; lock: GoLock }[] {
  const waitsFor = new Map(locks.flatMap((lock) => lock.waiters.map((w) => [w.goroutine.id, lock] as const)));
  for (const start of locks.flatMap((lock) => lock.holders.slice(0, 1))) {
    const chain: { goroutine: GoGoroutine; lock: GoLock }[] = [];
    for (let g: GoGoroutine | undefined = start; g !== undefined; ) {
      const lock = waitsFor.get(g.id);
      if (lock === undefined || chain.some((link) => link.goroutine === g)) break;
      chain.push({ goroutine: g, lock });
      g = lock.holders[0];
      if (g === start) return chain;
    }
  }
  return [];
}
