// Fitted: a text in a terminal's window: sentences are wrapped between words, tables and lanes are cut, commands stay whole.
import { stripVTControlCharacters } from "node:util";
import { reportLines, wrapLine } from "../plot/index.js";
import type { Output } from "./output.js";

/** To be copied: a line break in it would end it too early. */
const COMMAND = /\bnpx hb \S|^replay: /;
/** The line of a property of a check; its points stand apart, as if they were a column. */
const PROPERTY = /^[✓✗?] /;

/** Returns `text` as it fits where `out` writes. What is not a terminal gets it as it is. */
export function fitted(text: string, { columns }: Pick<Output, "columns">): string {
  if (columns === undefined) return text;
  return text
    .split("\n")
    .flatMap((line) => {
      const plain = stripVTControlCharacters(line);
      if (COMMAND.test(plain)) return [line];
      return PROPERTY.test(plain) ? wrapLine(line, columns) : reportLines([line], columns);
    })
    .join("\n");
}
