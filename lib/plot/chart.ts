// Chart: a figure as one SVG, without a browser. The picture that survives where no script runs.
//
// Invariants:
//  I1. The same figure gives the same bytes on every machine: no fonts are measured, no locale, no random ids.
//  I2. The SVG is legible on its own: own paper, light and dark, text in a font that every system has.
//  I3. It holds no id, so any number of them can stand in one page.
//
// Rejected: Plotly under jsdom (1 s to load, 214 MB, clipped legends, no heat maps; needs a browser's canvas).
import { gridSvg, labelsSvg, leftRoom } from "./axes.js";
import { barSvg, boxSvg, type Slot } from "./bars.js";
import type { Figure } from "./figure.js";
import { type Frame, svgDocument, textAt } from "./frame.js";
import { COLOR_BAR_PX, colorBarSvg, heatmapSvg } from "./heat.js";
import { legendSvg } from "./legend.js";
import { scatterSvg } from "./marks.js";
import { element } from "./markup.js";
import { annotationsSvg, shapesSvg } from "./overlay.js";
import { makeScale } from "./scale.js";
import { styled } from "./style.js";
import { wrap } from "./textwidth.js";
import type { Datum, Layout, ScatterTrace, Trace } from "./trace.js";

const WIDTH_PX = 720;
const HEIGHT_PX = 400;
const TITLE_PX = 16;

/**
 * Draws a figure as a whole `<svg>` element, 720 pixels wide and `layout.height` (400) high.
 *
 * **Cost:** O(points); the SVG has about 12 bytes a point.
 */
export function chartSvg(figure: Figure): string {
  const data = styled(figure.data);
  const { layout } = figure;
  const heightPx = layout.height ?? HEIGHT_PX;
  const heat = data.find((trace) => trace.type === "heatmap");
  const titleLines = wrap(figure.title, WIDTH_PX - 60, TITLE_PX);
  const legend = legendSvg(data, layout.showlegend, WIDTH_PX - 48);
  const colorBarRow = heat?.type === "heatmap" && heat.colorbar?.title !== undefined ? 12 : 0;
  const top = 18 + titleLines.length * 20 + legend.heightPx + 8 + colorBarRow;
  const bottom = 26 + (layout.xaxis?.title === undefined ? 6 : 24);
  const right = heat === undefined ? 24 : 24 + COLOR_BAR_PX;
  const y = makeScale(
    layout.yaxis ?? {},
    valuesOf(data, layout, "y"),
    hasBars(data),
    (heightPx - top - bottom) * 1.6,
  );
  const left = leftRoom(
    y.ticks.map((tick) => tick.label),
    layout.yaxis?.title !== undefined,
  );
  const widthPx = WIDTH_PX - left - right;
  const frame: Frame = {
    x: makeScale(layout.xaxis ?? {}, valuesOf(data, layout, "x"), false, widthPx),
    y,
    widthPx,
    heightPx: Math.max(40, heightPx - top - bottom),
  };
  const title = titleLines
    .map((line, i) => textAt(24, 28 + i * 20, line, { sizePx: TITLE_PX, more: { "font-weight": "600" } }))
    .join("");
  const plot =
    gridSvg(frame) +
    element(
      "svg",
      { width: widthPx, height: frame.heightPx, overflow: "hidden" },
      shapesSvg(frame, layout.shapes ?? [], "below") +
        tracesSvg(frame, data, layout) +
        shapesSvg(frame, layout.shapes ?? [], "above"),
    ) +
    annotationsSvg(frame, layout.annotations ?? []) +
    labelsSvg(frame, layout.xaxis?.title?.text ?? "", layout.yaxis?.title?.text ?? "", left) +
    (heat?.type === "heatmap" ? colorBarSvg(frame, heat) : "");
  const body =
    title +
    element("g", { transform: `translate(24 ${18 + titleLines.length * 20})` }, legend.svg) +
    element("g", { transform: `translate(${left} ${top})` }, plot);
  return svgDocument(WIDTH_PX, heightPx, figure.alt, body);
}

function tracesSvg(frame: Frame, data: readonly Trace[], layout: Layout): string {
  let previous: ScatterTrace | undefined;
  let svg = "";
  for (const trace of data) {
    switch (trace.type) {
      case "scatter":
        svg += scatterSvg(frame, trace, previous);
        previous = trace;
        break;
      case "bar":
        svg += barSvg(frame, trace, slotOf(trace, data, layout));
        break;
      case "box":
        svg += boxSvg(frame, trace, slotOf(trace, data, layout));
        break;
      case "heatmap":
        svg += heatmapSvg(frame, trace);
        break;
    }
  }
  return svg;
}

function slotOf(trace: Trace, data: readonly Trace[], layout: Layout): Slot {
  const same = data.filter((other) => other.type === trace.type);
  if (trace.type === "bar" && (layout.barmode === "overlay" || trace.width !== undefined)) {
    return { index: 0, count: 1 };
  }
  // Box traces that stand in different categories do not share one.
  const shares = same.some((a) => same.some((b) => a !== b && a.x.some((v) => b.x.includes(v))));
  return shares ? { index: same.indexOf(trace), count: same.length } : { index: 0, count: 1 };
}

function hasBars(data: readonly Trace[]): boolean {
  return data.some((trace) => trace.type === "bar" || (trace.type === "scatter" && trace.fill === "tozeroy"));
}

/** All values that an axis must show. */
function valuesOf(data: readonly Trace[], layout: Layout, axis: "x" | "y"): Datum[] {
  const values: Datum[] = [];
  const add = (value: Datum | null | undefined): void => {
    if (value !== null && value !== undefined) values.push(value);
  };
  for (const trace of data) {
    if (axis === "x") {
      trace.x.forEach(add);
      if (trace.type === "bar" && trace.width !== undefined) barEdges(trace.x, trace.width).forEach(add);
    } else if (trace.type === "box")
      for (const list of [trace.lowerfence, trace.upperfence]) list.forEach(add);
    else {
      trace.y.forEach(add);
      if (trace.type !== "heatmap" && trace.error_y !== undefined) {
        trace.error_y.array.forEach((up, i) => {
          add(Number(trace.y[i]) + up);
        });
      }
    }
  }
  const isCategory = values.some((v) => typeof v === "string");
  for (const shape of isCategory ? [] : (layout.shapes ?? [])) {
    if (axis === "x" && shape.xref === "x") values.push(shape.x0, shape.x1);
    if (axis === "y" && shape.yref === "y") values.push(shape.y0, shape.y1);
  }
  return values;
}

function barEdges(x: readonly Datum[], width: number | readonly number[]): number[] {
  return x.flatMap((value, i) => {
    const half = (typeof width === "number" ? width : (width[i] ?? 0)) / 2;
    return [Number(value) - half, Number(value) + half];
  });
}
