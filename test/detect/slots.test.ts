// Slots: small numbers for goroutines, given on without inventing or losing order where that can be helped.
import { expect, test } from "vitest";
import { SLOTS } from "../../lib/detect/clock.js";
import { Slots } from "../../lib/detect/slots.js";

test("a slot is given on at once to a goroutine whose creator knows all that was done in it", () => {
  const slots = new Slots();
  const first = slots.take(null);
  const worker = slots.take([slots.tick(first)]);
  const end = slots.tick(worker);
  slots.release(worker);
  const known: number[] = [];
  known[first] = 1;
  known[worker] = end;
  expect(slots.take(known)).toBe(worker);
  expect(slots.count).toBe(2);
});

test("a slot whose owner was not waited for is not given on while there are others", () => {
  const slots = new Slots();
  const first = slots.take(null);
  const worker = slots.take([slots.tick(first)]);
  slots.tick(worker);
  slots.release(worker);
  expect(slots.take([1])).toBe(2);
});

test("a time of a slot is given out once, whoever has the slot", () => {
  const slots = new Slots();
  const slot = slots.take(null);
  const times = [slots.tick(slot), slots.tick(slot)];
  slots.release(slot);
  slots.take([Number.MAX_SAFE_INTEGER]);
  times.push(slots.tick(slot));
  expect(times).toEqual([1, 2, 3]);
});

test(`there are never more than ${SLOTS} slots; freed ones go first, then they are shared in turn`, () => {
  const slots = new Slots();
  for (let i = 0; i < SLOTS; i++) slots.tick(slots.take([]));
  slots.release(7);
  expect(slots.take([])).toBe(7);
  const shared = Array.from({ length: SLOTS }, () => slots.take([]));
  expect(new Set(shared).size).toBe(SLOTS);
  expect(slots.count).toBe(SLOTS);
});
