// Palette: the colours, dashes and markers of the course's figures.
//
// Source: Okabe and Ito, "Color Universal Design" (2008): tells apart for every common kind of colour blindness.
// Black and yellow are left out: one vanishes on dark ground, the other on white. A series never differs by
// colour alone: its dash and its marker differ as well.

/** The series colours, in order of use; they stand out on white and on near-black ground. */
export const COLORS: readonly string[] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];

/** Plotly's names for the dashes that go with the colours. */
export const DASHES: readonly Dash[] = ["solid", "dash", "dot", "dashdot", "longdash", "solid"];

/** Plotly's names for the markers that go with the colours. */
export const SYMBOLS: readonly MarkerSymbol[] = ["circle", "square", "diamond", "triangle-up", "cross", "x"];

/** Plotly's names for the hatches that go with the colours in bars. */
export const PATTERNS: readonly Pattern[] = ["", "/", ".", "\\", "x", "-"];

export type Dash = "solid" | "dash" | "dot" | "dashdot" | "longdash";
export type MarkerSymbol = "circle" | "square" | "diamond" | "triangle-up" | "cross" | "x";
export type Pattern = "" | "/" | "\\" | "x" | "-" | ".";

/** How one series looks: its colour, dash, marker and hatch. */
export interface SeriesStyle {
  readonly color: string;
  readonly dash: Dash;
  readonly symbol: MarkerSymbol;
  readonly pattern: Pattern;
}

/** Returns the look of the series with this index, from 0; the looks repeat after six. */
export function seriesStyle(index: number): SeriesStyle {
  const i = index % COLORS.length;
  return { color: COLORS[i]!, dash: DASHES[i]!, symbol: SYMBOLS[i]!, pattern: PATTERNS[i]! };
}

/** Returns `#rrggbb` as `rgba(…)` with this opacity, for bands and regions. */
export function withOpacity(color: string, opacity: number): string {
  const n = Number.parseInt(color.slice(1), 16);
  return `rgba(${n >> 16},${(n >> 8) & 255},${n & 255},${opacity})`;
}

/** Cividis in nine steps (Nuñez and others, 2018): even in brightness, safe for colour-blind readers. */
export const HEAT: readonly (readonly [number, string])[] = [
  [0, "#00204d"],
  [0.125, "#08306e"],
  [0.25, "#31446b"],
  [0.375, "#575c6d"],
  [0.5, "#7b7b78"],
  [0.625, "#a19976"],
  [0.75, "#c4b56c"],
  [0.875, "#e9d255"],
  [1, "#ffea46"],
];
