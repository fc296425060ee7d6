// The exported page in a real browser, opened from a file, without a network.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportHtml } from "../../lib/notebook/index.js";
import { executedNotebook } from "../notebook/executed.js";
import { openBrowser } from "./page-server.js";

const folder = mkdtempSync(join(tmpdir(), "hb page é "));
const shots = process.env["HB_SHOTS"];
let browser: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(html: string, scheme: "light" | "dark") {
  const path = join(folder, `${scheme}.html`);
  writeFileSync(path, html);
  const page = await browser.context.newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  await browser.context.setOffline(true);
  await page.emulateMedia({ colorScheme: scheme });
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) requests.push(request.url());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(pathToFileURL(path).href);
  return { page, requests, errors };
}

for (const scheme of ["light", "dark"] as const) {
  test(`the page shows its plots from a file, in ${scheme}, and asks for nothing`, async () => {
    const { page, requests, errors } = await open(exportHtml(executedNotebook()), scheme);
    await page.locator(".hb-plot .scatterlayer .trace path.js-line").nth(3).waitFor({ state: "attached" });
    if (shots !== undefined) {
      await page.screenshot({ path: join(shots, `page-${scheme}.png`), fullPage: true });
    }
    const drawn = await page.locator(".hb-plot .scatterlayer").evaluateAll((layers) =>
      layers.map((layer) => {
        const lines = [...layer.querySelectorAll("path.js-line")];
        return lines.filter((line) => (line.getAttribute("d") ?? "").length > 100).length;
      }),
    );
    expect(drawn).toEqual([2, 2]);
    const [text, back] = await page.evaluate(() => {
      const style = getComputedStyle(document.body);
      return [style.color, style.backgroundColor];
    });
    expect([text, back]).toEqual(
      scheme === "light"
        ? ["rgb(31, 35, 40)", "rgb(255, 255, 255)"]
        : ["rgb(221, 227, 234)", "rgb(20, 23, 28)"],
    );
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    expect(requests).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  }, 60_000);
}

test("without Plotly the pictures stay", async () => {
  const { page, errors } = await open(exportHtml(executedNotebook(), { plotly: "" }), "light");
  expect(
    await page
      .locator(".hb-plot img")
      .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth > 100)),
  ).toEqual([true, true]);
  expect(await page.locator(".hb-plot .scatterlayer").count()).toBe(0);
  expect(errors).toEqual([]);
  await page.close();
}, 60_000);
