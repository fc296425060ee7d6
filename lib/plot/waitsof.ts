// WaitsOf: who waits for whom at the end of a run: as the detector saw it, or else read from the events.
import type { Finding, Report, WaitData } from "../event/index.js";
import { blockedOf } from "./waits.js";

/** The verdicts that are about waiting. */
const ABOUT_WAITING: readonly Finding["verdict"][] = ["global-deadlock", "partial-deadlock", "leak"];

/** Returns who waits, for what, and who could end it. **Cost:** O(events). */
export function waitsOf(report: Report): WaitData[] {
  const told = report.findings
    .filter((finding) => ABOUT_WAITING.includes(finding.verdict))
    .flatMap((finding) => finding.waits ?? []);
  const known = new Map(told.map((wait) => [wait.goroutine, wait]));
  // Who waits for something that the detector does not follow (a semaphore, a timer) is in the report all the same.
  for (const { goroutine: g, heldBy } of blockedOf(report)) {
    if (known.has(g.id)) continue;
    const object = g.waitingOn === undefined || g.waitingOn.startsWith("#") ? undefined : g.waitingOn;
    const [at] = g.stack;
    known.set(g.id, {
      goroutine: g.id,
      name: g.name,
      op: "",
      reason: g.waitReason ?? "",
      objects: object === undefined ? [] : [object],
      ...(at === undefined ? {} : { at }),
      wakers: heldBy.map((id) => {
        const holder = report.goroutines.find((other) => other.id === id);
        return {
          goroutine: id,
          name: holder?.name ?? "",
          object: object ?? "",
          why: "holds",
          state: holder === undefined ? "ended" : holder.status === "waiting" ? "waits" : "goes on",
        };
      }),
    });
  }
  return [...known.values()].sort((a, b) => a.goroutine - b.goroutine);
}

/** The waits that close a circle: each is kept from ending by the next one, and the last by the first. */
export function waitCycle(waits: readonly WaitData[]): WaitData[] | undefined {
  const byId = new Map(waits.map((wait) => [wait.goroutine, wait]));
  const search = (path: readonly WaitData[]): WaitData[] | undefined => {
    const last = path.at(-1) as WaitData;
    for (const { goroutine, why } of last.wakers) {
      if (why === "used") continue; // one of many who could: no chain
      if (goroutine === path[0]?.goroutine) return [...path];
      const next = byId.get(goroutine);
      if (next === undefined || path.includes(next)) continue;
      const found = search([...path, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (const wait of waits) {
    const found = search([wait]);
    if (found !== undefined) return found;
  }
  return undefined;
}
