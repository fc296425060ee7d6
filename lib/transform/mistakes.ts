// explainMistakes: one plain sentence for each mistake that people make in their first hour with goroutines.
//
// Invariants:
//  I1. No false alarm: right code gets no sentence. Where the syntax leaves a doubt, we are silent.
//  I2. At most one sentence a line; every sentence says what happened, why, and what to write instead.
//
// The rules look at the syntax tree alone, because the worst of these mistakes compile: `mu.lock();` is a correct
// statement that locks nothing. The compiler's problems add what only types can tell.
// Rejected: rules over the type checker (it costs a program of its own, and in a half-typed cell its types are wrong).
import type ts from "typescript";
import type { Problem } from "./compile.js";
import { Findings, type Mistake } from "./findings.js";
import { findAwaitMistake } from "./mistakes-await.js";
import { findLineMistake } from "./mistakes-line.js";
import { findOperationMistake } from "./mistakes-operation.js";
import { explainProblem } from "./mistakes-problem.js";
import { findStartMistake } from "./mistakes-start.js";
import { findYieldMistake } from "./mistakes-yield.js";
import { visitAll } from "./names.js";

const MOST_SENTENCES = 5;

/** Longer texts are no exercise and no cell; they get no sentences, so that they cannot cost much either. */
const LONGEST_TEXT = 30_000;

/** A text without these words has no goroutine in it: the compiler need not be loaded. */
const TELLING =
  /\byield\b|\bawait\b|\bfunction\s*\*|\bhappens-before\b|\bnew (Chan|Mutex|RWMutex|WaitGroup)\b|\bgo\s*\(/;

const RULES: readonly ((node: ts.Node, findings: Findings) => void)[] = [
  findStartMistake,
  findYieldMistake,
  findAwaitMistake,
  findOperationMistake,
  findLineMistake,
];

/**
 * Explains the first mistakes in a cell or an exercise, in the order of the text, at most five.
 *
 * Call it also when there are no problems: a forgotten `yield*` compiles. Never throws on bad source.
 * **Cost:** about 5 ms a cell, and 250 ms once for loading the compiler; nothing for a text without goroutines.
 *
 * @param problems what the compiler found, types included if it checked them; lines and columns start at 1
 * @example
 * const [mistake] = explainMistakes("go(function* () {\n  mu.lock();\n});");
 * console.log(mistake.line); // prints: 2
 * console.log(mistake.sentence.slice(-26)); // prints: write `yield* mu.lock();`.
 */
export function explainMistakes(source: string, problems: readonly Problem[] = []): readonly Mistake[] {
  if (source.length > LONGEST_TEXT || !TELLING.test(source)) return [];
  try {
    return explain(source, problems);
  } catch (error) {
    // Nested deeper than the stack: the compiler's own message is all that can be said.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function explain(source: string, problems: readonly Problem[]): readonly Mistake[] {
  const findings = new Findings(source);
  visitAll(findings.file, (node) => {
    for (const rule of RULES) rule(node, findings);
  });
  for (const problem of problems) explainProblem(problem, findings);
  return findings.mistakes.slice(0, MOST_SENTENCES);
}

export type { Mistake };
