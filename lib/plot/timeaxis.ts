// TimeAxis: the line below lanes that says when: some round numbers, evenly apart.
import { stroke, textAt } from "./frame.js";
import { coordinate, element } from "./markup.js";

/** Where lanes stand in a picture, and what they show. */
export interface TimeArea {
  readonly leftPx: number;
  readonly widthPx: number;
  readonly topPx: number;
  readonly bottomPx: number;
  readonly end: number;
}

/** The column of a point in time. */
export function columnOf(area: TimeArea, value: number): number {
  return area.leftPx + (area.end <= 0 ? 0 : (value / area.end) * area.widthPx);
}

/** Grid lines at round numbers, with their words below. */
export function timeAxisSvg(area: TimeArea, words: (value: number) => string, title: string): string {
  let svg = "";
  for (let value = 0; value <= area.end * 1.0001; value += roundStep(area.end / 6)) {
    const x = columnOf(area, value);
    const d = `M${coordinate(x)} ${coordinate(area.topPx)}V${coordinate(area.bottomPx)}`;
    svg += element("path", { d, fill: "none", "stroke-width": 1, ...stroke("grid") });
    svg += textAt(x, area.bottomPx + 16, words(value), { anchor: "middle", sizePx: 11, ink: "muted" });
  }
  const middle = area.leftPx + area.widthPx / 2;
  return svg + textAt(middle, area.bottomPx + 34, title, { anchor: "middle", ink: "muted" });
}

/** Returns the next of 1, 2 or 5 times a power of ten. */
export function roundStep(wanted: number): number {
  const raw = Math.max(wanted, 1e-9);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((f) => f * power >= raw) ?? 10;
  return factor * power;
}
