// checkText against right, wrong and hostile submissions: each ends in one clear result.
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { type CheckResult, checkText } from "../../lib/grade/index.js";
import {
  beginningWith,
  buildCourse,
  COUNTER,
  changed,
  NOISY,
  solution,
  starter,
  TRANSFER,
  WITH_NOISY,
  withoutLocks,
} from "./course.js";

const places = buildCourse("checktext", WITH_NOISY);
afterAll(() => places.remove());

// Small limits, so that what is endless is so briefly. A right solution needs a tenth of them.
const limits = { loadMs: 2000, labMs: 2000, heapMiB: 64, memoryMiB: 220, outputBytes: 64 << 10 };
const grade = (text: string): Promise<CheckResult> => checkText(TRANSFER, text, { places, limits });

const statuses = (result: CheckResult) => result.properties.map(({ status }) => status);

/** What must hold of every result, however bad the submission. */
function expectWhole(result: CheckResult): void {
  expect(JSON.parse(JSON.stringify(result))).toEqual(result); // plain data
  expect(result.properties).toHaveLength(3);
  expect(result.points).toBe(result.properties.reduce((sum, { points }) => sum + points, 0));
  expect(JSON.stringify(result)).not.toContain(places.root); // paths are the learner's
}

test("the reference solution passes with all points and says what was shown", async () => {
  const result = await grade(solution(TRANSFER));
  expectWhole(result);
  expect(result).toMatchObject({ status: "pass", points: 4, maxPoints: 4, notes: [], output: "" });
  expect(result.properties[1]?.shown).toBe(
    "nothing wrong in 300 schedules (random, pct, pos, urw, delay, seed 1)",
  );
});

test("the starter fails for its stated reason, in every property, with hints", async () => {
  const result = await grade(starter(TRANSFER));
  expectWhole(result);
  expect(statuses(result)).toEqual(["fail", "fail", "fail"]);
  for (const property of result.properties) {
    expect(property.verdict).toBe("not-implemented");
    expect(property.message).toMatch(/^not implemented: transfer \d+ cents from 1 to 2$/);
    expect(property.hints).toHaveLength(3);
  }
});

test("a deadlock comes with its cycle, seed, schedule, replay command and lanes, and keeps the other points", async () => {
  const result = await grade(changed("a.id < b.id ? [a, b] : [b, a]", "[a, b]"));
  expectWhole(result);
  expect(result).toMatchObject({ status: "fail", points: 2 });
  const wrong = result.properties[1];
  expect(wrong).toMatchObject({
    verdict: "global-deadlock",
    seed: "1",
    hints: ["Who holds what?", "Order the locks.", "The lower id first."],
  });
  expect(wrong?.message).toMatch(
    /^two transfers in opposite directions must both finish\nall goroutines are asleep/,
  );
  expect(wrong?.replay).toBe(`npx hb replay ${TRANSFER} ${wrong?.schedule}`);
  expect(wrong?.report?.text).toContain(
    "cycle: goroutine 2 → state[1].mu → goroutine 3 → state[0].mu → goroutine 2",
  );
  expect(wrong?.report?.text).toContain("transfer.ts:17"); // the learner's own lines
  expect(wrong?.report?.svg).toMatch(/^<svg/);
});

test("a lost update is a wrong result, with what was expected and what came", async () => {
  const text = withoutLocks(
    "  const before = a.balanceCents;\n  yield* gosched();\n  a.balanceCents = before - cents;",
  );
  const result = await grade(text);
  expect(result.properties[1]).toMatchObject({ status: "fail", verdict: "wrong-result" });
  expect(result.properties[1]?.message).toMatch(/^expected 200 cents in all, got \d+/);
});

