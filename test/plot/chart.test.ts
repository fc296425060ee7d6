import { afterEach, describe, expect, test, vi } from "vitest";
import { chartSvg } from "../../lib/plot/chart.js";
import { figure, type Showable } from "../../lib/plot/index.js";
import { gallery } from "./gallery.js";
import { wellFormed } from "./xml.js";

const figures = Object.entries(gallery()).flatMap(([name, what]: [string, Showable]) =>
  what.kind === "figure" ? [[name, what] as const] : [],
);

describe("chart", () => {
  afterEach(() => vi.restoreAllMocks());

  test.each(figures)("the picture of %s is what it was", async (name, what) => {
    await expect(chartSvg(what)).toMatchFileSnapshot(`golden/${name}.svg`);
  });

  test.each(figures)("the picture of %s is well-formed, has no id and brings its own paper", (_, what) => {
    const svg = chartSvg(what);
    expect(wellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/ id=|url\(#|NaN|undefined|Infinity/);
    expect(svg).toContain('class="hb-f-paper"');
  });

  test("the check for well-formed XML finds a planted mistake", () => {
    expect(wellFormed("<svg><g></svg>")).toBe(false);
    expect(wellFormed("<svg>a & b</svg>")).toBe(false);
  });

  test("the same figure gives the same bytes whatever the locale and the dice say", () => {
    const [, what] = figures[0]!;
    const svg = chartSvg(what);
    vi.spyOn(Math, "random").mockImplementation(() => {
      throw new Error("a picture must not depend on chance");
    });
    vi.spyOn(Number.prototype, "toLocaleString").mockReturnValue("locale");
    expect(chartSvg(what)).toBe(svg);
  });

  test("series differ by dash and marker, not by colour alone", () => {
    const f = figure(["a", "b"].map((name) => ({ type: "scatter" as const, name, x: [1, 2], y: [1, 2] })));
    const svg = chartSvg(f);
    expect(svg).toContain("stroke-dasharray");
    expect(svg.match(/<g fill="#0072B2">/g)).toHaveLength(1);
    expect(svg.match(/<g fill="#D55E00">/g)).toHaveLength(1);
  });

  test.each([
    ["no traces", () => figure([])],
    ["an empty trace", () => figure([{ type: "scatter", x: [], y: [] }])],
    ["one point", () => figure([{ type: "scatter", x: [5], y: [5] }])],
    [
      "only zeros on a logarithmic axis",
      () => figure([{ type: "scatter", x: [1, 2], y: [0, 0] }], { yaxis: { type: "log" } }),
    ],
    ["numbers that are none", () => figure([{ type: "scatter", x: [1, 2], y: [Number.NaN, Infinity] }])],
    ["an empty heat map", () => figure([{ type: "heatmap", x: [], y: [], z: [] }])],
    ["negative bars", () => figure([{ type: "bar", x: ["a", "b"], y: [-3, 2] }])],
    [
      "a very long title and names",
      () =>
        figure([{ type: "scatter", name: "n".repeat(300), x: [1], y: [1] }], {
          title: { text: "word ".repeat(80) },
        }),
    ],
    [
      "hostile text",
      () =>
        figure([{ type: "bar", name: "</svg><script>", x: ['<&">', "\u0000\ud800"], y: [1, 2] }], {
          title: { text: "]]>&" },
        }),
    ],
  ])("draws %s without a broken number", (_, make) => {
    const svg = chartSvg(make());
    expect(wellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|<script/);
  });
});
