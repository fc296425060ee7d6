// A run of a small program under one schedule, watched by a race detector.
import { type Ordering, RaceDetector } from "../../lib/detect/index.js";
import type { Body, Finding } from "../../lib/index.js";
import "../../lib/index.js";
import { drive, planRun, Runtime, type StrategyName } from "../../lib/runtime/index.js";

const DEFAULTS = { clock: "free", maxSteps: 5000, drains: true, isExploring: true } as const;

/** The races that schedule `index` of `strategy` shows. `ordering` may be one that was maimed. */
export function racesIn(
  body: Body<[], unknown>,
  strategy: StrategyName,
  index: number,
  ordering?: Ordering,
): Finding[] {
  const detector = new RaceDetector({ withStacks: false, ...(ordering === undefined ? {} : { ordering }) });
  const plan = planRun({ strategy, source: "" }, "", { ...DEFAULTS, index });
  const rt = new Runtime({ ...plan.config, detectors: [detector] });
  rt.spawn(body, []);
  drive(rt);
  return detector.findings(rt);
}

/** The index of the first of `schedules` that shows a race, or -1. */
export function firstRace(
  body: Body<[], unknown>,
  strategy: StrategyName,
  schedules: number,
  ordering?: () => Ordering,
): number {
  for (let index = 0; index < schedules; index++) {
    if (racesIn(body, strategy, index, ordering?.()).length > 0) return index;
  }
  return -1;
}
