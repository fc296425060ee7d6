// Unit: numbers of a lesson with the unit that they are in.
import { formatCount, formatNs, formatRate, formatRatio, significant } from "../plot/index.js";

/** `%`: a share from 0 to 1. `bytes`: shown in powers of 1,024. */
export type Unit = "ns" | "/s" | "×" | "%" | "bytes" | "count";

/** A number in its unit, or a text; a pair is a figure before and after. */
export type Figures = number | readonly [number, number] | string;

const SIZES: readonly (readonly [number, string])[] = [
  [1024 ** 3, "GiB"],
  [1024 ** 2, "MiB"],
  [1024, "KiB"],
];

/**
 * Returns a number as people say it in this unit.
 *
 * @example
 * console.log(formatUnit(0.047, "%"), formatUnit(2048, "bytes")); // prints: 4.7% 2 KiB
 */
export function formatUnit(value: number, unit: Unit): string {
  switch (unit) {
    case "ns":
      return formatNs(value);
    case "/s":
      return formatRate(value);
    case "×":
      return formatRatio(value);
    case "%":
      return `${significant(100 * value)}%`;
    case "count":
      return formatCount(value);
    case "bytes": {
      const [size, name] = SIZES.find(([least]) => Math.abs(value) >= least) ?? [1, "B"];
      return `${significant(value / size)} ${name}`;
    }
  }
}

/** Returns figures as text; of a pair also by which factor they differ. */
export function formatFigures(figures: Figures, unit: Unit): string {
  if (typeof figures === "string") return figures;
  if (typeof figures === "number") return formatUnit(figures, unit);
  const [before, after] = figures;
  const text = `${formatUnit(before, unit)} → ${formatUnit(after, unit)}`;
  const factor = factorOf(before, after);
  return factor === undefined ? text : `${text} (${formatRatio(factor)})`;
}

/** How many times the larger is as large as the smaller; undefined when one of them is nothing. */
export function factorOf(a: number, b: number): number | undefined {
  const [small, large] = [Math.min(a, b), Math.max(a, b)];
  return small > 0 && Number.isFinite(large) ? large / small : undefined;
}
