import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Lesson, LessonError, parseLesson } from "../../lib/notebook/index.js";

const FILE = "notebooks/05-the-rwmutex-incident.md";
const master = readFileSync(new URL(`./fixtures/course/${FILE}`, import.meta.url), "utf8");
const head = master.slice(0, master.indexOf("# The RWMutex incident"));
const headLines = head.split("\n").length - 1;

const parse = (body: string): Lesson => parseLesson(`${head}${body}`, FILE);
const ids = (lesson: Lesson) => lesson.cells.map((cell) => cell.id);

test("parseLesson: cells come in the order of the page, each with kind and id", () => {
  const lesson = parseLesson(master, FILE);
  expect(lesson.title).toBe("The RWMutex incident");
  expect(lesson.name).toBe("05-the-rwmutex-incident");
  expect(lesson.cells.map((cell) => `${cell.kind} ${cell.id}`)).toEqual([
    "markdown the-rwmutex-incident",
    "code first-run",
    "markdown after-first-run",
    "markdown after-first-run-2",
    "markdown field-rules",
    "code planted",
    "code many-backticks",
    "markdown exercise",
    "exercise exercise-reload",
    "check check-reload",
  ]);
});

test("parseLesson: no line of the lesson is lost", () => {
  const text = parseLesson(master, FILE)
    .cells.map((cell) => cell.source)
    .join("\n");
  for (const line of [
    "[go]: https://go.dev/ref/mem",
    "mu.RLock() // shown, not run",
    "- a waiting writer keeps new readers out,",
  ]) {
    expect(text).toContain(line);
  }
});

test("parseLesson: an inserted cell changes no other id", () => {
  const before = ids(parseLesson(master, FILE));
  const inserted = master.replace("## Break it", '```typescript id="new"\n1;\n```\n\n## Break it');
  const after = ids(parseLesson(inserted, FILE));
  expect(after).toContain("new");
  // The text that stood under the heading's cell is a cell of its own now; nothing else moved.
  expect(after.filter((id) => id !== "new" && id !== "break-it")).toEqual(before);
});

test("parseLesson: Windows line ends and a byte order mark make no difference", () => {
  const windows = `\uFEFF${master.replaceAll("\n", "\r\n")}`;
  expect(parseLesson(windows, FILE)).toEqual(parseLesson(master, FILE));
});

test("parseLesson: a closing ~~~~ fence of text may hold ``` lines", () => {
  const lesson = parse('# T\n\n~~~~text\n```typescript id="no"\n```\n~~~~\n');
  expect(lesson.cells).toHaveLength(1);
});

