// Words that all reports have in common: how they name goroutines and places.

import type { Position } from "../event/index.js";
import { type G, positionsOf, type StackMark } from "../runtime/index.js";

/** `goroutine 3 "worker"`. */
export function called({ id, name }: Pick<G, "id" | "name">): string {
  return `goroutine ${id} ${JSON.stringify(name)}`;
}

/** ` at file:line:column`, or nothing where the place is not known. */
export function place(at: Position | undefined): string {
  return at === undefined ? "" : ` at ${at.file}:${at.line}:${at.column}`;
}

/** Where a mark was made; undefined where none was. */
export function topOf(mark: StackMark | null | undefined): Position | undefined {
  return mark === null || mark === undefined ? undefined : positionsOf(mark)[0];
}

/** `1 goroutine`, `3 goroutines`. */
export function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
