// Trace: the part of Plotly's vocabulary of traces, axes and layout that the course's figures are written in.
//
// Every name means what it means in Plotly, so the same data is drawn by Plotly in a page and by `chartSvg` without one.
import type { Dash, MarkerSymbol, Pattern } from "./palette.js";

/** A position on an axis: a number, or the name of a category. */
export type Datum = number | string;

export interface ErrorBars {
  readonly type: "data";
  readonly symmetric: false;
  readonly array: readonly number[];
  readonly arrayminus: readonly number[];
  readonly thickness?: number;
  readonly width?: number;
}

/** What all kinds of trace have in common. */
export interface TraceBase {
  readonly name?: string;
  readonly legendgroup?: string;
  readonly showlegend?: boolean;
  readonly opacity?: number;
  readonly hovertemplate?: string;
  readonly hoverinfo?: "skip" | "all";
}

/** Lines, steps (`line.shape: "hv"`), markers, areas and bands (`fill: "tonexty"` to the trace before). */
export interface ScatterTrace extends TraceBase {
  readonly type: "scatter";
  readonly x: readonly Datum[];
  /** `null` breaks the line. */
  readonly y: readonly (number | null)[];
  readonly mode?: "lines" | "markers" | "lines+markers";
  readonly line?: {
    readonly color?: string;
    readonly width?: number;
    readonly dash?: Dash;
    readonly shape?: "linear" | "hv";
  };
  readonly marker?: { readonly color?: string; readonly size?: number; readonly symbol?: MarkerSymbol };
  readonly fill?: "none" | "tozeroy" | "tonexty";
  readonly fillcolor?: string;
  readonly error_y?: ErrorBars;
}

/** Vertical bars; side by side within a category unless `layout.barmode` says otherwise. */
export interface BarTrace extends TraceBase {
  readonly type: "bar";
  readonly x: readonly Datum[];
  readonly y: readonly number[];
  /** Bar widths in axis units; for histograms. */
  readonly width?: number | readonly number[];
  readonly text?: readonly string[];
  readonly textposition?: "outside" | "none";
  readonly marker?: {
    readonly color?: string;
    readonly pattern?: { readonly shape: Pattern; readonly fgcolor?: string };
    readonly line?: { readonly color?: string; readonly width?: number };
  };
  readonly error_y?: ErrorBars;
}

/** Box plots from quartiles that are known already: raw samples would be too many for a notebook. */
export interface BoxTrace extends TraceBase {
  readonly type: "box";
  readonly x: readonly Datum[];
  readonly q1: readonly number[];
  readonly median: readonly number[];
  readonly q3: readonly number[];
  readonly lowerfence: readonly number[];
  readonly upperfence: readonly number[];
  readonly fillcolor?: string;
  readonly line?: { readonly color?: string; readonly width?: number };
}

/** A heat map: `z[row][column]`, `null` for an empty cell. */
export interface HeatmapTrace extends TraceBase {
  readonly type: "heatmap";
  readonly x: readonly Datum[];
  readonly y: readonly Datum[];
  readonly z: readonly (readonly (number | null)[])[];
  readonly colorscale?: readonly (readonly [number, string])[];
  readonly colorbar?: { readonly title?: { readonly text: string } };
}

export type Trace = ScatterTrace | BarTrace | BoxTrace | HeatmapTrace;

export interface Axis {
  readonly type?: "linear" | "log" | "category";
  readonly title?: { readonly text: string };
  /** As in Plotly: on a log axis the ends are powers of ten. */
  readonly range?: readonly [number, number];
  /** `~s` is an SI prefix: with `ticksuffix: "s"` the ticks read 10µs, 1ms, 1s. */
  readonly tickformat?: "~s" | ".0%" | ".1%";
  readonly ticksuffix?: string;
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
  /** As in Plotly: 1 marks only the powers of ten of a log axis. */
  readonly dtick?: 1;
}

/** A shaded region (`rect`) or a line across the whole picture. */
export interface Shape {
  readonly type: "rect" | "line";
  readonly xref: "x" | "paper";
  readonly yref: "y" | "paper";
  readonly x0: Datum;
  readonly x1: Datum;
  readonly y0: number;
  readonly y1: number;
  readonly fillcolor?: string;
  readonly line?: { readonly color?: string; readonly width?: number; readonly dash?: Dash };
  readonly layer?: "below" | "above";
}

export interface Annotation {
  readonly text: string;
  readonly x: Datum;
  readonly y: number;
  readonly xref: "x" | "paper";
  readonly yref: "y" | "paper";
  readonly xanchor?: "left" | "center" | "right";
  readonly yanchor?: "top" | "middle" | "bottom";
  readonly showarrow: false;
}

export interface Layout {
  readonly title?: { readonly text: string };
  readonly xaxis?: Axis;
  readonly yaxis?: Axis;
  readonly barmode?: "group" | "overlay";
  readonly shapes?: readonly Shape[];
  readonly annotations?: readonly Annotation[];
  readonly showlegend?: boolean;
  /** Height in pixels; the width is the page's (the picture's own is 720). */
  readonly height?: number;
}
