// compileModule: one TypeScript module to JavaScript that Node 20 runs, with a map back to the learner's lines.
//
// Types are removed, not checked: a check must answer in seconds, and the editor has shown type errors already.
// An import that is used only as a type disappears, with or without the word `type`.
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type ts from "typescript";
import { compiler } from "./compiler.js";
import { type Blind, interleave } from "./interleaving.js";

/** Something the compiler found. `line` and `column` start at 1. */
export interface Problem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  /** TypeScript's error number, e.g. 1005. */
  readonly code?: number;
  /** How many characters it covers, at least 1. */
  readonly length?: number;
}

/** A module after compilation. */
export interface CompiledModule {
  /** An ES module; ends with its source map inline, so `node --enable-source-maps` prints the learner's lines. */
  readonly code: string;
  /** The same source map as JSON text. */
  readonly map: string;
  /** Syntax errors, in the order of the text. When there are any, `code` must not be run. */
  readonly problems: readonly Problem[];
  /** What the directive cannot see, where there is one. */
  readonly blind?: readonly Blind[];
}

/**
 * Compiles one TypeScript module to an ES module.
 *
 * Never throws on bad source: what is wrong stands in `problems`. A module that opens with `"use interleaving"` is
 * transformed as the directive says.
 * **Cost:** about 5 ms for an exercise, and 250 ms once for loading the compiler.
 *
 * @param fileName the name in stack traces and in the source map, e.g. `05-the-rwmutex-incident/snapshot.ts`
 */
export function compileModule(source: string, fileName: string): CompiledModule {
  try {
    return compile(source, fileName);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = "the code is nested too deeply for the compiler";
    return { code: "", map: "{}", problems: [{ message, line: 1, column: 1, length: 1 }] };
  }
}

function compile(source: string, fileName: string): CompiledModule {
  const ts = compiler();
  const out = ts.transpileModule(source, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      sourceMap: true,
      inlineSources: true,
      newLine: ts.NewLineKind.LineFeed,
    },
  });
  const erased = {
    code: out.outputText.replace(/\/\/# sourceMappingURL=[^\n]*\s*$/, ""),
    map: JSON.stringify({ ...JSON.parse(out.sourceMapText ?? "{}"), sources: [fileName] }),
  };
  const problems = problemsOf(out.diagnostics ?? []);
  let made: ReturnType<typeof withDirective>;
  try {
    if (problems.length === 0) made = withDirective(erased, source, fileName);
  } catch (error) {
    problems.push(javascriptProblem(error, erased.map));
  }
  const { code, map, ...more } = made ?? erased;
  const inline = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
  return { code: `${code}${inline}\n`, map, problems, ...more };
}

/** Applies the directive `"use interleaving"`, if there is one. @throws {SyntaxError} acorn's, when JavaScript refuses the code */
function withDirective(
  erased: { readonly code: string; readonly map: string },
  source: string,
  file: string,
): { code: string; map: string; blind?: readonly Blind[] } | undefined {
  const made = interleave(erased.code, { file, map: erased.map });
  if (made === undefined) return undefined;
  const map = JSON.stringify({ ...JSON.parse(made.map), sourcesContent: [source] });
  return { code: made.code, map, ...(made.blind.length === 0 ? {} : { blind: made.blind }) };
}

/**
 * What TypeScript leaves for its type checker to say, which does not run here, as a problem: a name declared twice, a `yield` in a
 * function without a star. `error` is what acorn threw at the compiled code; anything else is thrown again.
 */
export function javascriptProblem(error: unknown, map: string): Problem {
  if (!(error instanceof SyntaxError && "loc" in error)) throw error;
  const { line, column } = error.loc as { readonly line: number; readonly column: number };
  const at = sourcePosition({ map }, { line, column: column + 1 }) ?? { line: 1, column: 1 };
  return { message: `${error.message.replace(/ \(\d+:\d+\)$/, "")}.`, ...at };
}

function problemsOf(diagnostics: readonly ts.Diagnostic[]): Problem[] {
  const problems: Problem[] = [];
  for (const diagnostic of diagnostics) {
    if (diagnostic.file === undefined || diagnostic.start === undefined) continue;
    const at = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
    problems.push({
      message: compiler().flattenDiagnosticMessageText(diagnostic.messageText, "\n"),
      line: at.line + 1,
      column: at.character + 1,
      code: diagnostic.code,
      length: Math.max(1, diagnostic.length ?? 1),
    });
  }
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

/**
 * Draws one problem as editors do: place and message, the line itself, a caret under the place.
 *
 * @example
 * showProblem("let x = ;", { message: "Expression expected.", line: 1, column: 9 }, "x.ts");
 * // x.ts:1:9 - Expression expected.
 * //   let x = ;
 * //           ^
 */
export function showProblem(source: string, problem: Problem, fileName: string): string {
  const line = (source.split(/\r?\n/)[problem.line - 1] ?? "").replaceAll("\t", " ");
  const room = Math.max(1, line.length - problem.column + 1);
  const carets = "^".repeat(Math.min(problem.length ?? 1, room));
  const head = `${fileName}:${problem.line}:${problem.column} - ${problem.message}`;
  return `${head}\n  ${line}\n  ${" ".repeat(problem.column - 1)}${carets}`;
}

/**
 * Returns where a place in the compiled code stood in the source, or undefined for code without a source.
 * Lines and columns start at 1, on both sides.
 */
export function sourcePosition(
  compiled: Pick<CompiledModule, "map">,
  at: { readonly line: number; readonly column: number },
): { line: number; column: number } | undefined {
  const found = originalPositionFor(new TraceMap(compiled.map), { line: at.line, column: at.column - 1 });
  if (found.line === null) return undefined;
  return { line: found.line, column: found.column + 1 };
}
