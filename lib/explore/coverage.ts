// Coverage: which pairs of operations met, one that waited and one that ended the wait, over all schedules of a search.
//
// A pair that was never seen is an interaction that no schedule has tested. Source: the coverage requirements of GoAT
// (Taheri and Gopalakrishnan, "GoAT: Automated Concurrency Analysis and Debugging Tool for Go", IISWC 2021), reduced to
// blocked and unblocking operations.

import type { Coverage } from "../event/index.js";
import { type G, Listener } from "../runtime/index.js";

export class Meetings extends Listener {
  readonly #pairs = new Map<string, { readonly blocked: string; readonly by: string; count: number }>();
  /** Waits that began and did not end, by what waited. */
  readonly #open = new Map<string, number>();

  override park(g: G): void {
    const what = nameOf(g);
    this.#open.set(what, (this.#open.get(what) ?? 0) + 1);
  }

  override woke(g: G, by: G | null): void {
    const blocked = nameOf(g);
    this.#open.set(blocked, (this.#open.get(blocked) ?? 1) - 1);
    const unblocker = by === null ? "timer" : by.kind === null ? "exit" : nameOf(by);
    const key = `${blocked}\n${unblocker}`;
    const pair = this.#pairs.get(key);
    if (pair === undefined) this.#pairs.set(key, { blocked, by: unblocker, count: 1 });
    else pair.count++;
  }

  /** Forgets what it has heard. */
  clear(): void {
    this.#pairs.clear();
    this.#open.clear();
  }

  /** Pairs and waits without end, most frequent first. */
  list(): Coverage[] {
    const pairs: Coverage[] = [...this.#pairs.values()].map((pair) => ({ ...pair }));
    for (const [blocked, count] of this.#open) if (count > 0) pairs.push({ blocked, count });
    return sorted(pairs);
  }
}

/** The same pairs counted together. */
export function sumOf(all: readonly Coverage[]): Coverage[] {
  const sums = new Map<string, Coverage>();
  for (const pair of all) {
    const key = `${pair.blocked}\n${pair.by ?? ""}`;
    const known = sums.get(key);
    sums.set(key, known === undefined ? pair : { ...known, count: known.count + pair.count });
  }
  return sorted([...sums.values()]);
}

/** Most frequent first, equals by name: the same whoever counted. */
function sorted(pairs: Coverage[]): Coverage[] {
  const name = ({ blocked, by }: Coverage): string => `${blocked}\n${by ?? ""}`;
  return pairs.sort((a, b) => b.count - a.count || (name(a) < name(b) ? -1 : 1));
}

/** `recv chan`: the operation and the kind of its object. */
function nameOf({ kind, object }: G): string {
  if (kind === null) return "go on";
  return object === null || object.label === "" ? kind.name : `${kind.name} ${object.label}`;
}
