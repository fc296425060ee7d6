// Erase: a TypeScript cell becomes JavaScript, with a map back to the cell. Types are removed, not checked.
import type { MapText } from "./cell.js";
import type { TypeScript } from "./typescript.js";

/**
 * Blanks `export` at the top level: a cell's names are visible to later cells anyway, and the text of an exercise
 * carries `export` because it is a module too. Every other character keeps its place.
 */
export function withoutExports(ts: TypeScript, source: string): string {
  if (!source.includes("export")) return source;
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  let text = source;
  const blank = (start: number, end: number) => {
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, " ") + text.slice(end);
  };
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement)) blank(statement.getStart(file), statement.end);
    else if (ts.isExportAssignment(statement)) {
      blank(statement.getStart(file), statement.expression.getStart(file));
    } else if (ts.canHaveModifiers(statement)) {
      for (const modifier of statement.modifiers ?? []) {
        const { kind } = modifier;
        if (kind !== ts.SyntaxKind.ExportKeyword && kind !== ts.SyntaxKind.DefaultKeyword) continue;
        blank(modifier.getStart(file), modifier.end);
      }
    }
  }
  return text;
}

/** Removes the types of a cell. Imports stay, used or not: a later cell may use them. */
export function eraseTypes(ts: TypeScript, source: string, file: string): { code: string; map: MapText } {
  const out = ts.transpileModule(source, {
    fileName: "cell.ts",
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      // `await (…)` is an await only in a module, and a cell without imports is one too.
      moduleDetection: ts.ModuleDetectionKind.Force,
      verbatimModuleSyntax: true,
      experimentalDecorators: true,
      sourceMap: true,
      newLine: ts.NewLineKind.LineFeed,
    },
  });
  const map = JSON.stringify({ ...JSON.parse(out.sourceMapText ?? "{}"), sources: [file] });
  return { code: out.outputText.replace(/\/\/# sourceMappingURL=[^\n]*\s*$/, ""), map };
}
