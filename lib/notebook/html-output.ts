// The outputs of a code cell as HTML: of several forms of one output the richest that a page without a network shows.
import type { ICodeCell, IOutput } from "@jupyterlab/nbformat";
import { escapeHtml, renderMarkdown, renderTerminal } from "./html-text.js";

/** Joins what nbformat stores as a text or as a list of lines. */
export function joined(text: unknown): string {
  return Array.isArray(text) ? text.join("") : typeof text === "string" ? text : "";
}

/** Renders all outputs of a cell; stream texts that follow each other become one block. */
export function renderOutputs(outputs: ICodeCell["outputs"]): string {
  const parts: string[] = [];
  for (let i = 0; i < outputs.length; i++) {
    const output = outputs[i];
    if (output?.output_type !== "stream") {
      if (output !== undefined) parts.push(renderOutput(output));
      continue;
    }
    let text = joined(output["text"]);
    while (outputs[i + 1]?.output_type === "stream" && outputs[i + 1]?.["name"] === output["name"]) {
      i++;
      text += joined(outputs[i]?.["text"]);
    }
    const isError = output["name"] === "stderr";
    parts.push(block(isError ? "stderr" : "stdout", `<pre tabindex="0">${renderTerminal(text)}</pre>`));
  }
  return parts.filter((part) => part !== "").join("\n");
}

function block(kind: string, html: string): string {
  return `<div class="output ${kind}">${html}</div>`;
}

function renderOutput(output: IOutput): string {
  if (output.output_type === "error") {
    const lines = Array.isArray(output["traceback"]) ? output["traceback"].map(String) : [];
    const text = lines.length > 0 ? lines.join("\n") : `${output["ename"]}: ${output["evalue"]}`;
    return block("error", `<pre tabindex="0">${renderTerminal(text)}</pre>`);
  }
  const data = output["data"];
  if (typeof data !== "object" || data === null || Array.isArray(data)) return "";
  const html = renderBundle(data as Readonly<Record<string, unknown>>);
  return html === "" ? "" : block(output.output_type === "execute_result" ? "result" : "display", html);
}

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

function renderBundle(data: Readonly<Record<string, unknown>>): string {
  const text = joined(data["text/plain"]);
  const alt = escapeHtml(text.split("\n")[0] || "figure");
  if (data["text/html"] !== undefined) return joined(data["text/html"]);
  const svg = joined(data["image/svg+xml"]);
  if (svg !== "") {
    const address = `data:image/svg+xml;base64,${Buffer.from(svg, "utf8").toString("base64")}`;
    return `<img alt="${alt}" src="${address}">`;
  }
  const picture = PICTURES.find((type) => data[type] !== undefined);
  if (picture !== undefined) {
    return `<img alt="${alt}" src="data:${picture};base64,${joined(data[picture]).replace(/\s/g, "")}">`;
  }
  if (data["text/markdown"] !== undefined) {
    return `<div class="text">${renderMarkdown(joined(data["text/markdown"]), new Set())}</div>`;
  }
  if (text !== "") return `<pre tabindex="0">${renderTerminal(text)}</pre>`;
  const json = data["application/json"];
  return json === undefined ? "" : `<pre tabindex="0">${escapeHtml(JSON.stringify(json, null, 2))}</pre>`;
}
