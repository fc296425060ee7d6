// The texts of an exported notebook: Markdown, highlighted code, terminal output with colours.
import { AnsiUp } from "ansi_up";
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import go from "highlight.js/lib/languages/go";
import json from "highlight.js/lib/languages/json";
import typescript from "highlight.js/lib/languages/typescript";
import MarkdownIt from "markdown-it";

hljs.registerLanguage("typescript", typescript);
hljs.registerLanguage("go", go);
hljs.registerLanguage("json", json);
hljs.registerLanguage("bash", bash);
hljs.registerAliases(["ts", "js", "javascript"], { languageName: "typescript" });
hljs.registerAliases(["sh", "console"], { languageName: "bash" });

const markdown = new MarkdownIt({
  html: true,
  linkify: true,
  highlight: (code, info) => highlight(code, info),
});

/** Makes text safe inside HTML, in attributes too. */
export const escapeHtml = (text: string): string => markdown.utils.escapeHtml(text);

/** Highlights code; in a language that we do not know it is escaped and nothing else. */
export function highlight(code: string, language: string): string {
  if (hljs.getLanguage(language) === undefined) return escapeHtml(code);
  return hljs.highlight(code, { language, ignoreIllegals: true }).value;
}

/**
 * Renders a Markdown cell. Headings get an id (its words joined by `-`) unless `usedIds` has it already, so links
 * to `#the-incident` work. `attachments` are the cell's own pictures by name.
 */
export function renderMarkdown(
  source: string,
  usedIds: Set<string>,
  attachments: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): string {
  const tokens = markdown.parse(source, {});
  for (const [i, token] of tokens.entries()) {
    if (token.type === "heading_open") {
      const text = tokens[i + 1]?.content ?? "";
      const id = text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-|-$/g, "");
      if (id !== "" && !usedIds.has(id)) token.attrSet("id", id);
      usedIds.add(id);
    }
    for (const child of token.children ?? []) {
      const name = /^attachment:(.*)$/.exec(child.attrGet("src") ?? "")?.[1];
      const [type, data] = Object.entries(attachments[decodeURIComponent(name ?? "")] ?? {})[0] ?? [];
      if (name !== undefined && type !== undefined)
        child.attrSet("src", `data:${type};base64,${String(data).trim()}`);
    }
  }
  return markdown.renderer.render(tokens, markdown.options, {});
}

/**
 * Renders what a terminal would show: colours become classes, other escape sequences disappear, and text after a
 * carriage return replaces its line, as progress bars do.
 */
export function renderTerminal(text: string): string {
  const lines = text
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.replace(/\r+$/, ""))
    .map((line) => line.slice(line.lastIndexOf("\r") + 1));
  const ansi = new AnsiUp();
  ansi.use_classes = true;
  ansi.url_allowlist = {};
  // A reset at the end flushes what an unfinished escape sequence would hold back.
  return ansi.ansi_to_html(`${lines.join("\n")}\u001b[0m`);
}
