// Named: a report with the program's own names in place of `mutex#1`, for people. Data keep the class and number.
//
// What draws with them must not look for a class in them (is it a lock?): that is asked before.
import type { Report } from "../event/index.js";

const OBJECT = /\b[a-z]\w*#\d+/g;

/** `text` with the names that the program's state gives to objects. */
export function renamed(text: string, names: Report["names"]): string {
  return names === undefined ? text : text.replace(OBJECT, (object) => names[object] ?? object);
}

/**
 * The report for drawing: its findings, goroutines and events speak of `bank.lock` where the state has that name. What it
 * returns has no names left to give, so that a second call costs nothing.
 */
export function named<T>(report: Report<T>): Report<T> {
  const { names, ...rest } = report;
  if (names === undefined) return report;
  const { findings, goroutines, events } = rest;
  return {
    ...rest,
    findings: mapped(findings, names),
    goroutines: mapped(goroutines, names),
    ...(events === undefined
      ? {}
      : {
          events: events.map((event) =>
            event.object === undefined ? event : { ...event, object: renamed(event.object, names) },
          ),
        }),
  };
}

/** A copy of plain data with all its texts renamed. */
function mapped<D>(data: D, names: NonNullable<Report["names"]>): D {
  if (typeof data === "string") return renamed(data, names) as D;
  if (typeof data !== "object" || data === null) return data;
  if (Array.isArray(data)) return data.map((each: unknown) => mapped(each, names)) as D;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, mapped(value, names)])) as D;
}
