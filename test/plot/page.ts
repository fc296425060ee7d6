// The gallery as pages, written under .cache/gallery: what a notebook, an untrusted notebook and an export show.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputBundle } from "../../lib/plot/index.js";
import { gallery } from "./gallery.js";

/** The project's root folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER = join(ROOT, ".cache", "gallery");

export type Theme = "light" | "dark";

/** The html of one output, and how it is named in the page. */
export function galleryHtml(theme: Theme, options: { trusted: boolean }): string {
  const dark = theme === "dark";
  const body = Object.entries(gallery())
    .map(([name, what]) => {
      const html = String(outputBundle(what, `hb-${name}`)["text/html"]);
      return `<section data-name="${name}">${options.trusted ? html : sanitized(html)}</section>`;
    })
    .join("\n");
  const paper = dark ? "#111111" : "#ffffff";
  const ink = dark ? "rgba(255,255,255,0.87)" : "rgba(0,0,0,0.87)";
  return `<!doctype html><meta charset="utf-8"><title>gallery</title>
<style>body{background:${paper};color:${ink};font:14px Arial,sans-serif;max-width:900px;margin:20px auto}
section{margin:18px 0}</style>
<body data-jp-theme-light="${!dark}">
<script id="jupyter-config-data" type="application/json">{"baseUrl":"/hub/x/"}</script>
${body}</body>`;
}

/** What JupyterLab leaves of an output in an untrusted notebook, as measured: no script, no id, no inline SVG. */
export function sanitized(html: string): string {
  return html
    .replace(/<script[\s\S]*?<\/script>/g, "")
    .replace(/ id="[^"]*"/g, "")
    .replace(/<svg[\s\S]*?<\/svg>/g, "");
}

/** Writes a page and returns its path. */
export function writePage(name: string, html: string): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, name);
  writeFileSync(path, html);
  return path;
}
