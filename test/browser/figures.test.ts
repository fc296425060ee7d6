// What readers see, in a real browser: every kind of figure drawn by Plotly, and what stays where Plotly is not.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figure, lanes, outputBundle } from "../../lib/plot/index.js";
import { plotlyForm } from "../../lib/plot/interactive.js";
import { gallery } from "../plot/gallery.js";
import { galleryHtml, ROOT, writePage } from "../plot/page.js";
import { abba } from "../plot/reports.js";
import { browserPath } from "./lab.js";
import { openBrowser, serve } from "./page-server.js";

const figures = Object.entries(gallery()).flatMap(([name, what]) =>
  what.kind === "figure" ? [[name, what] as const] : [],
);
const plotlyFile = join(ROOT, "node_modules/plotly.js-dist/plotly.js");
const notebook = (body: string, light = true): string =>
  `<!doctype html><meta charset="utf-8"><style>body{color:#111}body[data-jp-theme-light="false"]{color:#eee;background:#111}</style>
<body data-jp-theme-light="${light}"><script id="jupyter-config-data" type="application/json">{"baseUrl":"/hub/x/"}</script>${body}</body>`;
const html = (name: string, id: string): string => String(outputBundle(gallery()[name]!, id)["text/html"]);

const whiskers = figure(
  [10, 80].map((rate, i) => ({
    type: "bar" as const,
    x: [`variant ${i}`],
    y: [rate],
    text: [`${rate}/s`],
    textposition: "outside" as const,
    error_y: { type: "data" as const, symmetric: false as const, array: [30], arrayminus: [5] },
  })),
  { xaxis: { type: "category" }, barmode: "overlay" },
  { title: "Long whiskers" },
);

/** What the browser shows of each output; runs in the page. */
const LOOK = `[...document.querySelectorAll("section, .hb-plot, .hb-diagram")].map((el) => ({
  name: el.dataset.name ?? el.id,
  traces: [...el.querySelectorAll(".main-svg .trace, .main-svg .heatmaplayer image, .main-svg .points path, .main-svg .js-line")].filter(
    (n) => { const b = n.getBoundingClientRect(); return b.width > 0 || b.height > 0 }).length,
  pictures: [...el.querySelectorAll("img")].filter((n) => n.getBoundingClientRect().width > 100 && n.naturalWidth > 100).length,
}))`;
interface Look {
  readonly name: string;
  readonly traces: number;
  readonly pictures: number;
}
const look = (page: Page): Promise<Look[]> => page.evaluate(LOOK) as Promise<Look[]>;
const drawn = (page: Page, count: number): Promise<unknown> =>
  page.waitForFunction(
    `[...document.querySelectorAll(".hb-plot")].filter((el) => el.querySelector(".main-svg .xaxislayer-above") && el.querySelector("img").style.display === "none").length === ${count}`,
    undefined,
    { timeout: 25_000 },
  );

