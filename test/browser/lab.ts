// Lab: JupyterLab as `npm start` serves it, in a headless Chromium. What a learner does, as functions.
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PICTURES = join(ROOT, ".cache", "screenshots");

const BROWSERS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser on this machine: `HB_CHROMIUM`, or where systems put it. */
export function browserPath(): string | undefined {
  return [process.env["HB_CHROMIUM"], ...BROWSERS].find((path) => path !== undefined && existsSync(path));
}

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The learner's own settings and open tabs are not touched: these are the tests'. */
const SETTINGS = {
  JUPYTERLAB_SETTINGS_DIR: join(ROOT, ".cache", "browser-test", "settings"),
  JUPYTERLAB_WORKSPACES_DIR: join(ROOT, ".cache", "browser-test", "workspaces"),
};

/** A notebook of the course opened in a tab. */
export class Notebook {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  cells(): Locator {
    return this.page.locator(".jp-Notebook .jp-CodeCell");
  }

  cell(text: string): Locator {
    return this.cells().filter({ has: this.page.locator(".cm-content", { hasText: text }) });
  }

  /** A command of JupyterLab, through its palette. */
  async command(name: string): Promise<void> {
    await this.page.keyboard.press("Control+Shift+C");
    await this.page.locator("#modal-command-palette input, .lm-CommandPalette-input").first().fill(name);
    await this.page.locator(".lm-CommandPalette-item", { hasText: name }).first().click();
  }

  /** Run > Run All Cells, until the kernel is idle again and every code cell has a number. */
  async runAll(timeoutMs: number): Promise<void> {
    await this.page.locator(".lm-MenuBar-item", { hasText: /^Run$/ }).click();
    await this.page
      .locator(".lm-Menu-item", { hasText: /^Run All Cells$/ })
      .first()
      .click();
    await this.settled(timeoutMs);
  }

  /** Waits until no cell is running or waiting to run, and every code cell has been run. */
  async settled(timeoutMs: number): Promise<void> {
    await this.page.waitForFunction(
      () => {
        const prompts = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell .jp-InputPrompt")].map(
          (p) => p.textContent ?? "",
        );
        return prompts.length > 0 && prompts.every((p) => /\[\d+\]/.test(p));
      },
      undefined,
      { timeout: timeoutMs, polling: 250 },
    );
  }

  /** The texts of outputs that are errors. */
  async errors(): Promise<string[]> {
    return this.page
      .locator(
        '.jp-RenderedText[data-mime-type="application/vnd.jupyter.error"], .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]',
      )
      .allTextContents();
  }

  /** For each plot: how many traces Plotly has drawn and how many points they hold. */
  async plots(): Promise<{ traces: number; points: number; shapes: number }[]> {
    return this.page.locator(".hb-plot").evaluateAll((boxes) =>
      boxes.map((box) => {
        const drawn = box.querySelector(".js-plotly-plot") as
          | (Element & { data?: { x?: unknown[]; y?: unknown[] }[] })
          | null;
        const data = drawn?.data ?? [];
        const shapes = [
          ...(drawn?.querySelectorAll(".plot path, .plot .point, .barlayer path, .scatterlayer path") ?? []),
        ];
        return {
          traces: data.length,
          points: data.reduce((sum, t) => sum + Math.max(t.x?.length ?? 0, t.y?.length ?? 0), 0),
          shapes: shapes.filter(
            (s) => s.getBoundingClientRect().width > 0 || s.getBoundingClientRect().height > 0,
          ).length,
        };
      }),
    );
  }

  /** Scrolls through the notebook, so that everything that waits to be seen is drawn. */
  async lookAtEverything(): Promise<void> {
    const count = await this.cells().count();
    for (let i = 0; i < count; i++) await this.cells().nth(i).scrollIntoViewIfNeeded();
  }

  /** Replaces the text of a cell as a person would: click, select all, type. */
  async write(cell: Locator, text: string): Promise<void> {
    await cell.scrollIntoViewIfNeeded();
    await cell.locator(".cm-content").click();
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.insertText(text);
  }

  /** Runs one cell and waits until its number is a new one. */
  async run(cell: Locator, timeoutMs: number): Promise<void> {
    const prompt = cell.locator(".jp-InputPrompt");
    const before = await prompt.textContent();
    await cell.scrollIntoViewIfNeeded();
    await cell.locator(".cm-content").click();
    await this.page.keyboard.press("Control+Enter");
    await this.page.waitForFunction(
      ([node, old]) => /\[\d+\]/.test(node?.textContent ?? "") && node?.textContent !== old,
      [await prompt.elementHandle(), before] as const,
      { timeout: timeoutMs, polling: 100 },
    );
  }

  async save(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("Control+S");
    await this.page.waitForFunction(
      () => document.querySelector(".jp-Document.jp-mod-dirty, .lm-TabBar-tab.jp-mod-dirty") === null,
    );
  }

  /** A picture of each output worth looking at, and of the whole window. */
  async photograph(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }
}

export class Lab {
  readonly #url: URL;
  readonly #browser: Browser;
  readonly #stop: () => Promise<void>;
  /** Copies of the course's notebooks live here for the time of the test; the learner's own are not touched. */
  readonly #folder = `workspace/browser-test-${process.pid}`;

  private constructor(url: URL, browser: Browser, stop: () => Promise<void>) {
    this.#url = url;
    this.#browser = browser;
    this.#stop = stop;
  }

  /** Runs `npm start -- --no-browser` and opens a browser. */
  static async start(env: Record<string, string>): Promise<Lab> {
    const server = spawn(process.execPath, [join(ROOT, "lib/cli/start.mjs"), "--no-browser"], {
      cwd: ROOT,
      env: { ...process.env, ...SETTINGS, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    server.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
    const url = await new Promise<URL>((resolve, reject) => {
      let out = "";
      server.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+\S*token=\w+/.exec(out);
        if (found !== null) resolve(new URL(found[0]));
      });
      server.once("exit", () => reject(new Error(`npm start ended before it served a notebook:\n${said}`)));
    });
    const isRoot = process.getuid?.() === 0;
    const browser = await chromium.launch({
      executablePath: browserPath() as string,
      args: [...FLAGS, ...(isRoot ? ["--no-sandbox"] : [])],
    });
    return new Lab(url, browser, async () => {
      server.kill("SIGINT");
      await ended;
    });
  }

  /** Opens a fresh copy of a notebook and waits for its kernel. */
  async open(
    name: string,
    options: { theme?: "light" | "dark"; isFresh?: boolean; source?: string } = {},
  ): Promise<Notebook> {
    const copy = join(ROOT, this.#folder, `${name}.ipynb`);
    mkdirSync(join(ROOT, this.#folder), { recursive: true });
    if (options.isFresh !== false)
      copyFileSync(options.source ?? join(ROOT, "notebooks", `${name}.ipynb`), copy);
    const page = await this.#browser.newPage({ viewport: { width: 1280, height: 1000 } });
    page.setDefaultTimeout(60_000);
    await page.goto(
      `${this.#url.origin}/lab/tree/${this.#folder}/${name}.ipynb?reset&token=${this.#url.searchParams.get("token") ?? ""}`,
    );
    await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor();
    await page.getByText("TypeScript (Happens-Before) | Idle").first().waitFor();
    const notebook = new Notebook(page);
    if (options.theme === "dark") await notebook.command("Use Theme: JupyterLab Dark");
    if (options.theme === "light") await notebook.command("Use Theme: JupyterLab Light");
    return notebook;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#stop();
    rmSync(join(ROOT, this.#folder), { recursive: true, force: true });
  }
}
