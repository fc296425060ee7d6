// Everything that the project shows to learners is linted: nothing is reported, and what is planted into it is found.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import ts from "typescript";
import { expect, test } from "vitest";
import * as library from "../../lib/index.js";
import plugin from "../../lib/lint/index.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONFIG = plugin.configs.recommended as unknown as Linter.Config;

function lint(code: string, file: string, parserOptions: Record<string, unknown> = {}): string[] {
  const languageOptions = { parser, parserOptions } as Linter.LanguageOptions;
  const config: Linter.Config = { ...CONFIG, files: ["**/*.ts"], languageOptions };
  const found = new Linter({ cwd: ROOT }).verify(code, [config], { filename: file });
  return found.map(({ line, ruleId, message }) => `${file}:${line} ${ruleId} ${message}`);
}

const below = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

const texts = [...below("exercises", ".ts"), ...below("solutions", ".ts")];

test("exercises and solutions: no report, by types and by words; a planted mistake is found in each", () => {
  const planted =
    "/** Planted. */\nexport function* planted(mu: import('happens-before').Mutex): Generator {\n  mu.lock();\n}\n";
  const file = join(ROOT, "exercises", "planted.ts");
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ["source"],
    types: ["node"],
  };
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile } = host;
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, planted, version, true) : getSourceFile(name, version);
  const program = ts.createProgram([...texts.map((name) => join(ROOT, name)), file], options, host);
  expect(texts.length).toBeGreaterThan(3);
  for (const name of texts) {
    const text = readFileSync(join(ROOT, name), "utf8");
    expect(lint(text, join(ROOT, name), { programs: [program] })).toEqual([]);
    expect(lint(text, name)).toEqual([]);
    expect(
      lint(`${text}\nimport { sleep as nap } from "happens-before";\nfunction* x() { nap(1); }\n`, name),
    ).toHaveLength(1);
  }
  expect(lint(planted, file, { programs: [program] })).toEqual([
    `${file}:3 happens-before/no-unyielded-op \`mu.lock()\` only describes an operation, and nothing performs it. Write \`yield* mu.lock()\`.`,
  ]);
}, 240_000);

interface Cell {
  readonly cell_type: string;
  readonly source: string | string[];
}

/** The code cells of a notebook as one text, with each name imported once. */
function cellsOf(file: string): string {
  const { cells } = JSON.parse(readFileSync(join(ROOT, file), "utf8")) as { cells: Cell[] };
  const code = cells
    .filter((cell) => cell.cell_type === "code")
    .map(({ source }) => [source].flat().join(""));
  return code
    .map((text) => `{\n${text.replace(/^export /gm, "").replace(/^import [\s\S]*?;$/gm, "")}\n}`)
    .join("\n");
}

/** Imports every name of the library that a text uses. */
function withImports(text: string): string {
  const used = Object.keys(library).filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return `import { ${used.join(", ")} } from "happens-before";\nasync function example() {\n${text}\n}\n`;
}

for (const file of below("notebooks", ".ipynb")) {
  test(`${file}: no report in its cells; a planted mistake is found`, () => {
    const text = withImports(cellsOf(file));
    expect(lint(text, "cells.ts")).toEqual([]);
    const planted = 'function* x() { nap(1); }\nimport { sleep as nap } from "happens-before";';
    expect(lint(`${text}\n${planted}`, "cells.ts")).toHaveLength(1);
  });
}

/** The examples in the docstrings of lib. */
function examples(): { file: string; code: string }[] {
  return below("lib", ".ts").flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    if (/^lib\/(?:threads|bench|plot|grade|transform|notebook|lint|stats|cli)\//.test(file)) return [];
    return [...text.matchAll(/@example\n([\s\S]*?)(?=\n\s*\*\s*@|\*\/)/g)].map((match) => ({
      file,
      code: (match[1] as string).replace(/^\s*\* ?/gm, "").replace(/^```.*$/gm, ""),
    }));
  });
}

test("examples of the laboratory: no report; without their stars each operation is found", () => {
  const all = examples();
  expect(all.length).toBeGreaterThan(50);
  const rows = all.flatMap(({ file, code }) => lint(withImports(code.replace(/^import .*$/gm, "")), file));
  expect(rows).toEqual([]);
  const bare = all.map(({ code }) =>
    code.replace(/^(\s*)yield\* (mu\.lock|wg\.wait|sleep|ch\.send)\(/gm, "$1$2("),
  );
  const changed = bare.filter((code, i) => code !== all[i]?.code);
  expect(changed.length).toBeGreaterThan(10);
  expect(
    changed.filter((code) => lint(withImports(code.replace(/^import .*$/gm, "")), "x.ts").length === 0),
  ).toEqual([]);
});
