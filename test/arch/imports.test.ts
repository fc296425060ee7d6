// Who may import whom. This table is the architecture: a room imports only what stands in its row, and only through
// the other room's index.ts. Rooms stand in order, the lowest first; nothing imports upwards, so there are no cycles.
//
// The laboratory (goroutines on one thread) and the racetrack (real threads) never import each other; only `mn`, which
// runs goroutines over threads, may use both.
import { expect, test } from "vitest";
import { type Imports, importsOf, readTree, violations } from "./imports.js";

const FOUNDATION = ["op", "event", "stats", "linear"];
const PRIMITIVES = [...FOUNDATION, "runtime", "sync", "chan", "context", "time", "atomic"];
const LABORATORY = [...PRIMITIVES, "patterns", "lockfree", "synctest", "detect", "explore"];
const RACETRACK = [...FOUNDATION, "threads", "bench"];
const BOTH = [...new Set([...LABORATORY, ...RACETRACK, "mn"])];

const POLICY: Record<string, readonly string[]> = {
  // The ground: types, data models, statistics. They know nothing of each other's users.
  op: [],
  event: ["op"],
  stats: [],
  linear: ["op", "event"],
  // The laboratory. Primitives never import detectors; detectors listen to the runtime through hooks.
  runtime: FOUNDATION,
  sync: ["op", "event", "runtime"],
  chan: ["op", "event", "runtime"],
  context: ["op", "event", "runtime", "chan", "sync", "time"],
  time: ["op", "event", "runtime", "chan"],
  atomic: ["op", "event", "runtime"],
  patterns: PRIMITIVES,
  lockfree: PRIMITIVES,
  synctest: PRIMITIVES,
  detect: PRIMITIVES,
  explore: LABORATORY,
  // The racetrack.
  threads: FOUNDATION,
  bench: RACETRACK,
  mn: [...LABORATORY, ...RACETRACK],
  // Above both: seeing, notebooks, grading, the course, the command.
  plot: BOTH,
  transform: [...BOTH, "plot"],
  lint: ["transform"],
  lesson: [...BOTH, "plot"],
  notebook: [...BOTH, "plot", "transform"],
  grade: [...BOTH, "plot", "transform", "notebook"],
  mutate: ["grade"],
  formats: ["grade"],
  classroom: ["plot", "grade", "formats", "notebook"],
  course: [...BOTH, "plot", "transform", "notebook", "grade"],
  cli: [...BOTH, "plot", "transform", "notebook", "grade", "mutate", "formats", "classroom", "course"],
  // lib/index.ts, the package's face for the laboratory: stands above plot.
  ".": [...LABORATORY, "plot"],
};

/** What a room may take from outside: packages and Node's own modules. A room that is not listed may take anything. */
const OUTSIDE: Record<string, readonly string[]> = {
  // Determinism: nothing in the laboratory may reach a clock, a file, a thread or chance. `inspect` prints values,
  // `fileURLToPath` shortens positions in stacks; the encoder of profiles and gzip are pure functions.
  op: [],
  event: ["pprof-format", "node:zlib"],
  linear: [],
  runtime: ["node:util", "node:url"],
  sync: [],
  chan: [],
  context: [],
  time: [],
  atomic: [],
  patterns: [],
  lockfree: [],
  synctest: [],
  detect: [],
  // A parallel search runs whole schedules on other threads; which schedules does not depend on them.
  explore: ["node:util", "node:worker_threads"],
};

const tree = readTree();

test("every room imports only what its row allows, through the other room's index.ts", () => {
  expect(violations(tree, POLICY, OUTSIDE)).toEqual([]);
});

test("every folder of lib has its row", () => {
  const rooms = new Set(tree.map((file) => file.room));
  expect([...rooms].filter((room) => !(room in POLICY))).toEqual([]);
});

test("rows go downwards: no room may import one that may import it back", () => {
  const pairs = Object.entries(POLICY).flatMap(([room, row]) =>
    row
      .filter((other) => other !== room && POLICY[other]?.includes(room))
      .map((other) => `${room} <-> ${other}`),
  );
  expect(pairs).toEqual([]);
});

test("laboratory and racetrack share the foundation only", () => {
  for (const room of LABORATORY.filter((name) => !FOUNDATION.includes(name))) {
    expect(POLICY[room]).not.toContain("threads");
    expect(POLICY[room]).not.toContain("bench");
  }
  for (const room of ["threads", "bench"]) {
    expect(POLICY[room]?.filter((name) => LABORATORY.includes(name) && !FOUNDATION.includes(name))).toEqual(
      [],
    );
  }
});

const planted: [what: string, file: Imports, message: string][] = [
  [
    "a primitive that imports a detector",
    plant("sync", "lib/sync/mutex.ts", 'import { watch } from "../detect/index.js";'),
    "lib/sync/mutex.ts: sync must not import detect",
  ],
  [
    "the laboratory importing real threads, by a type only",
    plant("runtime", "lib/runtime/g.ts", 'import type { Thread } from "../threads/index.js";'),
    "lib/runtime/g.ts: runtime must not import threads",
  ],
  [
    "real threads importing the goroutine runtime, dynamically",
    plant("threads", "lib/threads/team.ts", 'const r = import("../runtime/index.js");'),
    "lib/threads/team.ts: threads must not import runtime",
  ],
  [
    "a way past a room's index.ts",
    plant("chan", "lib/chan/chan.ts", 'export { park } from "../runtime/park.js";'),
    "lib/chan/chan.ts: reaches into ../runtime/park.js; other rooms enter through index.js",
  ],
  [
    "the package imported by its own name",
    plant("explore", "lib/explore/explore.ts", 'import { run } from "happens-before";'),
    "lib/explore/explore.ts: imports the package by its own name (happens-before)",
  ],
  [
    "the laboratory reaching for chance",
    plant("chan", "lib/chan/select.ts", 'import { randomInt } from "node:crypto";'),
    "lib/chan/select.ts: chan must not import node:crypto",
  ],
  [
    "a package that is for development only",
    plant("plot", "lib/plot/figure.ts", 'import fc from "fast-check";'),
    "lib/plot/figure.ts: fast-check is not among the dependencies in package.json",
  ],
  [
    "a source imported with its .ts ending",
    plant("sync", "lib/sync/once.ts", 'import { Mutex } from "./mutex.ts";'),
    "lib/sync/once.ts: ./mutex.ts must end in .js",
  ],
];

for (const [what, file, message] of planted) {
  test(`a planted violation is found: ${what}`, () => {
    expect(violations([file], POLICY, OUTSIDE)).toEqual([message]);
  });
}

function plant(room: string, file: string, text: string): Imports {
  return { room, file, imports: importsOf(text) };
}
