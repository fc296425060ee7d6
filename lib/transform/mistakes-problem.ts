// Mistakes that only the type checker sees: the sentence for a compiler's problem whose text is right but not plain.
import type ts from "typescript";
import type { Problem } from "./compile.js";
import { compiler } from "./compiler.js";
import type { Findings } from "./findings.js";
import { channelLoopSentence } from "./mistakes-operation.js";

/** TypeScript: Type 'x' must have a '[Symbol.iterator]()' method that returns an iterator. */
const NO_ITERATOR = new Set([2488, 2489, 2504, 2548, 2549]);
/** TypeScript: Argument (or type) 'x' is not assignable to 'y'; no overload matches. */
const NOT_ASSIGNABLE = new Set([2322, 2345, 2769]);

/** Looks at one of the compiler's problems; a line that has a mistake already is left alone. */
export function explainProblem(problem: Problem, findings: Findings): void {
  if (findings.hasLine(problem.line)) return;
  const node = findings.nodeAt(problem);
  if (node === undefined) return;
  const { code = 0 } = problem;
  const sentence = NO_ITERATOR.has(code)
    ? iteratorSentence(problem, node, findings)
    : ((NOT_ASSIGNABLE.has(code) ? bodySentence(problem) : undefined) ??
      operationSentence(problem, node, findings));
  if (sentence !== undefined) findings.add(node, sentence);
}

function iteratorSentence(problem: Problem, node: ts.Node, findings: Findings): string | undefined {
  const ts = compiler();
  const type = /^Type '(.*?)' (?:must|is not|can)/s.exec(problem.message)?.[1] ?? "";
  const user = ancestor(node, (at) => ts.isForOfStatement(at) || ts.isYieldExpression(at));
  if (user === undefined) return undefined;
  if (ts.isForOfStatement(user)) return /^Chan</.test(type) ? channelLoopSentence(user, findings) : undefined;
  const operand = (user as ts.YieldExpression).expression;
  if (operand === undefined) return undefined;
  const shown = findings.show(operand);
  if (/^(void|undefined|boolean|number)$/.test(type)) {
    return `\`${shown}\` never blocks and is no operation, so there is nothing to \`yield*\`: write \`${shown};\`.`;
  }
  if (/^Promise</.test(type)) {
    return `\`${shown}\` is a promise, and a goroutine cannot \`yield*\` one: write \`yield* fromPromise(${shown})\`.`;
  }
  if (/^\(.*\) => /s.test(type)) {
    return `\`${shown}\` is a function that is not called, because the parentheses are missing: write \`yield* ${shown}()\`.`;
  }
  return undefined;
}

function bodySentence(problem: Problem): string | undefined {
  const { message } = problem;
  if (!/\b(Body|Go|Program|Generator<Wait)\b/.test(message)) return undefined;
  if (/Generator<[^>]*\b(Op|Step)</.test(message)) {
    return "this body hands operations out with `yield`, and the scheduler performs only what it gets by `yield*`: write `yield*` in the body.";
  }
  if (/Argument of type '(Generator<|Go[<'])/.test(message)) {
    return "the body has been called already, and the scheduler calls it itself: pass the function, then its arguments, e.g. `go(worker, 1)`.";
  }
  if (/=> Promise</.test(message)) {
    return "an async function cannot be a goroutine body: write `function*` without `async`, and `yield*` instead of `await`.";
  }
  if (/=> void'/.test(message)) {
    return "a goroutine body is a generator function: write `function* () { … }`, with the star.";
  }
  return undefined;
}

/** An operation where its value is wanted: `yield*` was forgotten here, or where the variable got its value. */
function operationSentence(problem: Problem, node: ts.Node, findings: Findings): string | undefined {
  if (!/\btypes? 'Op</i.test(problem.message) || findings.goroutineAround(node) === undefined)
    return undefined;
  const isName = compiler().isIdentifier(node);
  const place = isName ? `\`${findings.show(node)}\` holds` : "this is";
  return `${place} an operation and not yet its value, because \`yield*\` is missing where it was made: write \`yield*\` before the operation.`;
}

function ancestor(node: ts.Node, test: (node: ts.Node) => boolean): ts.Node | undefined {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (test(at)) return at;
    if (compiler().isStatement(at) && at !== node && !compiler().isForOfStatement(at)) return undefined;
  }
  return undefined;
}
