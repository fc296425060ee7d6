import { describe, expect, test } from "vitest";
import { svgDocument } from "../../lib/plot/frame.js";
import { diagram, figure, outputBundle, plainText, table } from "../../lib/plot/index.js";
import { gallery } from "./gallery.js";
import { sanitized } from "./page.js";
import { incident } from "./samples.js";

const html = (what: Parameters<typeof outputBundle>[0], id = "hb-1"): string =>
  String(outputBundle(what, id)["text/html"]);
const evil = figure([{ type: "scatter", name: "</script><script>alert(1)</script>", x: ["<!--"], y: [1] }], {
  title: { text: '</title><img src=x onerror="alert(2)">' },
});

describe("output", () => {
  test.each(Object.keys(gallery()))("%s has an html form and a text form", (name) => {
    const bundle = outputBundle(gallery()[name]!, "hb-1");
    expect(bundle["text/html"]).toBeTypeOf("string");
    expect(String(bundle["text/plain"]).length).toBeGreaterThan(10);
  });

  test("a figure's text form holds title, numbers and the notes on noise", () => {
    const text = plainText(gallery()["latencyHistogram"]!);
    expect(text).toContain("Latency of reader");
    expect(text).toContain("rwmutex, corrected");
    expect(text).toContain("1.07 s");
    expect(text).toContain(incident().noise.note);
  });

  test("an untrusted notebook keeps the picture, its words and the numbers", () => {
    const left = sanitized(html(gallery()["latencyOverTime"]!));
    expect(left).not.toMatch(/<script|<svg| id=/);
    expect(left).toMatch(
      /<img alt="Latency of reader over time[^"]+" style="[^"]*" src="data:image\/svg\+xml;base64,/,
    );
    expect(left).toContain("<details><summary>The numbers</summary><table");
  });

  test("there is one script per output, and text of the figure cannot end it", () => {
    const page = html(evil);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.match(/<\/script/g)).toHaveLength(1);
    expect(page).not.toMatch(/<img src=x/);
    const script = /<script>([\s\S]*)<\/script>/.exec(page)![1]!;
    expect(() => new Function(script)).not.toThrow();
  });

  test("the loader takes Plotly from the notebook server only", () => {
    expect(html(evil).match(/https?:\/\/[^\s"'\\]+/g) ?? []).toEqual([]);
  });

  test("Plotly's MIME type carries the same data for front ends that have a renderer", () => {
    const form = outputBundle(evil, "hb-1")["application/vnd.plotly.v1+json"] as { data: { x: string[] }[] };
    expect(form.data[0]?.x).toEqual(["<!--"]);
    expect(JSON.parse(JSON.stringify(form))).toEqual(form);
  });

  test("an output of a thinned figure stays under 200 kB", () => {
    const x = Array.from({ length: 200_000 }, (_, i) => i);
    const big = figure([{ type: "scatter", x, y: x.map((i) => Math.sin(i / 1000) * 1e6) }]);
    expect(JSON.stringify(outputBundle(big, "hb-1")).length).toBeLessThan(200_000);
  });

  test("a diagram is a picture with its text below", () => {
    const d = diagram("Lanes", svgDocument(10, 10, "two lanes", ""), "g1 <waits>", "two lanes");
    const page = html(d, "hb-2");
    expect(page).toContain('alt="two lanes"');
    expect(page).toContain("g1 &lt;waits&gt;");
    expect(plainText(d)).toBe("g1 <waits>");
    expect(() => diagram("x", "<p>", "")).toThrow(
      'diagram: expected `svg` to be an <svg> element, got "<p>"',
    );
  });

  test("a table is html without script", () => {
    const page = html(table("T", ["a", "b"], [["<x>", "1"]], ["note"]));
    expect(page).toContain("&lt;x&gt;");
    expect(page).not.toContain("<script");
  });
});
