// A smoke of the built library on the Node that runs this file: load, laboratory core, one team of threads, one notebook.
// Prints `ok …` or `not ok …` a line (read by lib/cli/nodes.mjs); exit code 1 when one fails.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const built = (file) => import(pathToFileURL(join(ROOT, ".build", "lib", file)).href);

const CHECKS = {
  "every public entry loads by its name": async () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const names = Object.keys(exports).filter((name) => !name.endsWith(".json"));
    for (const name of names) await import(name.replace(/^\./, "happens-before"));
    return [names.length >= 5, true];
  },

  "goroutines pass values over a channel": async () => {
    const { Chan, go, run } = await import("happens-before");
    const sum = await run(function* () {
      const ch = new Chan(2);
      go(function* () {
        for (let i = 1; i <= 100; i++) yield* ch.send(i);
        ch.close();
      });
      let total = 0;
      yield* ch.forEach(function* (v) {
        total += v;
      });
      return total;
    });
    return [sum, 5050];
  },

  "exploring finds a deadlock, and its schedule replays it": async () => {
    const { explore, Mutex, report, WaitGroup } = await import("happens-before");
    const program = {
      setup: () => ({ a: new Mutex(), b: new Mutex() }),
      *main({ a, b }) {
        const wg = new WaitGroup();
        const both = (one, two) =>
          function* () {
            yield* one.lock();
            yield* two.lock();
            yield* two.unlock();
            yield* one.unlock();
          };
        wg.go(both(a, b));
        wg.go(both(b, a));
        yield* wg.wait();
      },
    };
    const seen = await explore(program, { schedules: 500 });
    const again = await report(program, { schedule: seen.failure?.schedule });
    return [
      [seen.verdict, again.verdict],
      ["global-deadlock", "global-deadlock"],
    ];
  },

  "a team of two threads counts under a mutex": async () => {
    const { Mutex, team } = await import("happens-before/threads");
    const words = new Int32Array(new SharedArrayBuffer(4));
    await team(
      2,
      (_t, mu, count) => {
        for (let i = 0; i < 1000; i++) {
          mu.lock();
          count[0] += 1;
          mu.unlock();
        }
      },
      { args: [new Mutex(), words], deadlineMs: 30_000 },
    );
    return [words[0], 2000];
  },

  "a notebook runs headless": async () => {
    const { runNotebook } = await built("notebook/index.js");
    const folder = mkdtempSync(join(tmpdir(), "hb-smoke-"));
    try {
      const file = join(folder, "smoke.ipynb");
      writeFileSync(file, JSON.stringify(NOTEBOOK));
      const ran = await runNotebook(file, { timeoutMs: 60_000 });
      if (ran.failedCell !== undefined)
        throw new Error(`${ran.failedCell.error.ename}: ${ran.failedCell.error.evalue}`);
      const last = ran.notebook.cells.at(-1);
      return [
        [ran.ok, String(last.outputs.at(-1).data["text/plain"])],
        [true, "42"],
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const cell = (id, source) => ({
  cell_type: "code",
  id,
  metadata: {},
  execution_count: null,
  outputs: [],
  source,
});
const NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    kernelspec: {
      name: "happens-before",
      display_name: "TypeScript (Happens-Before)",
      language: "typescript",
    },
  },
  cells: [
    cell("one", 'import { run, gosched } from "happens-before";\nlet half: number = 21;'),
    cell("two", "await run(function* main() {\n  yield* gosched();\n  return half * 2;\n});"),
  ],
};

let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  try {
    const [actual, expected] = await check();
    if (!isDeepStrictEqual(actual, expected)) {
      throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
    }
    console.log(`ok Node ${process.versions.node}: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok Node ${process.versions.node}: ${name}: ${error.message}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
