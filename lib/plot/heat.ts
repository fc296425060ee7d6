// Heat maps as SVG: cells coloured by value, with a colour bar that says what the colours mean.
import { type Frame, LIGHT, py, textAt } from "./frame.js";
import { element } from "./markup.js";
import { HEAT } from "./palette.js";
import { textWidth } from "./textwidth.js";
import type { HeatmapTrace } from "./trace.js";
import { formatSi, significant } from "./units.js";

type Stops = readonly (readonly [number, string])[];

/** Room on the right of the drawing area for the colour bar, in pixels. */
export const COLOR_BAR_PX = 74;

/** Without this, thin seams show between neighbours. */
const CRISP = { "shape-rendering": "crispEdges" };

/** Returns the heat map's cells. Cells that are wide enough carry their value. */
export function heatmapSvg(frame: Frame, trace: HeatmapTrace): string {
  const [low, high] = valueRange(trace);
  const width = frame.widthPx / Math.max(1, trace.x.length);
  const height = frame.heightPx / Math.max(1, trace.y.length);
  const stops = trace.colorscale ?? HEAT;
  let svg = "";
  trace.z.forEach((row, r) => {
    const middle = py(frame, trace.y[r] ?? r) ?? frame.heightPx - (r + 0.5) * height;
    row.forEach((value, c) => {
      if (value === null) return;
      const share = high === low ? 0.5 : (value - low) / (high - low);
      const x = c * width;
      const color = colorAt(stops, share);
      svg += element("rect", {
        x,
        y: middle - height / 2,
        width: width + 0.3,
        height: height + 0.3,
        fill: color,
        ...CRISP,
      });
      const text = valueText(value);
      if (height >= 16 && width > textWidth(text, 11) + 6) {
        const ink = brightness(color) > 0.45 ? LIGHT.text : LIGHT.paper;
        const more = { fill: ink, class: undefined };
        svg += textAt(x + width / 2, middle + 4, text, { anchor: "middle", sizePx: 11, more });
      }
    });
  });
  return svg;
}

/** Returns the colour bar, right of the drawing area. */
export function colorBarSvg(frame: Frame, trace: HeatmapTrace): string {
  const [low, high] = valueRange(trace);
  const x = frame.widthPx + 14;
  const steps = 24;
  const height = frame.heightPx / steps;
  let svg = "";
  for (let i = 0; i < steps; i++) {
    const fill = colorAt(trace.colorscale ?? HEAT, (i + 0.5) / steps);
    svg += element("rect", {
      x,
      y: frame.heightPx - (i + 1) * height,
      width: 14,
      height: height + 0.4,
      fill,
    });
  }
  const labels: [number, number][] = [
    [0, low],
    [0.5, (low + high) / 2],
    [1, high],
  ];
  for (const [share, value] of labels) {
    svg += textAt(x + 19, (1 - share) * frame.heightPx + 4, valueText(value), { sizePx: 11, ink: "muted" });
  }
  const title = trace.colorbar?.title?.text;
  return title === undefined ? svg : svg + textAt(x, -8, title, { sizePx: 11, ink: "muted" });
}

/** Below one a plain number: shares and averages have no prefix. */
function valueText(value: number): string {
  return Math.abs(value) < 1 ? significant(value) : formatSi(value);
}

function valueRange(trace: HeatmapTrace): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const row of trace.z) {
    for (const value of row) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

function colorAt(stops: Stops, share: number): string {
  const at = Math.min(1, Math.max(0, share));
  const above = Math.max(
    1,
    stops.findIndex(([s]) => s >= at),
  );
  const [s0, c0] = stops[above - 1]!;
  const [s1, c1] = stops[above]!;
  const part = s1 === s0 ? 0 : (at - s0) / (s1 - s0);
  const mixed = channels(c0).map((v, i) => Math.round(v + (channels(c1)[i]! - v) * part));
  return `#${mixed.map((v) => v.toString(16).padStart(2, "0")).join("")}`;
}

function channels(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

function brightness(color: string): number {
  const [r, g, b] = channels(color) as [number, number, number];
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}
