// BlockFlame: where the goroutines of a run spent their waiting, by call.
import { type EventData, type Position, placeOf, type Report } from "../event/index.js";
import type { Diagram } from "./diagram.js";
import { type FlameSample, flameGraph } from "./flame.js";
import { clockOf, eventsOf, spansOf } from "./spans.js";

export interface BlockFlameOptions {
  readonly title?: string;
  /** Also the waits that had not ended when the run was over, such as leaks. Default false, as in Go's profile. */
  readonly countUnended?: boolean;
}

/**
 * Draws the block profile of a run as a flame graph: how long goroutines waited for locks, channels and each other,
 * charged to who waited, by its calls. Sleeping is not waiting for somebody. A run that used no virtual time is counted in
 * events, and says so.
 *
 * **Cost:** O(events).
 *
 * @throws {TypeError} ``blockFlame: expected a report with events; ask for them with `trace: true` ``
 * @see blockProfile the same for `go tool pprof`
 * @example
 * const seen = await report(function* main() {
 *   const ready = new Chan(0);
 *   go(function* () {
 *     yield* sleep(5);
 *     yield* ready.send(1);
 *   });
 *   yield* ready.recv();
 * }, { trace: true });
 * console.log(blockFlame(seen).text.split("\n")[1]); // prints: 100%  5 ms  all waits
 */
export function blockFlame(report: Report, options: BlockFlameOptions = {}): Diagram {
  const events = eventsOf(report, "blockFlame");
  const clock = clockOf(report, events);
  const samples = spansOf(events, clock).flatMap((span): FlameSample[] => {
    if (span.waits === undefined || span.waits.kind === "time") return [];
    if (span.end === "left" && options.countUnended !== true) return [];
    return [{ stack: stackOf(span.waits.event), value: span.to - span.from }];
  });
  const isTime = clock.unit === "time";
  const title =
    options.title ?? `Where goroutines waited${isTime ? "" : " (in events: the run used no time)"}`;
  return flameGraph(samples, { title, unit: isTime ? "ns" : "count", root: "all waits" });
}

/** Outermost first: the functions that were called, with their lines, and the operation that waited. */
function stackOf({ op, object, at, callers }: EventData): string[] {
  const kind = object === undefined || object.startsWith("#") ? "" : object.replace(/#.*/, "");
  const frames = [...(at === undefined ? [] : [at]), ...(callers ?? [])].reverse().map(frameOf);
  return [...frames, kind === "" ? op : `${kind}.${op}`];
}

function frameOf(at: Position): string {
  return `${at.name ?? "(anonymous)"} ${placeOf(at)}`;
}
