// Detectors: listeners that find something wrong. The runtime knows their names only; the room `detect`, which stands
// above it, provides them when the package is loaded.

import type { Finding } from "../event/index.js";
import { Listener } from "./listener.js";
import type { Runtime } from "./runtime.js";

/** What can be looked for while a program runs. */
export type DetectorName = "race" | "deadlock";

/** A listener that says at the end of a run what it has found. */
export abstract class Detector extends Listener {
  /** What is wrong with the run, which is over; called once. */
  abstract findings(rt: Runtime): Finding[];
}

/** How a detector is to work. */
export interface DetectorOptions {
  /** Take stacks: dear, so only where somebody will read them. */
  readonly withStacks: boolean;
}

const makers = new Map<DetectorName, (options: DetectorOptions) => Detector>();

/** Makes a detector known under `name`. Called once, by the room that has it. */
export function provideDetector(name: DetectorName, make: (options: DetectorOptions) => Detector): void {
  makers.set(name, make);
}

/**
 * Makes the detectors of one run.
 *
 * @throws {RangeError} `` detect: expected "all" or names among race, got "…" ``
 */
export function makeDetectors(names: readonly DetectorName[] | "all", options: DetectorOptions): Detector[] {
  const known = [...makers.keys()];
  return (names === "all" ? known : [...new Set(names)]).map((name) => {
    const make = makers.get(name);
    if (make === undefined) {
      throw new RangeError(
        `detect: expected "all" or names among ${known.join(", ")}, got ${JSON.stringify(name)}`,
      );
    }
    return make(options);
  });
}
