import fc from "fast-check";
import { expect, test } from "vitest";
import { Timer, Timers } from "../../lib/runtime/timers.js";

const change = fc.record({
  timer: fc.nat({ max: 60 }),
  whenNs: fc.nat({ max: 20 }),
  isRemoval: fc.boolean(),
});

test("Timers: come out by time, and in order of adding among equals, whatever was removed in between (property)", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const timers = new Timers();
      const all = Array.from({ length: 61 }, () => new Timer(() => {}));
      let pending: Timer[] = [];
      for (const { timer, whenNs, isRemoval } of changes) {
        const t = all[timer] as Timer;
        expect(timers.remove(t)).toBe(pending.includes(t));
        pending = pending.filter((other) => other !== t);
        if (isRemoval) continue;
        timers.add(t, whenNs + 0.5);
        pending.push(t);
      }
      expect(timers.length).toBe(pending.length);
      const sorted = [...pending].sort((a, b) => a.whenNs - b.whenNs); // stable: pending is in order of adding
      const out = sorted.map(() => {
        const first = timers.peek() as Timer;
        timers.remove(first);
        return first;
      });
      expect(out.map((t) => all.indexOf(t))).toEqual(sorted.map((t) => all.indexOf(t)));
      expect([timers.length, timers.peek()]).toEqual([0, undefined]);
    }),
    { seed: 1, numRuns: 200 },
  );
});
