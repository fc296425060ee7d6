// The player in a real browser: clicks, keys, back and forward, themes, an untrusted notebook, an exported page.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { report } from "../../lib/index.js";
import { exportHtml } from "../../lib/notebook/index.js";
import { outputBundle } from "../../lib/plot/index.js";
import { abbaBoard, sale, saleBoard } from "../plot/boards.js";
import { browserPath } from "./lab.js";
import { openBrowser } from "./page-server.js";

const folder = mkdtempSync(join(tmpdir(), "hb board é "));
const shots = process.env["HB_SHOTS"];
const abba = String(outputBundle(abbaBoard(), "hb-abba")["text/html"]);
const seats = String(outputBundle(saleBoard(), "hb-sale")["text/html"]);
const notebook = (body: string): string => `<!doctype html><meta charset="utf-8">
<style>body{color:#111}body[data-jp-theme-light="false"]{color:#eee;background:#111}</style>
<body data-jp-theme-light="true">${body}</body>`;

describe.skipIf(browserPath() === undefined)("a board in a browser", () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(html: string): Promise<{ page: Page; errors: string[]; requests: string[] }> {
    const file = join(folder, "page.html");
    writeFileSync(file, html);
    const page = await browser.context.newPage();
    const errors: string[] = [];
    const requests: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url())) requests.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    return { page, errors, requests };
  }

  /** Clicks the first thing that goroutine `g` can do. */
  const click = (page: Page, g: number): Promise<void> =>
    page.locator(`.go[data-g="${g}"] .step`).first().click();
  const schedule = (page: Page): Promise<string> => page.locator(".schedule").first().innerText();

  test("clicks lead to a deadlock; the board names it, who holds and who waits", async () => {
    const { page, errors } = await open(notebook(abba));
    expect(await page.locator(".hb-still").count()).toBe(0);
    expect(await page.locator(".title").innerText()).toBe("Two locks <b>");
    for (const g of [1, 2, 3, 2, 3, 2]) await click(page, g);
    expect(await page.locator(".verdict").innerText()).toContain("DEADLOCK: all goroutines are asleep");
    expect(await page.locator(".thing", { hasText: "held by g2" }).innerText()).toContain("g3");
    expect(await page.locator(".step").count()).toBe(0);
    expect(await page.locator(".story td.did", { hasText: "waits: lock b" }).count()).toBe(1);
    if (shots !== undefined) await page.screenshot({ path: join(shots, "board-deadlock.png") });
    expect(errors).toEqual([]);
    await page.close();
  }, 60_000);

  test("a lost update: its schedule replays to the same end, and the command to do so stands there", async () => {
    const { page } = await open(notebook(seats));
    for (const g of [1, 2, 3, 2, 3]) await click(page, g);
    while ((await page.locator(".verdict").count()) === 0) await page.locator(".step").first().click();
    expect(await page.locator(".ending").innerText()).toContain("sold 2 seats, and 1 is left");
    const text = await schedule(page);
    expect(await page.locator(".replay").innerText()).toBe(`npx hb replay 03-sale/buy ${text}`);
    const seen = await report(sale, { schedule: text });
    expect(seen.findings.map((finding) => finding.message)).toContain("sold 2 seats, and 1 is left");
    await page.close();
  }, 60_000);

  test("keys do what clicks do, back and forward as well; other keys stay with the board", async () => {
    const { page } = await open(
      notebook(`<script>window.heard=[];addEventListener("keydown",e=>heard.push(e.key))</script>${abba}`),
    );
    await page.locator(".step").first().focus();
    const where = (): Promise<string> => page.locator(".where").innerText();
    for (const key of ["1", "1", "1"]) await page.keyboard.press(key);
    expect(await where()).toBe("after 3 choices");
    const there = await schedule(page);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("u");
    expect(await where()).toBe("after 1 choice");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("r");
    expect(await schedule(page)).toBe(there);
    await page.keyboard.press("Home");
    expect(await where()).toBe("at the start");
    await page.keyboard.press("?");
    expect(await page.locator(".keys").innerText()).toContain("1 to 9 choose");
    for (const key of ["d", "d", "x"]) await page.keyboard.press(key);
    expect(await page.evaluate("heard")).toEqual([]);
    await page.close();
  }, 60_000);

  test("Tab and Enter reach every choice, which all have names", async () => {
    const { page } = await open(notebook(abba));
    const names: string[] = [];
    for (let i = 0; i < 7; i++) {
      await page.keyboard.press("Tab");
      names.push(
        await page.evaluate(
          `document.querySelector(".hb-board > div").shadowRoot.activeElement?.getAttribute("aria-label") ?? ""`,
        ),
      );
    }
    expect(names.filter((name) => name.startsWith("key "))).toEqual([
      "key 1: wait waitgroup#1",
      "key 2: begin",
      "key 3: begin",
    ]);
    await page.keyboard.press("Enter");
    await page.close();
  }, 60_000);

  test("the board follows the page's theme, also when it changes; its text stands out in both", async () => {
    const { page } = await open(notebook(abba));
    const colors = (): Promise<string[]> =>
      page.evaluate(`(() => { const s = getComputedStyle(document.querySelector(".hb-board > div").shadowRoot.querySelector(".board"));
        return [s.color, s.backgroundColor] })()`);
    expect(await colors()).toEqual(["rgb(31, 35, 40)", "rgb(255, 255, 255)"]);
    await page.evaluate(`document.body.dataset.jpThemeLight = "false"`);
    await expect.poll(colors).toEqual(["rgb(230, 232, 235)", "rgb(21, 24, 29)"]);
    for (const g of [1, 2, 3]) await click(page, g);
    if (shots !== undefined) await page.screenshot({ path: join(shots, "board-dark.png") });
    await page.close();
  }, 60_000);

  test("two boards of a page, and two views of one, know nothing of each other", async () => {
    const { page } = await open(notebook(`${abba}<hr>${abba}<hr>${seats}`));
    expect(await page.locator(".board").count()).toBe(3);
    await page.locator(".board").nth(1).locator(".step").first().click();
    expect(await page.locator(".where").allInnerTexts()).toEqual([
      "at the start",
      "after 1 choice",
      "at the start",
    ]);
    await page.close();
  }, 60_000);

  test("without scripts there is the picture, and how to trust the notebook", async () => {
    const { page } = await open(notebook(abba.replace(/<script>[\s\S]*<\/script>/, "")));
    const width = "document.querySelector('.hb-still img').naturalWidth";
    await expect.poll(() => page.evaluate(width)).toBeGreaterThan(300);
    expect(await page.locator(".hb-still p").innerText()).toContain("trust this notebook");
    if (shots !== undefined) await page.screenshot({ path: join(shots, "board-still.png") });
    await page.close();
  }, 60_000);

  test("an exported page plays from a file and asks for nothing", async () => {
    const cell = {
      cell_type: "code",
      execution_count: 1,
      id: "a",
      metadata: {},
      source: "await show(board)",
      outputs: [{ output_type: "display_data", data: { "text/html": seats }, metadata: {} }],
    };
    const page = exportHtml({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 } as never);
    await browser.context.setOffline(true);
    const opened = await open(page);
    for (const g of [1, 2]) await click(opened.page, g);
    expect(await opened.page.locator(".where").innerText()).toBe("after 2 choices");
    expect(opened.requests).toEqual([pathToFileURL(join(folder, "page.html")).href]);
    expect(opened.errors).toEqual([]);
    await browser.context.setOffline(false);
    await opened.page.close();
  }, 60_000);
});