test("the same text and seed give the same result; another seed another schedule", async () => {
  const text = changed("a.id < b.id ? [a, b] : [b, a]", "[a, b]");
  const [first, again, other] = await Promise.all(
    ["7", "7", "8"].map((seed) => checkText(TRANSFER, text, { places, limits, seed })),
  );
  const timeless = (r?: CheckResult) => r?.properties.map(({ elapsedMs: _, ...rest }) => rest);
  expect(timeless(again)).toEqual(timeless(first));
  expect(other?.properties[1]?.verdict).toBe("global-deadlock");
  expect(other?.properties[1]?.seed).toBe("8");
});

test("a forgotten yield* is named with its line", async () => {
  const result = await grade(changed("  yield* first.mu.lock();", "  first.mu.lock();"));
  expect(result.properties[0]?.verdict).toBe("misuse");
  expect(result.notes.join()).toMatch(/^Line 16: .*`yield\* first\.mu\.lock\(\);`/);
});

test("what does not parse is shown with line and caret, and never run", async () => {
  const result = await grade(`console.log("ran");\n${changed("-= cents", "-= ")}`);
  expectWhole(result);
  expect(result.problem).toMatchObject({
    verdict: "does-not-compile",
    at: { file: "transfer.ts", line: 19, column: 21 },
  });
  expect(result.problem?.excerpt).toBe("transfer.ts:19:21\n    a.balanceCents -= ;\n                      ^");
  expect(result.output).toBe("");
});

test("an empty text does not compile", async () => {
  expect((await grade(" \n")).problem).toMatchObject({
    verdict: "does-not-compile",
    message: "There is no code in it.",
  });
});

test("a missing export is named, and so is the name that is nearly it", async () => {
  const result = await grade(changed("function* transfer", "function* transferr"));
  expectWhole(result);
  expect(result.problem?.verdict).toBe("does-not-compile");
  expect(result.problem?.message).toMatch(
    /^It does not export `transfer`\. It exports `transferr`: is the name misspelt\?/,
  );
});

test("an import that does not exist is said as such", async () => {
  const result = await grade(`import { x } from "happens-befor";\nx;\n${solution(TRANSFER)}`);
  expect(result.problem?.verdict).toBe("does-not-compile");
  expect(result.problem?.message).toContain("Cannot find package 'happens-befor'");
});

const HOPELESS: [string, string, string, RegExp][] = [
  [
    "throws when it is loaded",
    `const t = {};\nt.rows.push(1);\n${solution(TRANSFER)}`,
    "panic",
    /^The file throws when it is loaded: TypeError: .*'push'/,
  ],
  [
    "loops for ever when it is loaded",
    `let n = 0;\nwhile (true) n++;\n${solution(TRANSFER)}`,
    "out-of-time",
    /loop at transfer\.ts:2 /,
  ],
  [
    "loops for ever in a regular expression",
    `/^(a+)+$/.test("${"a".repeat(60)}!");\n${solution(TRANSFER)}`,
    "out-of-time",
    /^Stopped while the file was loaded/,
  ],
  [
    "awaits for ever when it is loaded",
    `await new Promise(() => {});\n${solution(TRANSFER)}`,
    "out-of-time",
    /it awaits something that never comes/,
  ],
  [
    "exits when it is loaded",
    `process.exit(0);\n${solution(TRANSFER)}`,
    "panic",
    /process\.exit\(0\) is refused/,
  ],
  [
    "ends its process by force",
    beginningWith("  process.kill(process.pid, 9);"),
    "panic",
    /process\.kill\(\d+\) is refused/,
  ],
  [
    "allocates arrays without end",
    beginningWith("  const kept: number[][] = [];\n  for (;;) kept.push(new Array(10_000).fill(1.5));"),
    "out-of-memory",
    /used more memory/,
  ],
  [
    "allocates buffers without end",
    beginningWith("  const kept: Uint8Array[] = [];\n  for (;;) kept.push(new Uint8Array(1 << 24).fill(1));"),
    "out-of-memory",
    /used more memory/,
  ],
  [
    "prints a million lines",
    beginningWith("  for (let i = 0; i < 1_000_000; i++) console.log(i);"),
    "out-of-output",
    /printed more than 64 KiB/,
  ],
  [
    "calls process.exit in a goroutine",
    beginningWith("  process.exit(0);"),
    "panic",
    /process\.exit\(0\) is refused/,
  ],
  [
    "loops for ever without yielding",
    beginningWith("  while (a.balanceCents < 1000) {\n    cents++;\n  }"),
    "out-of-time",
    /loop at transfer\.ts:14 /,
  ],
];

