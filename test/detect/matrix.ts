// Which detector says something about which program, in a number of schedules: the matrix of lib/detect/README.md.
import type { Body, DetectorName, Program, Report } from "../../lib/index.js";
import { asProgram, conclude, detectorMaker, drive, planRun, Runtime } from "../../lib/runtime/index.js";

export const DETECTORS = [
  "race",
  "deadlock",
  "leak",
  "livelock",
  "closed",
  "lock-order",
  "starvation",
  "lock-held",
] as const satisfies readonly DetectorName[];
export type Speaker = DetectorName | "run";

const DEFAULTS = { clock: "free", maxSteps: 2_000, drains: true, isExploring: true } as const;

/** What a run ends with under schedule `index`, and what `names` have to say. */
function reportOf(subject: Program<unknown> | Body, index: number, names: readonly DetectorName[]): Report {
  const { program } = asProgram(subject as Program<unknown>);
  const plan = planRun({ strategy: "random", source: "", detect: [] }, "", { ...DEFAULTS, index });
  const rt = new Runtime({
    ...plan.config,
    detectors: names.length === 0 ? [] : detectorMaker(names, false)(),
  });
  const state = program.setup();
  rt.spawn(program.main as Body<[unknown]>, [state]);
  drive(rt);
  return conclude(rt, plan, program, state);
}

/** Who says something in schedule `index`: that finds something, or adds to what the run itself tells. */
export function speakersIn(make: () => Program<unknown> | Body, index: number): Set<Speaker> {
  const plain = reportOf(make(), index, []);
  const speakers = new Set<Speaker>(
    plain.verdict === "ok" || plain.verdict === "out-of-steps" ? [] : ["run"],
  );
  for (const name of DETECTORS) {
    const seen = reportOf(make(), index, [name]);
    const told = (report: Report): string => JSON.stringify(report.findings.map((f) => f.message));
    if (told(seen) !== told(plain)) speakers.add(name);
  }
  return speakers;
}

/** In how many of `schedules` each speaks. */
export function countSpeakers(make: () => Program<unknown> | Body, schedules: number): Map<Speaker, number> {
  const counts = new Map<Speaker, number>();
  for (let index = 0; index < schedules; index++) {
    for (const who of speakersIn(make, index)) counts.set(who, (counts.get(who) ?? 0) + 1);
  }
  return counts;
}

/** A table in Markdown. */
export function tableOf(
  title: string,
  rows: readonly (readonly [string, (who: Speaker) => string])[],
): string {
  const who: readonly Speaker[] = ["run", ...DETECTORS];
  return [
    `| ${title} | ${who.join(" | ")} |`,
    `| --- |${" --: |".repeat(who.length)}`,
    ...rows.map(([what, cell]) => `| ${what} | ${who.map(cell).join(" | ")} |`),
  ].join("\n");
}
