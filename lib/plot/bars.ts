// Bars and boxes as SVG.
import { type Frame, LIGHT, px, py, stroke, textAt } from "./frame.js";
import { errorBarsSvg } from "./marks.js";
import { coordinate, element } from "./markup.js";
import type { Pattern } from "./palette.js";
import type { BarTrace, BoxTrace, Datum } from "./trace.js";

/** Where a trace stands among the bar or box traces that share the axis. */
export interface Slot {
  readonly index: number;
  readonly count: number;
}

/** Share of a category's room that its bars take. */
const GROUP_SHARE = 0.76;
/** A few bars do not fill the picture. */
const WIDEST_PX = 130;

/** Returns a bar trace as SVG, in its slot within each category. */
export function barSvg(frame: Frame, trace: BarTrace, slot: Slot): string {
  const base = Math.min(frame.heightPx, Math.max(0, py(frame, 0) ?? frame.heightPx));
  const color = trace.marker?.color ?? "#888888";
  const shiftOf = (i: number): number => {
    const width = barWidth(frame, trace.x, i, trace.width, slot);
    return (slot.index - (slot.count - 1) / 2) * width;
  };
  let svg = "";
  trace.x.forEach((value, i) => {
    const middle = px(frame, value);
    const top = py(frame, trace.y[i] ?? null);
    if (middle === undefined || top === undefined) return;
    const width = barWidth(frame, trace.x, i, trace.width, slot);
    const x = middle + shiftOf(i) - width / 2;
    const y = Math.min(top, base);
    const height = Math.abs(base - top);
    const gap = slot.count > 1 ? Math.min(2, width * 0.1) : 0;
    svg += element("rect", {
      x: x + gap / 2,
      y,
      width: width - gap,
      height,
      fill: color,
      opacity: trace.opacity,
    });
    svg += hatch(trace.marker?.pattern?.shape ?? "", x + gap / 2, y, width - gap, height);
    const text = trace.text?.[i];
    if (text !== undefined && trace.textposition !== "none") {
      const clear =
        trace.error_y === undefined
          ? 0
          : top - (py(frame, (trace.y[i] ?? 0) + (trace.error_y.array[i] ?? 0)) ?? top);
      svg += textAt(x + width / 2, y - Math.max(0, clear) - 6, text, { anchor: "middle", sizePx: 12 });
    }
  });
  if (trace.error_y !== undefined) {
    // Twice: a light rim keeps the bar visible on the hatch and on dark paper.
    svg += errorBarsSvg(frame, trace.x, trace.y, { ...trace.error_y, thickness: 4 }, LIGHT.paper, shiftOf);
    svg += errorBarsSvg(frame, trace.x, trace.y, trace.error_y, LIGHT.text, shiftOf);
  }
  return svg;
}

function barWidth(
  frame: Frame,
  x: readonly Datum[],
  index: number,
  width: BarTrace["width"],
  slot: Slot,
): number {
  const own = typeof width === "number" ? width : width?.[index];
  const [from, to] = frame.x.domain;
  if (own !== undefined) return (own / (to - from)) * frame.widthPx;
  const columns = frame.x.type === "category" ? to - from : Math.max(1, x.length);
  return Math.min(WIDEST_PX, (frame.widthPx / columns) * (GROUP_SHARE / slot.count));
}

/** Returns hatch lines over one bar, so that series differ without colour. Clipped by a nested `<svg>`: no ids. */
function hatch(pattern: Pattern, x: number, y: number, width: number, height: number): string {
  if (pattern === "" || width < 2 || height < 2) return "";
  let d = "";
  const step = 8;
  if (pattern === "-") for (let r = step; r < height; r += step) d += `M0 ${r}H${coordinate(width)}`;
  if (pattern === ".") {
    for (let r = step / 2; r < height; r += step) {
      for (let c = step / 2; c < width; c += step) d += `M${c} ${r}h1.5`;
    }
  }
  if (pattern === "/" || pattern === "x") {
    for (let s = step; s < width + height; s += step) d += `M0 ${s}L${s} 0`;
  }
  if (pattern === "\\" || pattern === "x") {
    for (let s = step; s < width + height; s += step)
      d += `M${coordinate(width)} ${s}L${coordinate(width - s)} 0`;
  }
  const lines = element("path", {
    d,
    stroke: "#ffffff",
    "stroke-opacity": 0.65,
    "stroke-width": 1.5,
    fill: "none",
  });
  return element("svg", { x, y, width, height, overflow: "hidden" }, lines);
}

/** Returns box plots as SVG: box from quartile to quartile, line at the median, whiskers to the fences. */
export function boxSvg(frame: Frame, trace: BoxTrace, slot: Slot): string {
  const color = trace.line?.color ?? "#888888";
  let svg = "";
  trace.x.forEach((value, i) => {
    const middle = px(frame, value);
    const rows = [trace.lowerfence, trace.q1, trace.median, trace.q3, trace.upperfence].map(
      (list) => py(frame, list[i] ?? null) ?? frame.heightPx,
    );
    if (middle === undefined) return;
    const width = Math.min(90, barWidth(frame, trace.x, i, undefined, slot));
    const at = middle + (slot.index - (slot.count - 1) / 2) * width;
    const [low, q1, median, q3, high] = rows as [number, number, number, number, number];
    const [left, right] = [coordinate(at - width * 0.4), coordinate(at + width * 0.4)];
    const cap = [coordinate(at - width * 0.2), coordinate(at + width * 0.2)];
    svg += element("rect", {
      x: at - width * 0.4,
      y: q3,
      width: width * 0.8,
      height: Math.max(0.5, q1 - q3),
      fill: trace.fillcolor ?? color,
      "fill-opacity": trace.fillcolor === undefined ? 0.3 : undefined,
    });
    const d =
      `M${left} ${coordinate(q1)}H${right}V${coordinate(q3)}H${left}Z` +
      `M${coordinate(at)} ${coordinate(q1)}V${coordinate(low)}M${cap[0]} ${coordinate(low)}H${cap[1]}` +
      `M${coordinate(at)} ${coordinate(q3)}V${coordinate(high)}M${cap[0]} ${coordinate(high)}H${cap[1]}`;
    svg += element("path", { d, fill: "none", stroke: color, "stroke-width": trace.line?.width ?? 2 });
    svg += element("path", {
      d: `M${left} ${coordinate(median)}H${right}`,
      ...stroke("text"),
      "stroke-width": 2.5,
    });
  });
  return svg;
}
