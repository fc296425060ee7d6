// Units: numbers with the unit that a reader would choose, always the same text for the same number.

const TIME_UNITS: readonly (readonly [number, string])[] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
  [1, "ns"],
];

const SI: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
  [1e-9, "n"],
];

/** Returns `value` with at most `digits` significant digits and no trailing zeros: `12.3`, `1200`, `0.5`. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "-∞" : "–";
  if (value === 0) return "0";
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const text = value.toFixed(Math.min(20, Math.max(0, digits - 1 - magnitude)));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/**
 * Returns a duration given in nanoseconds with its natural unit.
 *
 * @example
 * formatNs(1_234_567); // 1.23 ms
 */
export function formatNs(ns: number): string {
  const [size, unit] = TIME_UNITS.find(([s]) => roundUp(Math.abs(ns)) >= s) ?? [1, "ns"];
  return `${significant(ns / size)} ${unit}`;
}

/** Returns a number with an SI prefix: `1.2M`, `35k`, `7`, `250µ`. The form of Plotly's tick format `~s`. */
export function formatSi(value: number): string {
  if (value === 0) return "0";
  const [size, prefix] = SI.find(([s]) => roundUp(Math.abs(value)) >= s) ?? [1e-9, "n"];
  return `${significant(value / size)}${prefix}`;
}

/** Returns a rate per second: `1.2M/s`. */
export function formatRate(perSecond: number): string {
  return `${perSecond < 1 ? significant(perSecond) : formatSi(perSecond)}/s`;
}

/** Returns a ratio as people say it: `20×`, `1.05×`. */
export function formatRatio(ratio: number): string {
  return `${ratio >= 1000 ? formatCount(Number(ratio.toPrecision(3))) : significant(ratio)}×`;
}

/** Returns a whole number with a thin group separator: `12 345` for 12345; other numbers with three digits. */
export function formatCount(value: number): string {
  if (!Number.isInteger(value)) return significant(value);
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, " ");
}

/** 999.7 is printed as 1000, so its unit is the next one. */
function roundUp(value: number): number {
  return value >= 1 ? value * 1.0005 : value * (1 + 1e-12);
}
