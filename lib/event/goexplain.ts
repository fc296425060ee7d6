// GoExplain: a Go dump as a text of less than 40 rows: equal stacks together, who waits for what, who probably holds it.

import { type GoDump, type GoFrame, type GoGoroutine, parseGoDump } from "./godump.js";
import { type GoLock, goCycle, goLocks, goWaits, isOfRuntime, isOwnFrame } from "./gowaits.js";

/** Goroutines that stand at the same place for the same reason. */
export interface GoGroup {
  readonly goroutines: readonly GoGoroutine[];
  /** `chan send`, or the status of goroutines that do not wait. */
  readonly state: string;
  /** The frames of one of them. */
  readonly frames: readonly GoFrame[];
  /** The longest wait, in minutes. */
  readonly minutes: number;
}

const MOST_GROUPS = 12;
const MOST_LOCKS = 5;
const MOST_RACES = 2;

/**
 * Puts the goroutines of a dump together that have the same state and the same stack (functions and lines), the
 * largest group first. The runtime's own goroutines are left out. **Cost:** O(size of the dump).
 *
 * @example
 * const text = [7, 8, 9].map((n) => `goroutine ${n} [chan receive]:\nmain.worker(0xc00001${n})\n\t/srv/main.go:20 +0x2c\n`);
 * const [group] = goGroups(parseGoDump(text.join("\n")));
 * console.log(group.goroutines.length, group.state, group.frames[0].func);
 * // prints: 3 chan receive main.worker
 */
export function goGroups(dump: GoDump): GoGroup[] {
  const groups = new Map<string, GoGoroutine[]>();
  for (const g of dump.goroutines) {
    if (isOfRuntime(g)) continue;
    const key = [stateOf(g), ...g.frames.map((f) => `${f.func} ${f.file}:${f.line}`)].join("\n");
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [g]);
    else list.push(g);
  }
  return [...groups.values()]
    .map((goroutines) => {
      const first = goroutines[0] as GoGoroutine;
      const longest = goroutines.reduce((most, g) => Math.max(most, g.waitMs), 0);
      return { goroutines, state: stateOf(first), frames: first.frames, minutes: longest / 60_000 };
    })
    .sort((a, b) => b.goroutines.length - a.goroutines.length);
}

