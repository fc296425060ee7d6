import {
  checkLinearizable,
  drawLinear,
  linearText,
  models,
  type Operation,
  type QueueInput,
} from "happens-before";
import { expect, test } from "vitest";

type Row = Operation<QueueInput<string>, string | undefined>;
const push = (client: number, value: string, call: number, end: number): Row => ({
  client,
  input: { op: "push", value },
  call,
  return: end,
});
const pop = (client: number, output: string, call: number, end: number): Row => ({
  client,
  input: { op: "pop" },
  output,
  call,
  return: end,
});
const draw = (history: Row[], options = {}) => {
  const queue = models.queue<string>();
  return linearText(drawLinear(history, checkLinearizable(history, queue), queue, options));
};

test("a queue that lost a value: the order so far, the stuck operation and the state it met", () => {
  const lost = [push(0, "a", 0, 10), push(1, "b", 5, 20), push(2, "c", 30, 40), pop(0, "c", 50, 60)];
  expect(draw(lost)).toBe(
    [
      "queue: not linearizable; at most 3 of 4 operations can be put in order",
      'client 0  push("a")    ├●──┤            1. then ["a"]',
      'client 1  push("b")      ├●──┤          2. then ["a","b"]',
      'client 2  push("c")            ├●┤      3. then ["a","b","c"]',
      'client 0  pop() = "c"              ├✗┤  fits nowhere',
      'pop() = "c" of client 0 had to take effect before it returned; the state was ["a","b","c"]',
    ].join("\n"),
  );
});

test("a history that is linearizable is drawn with its order; a pending operation has an open end", () => {
  const rows: Row[] = [{ client: 1, input: { op: "push", value: "a" }, call: 0 }, pop(0, "a", 1, 2)];
  expect(draw(rows)).toBe(
    [
      "queue: linearizable, 2 operations in order",
      'client 1  push("a")    ├●──▷  1. then ["a"]',
      'client 0  pop() = "a"    ├●┤  2. then []',
    ].join("\n"),
  );
});

test("of a long history the neighbourhood of the stuck operation is drawn", () => {
  const rows = Array.from({ length: 50 }, (_, i) => push(0, `${i}`, 10 * i, 10 * i + 5));
  const text = draw([...rows, pop(1, "9", 600, 700)], { operations: 4 });
  expect(text.split("\n").length).toBe(7);
  expect(text).toContain("(47 other operations not shown)");
  expect(text).toContain("fits nowhere");
});

test("no operations: one line", () => {
  expect(draw([])).toBe("queue: no operations");
});
