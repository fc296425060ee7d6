// Frame: the drawing area of a chart with its two scales, and the skin (paper, text and grid in light and dark).
import type { Attributes } from "./markup.js";
import { element, escapeXml } from "./markup.js";
import { position, type Scale } from "./scale.js";
import type { Datum } from "./trace.js";

/** The drawing area inside the axes, in pixels from its own upper left corner. */
export interface Frame {
  readonly x: Scale;
  readonly y: Scale;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Returns the pixel column of a value; `undefined` when it has no place on the axis. */
export function px(frame: Frame, value: Datum | null): number | undefined {
  const at = position(frame.x, value);
  return at === undefined ? undefined : at * frame.widthPx;
}

/** Returns the pixel row of a value; `undefined` when it has no place on the axis. */
export function py(frame: Frame, value: Datum | null): number | undefined {
  const at = position(frame.y, value);
  return at === undefined ? undefined : (1 - at) * frame.heightPx;
}

export const FONT = 'Arial,"Liberation Sans",Helvetica,sans-serif';
export const MONO = '"DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,monospace';

/** The colours of everything that is not data. Text reaches a contrast of 7 to its paper, light and dark. */
export const LIGHT = {
  paper: "#ffffff",
  text: "#1f2328",
  muted: "#57606a",
  grid: "#e3e6ea",
  edge: "#8c959f",
};
const DARK = { paper: "#15181d", text: "#e6e8eb", muted: "#a9b1ba", grid: "#30363d", edge: "#768390" };

type Ink = keyof typeof LIGHT;

/** Returns attributes that fill with an ink of the skin: the light colour itself, and a class for the dark one. */
export function fill(ink: Ink): Attributes {
  return { fill: LIGHT[ink], class: `hb-f-${ink}` };
}

/** Returns attributes that stroke with an ink of the skin. */
export function stroke(ink: Ink): Attributes {
  return { stroke: LIGHT[ink], class: `hb-s-${ink}` };
}

// The light colours stand in the elements, so that the picture is whole without any style sheet. Dark comes from
// three places: the reader's preference (picture on its own), and JupyterLab's flag (picture inlined in a page).
const inks = Object.keys(LIGHT) as Ink[];
const rules = (colors: typeof LIGHT, prefix: string): string =>
  inks
    .map((ink) => `${prefix}.hb-f-${ink}{fill:${colors[ink]}}${prefix}.hb-s-${ink}{stroke:${colors[ink]}}`)
    .join("");
const STYLE =
  `@media (prefers-color-scheme:dark){${rules(DARK, "")}}` +
  rules(LIGHT, '[data-jp-theme-light="true"] ') +
  rules(DARK, '[data-jp-theme-light="false"] ');

/** Returns a whole `<svg>` element with its own paper; it can stand as a file, as an image and inline in a page. */
export function svgDocument(widthPx: number, heightPx: number, alt: string, children: string): string {
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: widthPx,
      height: heightPx,
      viewBox: `0 0 ${widthPx} ${heightPx}`,
      role: "img",
      "aria-label": alt,
      "font-family": FONT,
    },
    `<style>${STYLE}</style>${element("rect", { width: widthPx, height: heightPx, rx: 6, ...fill("paper") })}${children}`,
  );
}

/** Returns a line of text. `anchor` says which end stands at `x`; the baseline stands at `y`. */
export function textAt(
  x: number,
  y: number,
  text: string,
  options: { sizePx?: number; anchor?: "start" | "middle" | "end"; ink?: Ink; more?: Attributes } = {},
): string {
  const { sizePx = 12, anchor = "start", ink = "text", more = {} } = options;
  return element(
    "text",
    {
      x,
      y,
      "font-size": sizePx,
      "text-anchor": anchor === "start" ? undefined : anchor,
      ...fill(ink),
      ...more,
    },
    escapeXml(text),
  );
}
