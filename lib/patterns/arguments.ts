// Arguments of patterns, checked once: a wrong one is refused by a text that names expectation and value.

import type { Body, Go } from "../op/index.js";

/** @throws {RangeError} `` Bulkhead: expected `limit` to be an integer >= 1, got 0 `` */
export function integer(of: string, name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`${of}: expected \`${name}\` to be an integer >= ${least}, got ${String(value)}`);
}

/** A number of milliseconds, a factor: Infinity is one. @throws {RangeError} naming expectation and value */
export function atLeast(of: string, name: string, value: number, least: number): number {
  if (typeof value === "number" && value >= least) return value;
  throw new RangeError(`${of}: expected \`${name}\` to be a number >= ${least}, got ${String(value)}`);
}

/** A finite number above zero. @throws {RangeError} naming expectation and value */
export function positive(of: string, name: string, value: number): number {
  if (typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new RangeError(`${of}: expected \`${name}\` to be a finite number > 0, got ${String(value)}`);
}

/** A share from 0 (exclusive) to 1. @throws {RangeError} naming expectation and value */
export function share(of: string, name: string, value: number): number {
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw new RangeError(`${of}: expected \`${name}\` to be above 0 and at most 1, got ${String(value)}`);
}

/**
 * Calls a body and returns its generator.
 * @throws {TypeError} `CircuitBreaker: expected a generator function, got a plain one. Write `function*`.`
 */
export function begin<A extends unknown[], T>(of: string, body: Body<A, T>, args: A): Go<T> {
  if (typeof body !== "function") {
    throw new TypeError(`${of}: expected a generator function, got ${String(body)}`);
  }
  const gen = body(...args);
  if (typeof (gen as { next?: unknown } | undefined)?.next === "function") return gen;
  throw new TypeError(`${of}: expected a generator function, got a plain one. Write \`function*\`.`);
}
