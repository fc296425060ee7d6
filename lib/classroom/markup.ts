// html: a template tag whose values are text, and stay text: names, messages and code of students are never markup.

import { escapeXml } from "../plot/index.js";

/** HTML that may be put into HTML as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | undefined | Markup | readonly Markup[];

/**
 * Builds HTML. Values are escaped, save those that `html` made; `undefined` is nothing.
 *
 * @example
 * console.log(html`<b>${"<i>"}</b>${[html`<br>`]}`.text); // prints: <b>&lt;i&gt;</b><br>
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const [first = "", ...rest] = parts;
  return new Markup(first + rest.map((part, index) => rendered(values[index]) + part).join(""));
}

function rendered(value: Value): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return escapeXml(String(value).replaceAll("\r", ""));
}