for (const [what, text, verdict, message] of HOPELESS) {
  test(`a submission that ${what} ends as ${verdict}`, async () => {
    const result = await grade(text);
    expectWhole(result);
    expect(result).toMatchObject({ status: "fail", points: 0 });
    const first = result.properties[0];
    expect(first?.verdict).toBe(verdict);
    expect(first?.message).toMatch(message);
    expect(result.output.length).toBeLessThan(9000);
    expect(readdirSync(places.scratch)).toEqual([]); // nothing is left on disk
  });
}

test("finished properties keep their points when a later one runs out of time", async () => {
  const result = await grade(beginningWith("  while (cents === 20) {}"));
  expect(statuses(result)).toEqual(["pass", "fail", "pass"]);
  expect(result.properties[1]?.verdict).toBe("out-of-time");
});

test("finished properties keep their points when the process is killed in a later one; those after are not run", async () => {
  const result = await grade(beginningWith("  if (cents === 20) for (;;) console.log(cents);"));
  expect(statuses(result)).toEqual(["pass", "fail", "unknown"]);
  expect(result.properties[1]?.verdict).toBe("out-of-output");
  expect(result.properties[2]?.message).toBe(
    'Not run. The check ended at "no pair of transfers blocks for ever".',
  );
  expect(result).toMatchObject({ status: "fail", points: 1 });
});

test("what a submission prints is shown and judged by nobody", async () => {
  const text = `console.log("PASS 4 of 4 points");\n${starter(TRANSFER)}`;
  const result = await grade(text);
  expect(result.output).toBe("PASS 4 of 4 points\n");
  expect(result).toMatchObject({ status: "fail", points: 0 });
});

const FORGERIES: [string, string][] = [
  [
    "writes results to every descriptor",
    `import { writeSync } from "node:fs";
    for (let index = 0; index < 3; index++) for (const fd of [1, 2, 3]) {
      const outcome = { kind: "explored", exploration: { verdict: "ok", outcomes: [{ result: 200, count: 1, witness: "" }], schedules: 1, claim: "" } };
      try { writeSync(fd, \`\${JSON.stringify({ kind: "property", index, outcome, elapsedMs: 1 })}\\n\`); } catch {}
    }`,
  ],
  ["sends results to its parent", `process.send = () => true; process.emit("message", { kind: "done" });`],
  ["replaces JSON", `globalThis.JSON = { parse: () => ({}), stringify: () => "{}" };`],
  [
    "replaces Object.keys and Array.isArray",
    `try { Object.keys = () => []; Array.isArray = () => false; } catch {}`,
  ],
  [
    "makes errors harmless",
    `try { Object.defineProperty(Error.prototype, "message", { get: () => "" }); } catch {}`,
  ],
  [
    "replaces the library's methods",
    `import { Mutex, WaitGroup } from "happens-before";
    try { Mutex.prototype.lock = function* () {}; } catch {}
    try { WaitGroup.prototype.wait = function* () {}; } catch {}`,
  ],
  ["calls reallyExit", `process.reallyExit(0);`],
  ["exits from an import", `import { exit } from "node:process"; exit(0);`],
];

for (const [what, lines] of FORGERIES) {
  test(`a submission that ${what} gets no better verdict`, async () => {
    const result = await grade(`${lines}\n${starter(TRANSFER)}`);
    expect(result).toMatchObject({ status: "fail", points: 0 });
  });
}

