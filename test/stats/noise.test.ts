import { expect, test } from "vitest";
import { judgeNoise } from "../../lib/stats/index.js";

const even = (ns: number) => Array.from({ length: 100 }, (_, i) => ns * (1 + 0.001 * (i % 5)));

test("judgeNoise: a machine on which every chunk takes the same time is quiet", () => {
  const noise = judgeNoise([even(200_000), even(202_000), even(200_000)]);
  expect(noise.isNoisy).toBe(false);
  expect(noise.spread).toBeLessThan(0.02);
  expect(noise.note).toBe(
    "This machine was quiet: the same loop varied by 1% from one calibration to the next, and the longest gap of a busy thread was 0.0 ms.",
  );
});

test("judgeNoise: other programs on the cores show as spread within a calibration", () => {
  const shared = even(200_000).map((ns, i) => (i % 4 === 0 ? ns * 2 : ns));
  const noise = judgeNoise([shared, shared]);
  expect(noise.isNoisy).toBe(true);
  expect(noise.note).toMatch(/^This machine was busy: the same loop varied by 100%, .*measure again\.$/);
});

test("judgeNoise: a core that was throttled half way shows as drift", () => {
  const noise = judgeNoise([even(200_000), even(200_000), even(290_000), even(290_000)]);
  expect(noise.isNoisy).toBe(true);
  expect(noise.spread).toBeCloseTo(0.37, 1);
  expect(noise.note).toMatch(/varied by 3\d% from one calibration to the next/);
});

test("judgeNoise: one disturbed calibration of ten does not make the machine noisy, four do", () => {
  const shared = even(200_000).map((ns, i) => (i % 4 === 0 ? ns * 2 : ns));
  const calibrations = (disturbed: number) =>
    Array.from({ length: 10 }, (_, i) => (i < disturbed ? shared : even(200_000)));
  expect(judgeNoise(calibrations(1)).isNoisy).toBe(false);
  expect(judgeNoise(calibrations(4)).isNoisy).toBe(true);
});

test("judgeNoise: one gap of 60 ms is noise, one of 20 ms is what two cores do", () => {
  expect(judgeNoise([[...even(200_000), 60e6]]).isNoisy).toBe(true);
  const usual = judgeNoise([[...even(200_000), 20e6]]);
  expect(usual.isNoisy).toBe(false);
  expect(usual.longestGapMs).toBeCloseTo(19.8, 2);
});

test("judgeNoise: hundreds of thousands of chunks do not overflow", () => {
  expect(judgeNoise([Array.from({ length: 300_000 }, () => 1000)]).spread).toBe(0);
});

test("judgeNoise: without calibration there is nothing to judge", () => {
  expect(() => judgeNoise([[]])).toThrow(
    "judgeNoise: expected at least one calibration with at least one chunk, got none",
  );
});
