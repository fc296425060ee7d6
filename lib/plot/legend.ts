// Legend: which line, bar or box is which, above the drawing area in as many rows as it takes.
import { textAt } from "./frame.js";
import { element } from "./markup.js";
import { dashArray, symbolPath } from "./style.js";
import { textWidth } from "./textwidth.js";
import type { Trace } from "./trace.js";

const ROW_PX = 20;
const KEY_PX = 30;

interface Entry {
  readonly trace: Trace;
  readonly name: string;
  readonly x: number;
  readonly row: number;
}

/** Returns the legend and its height in pixels: 0 when no trace needs a name. */
export function legendSvg(
  data: readonly Trace[],
  show: boolean | undefined,
  widthPx: number,
): { svg: string; heightPx: number } {
  const named = data.filter((trace) => trace.name !== undefined && trace.showlegend !== false);
  if (show === false || named.length === 0 || (show === undefined && named.length < 2)) {
    return { svg: "", heightPx: 0 };
  }
  const entries: Entry[] = [];
  let x = 0;
  let row = 0;
  for (const trace of named) {
    const name = trace.name!;
    const width = KEY_PX + 8 + textWidth(name, 12) * 1.15 + 18;
    if (x > 0 && x + width > widthPx) {
      x = 0;
      row++;
    }
    entries.push({ trace, name, x, row });
    x += width;
  }
  const svg = entries
    .map((entry) => {
      const y = entry.row * ROW_PX + 10;
      return keySvg(entry.trace, entry.x, y) + textAt(entry.x + KEY_PX + 7, y + 4, entry.name);
    })
    .join("");
  return { svg, heightPx: (row + 1) * ROW_PX + 4 };
}

function keySvg(trace: Trace, x: number, y: number): string {
  if (trace.type !== "scatter") {
    const color =
      (trace.type === "bar" ? trace.marker?.color : trace.type === "box" ? trace.line?.color : "") ?? "";
    return element("rect", { x: x + 8, y: y - 6, width: KEY_PX - 12, height: 12, fill: color || "#888888" });
  }
  const color = trace.line?.color ?? "#888888";
  const width = trace.line?.width ?? 2;
  const mode = trace.mode ?? "lines";
  let key = "";
  if (mode.includes("lines") && width > 0) {
    const dash = dashArray(trace.line?.dash, width);
    key += element("path", {
      d: `M${x} ${y}h${KEY_PX}`,
      stroke: color,
      "stroke-width": width,
      "stroke-dasharray": dash,
      fill: "none",
    });
  } else if (trace.fill !== undefined && trace.fill !== "none") {
    const fill = trace.fillcolor ?? color;
    key += element("rect", { x: x + 4, y: y - 6, width: KEY_PX - 8, height: 12, fill });
  }
  if (mode.includes("markers")) {
    const d = symbolPath(trace.marker?.symbol ?? "circle", trace.marker?.size ?? 7);
    key += element("path", {
      d,
      transform: `translate(${x + KEY_PX / 2} ${y})`,
      fill: trace.marker?.color ?? color,
    });
  }
  return key;
}
