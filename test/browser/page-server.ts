// A headless Chromium and a small server that stands in for a notebook server under a base URL, for the browser tests.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { browserPath, ROOT } from "./lab.js";

/** A browser with its own profile; `close` removes it. */
export async function openBrowser(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), "hb-plot-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath() ?? "",
    headless: true,
    viewport: { width: 960, height: 800 },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Serves pages by name, and the project's `node_modules` where a notebook server under `/hub/x/` serves it. */
export async function serve(
  pages: Readonly<Record<string, string>>,
): Promise<{ url: string; close(): void }> {
  const files = "/hub/x/files/";
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "/").split("?")[0]!);
    const page = pages[path.slice(1)];
    if (page !== undefined) {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(page);
    } else if (path.startsWith(`${files}node_modules/plotly.js-dist/`) && !path.includes("..")) {
      response.setHeader("content-type", "text/javascript; charset=utf-8");
      response.end(readFileSync(join(ROOT, path.slice(files.length))));
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
