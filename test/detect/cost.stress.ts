// What each detector costs: processor time of one program under one schedule, with it and without any, by turns.
// `HB_RECORD=1` writes the table into lib/detect/README.md.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Cell, Chan, type DetectorName, Mutex, WaitGroup } from "../../lib/index.js";
import { detectorMaker, drive, planRun, Runtime } from "../../lib/runtime/index.js";
import { DETECTORS } from "./matrix.js";

const ROUNDS = 15;
const TURNS = 3_000;
/** No detector may make exploring so many times slower. */
const MOST = 4;

/** Messages there and back, and a counter under a lock. */
function* busy() {
  const [there, back] = [new Chan<number>(), new Chan<number>()];
  const mu = new Mutex();
  const count = new Cell(0);
  const wg = new WaitGroup();
  yield* wg.go(function* () {
    yield* there.forEach(function* (v) {
      yield* back.send(v);
    });
  });
  for (let i = 0; i < TURNS; i++) {
    yield* there.send(i);
    yield* back.recv();
    yield* mu.lock();
    yield* count.write((yield* count.read()) + 1);
    yield* mu.unlock();
  }
  yield* there.close();
  yield* wg.wait();
}

/** Nanoseconds of processor time for a run. */
function measure(names: readonly DetectorName[]): number {
  const defaults = { clock: "free", maxSteps: 1e6, drains: true, isExploring: true } as const;
  const plan = planRun({ strategy: "random", source: "", detect: [] }, "", defaults);
  const detectors = names.length === 0 ? [] : detectorMaker(names, false)();
  const before = process.cpuUsage();
  const rt = new Runtime({ ...plan.config, detectors });
  rt.spawn(busy, []);
  drive(rt);
  const { user, system } = process.cpuUsage(before);
  expect(rt.mainIsDone).toBe(true);
  return (user + system) * 1e3;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

const ROWS: readonly (readonly [string, readonly DetectorName[]])[] = [
  ...DETECTORS.map((name) => [`\`${name}\``, [name]] as const),
  ["those marked with ●", ["race", "deadlock", "leak", "livelock", "closed"]],
  ["all of them", DETECTORS],
];

test(`no detector makes a run ${MOST} times slower`, () => {
  for (const [, names] of ROWS) measure(names); // compiles
  const ratios = new Map<string, number[]>(ROWS.map(([what]) => [what, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [what, names] of ROWS) {
      const without = measure([]);
      ratios.get(what)?.push(measure(names) / without);
    }
  }
  const found = ROWS.map(([what]) => [what, median(ratios.get(what) ?? [])] as const);
  const table = [
    "| detector | time of a run |",
    "| --- | --: |",
    ...found.map(([what, ratio]) => `| ${what} | ${ratio.toFixed(2)}× |`),
  ].join("\n");
  console.log(table);
  if (process.env["HB_RECORD"] === "1") record(table);
  const tooSlow = found.filter(([what, ratio]) => what !== "all of them" && !(ratio < MOST));
  expect(tooSlow).toEqual([]);
});

function record(table: string): void {
  const readme = new URL("../../lib/detect/README.md", import.meta.url);
  const text = readFileSync(readme, "utf8");
  const written = text.replace(
    /(<!-- cost -->\n)[\s\S]*?(\n<!-- end of cost -->)/,
    (_, from, to) => `${from}\n${table}\n${to}`,
  );
  writeFileSync(readme, written);
}
