// Attacks on the time and the memory of the machine: each is ended, told by its name, and nothing is left behind.
import { readdirSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { checkText } from "../../../lib/grade/index.js";
import { beginningWith, buildCourse, solution, TRANSFER } from "../course.js";
import { LIMITS, processesBelow } from "./attack.js";

const places = buildCourse("redteam-greedy");
afterAll(() => places.remove());

const check = (text: string) => checkText(TRANSFER, text, { places, limits: LIMITS });

/** Lines in a goroutine of the right solution, or before it; the verdict that they end with. */
const GREEDY: readonly (readonly [what: string, text: string, verdict: RegExp])[] = [
  [
    "loops in microtasks for ever",
    `(function again() { queueMicrotask(again); })();\n${solution(TRANSFER)}`,
    /^out-of-time$/,
  ],
  [
    "waits for ever on shared memory",
    beginningWith("  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);"),
    /^out-of-time$|^panic$/,
  ],
  ["loops in a callback of sort", beginningWith("  [1, 2].sort(() => { for (;;); });"), /^out-of-time$/],
  [
    "loops in a regular expression",
    beginningWith('  /^(a|a)*$/.test("a".repeat(40) + "!");'),
    /^out-of-time$/,
  ],
  ["recurses for ever", beginningWith("  (function again(): void { again(); })();"), /^panic$/],
  [
    "builds a text without end",
    beginningWith('  let text = "x";\n  for (;;) text += text + text;'),
    /^panic$|^out-of-memory$/,
  ],
  [
    "fills shared memory",
    beginningWith(
      "  const kept: Uint8Array[] = [];\n  for (;;) kept.push(new Uint8Array(new SharedArrayBuffer(1 << 26)).fill(1));",
    ),
    /^out-of-memory$|^panic$/,
  ],
  [
    "starts goroutines without end",
    beginningWith("  for (;;) go(function* () { yield* gosched(); });").replace(
      "import type { Go,",
      "import { go, gosched, type Go, type",
    ),
    /^out-of-|^leak$/,
  ],
  [
    "prints to stderr without end",
    beginningWith('  for (;;) process.stderr.write("x".repeat(1000));'),
    /^out-of-output$/,
  ],
  ["prints one endless text", beginningWith('  console.log("x".repeat(100_000_000));'), /^out-of-output$/],
];
for (const [what, text, verdict] of GREEDY) {
  test(`a submission that ${what} is ended, and said so`, async () => {
    const result = await check(text);
    expect(result.status).toBe("fail");
    expect(result.properties[0]?.verdict, JSON.stringify(result.properties[0])).toMatch(verdict);
    expect(result.points).toBe(0);
    expect(processesBelow(places.scratch)).toEqual([]);
    expect(readdirSync(places.scratch)).toEqual([]);
  }, 30_000);
}
