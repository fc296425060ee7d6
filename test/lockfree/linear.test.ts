import { expect, test } from "vitest";
import { type Call, deque, isLinearizable, queue, stack } from "./linear.js";

/** `0-1 push a` or `2-3 pop = a`, separated by semicolons. */
function history(text: string): Call[] {
  return text.split("; ").map((line) => {
    const [, from, to, name, arg, result] = /^(\d+)-(\d+) (\w+) ?(\w+)?(?: ?= (\w+))?$/.exec(
      line,
    ) as RegExpExecArray;
    return { from: Number(from), to: Number(to), name: name as string, arg, result };
  });
}

const rows: [text: string, model: keyof typeof models, want: boolean][] = [
  ["0-1 push a; 2-3 push b; 4-5 pop = b; 6-7 pop = a", "stack", true],
  ["0-1 push a; 2-3 push b; 4-5 pop = a", "stack", false],
  ["0-2 push a; 1-3 push b; 4-5 pop = a", "stack", true],
  ["0-1 push a; 2-3 push b; 4-5 pop = a; 6-7 pop = b", "queue", true],
  ["0-1 push a; 2-3 push b; 4-5 pop = b", "queue", false],
  ["0-1 push a; 2-3 pop = a; 4-5 pop = a", "queue", false],
  ["0-1 push a; 2-3 pop", "queue", false],
  ["0-3 push a; 1-2 pop", "queue", true],
  ["0-1 push a; 2-3 push b; 4-5 steal = a; 6-7 pop = b", "deque", true],
  ["0-1 push a; 2-3 push b; 4-5 steal = b", "deque", false],
];
const models = { stack, queue, deque };
for (const [text, model, want] of rows) {
  test(`as a ${model}, ${text} is ${want ? "" : "not "}linearizable`, () => {
    expect(isLinearizable(history(text), models[model])).toBe(want);
  });
}
