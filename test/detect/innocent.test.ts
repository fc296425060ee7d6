// Programs that Go's race tests call clean, under all detectors: none of them says that something is wrong. Some leave
// goroutines behind on purpose, which `leak` tells rightly, and a few hold a lock across a wait, so these two are not here.
import { expect, test } from "vitest";
import { detectorMaker, drive, planRun, Runtime } from "../../lib/runtime/index.js";
import * as atomic from "./corpus/atomic.js";
import * as chan from "./corpus/chan.js";
import * as locks from "./corpus/locks.js";
import * as map from "./corpus/map.js";
import * as select from "./corpus/select.js";
import * as sync from "./corpus/sync.js";
import * as synctest from "./corpus/synctest.js";
import * as waitgroup from "./corpus/waitgroup.js";
import { DETECTORS } from "./matrix.js";

const FILES = { chan, select, locks, waitgroup, sync, atomic, map, synctest };
const NAMES = DETECTORS.filter((name) => name !== "leak" && name !== "lock-held");
const SCHEDULES = 10;
const DEFAULTS = { clock: "free", maxSteps: 5_000, drains: true, isExploring: true } as const;

for (const [file, { clean }] of Object.entries(FILES)) {
  test(`${file}: the clean programs of Go's race corpus, ${SCHEDULES} schedules of random and pct each`, () => {
    const told: string[] = [];
    for (const { name, body } of clean) {
      for (let index = 0; index < SCHEDULES; index++) {
        for (const strategy of ["random", "pct"] as const) {
          const plan = planRun({ strategy, source: "", detect: [] }, "", { ...DEFAULTS, index });
          const detectors = detectorMaker(NAMES, false)();
          const rt = new Runtime({ ...plan.config, detectors });
          rt.spawn(body, []);
          drive(rt);
          const found = detectors.flatMap((detector) => detector.findings(rt));
          if (found.length > 0) told.push(`${name} ${strategy} ${index}: ${found[0]?.message}`);
        }
      }
    }
    expect(told).toEqual([]);
  });
}
