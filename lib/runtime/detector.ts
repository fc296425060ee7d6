// Detectors: listeners that find something wrong. The runtime knows their names only; the room `detect`, which stands
// above it, provides them when the package is loaded.

import type { Finding } from "../event/index.js";
import { FatalError, RaceError } from "./errors.js";
import type { G } from "./g.js";
import { Listener } from "./listener.js";
import type { Runtime } from "./runtime.js";

/** What can be looked for while a program runs. */
export type DetectorName =
  | "race"
  | "deadlock"
  | "leak"
  | "lock-order"
  | "lock-held"
  | "starvation"
  | "livelock"
  | "closed";

/** Which of the goroutines that main leaves behind are leaks. */
export interface LeakOptions {
  /**
   * Who is no leak, in sentences: `goroutines named purge`, `goroutines started by main` (also by those whom it
   * started), `goroutines waiting in chan receive` (Go's wait reason), `goroutines waiting for a mutex`.
   */
  ignoring?: readonly string[];
  /** Also counts who still runs, or waits for time, long after main has returned. Default false: only who never can. */
  countRunning?: boolean;
}

/** A listener that says at the end of a run what it has found. */
export abstract class Detector extends Listener {
  /** True when somebody else tells it what it needs: then nothing is told to it. */
  readonly isDeaf: boolean = false;
  /** False when `findings` would return nothing: then a run that ended well needs no report. */
  get hasFindings(): boolean {
    return true;
  }
  /** What is wrong with the run, which is over; called once. */
  abstract findings(rt: Runtime): Finding[];
  /** Who of those that main has left behind is a leak; null when it does not know. */
  leaked(_rt: Runtime): readonly G[] | null {
    return null;
  }
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
  readonly leaks?: LeakOptions;
  /** How long a lock may be held, in milliseconds of the run's clock, before `lock-held` says so. */
  readonly lockLimitMs?: number;
}

/** What else the detectors of a run are told. */
export type DetectorSettings = Pick<DetectorOptions, "leaks" | "lockLimitMs"> & {
  /** Leaves out those that have nothing to say of a run that ended well. */
  readonly isFirstLook?: boolean;
};

interface Provided {
  readonly make: (options: DetectorOptions) => Detector;
  readonly isByDefault: boolean;
  readonly isAdvice: boolean;
  readonly onlyExplains: boolean;
}

const provided = new Map<DetectorName, Provided>();

/**
 * Makes a detector known under `name`. Called once, by the room that has it. `isByDefault`: it looks at every explored
 * run, unless the caller says otherwise. `isAdvice`: it tells of habits, which need be no mistakes; `all` leaves it out.
 * `onlyExplains`: it has nothing to say of a run in which all ended well, so an explorer that can play a run again shows
 * it the others only.
 */
export function provideDetector(
  name: DetectorName,
  make: (options: DetectorOptions) => Detector,
  { isByDefault = false, isAdvice = false, onlyExplains = false }: Partial<Omit<Provided, "make">> = {},
): void {
  provided.set(name, { make, isByDefault, isAdvice, onlyExplains });
}

/**
 * Returns what makes the detectors of one run: those of `names`, or, when that is undefined, those that are used by
 * default.
 *
 * @throws {RangeError} `` detect: expected "all" or names among race, got "…" ``
 */
export function detectorMaker(
  names: readonly DetectorName[] | "all" | undefined,
  withStacks: boolean,
  settings: DetectorSettings = {},
): () => Detector[] {
  const makers = wanted(names)
    .filter(({ onlyExplains }) => !onlyExplains || settings.isFirstLook !== true)
    .map(({ make }) => make);
  return () => {
    const options = { withStacks, isAskedFor: names !== undefined, ...settings }; // what those of one run share
    return makers.map((make) => make(options));
  };
}

function wanted(names: readonly DetectorName[] | "all" | undefined): Provided[] {
  if (names === undefined) return [...provided.values()].filter((p) => p.isByDefault);
  if (names === "all") return [...provided.values()].filter((p) => !p.isAdvice);
  return [...new Set(names)].map((name) => {
    const found = provided.get(name);
    if (found !== undefined) return found;
    const known = [...provided.keys()].join(", ");
    throw new RangeError(`detect: expected "all" or names among ${known}, got ${JSON.stringify(name)}`);
  });
}

/** What `run` rejects with when a program ended well and detectors found something: the first of it. */
export function findingError(rt: Runtime): Error | null {
  const [first] = (rt.config.detectors ?? []).flatMap((detector) => detector.findings(rt));
  if (first === undefined) return null;
  return first.verdict === "race" ? new RaceError(first.message) : new FatalError(first.message);
}
