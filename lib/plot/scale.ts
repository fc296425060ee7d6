// Scale: from values to pixels along one axis, with ticks that people can read.
//
// Invariants:
//  I1. Ticks lie inside the domain, ascending, at least two wherever the domain holds two round values.
//  I2. The same data gives the same ticks on every machine (no locale, no rounding by platform).
import type { Axis, Datum } from "./trace.js";
import { formatSi, significant } from "./units.js";

export interface Tick {
  readonly at: number;
  readonly label: string;
  /** Minor ticks have a fainter line and no label. */
  readonly isMinor?: boolean;
}

export interface Scale {
  readonly type: "linear" | "log" | "category";
  /** Value at the start and at the end, in axis units (log: the values, not their exponents). */
  readonly domain: readonly [number, number];
  /** Categories in order, for a category axis: the n-th stands at n. */
  readonly categories: readonly string[];
  readonly ticks: readonly Tick[];
}

/** Returns the position of a value on the scale: 0 at its start, 1 at its end; `undefined` when it has none. */
export function position(scale: Scale, value: Datum | null): number | undefined {
  const n = numeric(scale, value);
  return n === undefined ? undefined : positionOfNumber(scale, n);
}

/** Returns the position of a tick: a number of the axis, for categories their index. */
export function positionOfNumber(scale: Scale, n: number): number | undefined {
  const [from, to] = scale.domain;
  if (scale.type === "log") return n > 0 ? Math.log(n / from) / Math.log(to / from) : undefined;
  return (n - from) / (to - from);
}

/** Returns the number behind a value: itself, or the index of its category. */
export function numeric(scale: Pick<Scale, "type" | "categories">, value: Datum | null): number | undefined {
  if (value === null) return undefined;
  if (scale.type === "category") {
    const index = scale.categories.indexOf(String(value));
    return index < 0 ? undefined : index;
  }
  const n = typeof value === "number" ? value : Number(value);
  return Number.isFinite(n) ? n : undefined;
}

/**
 * Makes the scale of an axis for these values. `zero` asks that a linear axis shows zero (bars); `widthPx` says how
 * many labels fit.
 */
export function makeScale(axis: Axis, values: readonly Datum[], zero: boolean, widthPx: number): Scale {
  const isCategory =
    axis.type === "category" || (axis.type === undefined && values.some((v) => typeof v === "string"));
  if (isCategory) return categoryScale(values);
  const known = values.map(Number).filter(Number.isFinite);
  return axis.type === "log" ? logScale(axis, known, widthPx) : linearScale(axis, known, zero, widthPx);
}

function categoryScale(values: readonly Datum[]): Scale {
  const categories = [...new Set(values.map(String))];
  return {
    type: "category",
    domain: [-0.5, Math.max(0.5, categories.length - 0.5)],
    categories,
    ticks: categories.map((label, at) => ({ at, label })),
  };
}

function linearScale(axis: Axis, values: readonly number[], zero: boolean, widthPx: number): Scale {
  let [low, high] = axis.range ?? extentOf(values, [0, 1]);
  if (axis.range === undefined) {
    if (zero || (low > 0 && low < high * 0.35)) low = Math.min(0, low);
    if (zero && high < 0) high = 0;
    if (low === high) {
      low -= Math.abs(low) * 0.1 || 0.5;
      high += Math.abs(high) * 0.1 || 0.5;
    }
    const room = (high - low) * 0.05;
    if (low !== 0) low -= room;
    if (high !== 0) high += room;
  }
  const domain: [number, number] = [low, high];
  const ticks = fixedTicks(axis, domain) ?? linearTicks(axis, domain, Math.max(2, Math.floor(widthPx / 80)));
  return { type: "linear", domain, categories: [], ticks };
}

function linearTicks(axis: Axis, [low, high]: readonly [number, number], count: number): Tick[] {
  let step = niceStep((high - low) / count);
  // Two round values at least; a step rounded up may have jumped over them.
  while (Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) < 1) step = niceStep(step / 2.5);
  const ticks: Tick[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    const at = Number((i * step).toPrecision(12));
    ticks.push({ at, label: tickLabel(axis, at) });
  }
  return ticks;
}

/** Returns the round number (1, 2 or 5 times a power of ten) next above `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const factor of [1, 2, 5]) if (factor * power >= rough * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

function logScale(axis: Axis, values: readonly number[], widthPx: number): Scale {
  const positive = values.filter((v) => v > 0);
  let domain: [number, number];
  if (axis.range !== undefined) domain = [10 ** axis.range[0], 10 ** axis.range[1]];
  else {
    const [low, high] = extentOf(positive, [1, 10]);
    const room = Math.max(0.05 * Math.log10(high / low), low === high ? 0.5 : 0.02);
    domain = [low / 10 ** room, high * 10 ** room];
  }
  return {
    type: "log",
    domain,
    categories: [],
    ticks: fixedTicks(axis, domain) ?? logTicks(axis, domain, widthPx),
  };
}

function logTicks(axis: Axis, [low, high]: readonly [number, number], widthPx: number): Tick[] {
  const decades = Math.log10(high / low);
  if (decades < 0.5) return linearTicks(axis, [low, high], Math.max(2, Math.floor(widthPx / 100)));
  const perDecade = widthPx / decades;
  const labelled = axis.dtick === 1 || perDecade < 90 ? [1] : perDecade < 220 ? [1, 3] : [1, 2, 5];
  // Very long axes: every second, third … decade only, 40 px at least for a label.
  const every = Math.max(1, Math.ceil(40 / perDecade));
  const ticks: Tick[] = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
    for (let m = 1; m < 10; m++) {
      const at = Number((m * 10 ** e).toPrecision(12));
      if (at < low * (1 - 1e-9) || at > high * (1 + 1e-9)) continue;
      if (labelled.includes(m) && e % every === 0) ticks.push({ at, label: tickLabel(axis, at) });
      else if (perDecade > 40) ticks.push({ at, label: "", isMinor: true });
    }
  }
  return ticks;
}

function fixedTicks(axis: Axis, [low, high]: readonly [number, number]): Tick[] | undefined {
  return axis.tickvals
    ?.map((at, i) => ({ at, label: axis.ticktext?.[i] ?? tickLabel(axis, at) }))
    .filter((tick) => tick.at >= low * (1 - 1e-9) && tick.at <= high * (1 + 1e-9));
}

function tickLabel(axis: Axis, at: number): string {
  const format = axis.tickformat;
  const percent = format === ".0%" || format === ".1%" ? Number(format[1]) : undefined;
  const text =
    percent !== undefined
      ? `${(at * 100).toFixed(percent)}%`
      : format === "~s" || Math.abs(at) >= 1e4 || (at !== 0 && Math.abs(at) < 1e-3)
        ? formatSi(at)
        : significant(at, 6);
  return text + (axis.ticksuffix ?? "");
}

function extentOf(values: readonly number[], none: readonly [number, number]): [number, number] {
  if (values.length === 0) return [none[0], none[1]];
  let low = values[0]!;
  let high = low;
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return [low, high];
}
