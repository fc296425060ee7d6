// Mode: the three sizes of every measurement.

export type Mode = "smoke" | "quick" | "full";

/**
 * Returns the size of measurements asked for by the environment variable `HB_MODE`; `quick` when it is not set.
 * In `smoke` every cell runs, each measurement takes one short round, and no claim is judged.
 *
 * @throws {RangeError} `` HB_MODE: expected smoke, quick or full, got "fast" ``
 */
export function mode(): Mode {
  const text = process.env["HB_MODE"] ?? "quick";
  if (text === "smoke" || text === "quick" || text === "full") return text;
  throw new RangeError(`HB_MODE: expected smoke, quick or full, got ${JSON.stringify(text)}`);
}
