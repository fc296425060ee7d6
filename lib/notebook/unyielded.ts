// Unyielded: operations that a cell makes and nobody performs: `mu.lock();` for `yield* mu.lock();`.
//
// The rules of `transform` see one text; here the types are known, so a mutex of an earlier cell is a mutex.
import type ts from "typescript";
import type { Mistake } from "../transform/index.js";
import type { TypeScript } from "./typescript.js";

/** Returns a sentence for each statement that is an operation only. `firstLine` is the file's line of the cell's first. */
export function unyielded(
  typescript: TypeScript,
  types: ts.TypeChecker,
  file: ts.SourceFile,
  firstLine: number,
): Mistake[] {
  const mistakes: Mistake[] = [];
  const look = (node: ts.Node): void => {
    typescript.forEachChild(node, look);
    if (!typescript.isExpressionStatement(node) || !isOp(types.getTypeAtLocation(node.expression))) return;
    const at = file.getLineAndCharacterOfPosition(node.getStart(file));
    const call = node.expression.getText(file).replace(/\s+/g, " ");
    const sentence =
      `\`${call}\` only describes an operation, and nothing performs it without \`yield*\`: ` +
      `write \`yield* ${call};\` inside a \`function*\`.`;
    mistakes.push({ line: at.line - firstLine + 1, column: at.character + 1, sentence });
  };
  look(file);
  return mistakes.sort((a, b) => a.line - b.line);
}

/** `Op` of lib/op: it has `must`, and nothing else has that name and that property. */
function isOp(type: ts.Type): boolean {
  return (type.aliasSymbol ?? type.symbol)?.name === "Op" && type.getProperty("must") !== undefined;
}
