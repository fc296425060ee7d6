// Marks: lines, steps, bands and markers of a `scatter` trace as SVG.
import { type Frame, px, py } from "./frame.js";
import { coordinate, element } from "./markup.js";
import { dashArray, symbolPath } from "./style.js";
import type { ErrorBars, ScatterTrace } from "./trace.js";

type Point = readonly [number, number];

/** Returns the trace as SVG; `previous` is the scatter trace before it, for `fill: "tonexty"`. */
export function scatterSvg(frame: Frame, trace: ScatterTrace, previous: ScatterTrace | undefined): string {
  const runs = runsOf(frame, trace);
  const color = trace.line?.color ?? "#888888";
  const width = trace.line?.width ?? 2;
  const mode = trace.mode ?? "lines";
  let svg = fillSvg(frame, trace, previous, runs);
  if (mode.includes("lines") && width > 0) {
    const d = runs.map((run) => pathOf(run)).join("");
    svg += element("path", {
      d,
      fill: "none",
      stroke: color,
      "stroke-width": width,
      "stroke-linejoin": "round",
      "stroke-dasharray": dashArray(trace.line?.dash, width),
      opacity: trace.opacity,
    });
  }
  if (trace.error_y !== undefined) svg += errorBarsSvg(frame, trace.x, trace.y, trace.error_y, color);
  if (mode.includes("markers")) svg += markersSvg(frame, trace);
  return svg;
}

/** The trace's points in pixels, broken where a value is missing, with the corners of steps. */
function runsOf(frame: Frame, trace: ScatterTrace): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  const isStep = trace.line?.shape === "hv";
  trace.x.forEach((value, i) => {
    const x = px(frame, value);
    const y = py(frame, trace.y[i] ?? null);
    if (x === undefined || y === undefined) {
      if (run.length > 0) runs.push(run);
      run = [];
      return;
    }
    if (isStep && run.length > 0) run.push([x, run[run.length - 1]![1]]);
    run.push([x, y]);
  });
  if (run.length > 0) runs.push(run);
  return runs;
}

function pathOf(points: readonly Point[], start = "M"): string {
  return points.map(([x, y], i) => `${i === 0 ? start : "L"}${coordinate(x)} ${coordinate(y)}`).join("");
}

function fillSvg(
  frame: Frame,
  trace: ScatterTrace,
  previous: ScatterTrace | undefined,
  runs: readonly Point[][],
): string {
  if (trace.fill === undefined || trace.fill === "none" || runs.length === 0) return "";
  const color = trace.fillcolor ?? trace.line?.color ?? "#888888";
  const opacity = trace.fillcolor === undefined ? 0.25 : undefined;
  const base = Math.min(frame.heightPx, py(frame, 0) ?? frame.heightPx);
  let d = "";
  if (trace.fill === "tonexty" && previous !== undefined) {
    const back = runsOf(frame, previous).flat().reverse();
    d = `${pathOf(runs.flat())}${pathOf(back, "L")}Z`;
  } else {
    for (const run of runs) {
      const first = run[0]!;
      const last = run[run.length - 1]!;
      d += `${pathOf(run)}L${coordinate(last[0])} ${coordinate(base)}L${coordinate(first[0])} ${coordinate(base)}Z`;
    }
  }
  return element("path", { d, fill: color, "fill-opacity": opacity, stroke: "none" });
}

function markersSvg(frame: Frame, trace: ScatterTrace): string {
  const d = symbolPath(trace.marker?.symbol ?? "circle", trace.marker?.size ?? 7);
  const color = trace.marker?.color ?? trace.line?.color ?? "#888888";
  let markers = "";
  trace.x.forEach((value, i) => {
    const x = px(frame, value);
    const y = py(frame, trace.y[i] ?? null);
    if (x === undefined || y === undefined) return;
    markers += element("path", { d, transform: `translate(${coordinate(x)} ${coordinate(y)})` });
  });
  return markers === "" ? "" : element("g", { fill: color, opacity: trace.opacity }, markers);
}

/** Returns vertical error bars with caps. `shift` moves them sideways, for bars of a group. */
export function errorBarsSvg(
  frame: Frame,
  x: ScatterTrace["x"],
  y: readonly (number | null)[],
  bars: ErrorBars,
  color: string,
  shift: (index: number) => number = () => 0,
): string {
  let d = "";
  x.forEach((value, i) => {
    const middle = px(frame, value);
    const height = y[i];
    if (middle === undefined || height === undefined || height === null) return;
    const top = py(frame, height + (bars.array[i] ?? 0));
    const bottom = py(frame, height - (bars.arrayminus[i] ?? 0)) ?? frame.heightPx;
    if (top === undefined) return;
    const at = middle + shift(i);
    const [left, right] = [coordinate(at - 4), coordinate(at + 4)];
    d += `M${left} ${coordinate(top)}H${right}M${coordinate(at)} ${coordinate(top)}V${coordinate(bottom)}`;
    d += `M${left} ${coordinate(bottom)}H${right}`;
  });
  return d === ""
    ? ""
    : element("path", { d, fill: "none", stroke: color, "stroke-width": bars.thickness ?? 1.5 });
}
