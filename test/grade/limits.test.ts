// limitsWithin: a check that is over in time, whatever the submission does.
import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS, limitsWithin } from "../../lib/grade/index.js";
import { GRACE_MS } from "../../lib/grade/limits.js";

test("with plenty of time the limits are the usual ones", () => {
  const { loadMs, labMs, raceMs } = DEFAULT_LIMITS;
  expect(limitsWithin(1000, 3)).toEqual({ loadMs, labMs, raceMs });
});

test("Exercism's 20 seconds are divided among loading and the properties, with time to start and to be killed", () => {
  expect(limitsWithin(18, 8)).toEqual({ loadMs: 1500, labMs: 1500, raceMs: 1500 });
});

test("start, loading, all properties and one kill fit, unless less than half a second would be left to each", () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 600 }), fc.integer({ min: 1, max: 9 }), (seconds, properties) => {
      const { loadMs, raceMs } = limitsWithin(seconds, properties);
      expect(2000 + loadMs + properties * raceMs + GRACE_MS).toBeLessThanOrEqual(seconds * 1000);
    }),
  );
  expect(limitsWithin(1, 4).labMs).toBe(500);
});

test("no time at all is refused", () => {
  expect(() => limitsWithin(0, 1)).toThrow(new RangeError("seconds: expected a number > 0, got 0"));
  expect(() => limitsWithin(Number.NaN, 1)).toThrow(RangeError);
});
