// The picture that a notebook shows while threads are measured: on figures and a clock made here.
import { afterEach, expect, test, vi } from "vitest";
import { throughputSoFar } from "../../lib/bench/collect.js";
import { livePlot, liveSvg } from "../../lib/bench/live.js";
import { reporterFor } from "../../lib/bench/progress.js";

const HOST = Symbol.for("happens-before.host");
const ROWS = [
  { variant: "mutex", role: "worker", perSecond: [1_000_000, 1_400_000, 1_200_000] },
  { variant: "a<b", role: "worker", perSecond: [600] },
];

afterEach(() => {
  Reflect.deleteProperty(globalThis, HOST);
  vi.restoreAllMocks();
});

const at = (done: number, soFar = ROWS) => ({
  done,
  total: 6,
  next: "mutex, round 2",
  elapsedMs: 0,
  leftMs: 4500,
  soFar,
});

test("live plot: shown once, then replaced at most once a second, and by nothing at the end", () => {
  const shown: [text: string, isUpdate: boolean][] = [];
  let nowMs = 0;
  const plot = livePlot(
    "measuring",
    (bundle, isUpdate) => shown.push([bundle["text/plain"] as string, isUpdate]),
    () => nowMs,
  );
  for (const [done, ms] of [
    [1, 0],
    [2, 400],
    [3, 999],
    [4, 1000],
    [5, 2500],
  ] as const) {
    nowMs = ms;
    plot.update(at(done));
  }
  plot.end();
  expect(shown.map(([text, isUpdate]) => [text.split("\n")[0], isUpdate])).toEqual([
    ["measuring: 1 of 6 rounds, 5 s left. Next: mutex, round 2", false],
    ["measuring: 4 of 6 rounds, 5 s left. Next: mutex, round 2", true],
    ["measuring: 5 of 6 rounds, 5 s left. Next: mutex, round 2", true],
    ["", true],
  ]);
  expect(shown[0]?.[0]).toContain("\nmutex, worker: 1.2M/s\na<b, worker: 600/s");
});

test("live plot: a measurement that ended before its first round showed nothing and leaves nothing", () => {
  const show = vi.fn();
  const plot = livePlot("measuring", show);
  plot.end();
  expect(show).not.toHaveBeenCalled();
});

test("live plot: before the first round it says what comes, and at the end that all is done", () => {
  const show = vi.fn();
  livePlot("measuring", show).update(at(0, []));
  livePlot("measuring", show).update(at(6));
  const texts = show.mock.calls.map(([bundle]) => (bundle["text/plain"] as string).split("\n")[0]);
  expect(texts).toEqual([
    "measuring: 0 of 6 rounds, 5 s left. Next: mutex, round 2",
    "measuring: 6 of 6 rounds, 5 s left",
  ]);
});

test("live plot: a bar to the median, a dot for each round, names escaped", () => {
  const svg = liveSvg("measuring", at(3));
  expect(svg.match(/<circle/g)).toHaveLength(4);
  expect(svg).toContain('width="222.9"'); // 260 * 1.2 / 1.4
  expect(svg).toContain('width="285.0" height="6"'); // half of the strip
  expect(svg).toContain("a&#60;b, worker");
  expect(svg).not.toContain("a<b");
});

test("live plot: in a notebook it goes to one display of the cell, and nothing is printed", () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const display = vi.fn();
  Object.defineProperty(globalThis, HOST, { value: { display }, configurable: true });
  const reporter = reporterFor("auto", "measuring", 10_000);
  reporter.update(at(1));
  reporter.end();
  const lines = write.mock.calls.join("");
  write.mockRestore();
  expect(lines).toBe("");
  const [first, last] = display.mock.calls.map(([bundle, , where]) => [Object.keys(bundle), where]);
  expect(first).toEqual([
    ["text/html", "text/plain"],
    { displayId: expect.stringMatching(/^hb-live-/), isUpdate: false },
  ]);
  expect(last).toEqual([["text/plain"], { displayId: first?.[1].displayId, isUpdate: true }]);
});

test("throughput so far: operations of all threads of a role by its slowest thread's time, round by round", () => {
  const record = (role: string, ops: number, elapsedMs: number) => ({ role, ops, elapsedMs });
  const rounds = {
    mutex: [
      { records: [record("reader", 10, 500), record("reader", 30, 1000), record("writer", 5, 1000)] },
      { records: [record("reader", 60, 1000), record("reader", 20, 2000), record("writer", 9, 3000)] },
    ],
    other: [],
  };
  expect(throughputSoFar(rounds)).toEqual([
    { variant: "mutex", role: "reader", perSecond: [40, 40] },
    { variant: "mutex", role: "writer", perSecond: [5, 3] },
  ]);
});
