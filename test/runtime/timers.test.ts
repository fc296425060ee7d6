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

test("Timers: the earliest of one instant are found in order of adding, without those that were removed (property)", () => {
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 9 }),
      (changes, most) => {
        const timers = new Timers();
        const all = changes.map(() => new Timer());
        for (const [i, t] of all.entries()) timers.add(t, changes[i]?.whenNs as number);
        for (const [i, t] of all.entries()) if (changes[i]?.isRemoval) timers.remove(t);
        const left = all.filter((t) => t.heap !== null);
        const dueNs = Math.min(...left.map((t) => t.whenNs));
        const due = left.filter((t) => t.whenNs === dueNs);
        const found = timers.earliest(most);
        expect(found[0]).toBe(due[0]);
        expect(found.every((t) => due.includes(t))).toBe(true);
        expect(new Set(found).size).toBe(Math.min(most, due.length));
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test("Timers: a hundred thousand that are stopped at once leave nothing behind, and so do those stopped one by one", () => {
  const timers = new Timers();
  const all = Array.from({ length: 100_000 }, () => new Timer());
  for (const [i, t] of all.entries()) timers.add(t, (i * 7919) % 100_000);
  for (const t of all) timers.remove(t);
  expect([timers.length, timers.peek()]).toEqual([0, undefined]);
  for (const [i, t] of all.entries()) {
    timers.add(t, 1e15 - i);
    timers.remove(t);
  }
  expect([timers.length, timers.peek()]).toEqual([0, undefined]);
});

test("Timers: a timer is removed from the heap that it is in, whichever is asked", () => {
  const [mine, others] = [new Timers(), new Timers()];
  const t = new Timer();
  others.add(t, 5);
  expect(mine.remove(t)).toBe(true);
  expect([others.length, mine.remove(t)]).toEqual([0, false]);
});
