// Overlay: shaded regions, marked lines and their words.
import { type Frame, px, py, textAt } from "./frame.js";
import { element } from "./markup.js";
import { dashArray } from "./style.js";
import type { Annotation, Datum, Shape } from "./trace.js";

/** Returns the shapes of one layer. Shapes below the data are fills; lines usually stand above. */
export function shapesSvg(frame: Frame, shapes: readonly Shape[], layer: "below" | "above"): string {
  return shapes
    .filter((shape) => (shape.layer ?? "above") === layer)
    .map((shape) => shapeSvg(frame, shape))
    .join("");
}

function shapeSvg(frame: Frame, shape: Shape): string {
  const x0 = columnOf(frame, shape.xref, shape.x0);
  const x1 = columnOf(frame, shape.xref, shape.x1);
  const y0 = rowOf(frame, shape.yref, shape.y0);
  const y1 = rowOf(frame, shape.yref, shape.y1);
  if (x0 === undefined || x1 === undefined || y0 === undefined || y1 === undefined) return "";
  const width = shape.line?.width ?? (shape.type === "line" ? 2 : 0);
  const pen = {
    stroke: width > 0 ? (shape.line?.color ?? "#888888") : undefined,
    "stroke-width": width > 0 ? width : undefined,
    "stroke-dasharray": dashArray(shape.line?.dash, width),
  };
  if (shape.type === "line") return element("line", { x1: x0, y1: y0, x2: x1, y2: y1, ...pen });
  return element("rect", {
    x: Math.min(x0, x1),
    y: Math.min(y0, y1),
    width: Math.max(1, Math.abs(x1 - x0)),
    height: Math.abs(y1 - y0),
    fill: shape.fillcolor ?? "none",
    ...pen,
  });
}

function columnOf(frame: Frame, ref: "x" | "paper", value: Datum): number | undefined {
  return ref === "paper" ? Number(value) * frame.widthPx : px(frame, value);
}

function rowOf(frame: Frame, ref: "y" | "paper", value: number): number | undefined {
  return ref === "paper" ? (1 - value) * frame.heightPx : py(frame, value);
}

const ANCHOR = { left: "start", center: "middle", right: "end" } as const;
const RISE = { top: 12, middle: 4, bottom: -4 } as const;

/** Returns the words placed over the data. As in Plotly, a place on a log axis is given as a power of ten. */
export function annotationsSvg(frame: Frame, annotations: readonly Annotation[]): string {
  return annotations
    .map((note) => {
      const valueX = frame.x.type === "log" && typeof note.x === "number" ? 10 ** note.x : note.x;
      const x = note.xref === "paper" ? Number(note.x) * frame.widthPx : px(frame, valueX);
      const valueY = frame.y.type === "log" ? 10 ** note.y : note.y;
      const y = rowOf(frame, note.yref, note.yref === "paper" ? note.y : valueY);
      if (x === undefined || y === undefined) return "";
      return textAt(x, y + RISE[note.yanchor ?? "middle"], note.text, {
        anchor: ANCHOR[note.xanchor ?? "center"],
        sizePx: 12,
      });
    })
    .join("");
}
