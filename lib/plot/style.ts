// Style: the look of each trace where the figure does not say, shared by the SVG renderer and Plotly's form.
import type { Dash, MarkerSymbol } from "./palette.js";
import { seriesStyle } from "./palette.js";
import type { Trace } from "./trace.js";

/**
 * Returns the traces with colour, dash, marker and hatch filled in, so that series differ by more than colour.
 * Traces of one `legendgroup` share a look.
 */
export function styled(data: readonly Trace[]): Trace[] {
  const indexOfGroup = new Map<string, number>();
  let next = 0;
  return data.map((trace) => {
    const known = trace.legendgroup === undefined ? undefined : indexOfGroup.get(trace.legendgroup);
    const isEdge = trace.type === "scatter" && trace.line?.width === 0; // of a band: takes no look of its own
    const index = known ?? (isEdge ? next : next++);
    if (trace.legendgroup !== undefined) indexOfGroup.set(trace.legendgroup, index);
    return withStyle(trace, index);
  });
}

function withStyle(trace: Trace, index: number): Trace {
  const style = seriesStyle(index);
  switch (trace.type) {
    case "scatter": {
      const color = trace.line?.color ?? trace.marker?.color ?? style.color;
      const mode = trace.mode ?? (trace.x.length > 20 ? "lines" : "lines+markers");
      const line = { color, width: 2, dash: style.dash, ...trace.line };
      const marker = { color, size: 7, symbol: style.symbol, ...trace.marker };
      // Plotly objects to the look of something that is not drawn; `line` also colours bands.
      const { marker: _, ...rest } = trace;
      return { ...rest, mode, line, ...(mode.includes("markers") ? { marker } : {}) };
    }
    case "bar":
      return {
        ...trace,
        marker: { color: style.color, pattern: { shape: style.pattern }, ...trace.marker },
      };
    case "box":
      return { ...trace, line: { color: style.color, width: 2, ...trace.line } };
    case "heatmap":
      return trace;
  }
}

const DASH_ARRAY: Readonly<Record<Dash, readonly number[]>> = {
  solid: [],
  dash: [4, 2.5],
  dot: [1, 2],
  dashdot: [4, 2, 1, 2],
  longdash: [7, 2.5],
};

/** Returns SVG's `stroke-dasharray` for one of Plotly's dashes at this line width. */
export function dashArray(dash: Dash | undefined, width: number): string | undefined {
  const parts = DASH_ARRAY[dash ?? "solid"];
  return parts.length === 0 ? undefined : parts.map((p) => p * width).join(" ");
}

/** Returns the outline of a marker with its centre at the origin, as SVG path data. */
export function symbolPath(symbol: MarkerSymbol, sizePx: number): string {
  const r = sizePx / 2;
  const p = (n: number): string => n.toFixed(2).replace(/\.?0+$/, "");
  switch (symbol) {
    case "square":
      return `M${p(-r)} ${p(-r)}h${p(2 * r)}v${p(2 * r)}h${p(-2 * r)}z`;
    case "diamond":
      return `M0 ${p(-1.3 * r)}L${p(1.3 * r)} 0L0 ${p(1.3 * r)}L${p(-1.3 * r)} 0z`;
    case "triangle-up":
      return `M0 ${p(-1.2 * r)}L${p(1.15 * r)} ${p(0.9 * r)}H${p(-1.15 * r)}z`;
    case "cross": {
      const t = r * 0.4;
      return `M${p(-r)} ${p(-t)}H${p(-t)}V${p(-r)}H${p(t)}V${p(-t)}H${p(r)}V${p(t)}H${p(t)}V${p(r)}H${p(-t)}V${p(t)}H${p(-r)}z`;
    }
    case "x": {
      const t = r * 0.45;
      return `M0 ${p(-t)}L${p(r - t)} ${p(-r)}L${p(r)} ${p(t - r)}L${p(t)} 0L${p(r)} ${p(r - t)}L${p(r - t)} ${p(r)}L0 ${p(t)}L${p(t - r)} ${p(r)}L${p(-r)} ${p(r - t)}L${p(-t)} 0L${p(-r)} ${p(t - r)}L${p(t - r)} ${p(-r)}z`;
    }
    case "circle":
      return `M${p(-r)} 0a${p(r)} ${p(r)} 0 1 0 ${p(2 * r)} 0a${p(r)} ${p(r)} 0 1 0 ${p(-2 * r)} 0z`;
  }
}
