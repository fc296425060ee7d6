// prepare: a submission's text to JavaScript that can be loaded and stopped, or the reason why it cannot.
import type { Position } from "../event/index.js";
import {
  compileModule,
  explainMistakes,
  javascriptProblem,
  type Problem as Mistake,
  showProblem,
} from "../transform/index.js";
import { guardLoops } from "./guard.js";
import { nearest } from "./nearest.js";
import type { Problem } from "./result.js";

export type Prepared = { readonly code: string } | { readonly problem: Problem };

/** Names longer than this list are not spelled out. */
const MOST_MISTAKES = 3;

/**
 * Compiles a submission. `fileName` is what its stack traces and messages call it.
 *
 * **Cost:** about 10 ms, and 250 ms once for loading the compiler.
 */
export function prepare(text: string, fileName: string): Prepared {
  if (text.trim() === "") return { problem: notCompiling("There is no code in it.") };
  const compiled = compileModule(text, fileName);
  const [first] = compiled.problems;
  if (first !== undefined) return { problem: compileProblem(text, compiled.problems, first, fileName) };
  const [code = "", map = ""] = compiled.code.split(/^(?=\/\/# sourceMappingURL=)/m);
  try {
    return { code: `${guardLoops(code)}${map}` };
  } catch (error) {
    const refused = javascriptProblem(error, compiled.map);
    return { problem: compileProblem(text, [refused], refused, fileName) };
  }
}

function compileProblem(text: string, all: readonly Mistake[], first: Mistake, fileName: string): Problem {
  const mistakes = explainMistakes(text, all); // one and the same for many lines is said once
  const sentences = mistakes
    .filter((one, i) => mistakes.findIndex(({ sentence }) => sentence === one.sentence) === i)
    .map(({ line, sentence }) => `Line ${line}: ${sentence}`);
  const [, ...others] = all;
  const rest =
    others.length === 0 ? "" : ` (and ${others.length} more: line ${others.map((p) => p.line).join(", ")})`;
  const lines = [...sentences.slice(0, MOST_MISTAKES), `${first.message}${rest}`];
  return {
    ...notCompiling(lines.join("\n")),
    at: { file: fileName, line: first.line, column: first.column },
    excerpt: excerptAt(text, { ...first, file: fileName }),
  };
}

function notCompiling(message: string): Problem {
  return { verdict: "does-not-compile", message };
}

/** Place, line and caret, without the message. */
export function excerptAt(text: string, at: Position & { readonly length?: number }): string {
  const lines = showProblem(text, { ...at, message: "" }, at.file).split("\n");
  return [`${at.file}:${at.line}:${at.column}`, ...lines.slice(1)].join("\n");
}

/** What the submission lacks of the starter's exports; undefined when nothing. */
export function missingExports(wanted: readonly string[], found: readonly string[]): Problem | undefined {
  const missing = wanted.filter((name) => !found.includes(name));
  if (missing.length === 0) return undefined;
  const sentences = missing.map((name) => {
    const close = nearest(
      name,
      found.filter((other) => !wanted.includes(other)),
    );
    const hint = close === undefined ? "" : ` It exports \`${close}\`: is the name misspelt?`;
    return `It does not export \`${name}\`.${hint}`;
  });
  return notCompiling(
    `${sentences.join("\n")}\nKeep the names of the starter, each with \`export\` before it.`,
  );
}

/** The names that a module exports as values: functions, generators, classes, variables. */
export function exportedNames(text: string): string[] {
  const pattern = /^export\s+(?:default\s+)?(?:async\s+)?(?:function\s*\*?|class|const|let|var)\s+([\w$]+)/gm;
  return [...text.matchAll(pattern)].map((match) => match[1]!);
}