function stateOf(g: GoGoroutine): string {
  const notes = [g.isLeaked ? "leaked" : "", g.isDurable ? "durable" : ""].filter((n) => n !== "");
  return `${g.waitReason ?? g.status}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

function placeOf(f: GoFrame): string {
  return `${f.func} ${f.file.split("/").at(-1)}:${f.line}`;
}

function idsOf(goroutines: readonly GoGoroutine[]): string {
  const ids = goroutines.slice(0, 4).map((g) => g.id);
  const word = goroutines.length === 1 ? "goroutine" : "goroutines";
  return `${word} ${ids.join(", ")}${goroutines.length > ids.length ? ", …" : ""}`;
}

function groupRow(group: GoGroup): string {
  const own = group.frames.filter(isOwnFrame).slice(0, 2);
  const shown = own.length > 0 ? own : group.frames.slice(0, 1);
  const places = shown.map(placeOf).join(" < ");
  const minutes = group.minutes >= 1 ? `, ${group.minutes} min` : "";
  return `  ${String(group.goroutines.length).padStart(5)}  ${group.state}${minutes} at ${places || "?"} (${idsOf(group.goroutines)})`;
}

function lockName(lock: GoLock): string {
  const type = lock.type === undefined ? "the object" : lock.type;
  return `the ${lock.kind === "mutex" ? "Mutex" : "RWMutex"} of ${type} 0x${lock.object.toString(16)}`;
}

function lockRows(lock: GoLock): string[] {
  const count = lock.waiters.length;
  const who = idsOf(lock.waiters.map((w) => w.goroutine));
  const head = `  ${who} ${count === 1 ? "waits" : `(${count}) wait`} for ${lockName(lock)}`;
  const [holder] = lock.holders;
  if (holder === undefined) {
    return [head, "    no goroutine here seems to hold it: look for a path that returns without unlocking"];
  }
  const where = lock.heldAt === undefined ? "" : ` in ${placeOf(lock.heldAt)}`;
  if (lock.waiters.some((w) => w.goroutine === holder)) {
    const writer = lock.waiters.find((w) => w.goroutine.waitReason === "sync.RWMutex.Lock");
    const between =
      writer === undefined || writer.goroutine === holder
        ? ""
        : `; goroutine ${writer.goroutine.id} began to wait for writing between`;
    return [
      head,
      `    probable holder: goroutine ${holder.id} itself: it got it${where} and asks again${between}`,
    ];
  }
  const also = lock.holders.length > 1 ? `, or ${idsOf(lock.holders.slice(1))}` : "";
  return [head, `    probable holder: goroutine ${holder.id} [${stateOf(holder)}]${where}${also}`];
}

function raceRows(dump: GoDump): string[] {
  if (dump.races.length === 0) return [];
  const rows = dump.races.slice(0, MOST_RACES).map((race) => {
    const sides = race.map((a) => {
      const own = a.frames.find(isOwnFrame) ?? a.frames[0];
      return `${a.what.toLowerCase()} by goroutine ${a.goroutine}${own === undefined ? "" : ` at ${placeOf(own)}`}`;
    });
    return `  ${sides.join("; ")}`;
  });
  return [`data races: ${dump.races.length}`, ...rows];
}

function nextStep(dump: GoDump, locks: readonly GoLock[], cycle: readonly { lock: GoLock }[]): string {
  if (cycle.length > 1) return "take these locks in one order everywhere, or hold one at a time";
  if (cycle.length === 1)
    return "do not call a method that locks while holding the lock: split off one that expects it held";
  const holder = locks.find((lock) => lock.holders.length > 0)?.holders[0];
  if (holder !== undefined)
    return `see why goroutine ${holder.id} does not go on; let go of the lock before it waits (${stateOf(holder)})`;
  if (locks.length > 0) return "look for a return or a panic between lock and unlock; use defer";
  if (dump.races.length > 0) return "order the two sides of the race first: a lock, a channel, an atomic";
  if (dump.goroutines.some((g) => g.isLeaked))
    return "the leaked goroutines need a reader, a close, or a context";
  return "compare with a second dump a minute later: groups that grow are leaks, stacks that stay are stuck";
}

/**
 * Explains a goroutine dump of a real Go program: groups of equal stacks, who waits for which lock, the probable holder,
 * the cycle if there is one, races, and what to do next. Takes the text or what `parseGoDump` made of it.
 *
 * **Limits:** a dump does not say who holds a lock. The holder is inferred from addresses in arguments, so it is
 * `probable`; where calls were inlined or a closure holds the object there may be nothing to infer from. Channels are
 * matched only with `GOTRACEBACK=system`.
 *
 * **Cost:** O(length of the text). The result has less than 40 rows, whatever the size of the dump.
 *
 * @example
 * const text = explainGoDump(`goroutine 1 [sync.Mutex.Lock]:
 * internal/sync.(*Mutex).lockSlow(0xc00001a020)
 * 	/usr/local/go/src/internal/sync/mutex.go:149 +0x15d
 * main.(*Store).Count(...)
 * 	/srv/main.go:13
 * main.(*Store).Put(0xc00001a018, 0x1)
 * 	/srv/main.go:22 +0xc5`);
 * const [, , waits, holder] = text.split("\n");
 * console.log(waits.trim());
 * // prints: goroutine 1 waits for the Mutex of *main.Store 0xc00001a018
 * console.log(holder.trim());
 * // prints: probable holder: goroutine 1 itself: it got it in main.(*Store).Put main.go:22 and asks again
 */
export function explainGoDump(dumpOrText: string | GoDump): string {
  const dump = typeof dumpOrText === "string" ? parseGoDump(dumpOrText) : dumpOrText;
  if (dump.goroutines.length === 0 && dump.races.length === 0) {
    return "no goroutine found: expected rows like `goroutine 18 [chan send]:` with frames below";
  }
  const groups = goGroups(dump);
  const waits = goWaits(dump);
  const locks = goLocks(dump, waits);
  const cycle = goCycle(locks);
  const count = groups.reduce((sum, group) => sum + group.goroutines.length, 0);
  const runtime = dump.goroutines.length - count;
  const rows = dump.headline === undefined ? [] : [dump.headline];
  rows.push(
    `${count} goroutine${count === 1 ? "" : "s"}, ${groups.length} different stack${groups.length === 1 ? "" : "s"}${runtime === 0 ? "" : `, and ${runtime} of the runtime`}`,
    ...groups.slice(0, MOST_GROUPS).map(groupRow),
  );
  if (groups.length > MOST_GROUPS) rows.push(`         and ${groups.length - MOST_GROUPS} more stacks`);
  rows.push(...locks.slice(0, MOST_LOCKS).flatMap(lockRows));
  if (locks.length > MOST_LOCKS) rows.push(`  and ${locks.length - MOST_LOCKS} more locks`);
  if (cycle.length > 1) {
    const links = cycle
      .slice(0, 6)
      .map(({ goroutine, lock }) => `goroutine ${goroutine.id} → 0x${lock.object.toString(16)}`);
    rows.push(`cycle: ${links.join(" → ")} → goroutine ${cycle[0]?.goroutine.id}`);
  }
  rows.push(...raceRows(dump), `next: ${nextStep(dump, locks, cycle)}`);
  return rows.join("\n");
}
