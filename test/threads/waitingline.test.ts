import { afterEach, expect, test } from "vitest";
import { WAITING_LINE_BYTES, WaitingLine } from "../../lib/threads/waitingline.js";

const { load } = Atomics;
afterEach(() => {
  Atomics.load = load;
});

const STATE = 0;
const FIRST = 1;
const TAIL = FIRST + 1;

test("who looks at the end of the line, and then at its head after others have come and gone, is not told that it is full", () => {
  const words = new Int32Array(new SharedArrayBuffer(4 * FIRST + WAITING_LINE_BYTES));
  const line = new WaitingLine(words, FIRST, STATE, 1, 0xff, "line");
  let hasCome = false;
  Atomics.load = ((array: Int32Array, index: number): number => {
    const seen = load(array, index);
    if (index === TAIL && !hasCome) {
      hasCome = true;
      line.leave(line.join(0)); // somebody comes and goes between the two looks
    }
    return seen;
  }) as typeof Atomics.load;
  const ticket = line.join(1);
  expect(ticket).toBe(1);
  expect(line.isHead(ticket)).toBe(true);
});
