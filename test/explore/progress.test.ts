import { expect, test } from "vitest";
import { Pace, progressLine } from "../../lib/explore/progress.js";

test("progress: one line with a bar, counts and what was found", () => {
  expect(progressLine(12_500, 50_000, "ok")).toBe(
    "[######                  ] 25%  12,500 of 50,000 schedules, nothing wrong so far",
  );
  expect(progressLine(60_000, 50_000, "leak")).toMatch(/^\[#{24}\] 100% {2}.*, leak found$/);
});

test("progress: the time fuse ends a search at once", async () => {
  expect(await new Pace({ seconds: -1 }, 10).next(1, "ok")).toBe(false);
  expect(new Pace({}, 10).next(1, "ok")).toBe(null);
});
