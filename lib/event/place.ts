// placeOf: a place in the source in a few characters.
import type { Position } from "./report.js";

/** `orders.ts:12`: the file's name without its folder. */
export function placeOf(at: Position | undefined): string {
  if (at === undefined) return "";
  return `${at.file.slice(at.file.lastIndexOf("/") + 1)}:${at.line}`;
}
