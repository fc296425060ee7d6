// Pprof: profiles of a run in the format of Go's pprof, gzipped.
//
// Source: google/pprof proto/profile.proto; sample types and periods as in Go src/runtime/pprof/pprof.go. The same run gives
// the same bytes: there is no time of day in them.

import { gzipSync } from "node:zlib";
import { Profile, StringTable } from "pprof-format";
import { blockContentions, type Contention, mutexContentions } from "./contention.js";
import type { Position, Report } from "./report.js";

/** One stack with what it has cost. */
interface Sample {
  /** Innermost first. */
  readonly stack: readonly { readonly name: string; readonly at?: Position }[];
  readonly values: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Numbers the functions and places of a profile. */
class Places {
  readonly strings = new StringTable();
  readonly functions: { id: number; name: number; systemName: number; filename: number }[] = [];
  readonly locations: { id: number; line: { functionId: number; line: number; column: number }[] }[] = [];
  readonly #functionIds = new Map<string, number>();
  readonly #locationIds = new Map<string, number>();

  #functionId(name: string, file: string): number {
    const key = `${name}\n${file}`;
    let id = this.#functionIds.get(key);
    if (id === undefined) {
      id = this.functions.length + 1;
      this.#functionIds.set(key, id);
      const word = this.strings.dedup(name);
      this.functions.push({ id, name: word, systemName: word, filename: this.strings.dedup(file) });
    }
    return id;
  }

  locationId({ name, at }: Sample["stack"][number]): number {
    const functionId = this.#functionId(name, at?.file ?? "");
    const key = `${functionId}:${at?.line}:${at?.column}`;
    let id = this.#locationIds.get(key);
    if (id === undefined) {
      id = this.locations.length + 1;
      this.#locationIds.set(key, id);
      this.locations.push({ id, line: [{ functionId, line: at?.line ?? 0, column: at?.column ?? 0 }] });
    }
    return id;
  }
}

function encode(
  types: readonly (readonly [string, string])[],
  samples: readonly Sample[],
  report: Report,
): Uint8Array {
  const places = new Places();
  const word = (text: string) => places.strings.dedup(text);
  const sampleType = types.map(([type, unit]) => ({ type: word(type), unit: word(unit) }));
  const sample = samples.map(({ stack, values, labels }) => ({
    locationId: stack.map((frame) => places.locationId(frame)),
    value: [...values],
    label: Object.entries(labels).map(([key, str]) => ({ key: word(key), str: word(str) })),
  }));
  const profile = new Profile({
    sampleType,
    sample,
    location: places.locations,
    function: places.functions,
    stringTable: places.strings,
    durationNanos: Math.round(report.virtualNs),
    period: 1,
    ...(sampleType[0] === undefined ? {} : { periodType: sampleType[0] }),
  });
  return gzipSync(profile.encode());
}

const CONTENTION = [
  ["contentions", "count"],
  ["delay", "nanoseconds"],
] as const;

function sampleOf({ op, at, callers, count, delayNs }: Contention): Sample {
  const places = [...(at === undefined ? [] : [at]), ...callers];
  const frames = places.map((place) => ({ name: place.name ?? "(anonymous)", at: place }));
  return { stack: [{ name: op }, ...frames], values: [count, Math.round(delayNs)], labels: {} };
}

/**
 * Makes the block profile of a run, for `go tool pprof`: how often and how long goroutines waited for locks, channels, and
 * each other, charged to **who waited**. Sleeping is not waiting for somebody, and as in Go a wait counts once it is over:
 * who waits for ever is in `goroutineProfile`.
 *
 * A stack is the operation and those who called it; of a goroutine, its own functions. **Cost:** O(events).
 *
 * @returns the file's bytes, gzipped.
 * @throws {TypeError} ``blockProfile: expected a report with events; ask for them with `trace: true` ``
 *
 * @example
 * const seen = await report(function* main() {
 *   const c = new Chan(0);
 *   go(function* () {
 *     yield* sleep(5);
 *     yield* c.send(1);
 *   });
 *   yield* c.recv();
 * }, { trace: true });
 * const file = blockProfile(seen); // writeFileSync("block.pb.gz", file); then: go tool pprof -top block.pb.gz
 * console.log(file[0], file[1]);
 * // prints: 31 139
 */
export function blockProfile(report: Report): Uint8Array {
  return encode(CONTENTION, blockContentions(report, "blockProfile").map(sampleOf), report);
}

/**
 * Makes the mutex profile of a run, for `go tool pprof`: what locks have cost, charged to **who let others wait**, at its
 * `unlock`: the time that all waiters together have lost. A holder of 1 s with 5 waiters shows 5 s.
 *
 * A stack is the operation and those who called it; of a goroutine, its own functions. **Cost:** O(events).
 *
 * @returns the file's bytes, gzipped.
 * @throws {TypeError} ``mutexProfile: expected a report with events; ask for them with `trace: true` ``
 *
 * @example
 * const seen = await report(function* main() {
 *   const mu = new Mutex();
 *   yield* mu.lock();
 *   yield* mu.unlock();
 * }, { trace: true });
 * console.log(mutexProfile(seen) instanceof Uint8Array);
 * // prints: true
 */
export function mutexProfile(report: Report): Uint8Array {
  return encode(CONTENTION, mutexContentions(report, "mutexProfile").map(sampleOf), report);
}

/**
 * Makes the goroutine profile of a report, for `go tool pprof`: the goroutines that are left, by stack, with their wait
 * reason as the label `state`. After a deadlock or a leak that is everybody who waits for ever.
 *
 * **Cost:** O(goroutines).
 *
 * @returns the file's bytes, gzipped.
 *
 * @example
 * const seen = await report(function* main() {
 *   go(function* lost() {
 *     yield* new Chan(0).recv();
 *   });
 *   yield* sleep(1);
 * });
 * console.log(seen.goroutines.length, goroutineProfile(seen) instanceof Uint8Array);
 * // prints: 1 true
 */
export function goroutineProfile(report: Report): Uint8Array {
  const samples = new Map<string, { stack: Sample["stack"]; values: number[]; labels: Sample["labels"] }>();
  for (const g of report.goroutines) {
    const state = g.waitReason ?? g.status;
    const frames = g.stack.map((at) => ({ name: at.name ?? g.name, at }));
    const stack = frames.length > 0 ? frames : [{ name: g.name }];
    const key = JSON.stringify([state, stack]);
    const known = samples.get(key);
    if (known === undefined) samples.set(key, { stack, values: [1], labels: { state } });
    else known.values[0] = (known.values[0] as number) + 1;
  }
  return encode([["goroutine", "count"]], [...samples.values()], report);
}
