import fc from "fast-check";
import { expect, test } from "vitest";
import { enumerated, reduced } from "../../lib/explore/exhaustive.js";
import { type Touch, touchOperation } from "../../lib/explore/footprint.js";
import { Search } from "../../lib/explore/search.js";
import { programOf, type Script, scripts } from "./programs.js";

const MOST_SCHEDULES = 6000;

interface Found {
  readonly classes: Set<string>;
  readonly schedules: number;
  readonly redundant: number;
}

/** All classes that a way of searching finds, or null when there are too many schedules. */
function classesOf(script: Script, waits: boolean, how: "all" | "reduced", touch?: Touch): Found | null {
  const search = new Search(programOf(script, waits), { clock: "free" });
  const way = how === "all" ? enumerated(search, {}) : reduced(search, {}, touch);
  const classes = new Set<string>();
  let redundant = 0;
  for (let schedules = 1; ; schedules++) {
    if (schedules > MOST_SCHEDULES) return null;
    const known = classes.size;
    if (way.run() !== null) classes.add(way.key());
    if (classes.size === known) redundant++;
    if (!way.advance()) return { classes, schedules, redundant };
  }
}

test("exhaustive: finds exactly the classes that brute force finds, on generated programs", () => {
  const sum = { programs: 0, schedules: 0, classes: 0, redundant: 0 };
  fc.assert(
    fc.property(scripts, fc.boolean(), (script, waits) => {
      const all = classesOf(script, waits, "all");
      fc.pre(all !== null);
      const some = classesOf(script, waits, "reduced");
      sum.programs++;
      sum.schedules += all.schedules;
      sum.classes += all.classes.size;
      sum.redundant += some?.redundant ?? 0;
      const missed = [...all.classes].filter((key) => some?.classes.has(key) !== true).length;
      const invented = [...(some?.classes ?? [])].filter((key) => !all.classes.has(key)).length;
      expect({ missed, invented }).toEqual({ missed: 0, invented: 0 });
    }),
    { seed: 4, numRuns: Number(process.env["RUNS"] ?? 150), ...(process.env["SHOW"] ? { verbose: 0 } : {}) },
  );
  console.log(sum);
}, 600000);