test("the library's methods cannot be replaced, not even for a submission that works without it", async () => {
  const attack = `import { Mutex } from "happens-before";\nMutex.prototype.lock = function* () {};\n${solution(TRANSFER)}`;
  const result = await grade(attack);
  expect(result.problem?.message).toMatch(
    /^The file throws when it is loaded: TypeError: Cannot assign to read only/,
  );
});

test("a submission cannot leave a process behind", async () => {
  const attack = `import { spawn } from "node:child_process";\nspawn("sleep", ["60"], { detached: true });\n${solution(TRANSFER)}`;
  expect((await grade(attack)).problem?.message).toContain('The import of "node:child_process" is refused');
});

test("planted control: a child that knew the token would be believed", async () => {
  // The driver's own messages are what makes the solution pass; without the token even they would not count.
  const { fromLine, toLine } = await import("../../lib/grade/message.js");
  const line = toLine("secret", { kind: "done" }).trimEnd();
  expect(fromLine("secret", line)).toEqual({ kind: "done" });
  expect(fromLine("guessed", line)).toBeUndefined();
  expect(fromLine("secret", "secret {not json")).toBeUndefined();
});

test("an onlooker sees progress for every property", async () => {
  const seen: string[] = [];
  await checkText(TRANSFER, solution(TRANSFER), {
    places,
    onProgress: ({ index, of }) => seen.push(`${index + 1}/${of}`),
  });
  expect(seen).toEqual(["1/3", "2/3", "3/3"]);
});

test("a measured property passes with its ratio, or says that the machine is too noisy", async () => {
  const result = await checkText(COUNTER, solution(COUNTER), { places });
  const [property] = result.properties;
  if (property?.verdict === "too-noisy") expect(result.status).toBe("unknown");
  else expect(result).toMatchObject({ status: "pass", points: 2 });
});

/** Grades on a machine that is too busy, and says which property was run when. */
async function gradeNoisy(text: string, limits = {}): Promise<{ result: CheckResult; started: number[] }> {
  const started: number[] = [];
  const result = await checkText(NOISY, text, {
    places,
    limits,
    onProgress: ({ index, done }) => void (done === undefined && started.push(index)),
  });
  return { result, started };
}

test("what the machine is too busy for is measured again, up to three times, and nothing else is", async () => {
  const { result, started } = await gradeNoisy("export const answer = () => 42;");
  expect(started).toEqual([0, 1, 2, 1, 2, 1, 2]);
  expect(result).toMatchObject({ status: "unknown", points: 2, maxPoints: 3 });
  expect(result.properties.map(({ verdict }) => verdict)).toEqual(["ok", "ok", "too-noisy"]);
});

test("where there is little time, nothing is measured again", async () => {
  const slow =
    "export function answer() {\n  const end = Date.now() + 1600;\n  while (Date.now() < end);\n  return 42;\n}";
  const { result, started } = await gradeNoisy(slow, { raceMs: 1500 });
  expect(started).toEqual([0, 1, 2]);
  expect(result.properties[0]?.verdict).toBe("ok");
});

test("a measured starter fails for its stated reason, though it throws on another thread", async () => {
  const result = await checkText(COUNTER, starter(COUNTER), { places });
  expect(result.properties[0]).toMatchObject({
    status: "fail",
    verdict: "not-implemented",
    message: "not implemented: increment 1",
  });
});

test("a check that is not built is an error that says what to do", async () => {
  await expect(checkText("90-fixture/none", "", { places })).rejects.toThrow(/Run `npm run build`/);
});

test("a project that cannot be written to is an error that names the folder", async () => {
  const blocked = { ...places, scratch: `${places.checks}/90-fixture/transfer.check.js/below-a-file` };
  expect(readFileSync(`${places.checks}/90-fixture/transfer.check.js`, "utf8")).not.toBe("");
  await expect(checkText(TRANSFER, solution(TRANSFER), { places: blocked })).rejects.toThrow(
    /^cannot write below /,
  );
});
