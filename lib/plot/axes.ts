// Axes: grid, ticks, labels and titles around the drawing area.
import { type Frame, stroke, textAt } from "./frame.js";
import { element } from "./markup.js";
import { positionOfNumber, type Tick } from "./scale.js";
import { clip, textWidth } from "./textwidth.js";

const LABEL_PX = 12;

/** Returns the grid lines and the axis lines, drawn below the data. */
export function gridSvg(frame: Frame): string {
  const { widthPx, heightPx } = frame;
  let grid = "";
  for (const tick of frame.x.ticks) {
    const x = positionOfNumber(frame.x, tick.at)! * widthPx;
    if (frame.x.type !== "category") grid += line(x, 0, x, heightPx, tick);
  }
  for (const tick of frame.y.ticks) {
    const y = (1 - positionOfNumber(frame.y, tick.at)!) * heightPx;
    grid += line(0, y, widthPx, y, tick);
  }
  const edge = element("path", { d: `M0 0V${heightPx}H${widthPx}`, fill: "none", ...stroke("edge") });
  return grid + edge;
}

function line(x1: number, y1: number, x2: number, y2: number, tick: Tick): string {
  return element("line", { x1, y1, x2, y2, "stroke-width": tick.isMinor ? 0.5 : 1, ...stroke("grid") });
}

/** Returns the room in pixels that the labels of the vertical axis take on the left. */
export function leftRoom(labels: readonly string[], hasTitle: boolean): number {
  const widest = Math.max(0, ...labels.map((label) => textWidth(label, LABEL_PX)));
  return Math.ceil(widest * 1.15) + 14 + (hasTitle ? 24 : 0);
}

/** Returns tick labels and axis titles, drawn in the drawing area's coordinates but outside it. */
export function labelsSvg(frame: Frame, xTitle: string, yTitle: string, leftPx: number): string {
  const { widthPx, heightPx } = frame;
  let labels = "";
  let freeFrom = Number.NEGATIVE_INFINITY;
  const columnPx = widthPx / Math.max(1, frame.x.ticks.length);
  for (const tick of frame.x.ticks) {
    if (tick.label === "") continue;
    const x = positionOfNumber(frame.x, tick.at)! * widthPx;
    // A few names are cut to their columns; of many, those that fit stand whole.
    const isCut = frame.x.type === "category" && frame.x.ticks.length <= 12;
    const fits = isCut ? Math.max(3, Math.floor(columnPx / 6.6)) : 40;
    const label = clip(tick.label, fits);
    const half = (textWidth(label, LABEL_PX) * 1.15) / 2;
    if (x - half < freeFrom) continue; // labels never overlap: the later one gives way
    freeFrom = x + half + 6;
    labels += textAt(x, heightPx + 18, label, { anchor: "middle", sizePx: LABEL_PX, ink: "muted" });
  }
  for (const tick of frame.y.ticks) {
    if (tick.label === "") continue;
    labels += textAt(-8, (1 - positionOfNumber(frame.y, tick.at)!) * heightPx + 4, tick.label, {
      anchor: "end",
      sizePx: LABEL_PX,
      ink: "muted",
    });
  }
  if (xTitle !== "") {
    labels += textAt(widthPx / 2, heightPx + 38, xTitle, { anchor: "middle", sizePx: 13 });
  }
  if (yTitle !== "") {
    const turn = { transform: `translate(${18 - leftPx} ${heightPx / 2}) rotate(-90)` };
    labels += textAt(0, 0, yTitle, { anchor: "middle", sizePx: 13, more: turn });
  }
  return labels;
}
