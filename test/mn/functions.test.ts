// A kept thread keeps the functions that it has made, so the next run finds them compiled.
import { expect, test } from "vitest";
import { type Callable, Functions } from "../../lib/mn/functions.js";
import { Heap } from "../../lib/mn/heap.js";
import { S } from "../../lib/mn/layout.js";
import { Words } from "../../lib/mn/words.js";

/** The memory of a run, and one thread's functions in it. */
function run(): { words: Words; functions: () => Functions } {
  const words = new Words(new SharedArrayBuffer(2 ** 16));
  words.i32[S.HEAP_NEXT] = S.FIRST_M;
  return { words, functions: () => new Functions(words, new Heap(words)) };
}

test("Functions: what a thread has made for one run it uses in the next, and another text is another function", () => {
  const double: Callable = (x: number) => x * 2;
  const half: Callable = (x: number) => x / 2;
  const made = [double, half, double].map((fn) => {
    const { functions } = run();
    return functions().at(functions().addressOf(fn, undefined)); // two threads of one run
  });
  expect(made[0]).not.toBe(double);
  expect(made[2]).toBe(made[0]);
  expect(made[1]).not.toBe(made[0]);
  expect(made.map((fn) => (fn as (x: number) => number)(8))).toEqual([16, 4, 16]);
});
