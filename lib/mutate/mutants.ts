// mutantsOf: all texts that differ from a solution by one typical mistake.
//
// Invariants:
//  I1. Same text, same mutants with the same keys in the same order. A key holds what was done and the words it was done
//      to, so it survives changes elsewhere in the file.
//  I2. No two mutants have the same text, and each can be parsed.
//
// Source of the idea: Bradbury, Cordy, Dingel, "Mutation operators for concurrent Java" (2006).
import ts from "typescript";
import {
  dropElement,
  forgetCall,
  oneAfterTheOther,
  otherCapacity,
  otherPlaces,
  plainForAtomic,
  plainForAtomics,
  wakeOne,
} from "./callmistakes.js";
import {
  branch,
  dropStatement,
  earlyReturn,
  firstOnly,
  ifForWhile,
  onceForEver,
  otherExit,
  swapStatements,
} from "./flowmistakes.js";
import { dropLock, holdAcross, holdLonger, noFinally, readLock, swapLocks } from "./lockmistakes.js";
import { edited, type Mistake, type Mutant } from "./mutant.js";
import { nodesOf } from "./syntax.js";
import { offByOne, otherDirection, otherOperator, otherTruth } from "./valuemistakes.js";

const NAME = "solution.ts";

/** The operators by name. Where two make the same text, the first has made it: so the more telling ones come first. */
export const OPERATORS: Readonly<Record<string, (node: ts.Node) => Mistake[]>> = {
  "drop-lock": dropLock,
  "swap-locks": swapLocks,
  "read-lock": readLock,
  "hold-longer": holdLonger,
  "hold-across": holdAcross,
  "no-finally": noFinally,
  "forget-call": forgetCall,
  "wake-one": wakeOne,
  "plain-for-atomic": plainForAtomic,
  "plain-for-atomics": plainForAtomics,
  "other-capacity": otherCapacity,
  "one-after-the-other": oneAfterTheOther,
  "if-for-while": ifForWhile,
  "once-for-ever": onceForEver,
  "first-only": firstOnly,
  "other-exit": otherExit,
  "other-operator": otherOperator,
  "other-direction": otherDirection,
  "other-truth": otherTruth,
  branch,
  "early-return": earlyReturn,
  "swap-statements": swapStatements,
  "drop-statement": dropStatement,
  "other-places": otherPlaces,
  "drop-element": dropElement,
  "off-by-one": offByOne,
};

/**
 * Returns all mutants of a program.
 *
 * **Cost:** a few milliseconds for each mutant: every one is parsed.
 * @throws {SyntaxError} `mutantsOf: expected a program that can be parsed: ';' expected.`
 * @example
 * const found = mutantsOf(["function* f(mu) {", "yield* mu.lock();", "n++;", "yield* mu.unlock();", "}"].join("\n"));
 * console.log(found[0]!.key); // prints: drop-lock: yield* mu.lock();
 */
export function mutantsOf(text: string): Mutant[] {
  const broken = parseError(text);
  if (broken !== undefined) {
    throw new SyntaxError(`mutantsOf: expected a program that can be parsed: ${broken}`);
  }
  const file = ts.createSourceFile(NAME, text, ts.ScriptTarget.ES2022, true);
  const texts = new Set([squeezed(text)]);
  const keys = new Map<string, number>();
  const mutants: Mutant[] = [];
  const nodes = [...nodesOf(file, isOnlyTypes)];
  for (const [operator, find] of Object.entries(OPERATORS)) {
    for (const node of nodes) {
      for (const { edits, what } of find(node)) {
        const mutant = edited(text, edits);
        if (texts.has(squeezed(mutant)) || parseError(mutant) !== undefined) continue; // I2
        texts.add(squeezed(mutant));
        const start = Math.min(...edits.map((edit) => edit.start));
        const { line } = file.getLineAndCharacterOfPosition(start);
        const before = (text.split("\n")[line] as string).trim();
        mutants.push({
          key: keyOf(operator, before, keys),
          operator,
          what,
          line: line + 1,
          before,
          text: mutant,
        });
      }
    }
  }
  return mutants;
}

/** `drop-lock: yield* mu.lock();`, and ` (2)` after it for the second such one (I1). */
function keyOf(operator: string, before: string, keys: Map<string, number>): string {
  const key = `${operator}: ${before}`;
  const count = (keys.get(key) ?? 0) + 1;
  keys.set(key, count);
  return count === 1 ? key : `${key} (${count})`;
}

function isOnlyTypes(node: ts.Node): boolean {
  return (
    ts.isImportDeclaration(node) ||
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  );
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** The first mistake that the parser finds, if any. Nothing is bound, checked or printed: that would cost ten times as much. */
function parseError(text: string): string | undefined {
  const file = ts.createSourceFile(NAME, text, ts.ScriptTarget.ES2022);
  const host: ts.CompilerHost = {
    getSourceFile: () => file,
    getDefaultLibFileName: () => "",
    writeFile: () => undefined,
    getCurrentDirectory: () => "",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    fileExists: () => false,
    readFile: () => undefined,
  };
  const program = ts.createProgram([NAME], { noLib: true, noResolve: true, types: [] }, host);
  const [first] = program.getSyntacticDiagnostics(file);
  return first === undefined ? undefined : ts.flattenDiagnosticMessageText(first.messageText, " ");
}
