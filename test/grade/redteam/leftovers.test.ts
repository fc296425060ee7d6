// Attacks that leave something running, and attacks on the time and the memory of the machine: the verdict comes in
// time, the right solution among them still gets what it deserves, and nothing is left behind.
import { readdirSync, readlinkSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { checkText } from "../../../lib/grade/index.js";
import { beginningWith, buildCourse, solution, TRANSFER } from "../course.js";
import { LIMITS } from "./attack.js";

const places = buildCourse("redteam-leftovers");
afterAll(() => places.remove());

const check = (text: string) => checkText(TRANSFER, text, { places, limits: LIMITS });

/** Processes whose working folder lies below the scratch folder of this course. */
function leftovers(): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((id) => /^\d+$/.test(id) && folderOf(id).startsWith(places.scratch));
}

function folderOf(id: string): string {
  try {
    return readlinkSync(`/proc/${id}/cwd`);
  } catch {
    return "";
  }
}

/** Lines before the right solution, which passes all the same. */
const HARMLESS: readonly (readonly [what: string, lines: string])[] = [
  ["an interval", "setInterval(() => {}, 1);"],
  ["an interval that nobody waits for", "setInterval(() => {}, 1).unref();"],
  ["a promise that is never kept", "new Promise(() => {}).then(() => {});"],
  ["a timer that starts timers", "(function again() { setTimeout(again, 0); })();"],
  ["a handler for its own end", 'process.on("exit", () => {});'],
];
for (const [what, lines] of HARMLESS) {
  test(`${what} left behind changes nothing, and is gone afterwards`, async () => {
    expect(await check(`${lines}\n${solution(TRANSFER)}`)).toMatchObject({ status: "pass", points: 4 });
    expect(leftovers()).toEqual([]);
    expect(readdirSync(places.scratch)).toEqual([]);
  });
}

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
  [
    "crashes in the background",
    `Promise.reject(new Error("behind your back"));\n${solution(TRANSFER)}`,
    /^fatal$/,
  ],
];
for (const [what, text, verdict] of GREEDY) {
  test(`a submission that ${what} is ended, and said so`, async () => {
    const result = await check(text);
    expect(result.status).toBe("fail");
    expect(result.properties[0]?.verdict, JSON.stringify(result.properties[0])).toMatch(verdict);
    expect(result.points).toBe(0);
    expect(leftovers()).toEqual([]);
    expect(readdirSync(places.scratch)).toEqual([]);
  }, 30_000);
}
