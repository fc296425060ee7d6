// The wait-for graph of a run that is over, as plain data: who waits, for what, and who could end it.

import type { WaitData, WakerData } from "../event/index.js";
import { type G, ObjectNames, type Operable, type Runtime, Status, stackOf } from "../runtime/index.js";
import type { Waiting, Waits } from "./deadlockwaits.js";

/** More goroutines than this are left to the text: nobody draws them. */
const MOST = 200;

/** The edges of the wait-for graph. Takes the stacks of those who wait. */
export function waitData(rt: Runtime, waiting: readonly Waiting[], waits: Waits): WaitData[] {
  const names = rt.trace?.names ?? new ObjectNames();
  const waiters = new Set(waiting.map((w) => w.g));
  return waiting.slice(0, MOST).map((w) => {
    const [at] = stackOf(w.g);
    return {
      goroutine: w.g.id,
      name: w.g.name,
      op: w.kind.name,
      reason: w.kind.wait,
      objects: w.objects.map((object) => names.nameOf(object)),
      ...(at === undefined ? {} : { at }),
      wakers: w.objects.flatMap((object) => wakersOf(w, object, waits, waiters, names)),
    };
  });
}

function wakersOf(
  w: Waiting,
  object: Operable,
  waits: Waits,
  waiters: ReadonlySet<G>,
  names: ObjectNames,
): WakerData[] {
  const users = w.isLock ? null : new Set(waits.usersOf(object, w.g));
  return w.wakers
    .filter((g) => users === null || w.objects.length === 1 || users.has(g))
    .map((g) => {
      const at = w.isLock ? waits.takenAt(g, object) : undefined;
      return {
        goroutine: g.id,
        name: g.name,
        object: names.nameOf(object),
        why: w.isLock ? whyOf(g, object, waits) : "used",
        state: g.status === Status.DEAD ? "ended" : waiters.has(g) ? "waits" : "goes on",
        ...(at === undefined ? {} : { at }),
      };
    });
}

function whyOf(g: G, lock: Operable, waits: Waits): WakerData["why"] {
  const held = waits.held.of(g).find((own) => own.lock === lock);
  if (held === undefined) return "in line";
  return held.isShared ? "reads" : "holds";
}
