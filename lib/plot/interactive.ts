// Interactive: a figure in the exact form that Plotly takes, with the course's manners filled in.
import type { Figure } from "./figure.js";
import { COLORS, HEAT } from "./palette.js";
import { styled } from "./style.js";
import type { Axis, BarTrace, Trace } from "./trace.js";

/** What `Plotly.newPlot` takes, and what the MIME type `application/vnd.plotly.v1+json` holds. */
export interface PlotlyForm {
  readonly data: readonly object[];
  readonly layout: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
}

const LEGEND = { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", xanchor: "left", traceorder: "normal" };

/** Returns the figure for Plotly: same data, same looks as the SVG, transparent paper so that the page shows. */
export function plotlyForm(figure: Figure): PlotlyForm {
  const data = styled(figure.data).map(traceForm);
  const named = figure.data.filter((t) => t.name !== undefined && t.showlegend !== false).length;
  const { layout } = figure;
  const hasLegend = layout.showlegend ?? named > 1;
  return {
    data,
    layout: {
      ...layout,
      title: {
        text: escapeTags(figure.title),
        font: { size: 16, weight: 600 },
        x: 0,
        xref: "container",
        xanchor: "left",
        pad: { l: 12 },
      },
      xaxis: { ...axisForm(layout.xaxis ?? {}), ...(isNamed(figure.data) ? { showgrid: false } : {}) },
      yaxis: axisForm(layout.yaxis ?? {}),
      annotations: [
        ...(layout.annotations ?? []).map((note) => ({ ...note, text: escapeTags(note.text) })),
        ...figure.data.flatMap((trace) => textsAboveWhiskers(trace, layout.yaxis?.type)),
      ],
      showlegend: hasLegend,
      ...(hasLegend ? { legend: LEGEND } : {}),
      margin: { l: 70, r: 24, t: hasLegend ? 90 : 60, b: 56 },
      height: layout.height ?? 400,
      autosize: true,
      ...(figure.data.some((trace) => trace.type === "bar") ? { bargap: 0.3 } : {}),
      hovermode: "closest",
      colorway: COLORS,
      font: { family: "Arial, Liberation Sans, Helvetica, sans-serif", size: 12 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
    },
    config: { responsive: true, displaylogo: false },
  };
}

function traceForm(trace: Trace): Record<string, unknown> {
  const name = trace.name === undefined ? {} : { name: escapeTags(trace.name) };
  if (trace.type === "heatmap") {
    const isSmall = trace.x.length <= 12 && trace.y.length <= 12;
    const isPlain = trace.z.every((row) => row.every((value) => Math.abs(value ?? 0) < 1000));
    const texttemplate = isSmall ? { texttemplate: isPlain ? "%{z:.3~g}" : "%{z:.3~s}" } : {};
    return { colorscale: HEAT, ...trace, ...name, ...texttemplate, hoverongaps: false };
  }
  if (trace.type !== "bar") return { ...trace, ...name };
  const { text, ...plain } = trace;
  return { ...barForm(trace.error_y === undefined ? trace : plain), ...name };
}

/** Plotly writes a bar's text at its end, where the whisker would run through it: these stand above the whisker. */
function textsAboveWhiskers(trace: Trace, scale: Axis["type"]): object[] {
  if (trace.type !== "bar" || trace.textposition === "none") return [];
  const { x, y, text, error_y: whiskers } = trace;
  if (text === undefined || whiskers === undefined) return [];
  return text.map((each, i) => {
    const top = (y[i] ?? 0) + (whiskers.array[i] ?? 0);
    return {
      x: x[i],
      y: scale === "log" ? Math.log10(top) : top,
      text: escapeTags(each),
      showarrow: false,
      yanchor: "bottom",
      yshift: 2,
    };
  });
}

function barForm(trace: BarTrace): Record<string, unknown> {
  if (trace.marker?.pattern === undefined) return { ...trace };
  if (trace.marker.pattern.shape === "") {
    const { pattern: _, ...marker } = trace.marker;
    return { ...trace, marker };
  }
  const pattern = { ...trace.marker.pattern, fillmode: "overlay", fgcolor: "#ffffff", fgopacity: 0.65 };
  return { ...trace, marker: { ...trace.marker, pattern } };
}

/** Names have no positions between them: no grid. */
function isNamed(data: readonly Trace[]): boolean {
  return data.some((trace) => trace.x.some((value) => typeof value === "string"));
}

function axisForm(axis: Axis): Record<string, unknown> {
  const title =
    axis.title === undefined ? {} : { title: { text: escapeTags(axis.title.text), standoff: 12 } };
  return { automargin: true, zeroline: false, showline: true, ...axis, ...title };
}

/** Plotly reads a few HTML tags in texts; a learner's name like `Map<K>` must stay what it is. */
function escapeTags(text: string): string {
  return text.replace(/</g, "&lt;");
}