const long = Array.from({ length: 26 }, (_, i) => `${i};`).join("\n");
const wrong: [name: string, body: string, line: number, message: string][] = [
  ["an unclosed fence", '# T\n\n```typescript id="a"\n1;\n', 3, "this fence is never closed; add a line ```"],
  ["an unclosed text fence", "# T\n\n~~~text\n1;\n", 3, "this fence is never closed; add a line ~~~"],
  [
    "an unclosed region",
    "# T\n\n<!-- #region -->\nx\n",
    3,
    "#region is never closed; add <!-- #endregion -->",
  ],
  ["an #endregion alone", "# T\n\n<!-- #endregion -->\n", 3, "#endregion without a #region before it"],
  [
    "a code cell without an id",
    "# T\n\n```typescript\n1;\n```\n",
    3,
    'a code cell needs a name of its own: ```typescript id="first-goroutine"',
  ],
  [
    "the same id twice",
    '# T\n\n```typescript id="a"\n1;\n```\n\n```typescript id="a"\n2;\n```\n',
    7,
    `cell id \`a\` stands at line ${headLines + 3} already; give it another id`,
  ],
  [
    "the same heading twice",
    "# T\n\n## Why\n\n\n## Why\n\n\n## Why\n",
    9,
    'cell id `why` stands at line %; put it into <!-- #region id="…" -->',
  ],
  [
    "a cell of 26 lines",
    `# T\n\n\`\`\`typescript id="a"\n${long}\n\`\`\`\n`,
    3,
    "this code cell has 26 lines; 25 is the most: split it, or move code to lib/",
  ],
  ["an empty cell", '# T\n\n```typescript id="a"\n\n```\n', 3, "this code cell is empty"],
  [
    "an import by a relative path",
    '# T\n\n```typescript id="a"\n1;\nimport { run } from "../lib/index.js";\n```\n',
    5,
    "a cell imports from the package by name, not from ../lib/index.js",
  ],
  [
    "a misspelt option",
    '# T\n\n```typescript id="a" cover=["AP-01"]\n1;\n```\n',
    3,
    "unknown option `cover`; did you mean `covers`? Options: id, exercise, check, points, covers, tags, hidden, metadata",
  ],
  [
    "an option without quotes",
    "# T\n\n```typescript id=a\n1;\n```\n",
    3,
    'expected the value of `id` to be JSON, e.g. id="text", got "id=a"',
  ],
  [
    "an id with a space",
    '# T\n\n```typescript id="a b"\n1;\n```\n',
    3,
    'expected `id` to be 1 to 64 letters, digits, - or _, got "a b"',
  ],
  [
    "a claim that is none",
    '# T\n\n```typescript id="a" covers=["16"]\n1;\n```\n',
    3,
    'expected `covers` to be a list such as ["AP-16", "FC-23"], got ["16"]',
  ],
  [
    "a Go fence without .noeval",
    "# T\n\n```go\nx\n```\n",
    3,
    "Jupytext would make a cell of this `go` fence; write ```go .noeval",
  ],
  [
    "an indented code cell",
    '# T\n\n  ```typescript id="a"\n  1;\n  ```\n',
    3,
    "a code cell's fence is ``` and starts in the first column",
  ],
  [
    "an exercise with text",
    '# T\n\n```typescript exercise="05-x/y"\n1;\n```\n\n```typescript check="05-x/y" points=1\nawait check("05-x/y");\n```\n',
    3,
    "an exercise cell is empty; its text is exercises/05-x/y.ts",
  ],
  [
    "an exercise without a check",
    '# T\n\n```typescript exercise="05-x/y"\n```\n',
    3,
    'no cell checks this exercise; add ```typescript check="05-x/y" points=…',
  ],
  [
    "a check without an exercise",
    '# T\n\n```typescript check="05-x/y" points=1\nawait check("05-x/y");\n```\n',
    3,
    'no cell holds this exercise; add ```typescript exercise="05-x/y" before it',
  ],
  [
    "a check without points",
    '# T\n\n```typescript exercise="05-x/y"\n```\n\n```typescript check="05-x/y"\nawait check("05-x/y");\n```\n',
    6,
    "a check needs points=…",
  ],
  [
    "a check of something else",
    '# T\n\n```typescript exercise="05-x/y"\n```\n\n```typescript check="05-x/y" points=1\n1;\n```\n',
    6,
    'a check cell calls check("05-x/y")',
  ],
  ["no heading", "text\n", 1 - headLines, "a lesson needs a heading; it is the title"],
];

for (const [name, body, line, message] of wrong) {
  test(`parseLesson: ${name} is an error with its line`, () => {
    const [before, after = ""] = message.split("%");
    let error: unknown;
    try {
      parse(body);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(LessonError);
    const found = (error as LessonError).mistakes.filter(
      (m) => m.message.startsWith(before!) && m.message.endsWith(after),
    );
    expect(
      found.map((m) => `${m.file}:${m.line}`),
      (error as LessonError).message,
    ).toEqual([`${FILE}:${headLines + line}`]);
  });
}

for (const [name, text, message] of [
  ["no front matter", "# T\n", "front matter is missing"],
  ["an unclosed front matter", "---\njupyter:\n", "front matter is missing"],
  ["front matter that is not YAML", "---\na: [\n---\n# T\n", "front matter is not YAML"],
  ["front matter without a kernel", "---\na: 1\n---\n# T\n", "front matter needs jupyter: kernelspec:"],
  ["an empty file", "", "front matter is missing"],
  ["a binary file", "\0\u0001\u0002", "front matter is missing"],
] as const) {
  test(`parseLesson: ${name} is one clear message`, () => {
    expect(() => parseLesson(text, "notebooks/00-x.md")).toThrow(`notebooks/00-x.md:`);
    expect(() => parseLesson(text, "notebooks/00-x.md")).toThrow(message);
  });
}

test("parseLesson: all mistakes are told at once, in the order of the page", () => {
  try {
    parse("# T\n\n```typescript\n1;\n```\n\n```go\n```\n");
    expect.unreachable();
  } catch (error) {
    expect((error as LessonError).mistakes.map((m) => m.line - headLines)).toEqual([3, 7]);
  }
});

test("parseLesson: the example of the README is a lesson", () => {
  const readme = readFileSync(new URL("../../lib/notebook/README.md", import.meta.url), "utf8");
  const example = /^````markdown\n(.*?)^````$/ms.exec(readme)?.[1] ?? "";
  expect(ids(parseLesson(example, FILE))).toEqual([
    "the-rwmutex-incident",
    "first-run",
    "exercise",
    "exercise-reload",
    "check-reload",
  ]);
});
