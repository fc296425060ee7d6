// Span: an immutable list of which both ends can be taken and the back can be extended, in O(1) as a rule.
//
// Spans share one array, as slices do in Go: taking moves a bound, extending writes behind the last bound when nobody
// has written something else there, and copies otherwise.
//
// Invariants:
//  I1. What lies between `from` and `to` never changes; a slot of `items` is written once.
import { hashOf, mix } from "./hash.js";

/** The values `items[from]` to `items[to - 1]`. */
export interface Span<T> {
  readonly items: T[];
  readonly from: number;
  readonly to: number;
}

/** A span of these values. */
export function spanOf<T>(values: readonly T[]): Span<T> {
  return { items: [...values], from: 0, to: values.length };
}

/** How many values are in. */
export function length(span: Span<unknown>): number {
  return span.to - span.from;
}

/** The span with `value` behind. */
export function extend<T>({ items, from, to }: Span<T>, value: T): Span<T> {
  if (to === items.length) items.push(value);
  else if (!Object.is(items[to], value))
    return { items: [...items.slice(from, to), value], from: 0, to: to - from + 1 };
  return { items, from, to: to + 1 }; // I1
}

/** The span without its first value. */
export function withoutFirst<T>({ items, from, to }: Span<T>): Span<T> {
  return { items, from: from + 1, to };
}

/** The span without its last value. */
export function withoutLast<T>({ items, from, to }: Span<T>): Span<T> {
  return { items, from, to: to - 1 };
}

/** Whether two spans hold the same values. */
export function equalSpans(a: Span<unknown>, b: Span<unknown>): boolean {
  if (length(a) !== length(b)) return false;
  if (a.items === b.items && a.from === b.from) return true;
  for (let i = a.from, j = b.from; i < a.to; i++, j++) if (!Object.is(a.items[i], b.items[j])) return false;
  return true;
}

/** From the length and a few values at either end: O(1). */
export function hashOfSpan({ items, from, to }: Span<unknown>): number {
  let h = mix(to - from);
  for (let i = from; i < to && i < from + 4; i++) h = Math.imul(h, 31) + hashOf(items[i]);
  for (let i = Math.max(from, to - 4); i < to; i++) h = Math.imul(h, 31) + hashOf(items[i]);
  return h | 0;
}
