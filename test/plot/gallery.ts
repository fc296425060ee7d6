// Gallery: every figure and diagram in one page, for the eye and for the browser test.
// The browser test photographs it into .cache/gallery.
import {
  band,
  comparisonTable,
  figure,
  histogram,
  latencyHistogram,
  latencyOverTime,
  mark,
  percentiles,
  type Showable,
  throughput,
  throughputOverTime,
  waitHeatmap,
} from "../../lib/plot/index.js";
import { pictures, reload } from "./pictures.js";
import { incident, seeded } from "./samples.js";

/** One of each kind that the course draws. */
export function gallery(): Record<string, Showable> {
  const data = incident();
  return {
    latencyHistogram: latencyHistogram(data),
    percentiles: percentiles(data),
    latencyOverTime: latencyOverTime(data),
    throughput: throughput(data),
    throughputOverTime: throughputOverTime(data),
    waitHeat: waitHeatmap(reload()),
    ...pictures(),
    lines: lines(),
    band: interval(),
    groupedBars: groupedBars(),
    histogram: waitingTimes(),
    boxes: boxes(),
    heat: heat(),
    marked: marked(),
    comparison: comparisonTable(data),
  };
}

const X = [1, 2, 4, 8, 16, 32, 64];

function lines(): Showable {
  return figure(
    [
      { type: "scatter", name: "mutex", x: X, y: X.map((n) => 25e6 / n ** 1.2) },
      { type: "scatter", name: "sharded map", x: X, y: X.map((n) => 22e6 * n ** 0.2) },
      { type: "scatter", name: "snapshot", x: X, y: X.map((n) => 30e6 * n ** 0.35) },
      { type: "scatter", name: "copy on write", x: X, y: X.map((n) => 18e6 * n ** 0.1) },
    ],
    {
      title: { text: "Reads per second by number of threads" },
      xaxis: { type: "log", title: { text: "threads" }, tickvals: X },
      yaxis: { type: "log", title: { text: "reads per second" }, tickformat: "~s" },
    },
  );
}

function interval(): Showable {
  const x = Array.from({ length: 40 }, (_, i) => i);
  const y = x.map((i) => 100 + 30 * Math.sin(i / 6));
  const edges = band(
    x,
    y.map((v) => v - 12),
    y.map((v) => v + 12),
  );
  return figure(
    [...edges, { type: "scatter", mode: "lines", name: "median", x, y, line: { color: "#0072B2" } }],
    {
      title: { text: "A median with its interval" },
      xaxis: { title: { text: "round" } },
      yaxis: { title: { text: "ns" } },
    },
  );
}

function groupedBars(): Showable {
  const x = ["sync.Mutex", "RWMutex", "sharded (64)", "snapshot"];
  return figure(
    [
      { type: "bar", name: "1 thread", x, y: [20, 31, 27, 2] },
      { type: "bar", name: "2 threads", x, y: [48, 70, 29, 2.1] },
      { type: "bar", name: "4 threads", x, y: [110, 160, 34, 2.2] },
    ],
    { title: { text: "Cost of one read" }, yaxis: { title: { text: "nanoseconds" } } },
  );
}

function waitingTimes(): Showable {
  const random = seeded(7);
  const values = Array.from({ length: 2000 }, () => (random() + random() + random()) * 33);
  const xaxis = { title: { text: "milliseconds" } };
  return histogram(values, { title: "Waiting times", bins: 20, xaxis, counted: "goroutines" });
}

function boxes(): Showable {
  return figure(
    [
      {
        type: "box",
        name: "before",
        x: ["mutex", "rwmutex", "snapshot"],
        q1: [20, 30, 2],
        median: [25, 41, 2.2],
        q3: [35, 70, 2.9],
        lowerfence: [18, 25, 1.9],
        upperfence: [80, 400, 4],
      },
    ],
    {
      title: { text: "Spread over rounds" },
      yaxis: { type: "log", title: { text: "latency" }, tickformat: "~s" },
    },
  );
}

function heat(): Showable {
  return figure(
    [
      {
        type: "heatmap",
        x: ["1", "2", "4", "8"],
        y: ["0% writes", "1% writes", "10% writes", "50% writes"],
        z: [
          [30, 58, 110, 200],
          [29, 40, 50, 52],
          [25, 22, 18, 15],
          [20, null, 8, 5],
        ],
        colorbar: { title: { text: "Mops/s" } },
      },
    ],
    {
      title: { text: "Reads by threads and share of writes" },
      xaxis: { type: "category", title: { text: "threads" } },
    },
  );
}

function marked(): Showable {
  const x = Array.from({ length: 30 }, (_, i) => i / 10);
  const y = x.map((t) => (t > 1 && t < 2 ? 40 + t * 10 : 3));
  const steps = figure([{ type: "scatter", name: "in flight", x, y, line: { shape: "hv" } }], {
    title: { text: "Requests in flight <&> steps, with a marked region" },
    xaxis: { title: { text: "time" }, ticksuffix: " s" },
    yaxis: { title: { text: "requests" } },
  });
  return mark(steps, { from: 1, to: 2, text: "reload holds the write lock" }, { at: 2.5, text: "deploy" });
}
