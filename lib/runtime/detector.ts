// Detectors: listeners that find something wrong. The runtime knows their names only; the room `detect`, which stands
// above it, provides them when the package is loaded.

import type { Finding } from "../event/index.js";
import { FatalError, RaceError } from "./errors.js";
import { Listener } from "./listener.js";
import type { Runtime } from "./runtime.js";

/** What can be looked for while a program runs. */
export type DetectorName = "race" | "deadlock" | "lock-order" | "starvation";

/** A listener that says at the end of a run what it has found. */
export abstract class Detector extends Listener {
  /** False when `findings` would return nothing: then a run that ended well needs no report. */
  get hasFindings(): boolean {
    return true;
  }
  /** What is wrong with the run, which is over; called once. */
  abstract findings(rt: Runtime): Finding[];
  /** What it knows about a finding that the runtime made of how the run ended. */
  details(_rt: Runtime, _finding: Finding): Partial<Finding> {
    return {};
  }
}

/** How a detector is to work. */
export interface DetectorOptions {
  /** Take stacks: dear, so only where somebody will read them. */
  readonly withStacks: boolean;
  /** False when nobody asked for it by name: then it says nothing of what the program is told anyway, by a panic. */
  readonly isAskedFor: boolean;
}

interface Provided {
  readonly make: (options: DetectorOptions) => Detector;
  readonly isByDefault: boolean;
}

const provided = new Map<DetectorName, Provided>();

/**
 * Makes a detector known under `name`. Called once, by the room that has it. `isByDefault`: it looks at every explored
 * run, unless the caller says otherwise.
 */
export function provideDetector(
  name: DetectorName,
  make: (options: DetectorOptions) => Detector,
  isByDefault = false,
): void {
  provided.set(name, { make, isByDefault });
}

/**
 * Makes the detectors of one run: those of `names`, or, when that is undefined, those that are used by default.
 *
 * @throws {RangeError} `` detect: expected "all" or names among race, got "…" ``
 */
export function makeDetectors(
  names: readonly DetectorName[] | "all" | undefined,
  withStacks: boolean,
): Detector[] {
  if (names === undefined) {
    const options = { withStacks, isAskedFor: false };
    return [...provided.values()].filter((p) => p.isByDefault).map((p) => p.make(options));
  }
  const options = { withStacks, isAskedFor: true };
  const known = [...provided.keys()];
  return (names === "all" ? known : [...new Set(names)]).map((name) => {
    const found = provided.get(name);
    if (found === undefined) {
      throw new RangeError(
        `detect: expected "all" or names among ${known.join(", ")}, got ${JSON.stringify(name)}`,
      );
    }
    return found.make(options);
  });
}

/** What `run` rejects with when a program ended well and detectors found something: the first of it. */
export function findingError(rt: Runtime): Error | null {
  const [first] = (rt.config.detectors ?? []).flatMap((detector) => detector.findings(rt));
  if (first === undefined) return null;
  return first.verdict === "race" ? new RaceError(first.message) : new FatalError(first.message);
}
