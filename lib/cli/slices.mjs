// The slices of `npm test`: what each runs, and how long it may take. A slice over its budget fails.
//
// A budget leaves room for a machine that is busy, and for the slices beside it. Every folder of test/ belongs to one slice;
// test/arch checks that.

/**
 * @typedef {object} Slice
 * @property {string} what one line for `npm test -- --list`
 * @property {number} budgetS seconds after which it is ended and counts as failed
 * @property {string[]} [folders] folders of test/ that vitest runs
 * @property {number} [workers] how many test files at a time (default 2)
 * @property {boolean} [isolated] false: files share a process and what it has loaded, which halves the time (default true)
 * @property {"beside" | "alone"} [when] beside: it mostly waits, so it runs beside the others; alone: it needs a quiet machine
 * @property {"tsc" | "biome" | "nodes"} [program] what runs instead of vitest
 * @property {("python" | "chromium" | "nbgrader")[]} [needs] what must be there; without Chromium the slice is skipped, loudly
 */

/** @type {Record<string, Slice>} */
export const SLICES = {
  types: { what: "the whole tree under the strict TypeScript configuration", budgetS: 120, program: "tsc" },
  lint: { what: "format and lint", budgetS: 60, program: "biome" },
  declarations: {
    what: "the built declarations under TypeScript 5.0.4, which notebook cells use",
    budgetS: 60,
    folders: ["declarations"],
  },
  arch: { what: "who imports whom", budgetS: 30, folders: ["arch"] },
  lab: {
    what: "laboratory, plots, statistics, transforms",
    budgetS: 540,
    isolated: false,
    folders: [
      "op",
      "event",
      "stats",
      "linear",
      "runtime",
      "sync",
      "chan",
      "context",
      "time",
      "atomic",
      "patterns",
      "lockfree",
      "synctest",
      "speed",
      "scale",
      "detect",
      "explore",
      "zoo",
      "plot",
      "lesson",
      "transform",
      "oracle",
      "fidelity",
      "lint",
      "docs",
    ],
  },
  threads: {
    what: "real threads and the bench, one file at a time with nothing beside it",
    budgetS: 540,
    when: "alone",
    folders: ["threads", "bench", "mn"],
    workers: 1,
    isolated: false,
  },
  notebooks: {
    what: "the kernel through a real client; every notebook executed, smoke size",
    budgetS: 540,
    isolated: false,
    folders: ["notebook"],
    needs: ["python"],
  },
  browser: {
    what: "JupyterLab in headless Chromium",
    budgetS: 480,
    when: "beside",
    folders: ["browser"],
    workers: 1,
    needs: ["python", "chromium"],
  },
  grader: {
    what: "checks, verdicts, boundaries and attacks, formats, the hb command",
    budgetS: 480,
    isolated: false,
    folders: ["grade", "mutate", "formats", "cli"],
  },
  exercises: {
    what: "every exercise: its starter fails as it says, its solution passes",
    budgetS: 360,
    when: "alone",
    isolated: false,
    folders: ["exercises"],
  },
  classroom: {
    what: "a class: collected, graded, killed, over a queue on Redis, and every command of the teacher's page",
    budgetS: 300,
    isolated: false,
    folders: ["classroom"],
  },
  course: {
    what: "the course in a real terminal: watch mode, progress, updates of the course",
    budgetS: 480,
    isolated: false,
    folders: ["course"],
    needs: ["python"],
  },
  nbgrader: {
    what: "nbgrader with our kernel: generate, autograde, feedback; JUnit before a real reader",
    budgetS: 480,
    when: "beside",
    folders: ["nbgrader"],
    workers: 1,
    needs: ["nbgrader"],
  },
  start: {
    what: "npm start on a copy of the tree",
    budgetS: 600,
    when: "beside",
    folders: ["start"],
    workers: 1,
  },
  nodes: {
    what: "a smoke on Node 20, 22 and 24",
    budgetS: 240,
    when: "beside",
    program: "nodes",
    needs: ["python"],
  },
};

/**
 * Shards of `npm run stress`: folders whose *.stress.ts files run together; the last one runs the ordinary tests of
 * its folders on the supported Nodes other than the running one.
 *
 * @type {{ folders: string[], onOtherNodes?: true }[]}
 */
export const SHARDS = [
  {
    folders: [
      "runtime",
      "sync",
      "chan",
      "time",
      "event",
      "detect",
      "explore",
      "linear",
      "zoo",
      "oracle",
      "scale",
      "speed",
      "docs",
    ],
  },
  { folders: ["threads", "bench", "mn"] },
  { folders: ["notebook", "browser", "start", "course"] },
  { folders: ["grade", "mutate", "classroom", "exercises", "cli", "plot", "stats"] },
  {
    folders: [
      ...SLICES.lab.folders,
      ...SLICES.threads.folders,
      ...SLICES.notebooks.folders,
      ...SLICES.grader.folders,
      ...SLICES.classroom.folders,
    ],
    onOtherNodes: true,
  },
];