describe.skipIf(browserPath() === undefined)("figures in a browser", () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let server: Awaited<ReturnType<typeof serve>>;
  const one = html("latencyOverTime", "hb-one");
  const pages = {
    light: galleryHtml("light", { trusted: true }),
    dark: galleryHtml("dark", { trusted: true }),
    untrusted: galleryHtml("light", { trusted: false }),
    twice: notebook(`${one}<div>second view</div>${one}`),
    hidden: notebook(`<div id="tab" style="display:none">${one}</div>`),
    whiskers: notebook(String(outputBundle(whiskers, "hb-w")["text/html"])),
    lost: notebook(one).replace("/hub/x/", "/nowhere/"),
    diagram: notebook(String(outputBundle(lanes(abba()), "hb-d")["text/html"])),
    amd: notebook(`<script>window.define=function(){};window.define.amd={}</script>${one}`),
  };

  beforeAll(async () => {
    browser = await openBrowser();
    server = await serve(pages);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function open(name: keyof typeof pages): Promise<{ page: Page; errors: string[] }> {
    const page = await browser.context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(server.url + name);
    return { page, errors };
  }

  test("Plotly finds nothing to object to in any kind of figure, and objects to a planted mistake", async () => {
    const page = await browser.context.newPage();
    await page.addScriptTag({ path: plotlyFile });
    const validate = (form: object): Promise<unknown> =>
      page.evaluate(
        `((Plotly.validate(${JSON.stringify([form])}[0].data, ${JSON.stringify([form])}[0].layout) || []).map((e) => e.msg))`,
      );
    for (const [name, what] of figures) expect(await validate(plotlyForm(what)), name).toEqual([]);
    const form = plotlyForm(figures[0]![1]);
    expect(await validate({ ...form, layout: { ...form.layout, colour: "red" } })).not.toEqual([]);
    await page.close();
  }, 90_000);

  test.each(["light", "dark"] as const)(
    "every figure is drawn with traces, once Plotly is loaded (%s)",
    async (theme) => {
      const { page, errors } = await open(theme);
      await drawn(page, figures.length);
      const seen = new Map((await look(page)).map((l) => [l.name, l]));
      for (const [name] of figures) expect(seen.get(name)?.traces, name).toBeGreaterThan(0);
      expect(errors).toEqual([]);
      expect(await page.evaluate(`document.querySelectorAll("script[src]").length`)).toBe(1);
      await page.screenshot({ path: writePage(`${theme}.png`, ""), fullPage: true });
      await page.close();
    },
  );

  test("no whisker runs through the figure at the end of its bar", async () => {
    const { page } = await open("whiskers");
    await drawn(page, 1);
    const [texts, clear] = (await page.evaluate(`(() => {
      const boxes = (what) => [...document.querySelectorAll(what)].map((n) => n.getBoundingClientRect());
      const texts = boxes(".annotation-text, .bartext");
      const isClear = (a, b) => a.right < b.left || b.right < a.left || a.bottom <= b.top || b.bottom <= a.top;
      return [texts.length, boxes(".yerror").map((whisker) => texts.every((text) => isClear(whisker, text)))];
    })()`)) as [number, boolean[]];
    expect(texts).toBe(2);
    expect(clear).toEqual([true, true]);
    await page.close();
  });

  test("an untrusted notebook shows every picture and loads nothing", async () => {
    const { page } = await open("untrusted");
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.reload();
    await page.waitForFunction(`[...document.images].every((i) => i.complete)`);
    const seen = new Map((await look(page)).map((l) => [l.name, l]));
    for (const [name] of figures) expect(seen.get(name)?.pictures, name).toBe(1);
    expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([`${server.url}untrusted`]);
    await page.screenshot({ path: writePage("untrusted.png", ""), fullPage: true });
    await page.close();
  });

  test("colours follow the page's theme, also when it changes after drawing", async () => {
    const { page } = await open("twice");
    await drawn(page, 2);
    const ink = `getComputedStyle(document.querySelector(".hb-plot .gtitle")).fill`;
    expect(await page.evaluate(ink)).toBe("rgb(17, 17, 17)");
    await page.evaluate(`document.body.dataset.jpThemeLight = "false"`);
    await page.waitForFunction(`${ink} === "rgb(238, 238, 238)"`);
    await page.close();
  });

  test("two views of one output are both drawn", async () => {
    const { page } = await open("twice");
    await drawn(page, 2);
    for (const { traces } of await look(page)) expect(traces).toBeGreaterThan(0);
    await page.close();
  });

  test("an output that is not visible yet is drawn, at full width, when it appears", async () => {
    const { page } = await open("hidden");
    await page.waitForFunction("window.Plotly !== undefined");
    expect((await look(page))[0]?.traces).toBe(0);
    await page.evaluate(`document.getElementById("tab").style.display = "block"`);
    await drawn(page, 1);
    expect(
      await page.evaluate(`document.querySelector(".main-svg").getBoundingClientRect().width`),
    ).toBeGreaterThan(600);
    await page.close();
  });

  test("where Plotly cannot be loaded the picture stays", async () => {
    const { page, errors } = await open("lost");
    await page.waitForFunction(`window.__hbPlotly === null`);
    expect((await look(page))[0]).toMatchObject({ pictures: 1, traces: 0 });
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a page with an AMD loader does not hide Plotly, and keeps its loader", async () => {
    const { page } = await open("amd");
    await drawn(page, 1);
    expect(await page.evaluate("typeof window.define")).toBe("function");
    await page.close();
  });

  test("a page with Plotly inlined is interactive from a file, without any network", async () => {
    const script = readFileSync(plotlyFile, "utf8").replace(/<\/script/g, "<\\/script");
    const path = writePage(
      "export.html",
      `<!doctype html><meta charset="utf-8"><script>${script}</script>${one}`,
    );
    const page = await browser.context.newPage();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    const address = pathToFileURL(path).href;
    await page.goto(address);
    await drawn(page, 1);
    expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([address]);
    await page.close();
  });

  test("lanes are inlined where scripts run, so that they follow the theme", async () => {
    const { page } = await open("diagram");
    await page.waitForSelector(".hb-diagram svg");
    const paper = `getComputedStyle(document.querySelector(".hb-diagram svg > rect")).fill`;
    expect(await page.evaluate(paper)).toBe("rgb(255, 255, 255)");
    await page.evaluate(`document.body.dataset.jpThemeLight = "false"`);
    expect(await page.evaluate(paper)).toBe("rgb(21, 24, 29)");
    await page.screenshot({ path: writePage("lanes.png", ""), fullPage: true });
    await page.close();
  });
});
