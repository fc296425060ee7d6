// What a learner does in the first half hour, in real JupyterLab: open a notebook, run it, look, solve the exercise.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserPath, Lab, type Notebook, ROOT } from "./lab.js";

const RUN_LIMIT_MS = 90_000;

let lab: Lab;
beforeAll(async () => {
  if (browserPath() === undefined)
    throw new Error(
      "no Chromium found: install it (apt-get install chromium), or set HB_CHROMIUM to its path",
    );
  lab = await Lab.start({ HB_MODE: "smoke" });
}, 180_000);
afterAll(async () => {
  await lab?.close();
});

/** Every plot is drawn: it has traces, they hold points, and something of them is on the page. */
async function expectPlots(notebook: Notebook, atLeast: number): Promise<void> {
  await notebook.lookAtEverything();
  await notebook.page.waitForFunction(
    (n) => document.querySelectorAll(".hb-plot .js-plotly-plot .main-svg").length >= n,
    atLeast,
    { timeout: 30_000 },
  );
  const plots = await notebook.plots();
  expect(plots.length).toBeGreaterThanOrEqual(atLeast);
  for (const plot of plots) {
    expect(plot.traces).toBeGreaterThan(0);
    expect(plot.points).toBeGreaterThan(0);
    expect(plot.shapes).toBeGreaterThan(0);
  }
}

/** A unit, an exercise of it, and how many plots it draws at least. */
export interface Unit {
  readonly name: string;
  readonly exercise: string;
  readonly plots: number;
}

/** Goes through units as a learner does. */
export function asALearner(units: readonly Unit[]): void {
  for (const { name, exercise, plots } of units) {
    describe(name, () => {
      test("runs from top to bottom without an error, its plots are drawn, and the exercise turns from red to green", async () => {
        const notebook = await lab.open(name, { theme: "light" });
        await notebook.runAll(RUN_LIMIT_MS);
        expect(await notebook.errors()).toEqual([]);
        await expectPlots(notebook, plots);

        const check = notebook.cell(`await check("${exercise}")`);
        await expect.poll(() => check.locator(".hb-verdict").getAttribute("class")).toContain("hb-fail");
        await check.scrollIntoViewIfNeeded();
        await notebook.photograph(`${name}-red-light`);

        const solution = readFileSync(join(ROOT, "solutions", `${exercise}.ts`), "utf8");
        const cell = notebook.cell(`// exercise: ${exercise}`);
        await notebook.write(cell, solution.trimEnd());
        await notebook.run(cell, 20_000);
        await notebook.run(check, 40_000);
        await expect.poll(() => check.locator(".hb-verdict").getAttribute("class")).toContain("hb-pass");
        await check.scrollIntoViewIfNeeded();
        await notebook.photograph(`${name}-green-light`);
        await notebook.save();

        await notebook.page.reload();
        await notebook.page.locator(".hb-plot").first().waitFor({ state: "attached" });
        await expectPlots(notebook, plots);
        await notebook.command("Use Theme: JupyterLab Dark");
        await notebook.page.locator('body[data-jp-theme-light="false"]').waitFor({ state: "attached" });
        await notebook.page.locator(".hb-plot").first().scrollIntoViewIfNeeded();
        await notebook.photograph(`${name}-plot-dark`);
        await notebook.page.close();
      }, 240_000);
    });
  }

  test("an untrusted notebook still shows its pictures", async () => {
    const file = join(ROOT, "notebooks", "00-start-here.ipynb");
    const executed = join(ROOT, ".cache", `untrusted-${process.pid}.ipynb`);
    // Run without JupyterLab, so nobody here has signed it.
    await promisify(execFile)(
      process.execPath,
      [join(ROOT, "lib/cli/hb.mjs"), "run", file, "--out", executed],
      { env: { ...process.env, HB_MODE: "smoke" } },
    );
    const notebook = await lab.open("untrusted", { source: executed });
    await notebook.lookAtEverything();
    const pictures = notebook.page.locator('img[src^="data:image/svg+xml"]');
    await pictures.first().waitFor();
    expect(await pictures.first().evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBeGreaterThan(
      100,
    );
    expect(await notebook.page.locator(".js-plotly-plot").count()).toBe(0);
    await notebook.photograph("untrusted");
    await notebook.page.close();
  }, 120_000);
}
