// What TypeScript lets through and JavaScript refuses does not compile either: with line, caret and a plain sentence.
import { describe, expect, test } from "vitest";
import { prepare } from "../../lib/grade/prepare.js";

const problemOf = (text: string) => {
  const prepared = prepare(text, "x.ts");
  return "problem" in prepared ? prepared.problem : undefined;
};

describe("does not compile", () => {
  test("a yield* in a function without its star, as beginners write it", () => {
    const problem = problemOf(
      'import { type Go, Mutex } from "happens-before";\n\nexport function use(mu: Mutex): Go {\n  yield* mu.lock();\n  yield* mu.unlock();\n}\n',
    );
    expect(problem).toMatchObject({ verdict: "does-not-compile", at: { file: "x.ts", line: 4, column: 3 } });
    expect(problem?.message).toContain("Line 4: `yield*` works only inside a generator");
    expect(problem?.message.match(/^Line/gm)).toHaveLength(1);
    expect(problem?.message).toContain("The keyword 'yield' is reserved.");
    expect(problem?.excerpt).toBe("x.ts:4:3\n    yield* mu.lock();\n    ^");
  });

  test.each([
    [
      "a name declared twice",
      "const a: number = 1;\nlet a = 2;",
      "Identifier 'a' has already been declared.",
      2,
    ],
    ["a constant that is deleted", "const a = 1;\n\ndelete a;", "Deleting local variable in strict mode.", 3],
    ["with", "const a = {};\nwith (a) {}", "'with' in strict mode.", 2],
    ["the directive, and a name twice", '"use interleaving";\nlet a = 1;\nlet a = 2;', "declared", 3],
  ])("%s", (_name, text, message, line) => {
    const problem = problemOf(text);
    expect(problem).toMatchObject({ verdict: "does-not-compile", at: { line } });
    expect(problem?.message).toContain(message);
  });
});

test("newer JavaScript than the compiler's target is let through", () => {
  expect(problemOf("export const words = /[\\p{L}--[a-z]]/v;")).toBeUndefined();
});
