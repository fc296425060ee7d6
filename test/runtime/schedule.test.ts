import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeSchedule, encodeChoices, encodeDirect, sourceHash } from "../../lib/runtime/schedule.js";
import { Timer, Timers } from "../../lib/runtime/timers.js";

test("schedule: choices come back from the string that they were written to (property)", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -40, max: 4000 })), (choices) => {
      expect(decodeSchedule(encodeChoices(choices, "7be1", "free")).choices).toEqual(choices);
    }),
    { seed: 1 },
  );
});

test("schedule: is short to read: goroutines in base 36, T for the timer, P for data, X for repetition", () => {
  expect(encodeChoices([1, 1, 1, 2, 0, -3, 40], "7be1", "free")).toBe("1.1X3-2-T-P2-14.7be1");
  expect(encodeChoices([], "7be1", "jump")).toBe("j1.0.7be1");
});

test("schedule: a direct run is its strategy and its seed, whatever the seed holds (property)", () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      expect(decodeSchedule(encodeDirect("fifo", seed, "0000")).direct).toEqual({ strategy: "fifo", seed });
    }),
    { seed: 1 },
  );
});

for (const bad of [
  "",
  "1",
  "1..7be1",
  "1.1.xyz",
  "1.1--2.7be1",
  "2.1.7be1",
  "1.1Xzzzzzz.7be1",
  "d1.fifo.7be1",
]) {
  test(`schedule: refuses ${JSON.stringify(bad)}`, () => {
    expect(() => decodeSchedule(bad)).toThrow(RangeError);
  });
}

test("sourceHash: four digits that change with the text", () => {
  expect(sourceHash("a")).toMatch(/^[0-9a-f]{4}$/);
  expect(sourceHash("a")).not.toBe(sourceHash("b"));
});

test("Timers: whatever is added and removed, the rest comes out by time and then by age (property)", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ when: fc.integer({ min: 0, max: 50 }), removed: fc.boolean() })),
      (rows) => {
        const heap = new Timers();
        const timers = rows.map((row) => {
          const t = new Timer(() => {});
          heap.add(t, row.when);
          return t;
        });
        rows.forEach((row, i) => {
          if (row.removed) expect(heap.remove(timers[i] as Timer)).toBe(true);
        });
        const left = timers
          .filter((_, i) => !rows[i]?.removed)
          .sort((a, b) => a.whenNs - b.whenNs || a.seq - b.seq);
        const out: Timer[] = [];
        for (let t = heap.peek(); t !== undefined; t = heap.peek()) {
          heap.remove(t);
          out.push(t);
        }
        expect(out).toEqual(left);
        expect(timers.every((t) => t.heap === null && !heap.remove(t))).toBe(true);
      },
    ),
    { seed: 1 },
  );
});
