// GoReport: a Go dump as a report, so that what draws our own runs (`waitGraph`) draws a real Go program as well.
//
// Invariants:
//  I1. In it are the goroutines that wait for a lock and those that probably hold one that is waited for. Others of the
//      program (idle workers, the accept loop) would only hide them.
//  I2. A holder is an inference from addresses (gowaits.ts), and the report says so in its finding.

import { type GoDump, type GoFrame, type GoGoroutine, parseGoDump } from "./godump.js";
import { type GoLock, type GoWait, goCycle, goLocks, goWaits } from "./gowaits.js";
import type { Finding, Position, Report, WaitData, WakerData } from "./report.js";

const INFERRED =
  "who holds what is inferred from addresses: a Go dump names those who wait, never those who hold";

/**
 * Makes a report of a goroutine dump of a real Go program: who waits for which lock, and who probably holds it, as
 * `waitGraph` draws it. Takes the text or what `parseGoDump` made of it.
 *
 * The verdict is `global-deadlock` when Go itself said so, `partial-deadlock` when some lock's probable holder waits as
 * well, else `ok`. It has no schedule and no events: a dump is one moment.
 *
 * **Limits:** holders are inferred, see `explainGoDump`; channels have no holder.
 * **Cost:** O(length of the text).
 *
 * @throws {RangeError} `goDumpReport: expected a dump in which a goroutine waits for a lock`
 * @example
 * const seen = goDumpReport(`goroutine 1 [sync.Mutex.Lock]:
 * internal/sync.(*Mutex).lockSlow(0xc00001a020)
 * 	/usr/local/go/src/internal/sync/mutex.go:149 +0x15d
 * main.(*Store).Count(...)
 * 	/srv/main.go:13
 * main.(*Store).Put(0xc00001a018, 0x1)
 * 	/srv/main.go:22 +0xc5`);
 * console.log(waitGraph(seen).text.split("\n").at(-1));
 * // prints: circle: goroutine 1 → Mutex of *main.Store → goroutine 1
 */
export function goDumpReport(dumpOrText: string | GoDump): Report {
  const dump = typeof dumpOrText === "string" ? parseGoDump(dumpOrText) : dumpOrText;
  const waits = goWaits(dump);
  const locks = goLocks(dump, waits);
  if (locks.length === 0) {
    throw new RangeError("goDumpReport: expected a dump in which a goroutine waits for a lock");
  }
  const involved = new Map<number, GoGoroutine>(); // I1
  for (const { waiters, holders } of locks) {
    for (const g of [...waiters.map((wait) => wait.goroutine), ...holders]) involved.set(g.id, g);
  }
  const told = waits
    .filter(({ goroutine }) => involved.has(goroutine.id))
    .map((wait) => waitData(wait, locks));
  const isStuck = locks.some(({ holders }) => holders[0]?.status === "waiting");
  const isGlobal = dump.headline?.includes("all goroutines are asleep") === true;
  const verdict = isGlobal ? "global-deadlock" : "partial-deadlock";
  const cycle = goCycle(locks).map(({ goroutine }) => goroutine.id);
  const finding: Finding = {
    verdict,
    message: `${cycle.length > 0 ? `goroutines ${cycle.join(", ")} wait for each other` : "a lock is held by somebody who waits"}\n${INFERRED}`, // I2
    goroutines: cycle,
    at: [],
    waits: told,
  };
  return {
    verdict: isGlobal || isStuck ? verdict : "ok",
    ...(dump.headline === undefined ? {} : { error: { name: "Error", message: dump.headline, stack: [] } }),
    findings: [finding],
    seed: "",
    schedule: "",
    steps: 0,
    virtualNs: 0,
    goroutines: [...involved.values()].sort((a, b) => a.id - b.id),
    metrics: {},
  };
}

function waitData(wait: GoWait, locks: readonly GoLock[]): WaitData {
  const { goroutine: g, at } = wait;
  const lock = locks.find(({ waiters }) => waiters.includes(wait));
  const name = lock === undefined ? objectOf(wait) : lockName(lock, locks);
  const wakers = (lock?.holders ?? []).map((holder): WakerData => {
    const heldAt =
      lock?.heldAt !== undefined && holder === lock.holders[0] ? positionOf(lock.heldAt) : undefined;
    return {
      goroutine: holder.id,
      name: bodyOf(holder),
      object: name,
      why: "holds",
      state: holder.status === "waiting" ? "waits" : "goes on",
      ...(heldAt === undefined ? {} : { at: heldAt }),
    };
  });
  return {
    goroutine: g.id,
    name: bodyOf(g),
    op: "",
    reason: g.waitReason ?? "",
    objects: [name],
    ...(at === undefined ? {} : { at: positionOf(at) }),
    wakers,
  };
}

/** The kind, the type of what it guards, and the address where the type alone would not tell them apart. */
function lockName(lock: GoLock, locks: readonly GoLock[]): string {
  const kind = lock.kind === "mutex" ? "Mutex" : "RWMutex";
  const isOnly = locks.filter(({ type }) => type === lock.type).length === 1;
  if (lock.type !== undefined && isOnly) return `${kind} of ${lock.type}`;
  return `${kind} of ${lock.type ?? "the object"} 0x${lock.object.toString(16)}`;
}

/** What else somebody waits for; a dump does not tell two channels apart. */
function objectOf({ goroutine, kind }: GoWait): string {
  const what = { chan: "channel", waitgroup: "WaitGroup", cond: "Cond" }[kind as string] ?? "something else";
  return `${what} of goroutine ${goroutine.id}`;
}

/** The function that the goroutine was started with: `main.main.func1`. */
function bodyOf(g: GoGoroutine): string {
  return g.name.split("/").at(-1) ?? "";
}

function positionOf(frame: GoFrame): Position {
  return { file: frame.file, line: frame.line, column: 1, name: frame.func };
}
