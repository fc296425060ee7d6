// Gallery: every figure and diagram in one page, for the eye and for the browser test.
// Run: node --conditions=source --experimental-strip-types is not needed: the browser test writes it to .cache/gallery.
import {
  claims,
  comparisonTable,
  figure,
  latencyHistogram,
  latencyOverTime,
  percentiles,
  type Showable,
  throughput,
} from "../../lib/plot/index.js";
import { incident, seeded } from "./samples.js";

/** One of each kind that the course draws. */
export function gallery(): Record<string, Showable> {
  const data = incident();
  return {
    latencyHistogram: latencyHistogram(data),
    percentiles: percentiles(data),
    latencyOverTime: latencyOverTime(data),
    throughput: throughput(data),
    lines: lines(),
    band: band(),
    groupedBars: groupedBars(),
    histogram: histogram(),
    boxes: boxes(),
    heat: heat(),
    marked: marked(),
    comparison: comparisonTable(data),
    claims: claims([
      {
        claim: "readers stall during a reload",
        published: "P99 20 ms -> 3.5 s",
        measured: "1.1 s",
        holds: true,
      },
      { claim: "blocked readers", published: "12 000", why: "needs the original load" },
    ]),
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

function band(): Showable {
  const x = Array.from({ length: 40 }, (_, i) => i);
  const y = x.map((i) => 100 + 30 * Math.sin(i / 6));
  const edge = { width: 0 };
  return figure(
    [
      {
        type: "scatter",
        mode: "lines",
        x,
        y: y.map((v) => v - 12),
        line: edge,
        showlegend: false,
        hoverinfo: "skip",
      },
      {
        type: "scatter",
        mode: "lines",
        name: "95% interval",
        x,
        y: y.map((v) => v + 12),
        line: edge,
        fill: "tonexty",
        fillcolor: "rgba(0,114,178,0.25)",
        hoverinfo: "skip",
      },
      { type: "scatter", mode: "lines", name: "median", x, y, line: { color: "#0072B2" } },
    ],
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

function histogram(): Showable {
  const random = seeded(7);
  const bins = Array.from({ length: 20 }, () => 0);
  for (let i = 0; i < 2000; i++) {
    const v = Math.floor((random() + random() + random()) * 6.6);
    bins[Math.min(19, v)]!++;
  }
  return figure([{ type: "bar", x: bins.map((_, i) => i * 5 + 2.5), y: bins, width: 5 }], {
    title: { text: "Waiting times" },
    xaxis: { title: { text: "milliseconds" } },
    yaxis: { title: { text: "goroutines" } },
  });
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
  return figure(
    [
      {
        type: "scatter",
        name: "in flight",
        x,
        y: x.map((t) => (t > 1 && t < 2 ? 40 + t * 10 : 3)),
        line: { shape: "hv" },
      },
    ],
    {
      title: { text: "Requests in flight <&> steps, with a marked region" },
      xaxis: { title: { text: "time" }, ticksuffix: " s" },
      yaxis: { title: { text: "requests" } },
      shapes: [
        {
          type: "rect",
          xref: "x",
          yref: "paper",
          x0: 1,
          x1: 2,
          y0: 0,
          y1: 1,
          fillcolor: "rgba(128,128,128,.22)",
          line: { width: 0 },
          layer: "below",
        },
      ],
      annotations: [
        {
          text: "reload holds the write lock",
          x: 1,
          y: 1,
          xref: "x",
          yref: "paper",
          xanchor: "left",
          yanchor: "top",
          showarrow: false,
        },
      ],
    },
  );
}
