// Attacks on a measured check, from the threads that are measured: none makes a slow counter pass for a fast one.
import { expect, test } from "vitest";
import { checkText, type Places } from "../../../lib/grade/index.js";
import { COUNTER } from "../course.js";

/** A counter much slower than the slow lock it is compared with; `attack` runs first, on the thread itself. */
const slow = (attack: string) => `export function increment(cell: Int32Array): void {
  ${attack}
  const until = performance.now() + 0.5;
  while (performance.now() < until);
  Atomics.add(cell, 0, 1);
}`;

const ATTACKS: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ["does nothing but being slow", slow(""), /expected more operations a second/],
  ["stops its thread's clock", slow("performance.now = () => 0;"), /read only|not extensible/],
  ["stops the other clock", slow("process.hrtime = (() => [0, 0]) as never;"), /read only/],
  ["replaces Atomics on its thread", slow("Atomics.load = () => 0;"), /read only/],
  ["takes a module of Node", slow('process.getBuiltinModule("node:net");'), /node:net is refused/],
  [
    "reads the memory of its process",
    slow('process.getBuiltinModule("node:fs").readFileSync("/proc/self/mem");'),
    /\/proc\/self\/mem is refused/,
  ],
  ["makes a function from text", slow('new Function("return process")();'), /not a constructor|refused/],
  ["ends its process", slow("process.kill(process.pid, 9);"), /process\.kill\(\d+\) is refused/],
  ["poisons the main thread", `Object.prototype.toJSON = () => 1;\n${slow("")}`, /not extensible/],
  ["makes every sorted list a short one", `Array.prototype.sort = () => [];\n${slow("")}`, /read only/],
];

/** One test for each of the attacks from `from` up to `to`. */
export function testMeasured(from: number, to: number, places: Places): void {
  for (const [what, text, says] of ATTACKS.slice(from, to)) {
    test(`an operation that ${what} is not called fast`, async () => {
      const result = await checkText(COUNTER, text, { places });
      expect(result.points).toBe(0);
      const told = `${result.problem?.message} ${result.properties[0]?.message}`;
      if (result.status !== "unknown") expect(told).toMatch(says); // unknown: too noisy to tell
    }, 60_000);
  }
}
